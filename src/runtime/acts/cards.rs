//! Cards edited in place: what was typed is checked in words and becomes one change.

use super::{Acts, Title};
use crate::domain::address::Address;
use crate::domain::card::{self, Fact};
use crate::domain::contact::{Kind, Name, Whose};
use crate::domain::field::Noun;
use crate::domain::id;
use crate::domain::practice::Practice;
use crate::domain::problem::{self, Problem, Result};
use crate::domain::text::{Text, fold};
use crate::store::{CompanyEdit, ContactEdit, DealEdit, NewCompany, NewContact};
use crate::sync::filing::file_old_mail;

/// The card a key belongs to.
#[must_use]
pub fn noun_of(whose: Whose) -> Noun {
    match whose {
        Whose::Contact(_) => Noun::Contact,
        Whose::Company(_) => Noun::Company,
        Whose::Deal(_) => Noun::Deal,
    }
}

fn unfit(sentence: String) -> Problem {
    Problem::new(problem::Kind::Input, sentence)
}

impl Acts<'_> {
    /// What a card is called.
    ///
    /// # Errors
    /// When there is no such card.
    pub fn card_name(&self, whose: Whose) -> Result<Text> {
        let name = match whose {
            Whose::Contact(contact) => self.store.contact_row(contact, self.now)?.map(|row| row.name.full()),
            Whose::Company(company) => self.store.company_row(company)?.map(|row| row.name),
            Whose::Deal(deal) => self.store.deal_row(deal, self.now.date())?.map(|row| row.title),
        };
        name.ok_or_else(|| Problem::new(problem::Kind::NotFound, "this card is not there any more"))
    }

    /// Changes facts of a card as one change. Every text is checked before anything is written.
    ///
    /// # Errors
    /// Says in words which text cannot stand where; then nothing was changed.
    pub fn edit_card(&self, whose: Whose, edits: &[(Fact, String)], practice: &Practice) -> Result<Title> {
        let labels: Vec<String> = edits.iter().map(|(fact, _)| fact.label().to_string()).collect();
        let title = match edits {
            [(Fact::Watched, typed)] => {
                let word = if card::yes(typed).unwrap_or(false) { "Watched" } else { "No longer watched" };
                format!("{word}: {}", self.card_name(whose)?)
            }
            _ => format!("Changed {} of {}", labels.join(", "), self.card_name(whose)?),
        };
        self.record(title, || self.write_facts(whose, edits, practice))
    }

    /// The same inside another change.
    ///
    /// # Errors
    /// As [`Acts::edit_card`].
    pub fn write_facts(&self, whose: Whose, edits: &[(Fact, String)], practice: &Practice) -> Result<()> {
        let noun = noun_of(whose);
        let known = Fact::each(noun, practice);
        for (fact, typed) in edits {
            if !known.contains(fact) && !matches!(fact, Fact::Own(_)) {
                return Err(unfit(format!("a {} has no {}", noun.word(), fact.label())));
            }
            fact.check(typed, noun, practice).map_err(unfit)?;
        }
        edits.iter().try_for_each(|(fact, typed)| self.edit_fact(whose, fact, typed, practice))
    }

    pub(super) fn edit_fact(&self, whose: Whose, fact: &Fact, typed: &str, practice: &Practice) -> Result<()> {
        match fact {
            Fact::Tags => self.store.set_tags(whose, &card::tags(typed)),
            Fact::Owner => self.store.set_owner(whose, &card::owner(typed)),
            Fact::Watched => self.store.set_watched(whose, card::yes(typed).map_err(unfit)?),
            Fact::Note => self.store.set_note(whose, &Text::block(typed.trim_end())),
            Fact::Own(name) => {
                let value = card::own_value(name, typed, noun_of(whose), practice).map_err(unfit)?;
                self.store.set_own_field(whose, name, &value)
            }
            _ => match whose {
                Whose::Contact(contact) => self.edit_contact(contact, fact, typed),
                Whose::Company(company) => self.edit_company(company, fact, typed),
                Whose::Deal(deal) => self.edit_deal_fact(deal, fact, typed),
            },
        }
    }

    fn edit_contact(&self, contact: id::Contact, fact: &Fact, typed: &str) -> Result<()> {
        let line = Text::line(typed.trim());
        let mut edit = ContactEdit::default();
        match fact {
            Fact::Display | Fact::Given | Fact::Patronymic | Fact::Family => {
                let row = self.store.contact_row(contact, self.now)?;
                let mut name = row.map(|row| row.name).unwrap_or_default();
                rename(&mut name, fact, line);
                edit.name = Some(name);
            }
            Fact::Company => edit.company = Some(self.company_named(&line)?),
            Fact::Position => edit.position = Some(line),
            Fact::Role => edit.role = Some(card::role(typed).map_err(unfit)?),
            Fact::Language => edit.language = Some(card::language(typed).map_err(unfit)?),
            Fact::Birthday => edit.birthday = Some(card::birthday(typed).map_err(unfit)?),
            Fact::Phones => edit.phones = Some(card::list(typed).into_iter().map(String::from).collect()),
            Fact::Addresses => {
                let (before, ..) = self.store.contact_details(contact)?;
                let addresses = card::addresses(typed).map_err(unfit)?;
                edit.addresses = Some(addresses.clone());
                self.store.update_contact(contact, &edit)?;
                let differing = |one: &[Address], other: &[Address]| -> Vec<String> {
                    let only: Vec<&Address> = one.iter().filter(|a| !other.contains(a)).collect();
                    only.into_iter().map(|address| address.as_str().to_owned()).collect()
                };
                let new = differing(&addresses, &before);
                let gone = differing(&before, &addresses);
                return self.file_again(gone.into_iter().chain(new));
            }
            _ => return Ok(()),
        }
        self.store.update_contact(contact, &edit)
    }

    fn edit_company(&self, company: id::Company, fact: &Fact, typed: &str) -> Result<()> {
        let mut edit = CompanyEdit::default();
        match fact {
            Fact::Name => edit.name = Some(Text::line(typed.trim())),
            Fact::Requisites => edit.requisites = Some(Text::block(typed.trim_end())),
            Fact::Domains => {
                let row = self.store.company_row(company)?;
                let before = row.map(|row| row.domains).unwrap_or_default();
                let domains: Vec<String> = card::list(&typed.replace(char::is_whitespace, ","))
                    .into_iter()
                    .map(|domain| String::from(domain).trim_start_matches('@').to_lowercase())
                    .collect();
                edit.domains = Some(domains.clone());
                self.store.update_company(company, &edit)?;
                let new = domains.into_iter().filter(|domain| before.iter().all(|known| known.as_str() != domain));
                return self.file_again(new.map(|domain| format!("@{domain}")));
            }
            _ => return Ok(()),
        }
        self.store.update_company(company, &edit)
    }

    fn edit_deal_fact(&self, deal: id::Deal, fact: &Fact, typed: &str) -> Result<()> {
        let line = Text::line(typed.trim());
        let mut edit = DealEdit::default();
        match fact {
            Fact::Title => edit.title = Some(line),
            Fact::Company => edit.company = Some(self.company_named(&line)?),
            Fact::Contact => edit.contact = Some(self.contact_named(&line)?),
            Fact::Close => edit.expected_close = Some(card::day(typed).map_err(unfit)?),
            Fact::Amount => {
                let row = self.store.deal_row(deal, self.now.date())?;
                let currency = row.map_or_else(|| "EUR".to_owned(), |row| row.amount.currency);
                edit.amount = Some(card::amount(typed, &currency).map_err(unfit)?);
            }
            _ => return Ok(()),
        }
        self.store.update_deal(deal, &edit, self.at())
    }

    /// Files the letters of these addresses and domains (`@x.example`) anew.
    pub(super) fn file_again(&self, whose: impl Iterator<Item = String>) -> Result<()> {
        for one in whose {
            file_old_mail(self.store, self.own, &one, self.at())?;
        }
        Ok(())
    }

    /// The company of this name, without regard to case; a new one where there is none. Its domains are not guessed from
    /// somebody's address: the wrong one would file strangers under it.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn company_named(&self, name: &Text) -> Result<Option<id::Company>> {
        if name.is_empty() {
            return Ok(None);
        }
        if let Some(found) = self.store.company_called(name.as_str())? {
            return Ok(Some(found));
        }
        self.store.add_company(&NewCompany { name: name.clone(), ..NewCompany::default() }).map(Some)
    }

    /// The person of this name or address; nobody for an empty one.
    ///
    /// # Errors
    /// When there is none, or several, of that name.
    pub fn contact_named(&self, name: &Text) -> Result<Option<id::Contact>> {
        if name.is_empty() {
            return Ok(None);
        }
        if let Some(address) = Address::parse(name.as_str()) {
            let found = self.store.contact_by_address(&address)?;
            return found
                .map(|(contact, _)| Some(contact))
                .ok_or_else(|| Problem::new(problem::Kind::NotFound, format!("{address} belongs to nobody you know")));
        }
        let rows = self.store.contacts(None, name.as_str(), None, 50, self.now)?;
        let wanted = fold(name.as_str());
        let same: Vec<_> = rows.iter().filter(|row| fold(row.name.full().as_str()) == wanted).collect();
        match (same.as_slice(), rows.as_slice()) {
            ([only], _) => Ok(Some(only.id)),
            ([], [only]) => Ok(Some(only.id)),
            ([], []) => Err(Problem::new(problem::Kind::NotFound, format!("there is nobody called “{name}”"))
                .hint("N on Clients enters a contact")),
            _ => Err(unfit(format!("several people are called “{name}”")).hint("type an address instead of the name")),
        }
    }

    /// Enters a person or a company with what was typed of it; `contact`: a person. Old letters of theirs are filed.
    ///
    /// # Errors
    /// Says in words which text cannot stand where; then nothing was changed.
    pub fn enter_card(
        &self,
        noun: Noun,
        edits: &[(Fact, String)],
        practice: &Practice,
    ) -> Result<(Title, Option<Whose>)> {
        for (fact, typed) in edits {
            fact.check(typed, noun, practice).map_err(unfit)?;
        }
        let text = |wanted: &Fact| edits.iter().find(|(fact, _)| fact == wanted).map_or("", |(_, typed)| typed.trim());
        let mut entered = None;
        let act = || -> Result<()> {
            let (whose, made) = match noun {
                Noun::Contact => {
                    let line = |fact| Text::line(text(&fact));
                    let mut name = Name {
                        given: line(Fact::Given),
                        patronymic: line(Fact::Patronymic),
                        family: line(Fact::Family),
                        ..Name::default()
                    };
                    name.display = Some(line(Fact::Display)).filter(|d| !d.is_empty()).unwrap_or_else(|| name.full());
                    let mut new = NewContact::new(Kind::Contact, self.at());
                    new.name = name;
                    new.addresses = card::addresses(text(&Fact::Addresses)).map_err(unfit)?;
                    new.reviewed_at = Some(self.at());
                    let contact = self.store.add_contact(&new)?;
                    self.file_again(new.addresses.iter().map(|address| address.as_str().to_owned()))?;
                    (
                        Whose::Contact(contact),
                        [Fact::Given, Fact::Patronymic, Fact::Family, Fact::Display, Fact::Addresses].to_vec(),
                    )
                }
                Noun::Company => {
                    let new = NewCompany { name: Text::line(text(&Fact::Name)), ..NewCompany::default() };
                    (Whose::Company(self.store.add_company(&new)?), vec![Fact::Name])
                }
                Noun::Deal => return Err(unfit("a deal is entered with its stage and amount".to_owned())),
            };
            for (fact, typed) in edits.iter().filter(|(fact, typed)| !made.contains(fact) && !typed.trim().is_empty()) {
                self.edit_fact(whose, fact, typed, practice)?;
            }
            entered = Some(whose);
            Ok(())
        };
        let called =
            [Fact::Given, Fact::Family, Fact::Name, Fact::Addresses].iter().map(text).filter(|t| !t.is_empty());
        let called: Vec<&str> = called.take(2).collect();
        let title = self.record(format!("Entered {} {}", noun.word(), called.join(" ")), act)?;
        Ok((title, entered))
    }

    /// Takes a person or company away that was entered by mistake.
    ///
    /// # Errors
    /// When something hangs on it: then it is said what.
    pub fn remove_card(&self, whose: Whose) -> Result<Title> {
        let name = self.card_name(whose)?;
        self.record(format!("Deleted the {} {name}", noun_of(whose).word()), || self.store.remove_card(whose))
    }
}

