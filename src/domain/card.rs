//! Cards edited in place: which facts a card has, and what may stand in each.

use super::address::Address;
use super::contact::Role;
use super::field::{Field, Noun, Type};
use super::hint::parse_birthday;
use super::money::Money;
use super::practice::Practice;
use super::text::Text;
use jiff::civil::Date;

/// What every card has beside its own facts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Common {
    /// Who handles the client; empty is me.
    pub owner: Text,
    /// I want to see everything of them.
    pub watched: bool,
    /// Tags.
    pub tags: Vec<Text>,
    /// My note (a block).
    pub note: Text,
    /// Values of own fields by name, also of those that the configuration names no more.
    pub fields: Vec<(Text, Text)>,
}

/// Something on a card that can be edited.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fact {
    /// A person's name as they write it.
    Display,
    /// First name.
    Given,
    /// Patronymic.
    Patronymic,
    /// Family name.
    Family,
    /// A company's name.
    Name,
    /// A deal's title.
    Title,
    /// The company of a person or a deal.
    Company,
    /// The person a deal is agreed with.
    Contact,
    /// Position in the company.
    Position,
    /// Client, supplier, partner.
    Role,
    /// Mail addresses, the first one first.
    Addresses,
    /// Phones.
    Phones,
    /// Mail domains.
    Domains,
    /// Language they are written to in.
    Language,
    /// Month and day.
    Birthday,
    /// What a deal is worth.
    Amount,
    /// When a deal should close.
    Close,
    /// Tags.
    Tags,
    /// Who handles them.
    Owner,
    /// Watched.
    Watched,
    /// Requisites (a block).
    Requisites,
    /// My note (a block).
    Note,
    /// An own field.
    Own(Text),
}

impl Fact {
    /// Every fact of a kind of card, in the order it is shown; own fields as the configuration names them.
    #[must_use]
    pub fn each(noun: Noun, practice: &Practice) -> Vec<Self> {
        use Fact::{
            Addresses, Amount, Birthday, Close, Company, Contact, Display, Domains, Family, Given, Language, Name,
            Note, Owner, Patronymic, Phones, Position, Requisites, Role, Tags, Title, Watched,
        };
        let mut facts = match noun {
            Noun::Contact => {
                vec![Given, Patronymic, Family, Display, Company, Position, Addresses, Phones, Role, Language, Birthday]
            }
            Noun::Company => vec![Name, Domains, Requisites],
            Noun::Deal => vec![Title, Company, Contact, Amount, Close],
        };
        facts.extend([Tags, Owner, Watched]);
        facts.extend(practice.fields_of(noun).map(|field| Self::Own(field.name.clone())));
        facts.push(Note);
        facts
    }

    /// Its name on a card.
    #[must_use]
    pub fn label(&self) -> Text {
        Text::own(match self {
            Self::Display => "written as",
            Self::Given => "given name",
            Self::Patronymic => "patronymic",
            Self::Family => "family",
            Self::Name => "name",
            Self::Title => "title",
            Self::Company => "company",
            Self::Contact => "with",
            Self::Position => "position",
            Self::Role => "role",
            Self::Addresses => "mail",
            Self::Phones => "phone",
            Self::Domains => "domains",
            Self::Language => "language",
            Self::Birthday => "birthday",
            Self::Amount => "amount",
            Self::Close => "closes",
            Self::Tags => "tags",
            Self::Owner => "owner",
            Self::Watched => "watched",
            Self::Requisites => "requisites",
            Self::Note => "note",
            Self::Own(name) => return name.clone(),
        })
    }

    /// Several lines are written there.
    #[must_use]
    pub fn is_block(&self) -> bool {
        matches!(self, Self::Requisites | Self::Note)
    }

