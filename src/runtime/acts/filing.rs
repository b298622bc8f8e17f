//! Filing by hand: under a deal, under another client; conversations joined and taken apart; senders hidden and shown again.

use super::{Acts, Title};
use crate::domain::address::{Address, sender_pattern};
use crate::domain::filing::{Client, Place, Proof, Rule};
use crate::domain::handling::counted;
use crate::domain::id;
use crate::domain::message::Direction;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::store::Filed;
use crate::sync::filing::{
    add_from_letter, deals_for, drop_lead, file_letters_again, file_old_mail, with_deal_of_mine,
};

impl Acts<'_> {
    /// My own decision about a thread's deal: never overridden by a rule.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn file_under(&self, thread: id::Thread, deal: Option<id::Deal>) -> Result<Title> {
        let card = match deal {
            Some(deal) => self.store.deal_row(deal, self.now.date())?,
            None => None,
        };
        let where_to = card.as_ref().map_or(Text::own("no deal"), |row| row.title.clone());
        self.record(format!("Filed under {where_to}: {}", self.subject(thread)?), || {
            let standing = self.store.filing(thread)?;
            let alternatives = standing.as_ref().map(|filed| filed.alternatives.clone()).unwrap_or_default();
            let considered = standing.as_ref().map(|filed| filed.considered.clone()).unwrap_or_default();
            let before = standing.map(|filed| filed.place).unwrap_or_default();
            let sold_to = match deal {
                Some(deal) => self.store.tagged(deal, Proof::Subject)?,
                None => None,
            };
            let contact = before.contact.or(card.as_ref().and_then(|row| row.contact));
            let company = before.company.or(sold_to.and_then(|deal| deal.company));
            let evidence = Text::from(format!("you chose {where_to}"));
            let place = Place { contact, company, deal };
            let alternatives = alternatives.into_iter().filter(|other| Some(*other) != deal).collect();
            let filed = Filed { alternatives, considered, ..Filed::new(place, Rule::Mine, evidence, self.at()) };
            self.store.file(thread, &filed)?;
            self.teach(thread)
        })
    }

    /// Accepts the likeliest of the open deals in question.
    ///
    /// # Errors
    /// When there is no open deal, or the store cannot be written.
    pub fn file_under_best(&self, thread: id::Thread) -> Result<Title> {
        match deals_for(self.store, thread, self.at())?.first() {
            Some(best) => self.file_under(thread, Some(best.deal)),
            None => Err(Problem::new(Kind::NotFound, "this client has no open deal").hint("f files it under no deal")),
        }
    }

    /// My own decision about whose conversations these are. The deal follows: the only open one, or it is asked.
    ///
    /// # Errors
    /// When there is no such client, or the store cannot be written.
    pub fn file_under_client(&self, threads: &[id::Thread], client: Client) -> Result<Title> {
        let (place, name) = self.place_of(client)?;
        self.record(format!("Filed under {name}: {}", self.named(threads)?), || {
            for thread in threads {
                self.decide_client(*thread, &place, &format!("you chose {name}"))?;
                self.teach(*thread)?;
            }
            Ok(())
        })
    }

    fn place_of(&self, client: Client) -> Result<(Place, Text)> {
        match client {
            Client::Contact(contact) => {
                let row = self.store.contact_row(contact, self.now)?.ok_or_else(|| gone("this person"))?;
                let company = self.store.contact_company(contact)?;
                Ok((Place { contact: Some(contact), company, deal: None }, row.name.full()))
            }
            Client::Company(company) => {
                let row = self.store.company_row(company)?.ok_or_else(|| gone("this company"))?;
                Ok((Place { contact: None, company: Some(company), deal: None }, row.name))
            }
        }
    }

    fn decide_client(&self, thread: id::Thread, place: &Place, evidence: &str) -> Result<()> {
        let before = self.store.filing(thread)?.map(|filed| filed.place).unwrap_or_default();
        let filed = Filed::new(place.clone(), Rule::Mine, Text::line(evidence), self.at());
        let mut filed = with_deal_of_mine(self.store, thread, filed, self.at())?;
        if before.contact == place.contact && before.company == place.company && before.deal.is_some() {
            // The client is the same: what was decided about the deal holds.
            (filed.place.deal, filed.deal_decided) = (before.deal, true);
        }
        self.store.file(thread, &filed)?;
        match before.contact.filter(|lead| Some(*lead) != place.contact) {
            Some(lead) => drop_lead(self.store, self.own, lead, self.at()),
            None => Ok(()),
        }
    }

    /// The next letters learn: other mail of the conversation's first writer is filed again, where they are on no card.
    fn teach(&self, thread: id::Thread) -> Result<()> {
        let letters = self.store.letters_to_file(thread)?;
        let first = letters.iter().find(|letter| letter.direction == Direction::Inbound && letter.counts);
        let Some(sender) = first.and_then(|letter| letter.people.first()) else { return Ok(()) };
        let unknown = match self.store.contact_by_address(sender)? {
            Some((contact, _)) => self.store.is_new_lead(contact)?,
            None => true,
        };
        if unknown { file_old_mail(self.store, self.own, sender.as_str(), self.at()).map(drop) } else { Ok(()) }
    }

    /// Joins conversations by hand into the oldest of them. Of different clients the known one is kept, as my decision.
    ///
    /// # Errors
    /// When there are not two, or they are in mailboxes of different accounts.
    pub fn join(&self, threads: &[id::Thread]) -> Result<Title> {
        self.record(format!("Joined: {}", counted(threads.len())), || {
            let mut places: Vec<Filed> = Vec::new();
            for thread in threads {
                places.extend(self.store.filing(self.store.standing_thread(*thread)?.unwrap_or(*thread))?);
            }
            let into = self.store.join_by_hand(threads)?;
            file_letters_again(self.store, self.own, &[into], self.at())?;
            self.keep_the_client(into, &places)?;
            for lead in places.iter().filter_map(|filed| filed.place.contact) {
                drop_lead(self.store, self.own, lead, self.at())?;
            }
            Ok(())
        })
    }

    /// Where a rule would leave the joined conversation under a lead or under nobody though one of them had a client, it is the client's.
    fn keep_the_client(&self, into: id::Thread, before: &[Filed]) -> Result<()> {
        let now = self.store.filing(into)?;
        if now.as_ref().is_some_and(|filed| filed.rule == Rule::Mine) {
            return Ok(());
        }
        let mut weighed = Vec::new();
        for filed in before {
            let weight = match filed.place.contact {
                Some(contact) if self.store.is_new_lead(contact)? => 1,
                Some(_) => 3,
                None => 2,
            };
            weighed.push((weight, filed));
        }
        let Some((_, best)) = weighed.into_iter().rev().max_by_key(|(weight, _)| *weight) else { return Ok(()) };
        let stays = now.is_some_and(|filed| {
            filed.place.contact == best.place.contact
                && (best.place.contact.is_some() || filed.place.company == best.place.company)
        });
        if stays {
            return Ok(());
        }
        self.decide_client(into, &best.place, "you joined these conversations")?;
        match best.place.deal {
            Some(deal) => {
                let filed = self.store.filing(into)?.ok_or_else(|| gone("this conversation"))?;
                let place = Place { deal: Some(deal), ..filed.place.clone() };
                self.store.file(into, &Filed { place, deal_decided: true, ..filed })
            }
            None => Ok(()),
        }
    }

    /// Takes a conversation apart: this letter and all later ones begin one of their own.
    ///
    /// # Errors
    /// When the letter is the first one, or there is no such letter.
    pub fn split_from(&self, letter: id::Message) -> Result<Title> {
        let letters = self.store.letters_from(letter)?;
        self.take_out(letter, &letters, "Taken apart")
    }

    /// Moves one letter out into a conversation of its own.
    ///
    /// # Errors
    /// When it is the only letter, or there is no such letter.
    pub fn move_out(&self, letter: id::Message) -> Result<Title> {
        self.take_out(letter, &[letter], "Moved out")
    }

    fn take_out(&self, letter: id::Message, letters: &[id::Message], title: &str) -> Result<Title> {
        let (thread, ..) = self.store.message_facts(letter)?.ok_or_else(|| gone("this letter"))?;
        self.record(format!("{title}: {}", self.subject(thread)?), || {
            let new = self.store.split_by_hand(thread, letters)?;
            file_letters_again(self.store, self.own, &[thread, new], self.at())
        })
    }

    /// Enters the writer of a letter as a contact of the client under whom it is filed; where they are on a card, whoever else of its
    /// conversation is offered: first whom the letter itself names.
    ///
    /// # Errors
    /// When there is nobody to enter, or the store cannot be written.
    pub fn add_sender(&self, letter: id::Message) -> Result<Title> {
        let (thread, ..) = self.store.message_facts(letter)?.ok_or_else(|| gone("this letter"))?;
        let offered = self.store.people_on_no_card(thread)?;
        let opened = super::super::reading::must_open(self.store, letter)?;
        let writer = opened.parsed.from.first().map(|mailbox| &mailbox.address);
        let named = |address: &Address| opened.everyone().any(|other| other == address);
        let chosen = offered
            .iter()
            .find(|stranger| Some(&stranger.address) == writer)
            .or_else(|| offered.iter().find(|stranger| named(&stranger.address)))
            .or_else(|| offered.first());
        match chosen {
            Some(stranger) => self.add_person(stranger.letter, &stranger.address),
            None => self.enter_person(letter, None),
        }
    }

    /// Enters somebody whom a letter names as a contact of the client under whom it is filed.
    ///
    /// # Errors
    /// When they are on a card already, or the store cannot be written.
    pub fn add_person(&self, letter: id::Message, address: &Address) -> Result<Title> {
        self.enter_person(letter, Some(address))
    }

    fn enter_person(&self, letter: id::Message, address: Option<&Address>) -> Result<Title> {
        let who = address.map_or("the writer", Address::as_str);
        self.record(format!("Added {who} as a contact"), || {
            add_from_letter(self.store, self.own, letter, address, self.at()).map(drop)
        })
    }

    /// Hides everything a person sends; nothing is deleted.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn ignore_sender(&self, contact: id::Contact) -> Result<Title> {
        let addresses = self.store.contact_card(contact, self.now, 1)?.map(|card| card.addresses).unwrap_or_default();
        let name = self.name(contact)?;
        self.record(format!("Ignored: {name}"), || {
            for address in &addresses {
                let threads = self.store.ignore_sender(address.as_str())?;
                file_letters_again(self.store, self.own, &threads, self.at())?;
            }
            // A lead that is ignored was looked at; one that was only those letters is gone with them.
            match self.store.is_new_lead(contact)? {
                true => self.store.keep_lead(contact, self.at()),
                false => Ok(()),
            }
        })
    }

    /// Hides every sender that fits a pattern: an address, `*@x.example`, `newsletter*@*`.
    ///
    /// # Errors
    /// When it is no pattern, or the store cannot be written.
    pub fn ignore_pattern(&self, written: &str) -> Result<Title> {
        let pattern = sender_pattern(written).map_err(|why| Problem::new(Kind::Input, why.as_str()))?;
        self.record(format!("Ignored: {}", Text::line(&pattern)), || {
            let threads = self.store.ignore_sender(&pattern)?;
            file_letters_again(self.store, self.own, &threads, self.at())
        })
    }

    /// Shows the senders that fit a pattern again: their letters count, and unknown ones are leads.
    ///
    /// # Errors
    /// When there is no such pattern, or the store cannot be written.
    pub fn unignore(&self, pattern: &str) -> Result<Title> {
        self.record(format!("No longer ignored: {}", Text::line(pattern)), || {
            let threads = self.store.unignore_sender(pattern)?;
            file_letters_again(self.store, self.own, &threads, self.at())
        })
    }
}

fn gone(what: &str) -> Problem {
    Problem::new(Kind::NotFound, format!("{what} is not there any more"))
}