fn rename(name: &mut Name, fact: &Fact, line: Text) {
    let had_parts = !name.given.is_empty() || !name.family.is_empty();
    let built = name.full() == name.display;
    match fact {
        Fact::Given => name.given = line,
        Fact::Patronymic => name.patronymic = line,
        Fact::Family => name.family = line,
        _ => name.display = line,
    }
    // A display name that was only put together from the parts follows them.
    let parts_changed = !matches!(fact, Fact::Display);
    if parts_changed && (built && had_parts || name.display.is_empty()) {
        name.display = Text::default();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::address::Own;
    use crate::domain::field::{Field, Type};
    use crate::store::Store;
    use jiff::Zoned;

    struct Desk {
        _folder: tempfile::TempDir,
        store: Store,
        own: Own,
        now: Zoned,
    }

    fn desk() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.sqlite")).unwrap();
        let now = "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap();
        Desk { _folder: folder, store, own: Own::new([Address::parse("me@firma.example").unwrap()]), now }
    }

    impl Desk {
        fn acts(&self) -> Acts<'_> {
            Acts { store: &self.store, own: &self.own, now: &self.now }
        }

        fn edit(&self, whose: Whose, fact: Fact, typed: &str) -> String {
            match self.acts().edit_card(whose, &[(fact, typed.to_owned())], &practice()) {
                Ok(title) => title.unwrap_or_default().to_string(),
                Err(problem) => format!("! {}", problem.sentence),
            }
        }

        fn person(&self, given: &str, family: &str, address: &str) -> Whose {
            let edits = [(Fact::Given, given), (Fact::Family, family), (Fact::Addresses, address)];
            let edits = edits.map(|(fact, typed)| (fact, typed.to_owned()));
            self.acts().enter_card(Noun::Contact, &edits, &practice()).unwrap().1.unwrap()
        }

        fn name(&self, whose: Whose) -> String {
            self.acts().card_name(whose).unwrap().to_string()
        }
    }

    fn practice() -> Practice {
        let floor = Field { of: Noun::Contact, name: Text::own("floor"), of_type: Type::Number };
        Practice { fields: vec![floor], ..Practice::default() }
    }

    #[test]
    fn each_edit_is_one_change_with_a_title() {
        let desk = desk();
        let anna = desk.person("Anna", "Kowalska", "anna@acme.example");
        let eve = desk.person("Eve", "Nowak", "eve@x.example");
        let floor = || Fact::Own(Text::own("floor"));
        for (fact, typed, said) in [
            (Fact::Phones, "+48 22 555, +48 600", "Changed phone of Anna Kowalska"),
            (Fact::Watched, "yes", "Watched: Anna Kowalska"),
            (Fact::Watched, "no", "No longer watched: Anna Kowalska"),
            (Fact::Addresses, "anna@acme.example, eve@x.example", "! eve@x.example already belongs to Eve Nowak"),
            (Fact::Addresses, "ania@acme.example anna@acme.example", "Changed mail of Anna Kowalska"),
            (Fact::Birthday, "30.11", "Changed birthday of Anna Kowalska"),
            (floor(), "3,5", "Changed floor of Anna Kowalska"),
            (floor(), "third", "! floor: “third” is not a number"),
            (Fact::Own(Text::own("gone")), "1", "! the configuration names no field “gone” of a contact"),
            (Fact::Domains, "acme.example", "! a contact has no domains"),
            (Fact::Company, "Acme", "Changed company of Anna Kowalska"),
            (Fact::Family, "Nowak", "Changed family of Anna Kowalska"),
        ] {
            assert_eq!(desk.edit(anna, fact.clone(), typed), said, "{fact:?} {typed}");
        }
        let Whose::Contact(key) = anna else { panic!() };
        let card = desk.store.contact_card(key, &desk.now, 1).unwrap().unwrap();
        assert_eq!(card.row.name.display.as_str(), "Anna Nowak", "a name put together from its parts follows them");
        assert_eq!(
            card.addresses.iter().map(Address::as_str).collect::<Vec<_>>(),
            ["ania@acme.example", "anna@acme.example"]
        );
        assert_eq!((card.birthday.as_deref(), card.row.company.unwrap().as_str()), (Some("11-30"), "Acme"));
        assert_eq!(card.common.fields, [(Text::own("floor"), Text::own("3.5"))]);
        // A company that is known is not entered twice, however it is written.
        desk.edit(eve, Fact::Company, "ACME");
        assert_eq!(desk.store.companies("", None, 9).unwrap().len(), 1);
        desk.store.undo(desk.now.timestamp()).unwrap();
        desk.store.undo(desk.now.timestamp()).unwrap();
        assert_eq!(desk.name(anna), "Anna Kowalska");
    }

    #[test]
    fn a_value_whose_field_left_the_configuration_can_only_be_emptied() {
        let desk = desk();
        let anna = desk.person("Anna", "Kowalska", "");
        desk.edit(anna, Fact::Own(Text::own("floor")), "3");
        let without = Practice::default();
        let empty = [(Fact::Own(Text::own("floor")), String::new())];
        assert!(desk.acts().edit_card(anna, &empty, &without).unwrap().is_some());
        assert_eq!(desk.store.common_of(anna).unwrap().fields, []);
    }

    #[test]
    fn what_is_refused_changes_nothing_else() {
        let desk = desk();
        let anna = desk.person("Anna", "Kowalska", "");
        let edits = [(Fact::Position, "buyer".to_owned()), (Fact::Role, "boss".to_owned())];
        assert!(desk.acts().edit_card(anna, &edits, &practice()).is_err());
        let Whose::Contact(key) = anna else { panic!() };
        assert_eq!(desk.store.contact_card(key, &desk.now, 1).unwrap().unwrap().position, Text::default());
        let nameless = [(Fact::Given, String::new())];
        assert!(desk.acts().enter_card(Noun::Contact, &nameless, &practice()).is_err());
        assert_eq!(desk.store.contacts(None, "", None, 9, &desk.now).unwrap().len(), 1);
    }

    #[test]
    fn people_are_named_by_name_or_address() {
        let desk = desk();
        let anna = desk.person("Anna", "Kowalska", "anna@acme.example");
        desk.person("Jan", "Nowak", "jan@x.example");
        desk.person("Jan", "Nowak", "jan@y.example");
        let named = |name: &str| desk.acts().contact_named(&Text::line(name)).map(|found| found.map(Whose::Contact));
        assert_eq!(named("anna kowalska").unwrap(), Some(anna));
        assert_eq!(named("anna@acme.example").unwrap(), Some(anna));
        assert_eq!(named("Kowal").unwrap(), Some(anna));
        assert_eq!(named("").unwrap(), None);
        assert_eq!(named("Jan Nowak").unwrap_err().sentence, "several people are called “Jan Nowak”");
        assert_eq!(named("Zoe").unwrap_err().sentence, "there is nobody called “Zoe”");
        assert_eq!(named("zoe@x.example").unwrap_err().sentence, "zoe@x.example belongs to nobody you know");
    }

    #[test]
    fn what_was_entered_by_mistake_goes_and_comes_back() {
        let desk = desk();
        let anna = desk.person("Anna", "Kowalska", "anna@acme.example");
        let title = desk.acts().remove_card(anna).unwrap();
        assert_eq!(title.unwrap().as_str(), "Deleted the contact Anna Kowalska");
        assert!(desk.acts().card_name(anna).is_err());
        desk.store.undo(desk.now.timestamp()).unwrap();
        assert_eq!(desk.name(anna), "Anna Kowalska");
        let company = [(Fact::Name, "Acme".to_owned()), (Fact::Domains, "acme.example".to_owned())];
        let (title, acme) = desk.acts().enter_card(Noun::Company, &company, &practice()).unwrap();
        assert_eq!(title.unwrap().as_str(), "Entered company Acme");
        assert_eq!(
            desk.edit(acme.unwrap(), Fact::Domains, "gmail.com"),
            "! gmail.com is a free-mail provider: strangers have mailboxes there"
        );
    }
}