    /// The words of which one stands there; empty where anything may.
    #[must_use]
    pub fn choices(&self, noun: Noun, practice: &Practice) -> Vec<Text> {
        let yes_or_no = || vec![Text::own("yes"), Text::own("no")];
        match self {
            Self::Role => Role::EACH.iter().map(|role| Text::own(role.word())).collect(),
            Self::Watched => yes_or_no(),
            Self::Language => ["en", "pl", "ru", "uk"].map(Text::own).into(),
            Self::Own(name) => match own_field(name, noun, practice).map(|field| &field.of_type) {
                Some(Type::Choice(choices)) => choices.clone(),
                Some(Type::YesNo) => yes_or_no(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Says in words why `typed` cannot stand there, as far as it can be told without the store.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(&self, typed: &str, noun: Noun, practice: &Practice) -> Result<(), String> {
        let needed = |what: &str| if typed.trim().is_empty() { Err(what.to_owned()) } else { Ok(()) };
        match self {
            Self::Name => needed("a company needs a name"),
            Self::Title => needed("a deal needs a title"),
            Self::Role => role(typed).map(drop),
            Self::Addresses => addresses(typed).map(drop),
            Self::Language => language(typed).map(drop),
            Self::Birthday => birthday(typed).map(drop),
            Self::Amount => amount(typed, "EUR").map(drop),
            Self::Close => day(typed).map(drop),
            Self::Watched => yes(typed).map(drop),
            Self::Own(name) => own_value(name, typed, noun, practice).map(drop),
            _ => Ok(()),
        }
    }
}

fn own_field<'a>(name: &Text, noun: Noun, practice: &'a Practice) -> Option<&'a Field> {
    practice.fields_of(noun).find(|field| field.name == *name)
}

/// The value of an own field as it is kept. One that the configuration names no more can only be emptied.
///
/// # Errors
/// A sentence that says what may stand there.
pub fn own_value(name: &Text, typed: &str, noun: Noun, practice: &Practice) -> Result<Text, String> {
    match own_field(name, noun, practice) {
        Some(field) => field.check(typed),
        None if typed.trim().is_empty() => Ok(Text::default()),
        None => Err(format!("the configuration names no field “{name}” of a {}", noun.word())),
    }
}

/// Parts between commas, semicolons and line breaks; each once.
#[must_use]
pub fn list(typed: &str) -> Vec<Text> {
    let mut parts: Vec<Text> = Vec::new();
    for part in typed.split([',', ';', '\n']).map(|part| Text::line(part.trim())).filter(|part| !part.is_empty()) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

/// Tags, with or without `#`.
#[must_use]
pub fn tags(typed: &str) -> Vec<Text> {
    list(&list(typed).iter().map(|tag| tag.as_str().trim_start_matches('#').trim()).collect::<Vec<_>>().join("\n"))
}

/// Mail addresses, parted by commas or blanks.
///
/// # Errors
/// Names what is no address.
pub fn addresses(typed: &str) -> Result<Vec<Address>, String> {
    let parts = typed.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|part| !part.is_empty());
    parts
        .map(|part| Address::parse(part).ok_or_else(|| format!("“{}” is not a mail address", Text::line(part))))
        .collect()
}

/// `client`, `supplier`, `partner`.
///
/// # Errors
/// Names the three.
pub fn role(typed: &str) -> Result<Role, String> {
    Role::from_word(&typed.trim().to_lowercase())
        .ok_or_else(|| format!("“{}” is none of client, supplier, partner", Text::line(typed.trim())))
}

/// A language's two or three letters; empty when unknown.
///
/// # Errors
/// Says what they are.
pub fn language(typed: &str) -> Result<Text, String> {
    let code = typed.trim().to_lowercase();
    let fits = code.is_empty() || ((2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase()));
    if fits {
        Ok(Text::from(code))
    } else {
        Err(format!("“{}” is no language such as pl or en", Text::line(&code)))
    }
}

/// A birthday as it is kept, `MM-DD`: also from `30.11`, `30.11.1980` and `1980-11-30`. Empty is none.
///
/// # Errors
/// Says how it is written.
pub fn birthday(typed: &str) -> Result<Option<String>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let point: Vec<&str> = typed.split('.').filter(|part| !part.is_empty()).collect();
    let dash: Vec<&str> = typed.split('-').collect();
    let found = match (point.as_slice(), dash.as_slice()) {
        ([day, month] | [day, month, _], _) => format!("{month:0>2}-{day:0>2}"),
        (_, [month, day] | [_, month, day]) => format!("{month:0>2}-{day:0>2}"),
        _ => String::new(),
    };
    if parse_birthday(&found).is_some() {
        return Ok(Some(found));
    }
    Err(format!("“{}” is no birthday such as 11-30 or 30.11", Text::line(typed)))
}

/// An amount, with its currency or in `currency`: `12400`, `12 400,50 PLN`.
///
/// # Errors
/// Says how it is written.
pub fn amount(typed: &str, currency: &str) -> Result<Money, String> {
    let typed = typed.trim();
    let letters = typed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (number, named) = typed.split_at(letters.len());
    let currency = if named.is_empty() { currency } else { named };
    Money::parse(number, currency)
        .filter(|money| money.minor >= 0)
        .ok_or_else(|| format!("“{}” is no amount such as 12400.50 PLN", Text::line(typed)))
}

/// A day in ISO 8601; empty is none.
///
/// # Errors
/// Says how it is written.
pub fn day(typed: &str) -> Result<Option<Date>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    typed.parse().map(Some).map_err(|_| format!("“{}” is no day such as 2026-11-30", Text::line(typed)))
}

/// Yes or no, in the languages of own fields; empty is no.
///
/// # Errors
/// Says so.
pub fn yes(typed: &str) -> Result<bool, String> {
    let field = Field { of: Noun::Contact, name: Text::own("watched"), of_type: Type::YesNo };
    field.check(typed).map(|value| value.as_str() == "yes")
}

/// Who handles a client: `me` is nobody else.
#[must_use]
pub fn owner(typed: &str) -> Text {
    let name = typed.trim().trim_start_matches('@').trim();
    if name.eq_ignore_ascii_case("me") { Text::default() } else { Text::line(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn practice() -> Practice {
        let field = |of, name, of_type| Field { of, name: Text::own(name), of_type };
        let sizes = Type::Choice(vec![Text::own("small"), Text::own("large")]);
        let fields = vec![
            field(Noun::Contact, "floor", Type::Number),
            field(Noun::Company, "size", sizes),
            field(Noun::Contact, "since", Type::Date),
        ];
        Practice { fields, ..Practice::default() }
    }

    #[test]
    fn each_fact_takes_what_may_stand_there() {
        let own = |name| Fact::Own(Text::own(name));
        for (fact, typed, refused) in [
            (Fact::Addresses, "a@x.example, B@x.example c@x.example", None),
            (Fact::Addresses, "a@x.example b", Some("“b” is not a mail address")),
            (Fact::Role, "Supplier", None),
            (Fact::Role, "boss", Some("“boss” is none of client, supplier, partner")),
            (Fact::Language, "PL", None),
            (Fact::Language, "polski", Some("“polski” is no language such as pl or en")),
            (Fact::Birthday, "31.02", Some("“31.02” is no birthday such as 11-30 or 30.11")),
            (Fact::Amount, "12 400,50 PLN", None),
            (Fact::Amount, "12400", None),
            (Fact::Amount, "-5 PLN", Some("“-5 PLN” is no amount such as 12400.50 PLN")),
            (Fact::Amount, "many PLN", Some("“many PLN” is no amount such as 12400.50 PLN")),
            (Fact::Close, "2026-11-30", None),
            (Fact::Close, "", None),
            (Fact::Close, "soon", Some("“soon” is no day such as 2026-11-30")),
            (Fact::Watched, "так", None),
            (Fact::Watched, "often", Some("watched: “often” is neither yes nor no")),
            (Fact::Name, " ", Some("a company needs a name")),
            (Fact::Title, "", Some("a deal needs a title")),
            (own("floor"), "3,5", None),
            (own("floor"), "third", Some("floor: “third” is not a number")),
            (own("size"), "", None),
            (own("size"), "small", Some("the configuration names no field “size” of a contact")),
        ] {
            let checked = fact.check(typed, Noun::Contact, &practice());
            assert_eq!(checked.err().as_deref(), refused, "{fact:?} {typed}");
        }
    }

    #[test]
    fn what_is_typed_is_kept_in_one_spelling() {
        for (typed, kept) in [("30.11", "11-30"), ("1.2.1980", "02-01"), ("1980-02-29", "02-29"), ("3-7", "03-07")] {
            assert_eq!(birthday(typed).unwrap().as_deref(), Some(kept), "{typed}");
        }
        assert_eq!(tags("#vip, big client;vip\n#"), [Text::own("vip"), Text::own("big client")]);
        assert_eq!(amount("1 200.5usd", "PLN").unwrap(), Money::parse("1200.50", "USD").unwrap());
        assert_eq!(amount("7", "PLN").unwrap().currency, "PLN");
        assert_eq!(
            (owner(" Me "), owner("@Ola Nowak"), owner("")),
            (Text::default(), Text::own("Ola Nowak"), Text::default())
        );
    }

    #[test]
    fn a_card_has_its_own_fields_after_the_others() {
        let facts = Fact::each(Noun::Contact, &practice());
        let own: Vec<&Fact> = facts.iter().filter(|fact| matches!(fact, Fact::Own(_))).collect();
        assert_eq!(own, [&Fact::Own(Text::own("floor")), &Fact::Own(Text::own("since"))]);
        assert!(!Fact::each(Noun::Deal, &practice()).contains(&Fact::Addresses));
        let size = Fact::Own(Text::own("size"));
        assert_eq!(size.choices(Noun::Company, &practice()).len(), 2);
        assert_eq!(size.choices(Noun::Contact, &practice()), Vec::<Text>::new());
    }
}
