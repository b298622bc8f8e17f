//! Letters that something which happened is due for: filled for whom it concerns, begun as a draft or dismissed.

use super::acts::{Acts, Title};
use super::clerk::{Clerk, done};
use super::writing::{Filling, Writer};
use crate::domain::activity::Kind as Doing;
use crate::domain::contact::ContactCard;
use crate::domain::filing::Place;
use crate::domain::holiday::{self, Feast};
use crate::domain::id;
use crate::domain::offered::Offered;
use crate::domain::outbox::Letter;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::template::Booked;
use crate::domain::text::Text;
use crate::ui::event::{self, Changed, Event};

/// What a letter is about besides its client and deal.
#[derive(Debug, Clone, Copy, Default)]
pub struct About {
    /// This payment, where there are several.
    pub payment: Option<id::Payment>,
    /// This holiday.
    pub holiday: Option<Feast<'static>>,
}

impl Writer<'_> {
    /// The letter that is offered, filled. Somebody who wrote is answered in their conversation.
    ///
    /// # Errors
    /// When the template, the contact or the deal is not there any more.
    pub fn fill_offered(&self, offered: &Offered) -> Result<Filling> {
        if offered.event.as_str() == "no_answer" {
            return self.fill_next(offered);
        }
        let answers = matches!(offered.event.as_str(), "new_lead" | "order_placed");
        let letter = match (offered.thread.filter(|_| answers), offered.deal) {
            (Some(thread), _) => self.reply(self.newest_to_answer(thread)?, false)?,
            (None, Some(deal)) => self.new_letter_about(deal, Some(offered.contact))?,
            (None, None) => self.new_letter(Some(offered.contact))?,
        };
        let place = Place { contact: Some(offered.contact), company: offered.company_id, deal: offered.deal };
        let feast = offered.holiday().and_then(|name| {
            let coming = holiday::coming(self.now.date());
            coming.into_iter().find(|feast| feast.holiday.name == name)
        });
        let about = About { payment: offered.payment, holiday: feast };
        self.fill_about(offered.template.as_str(), None, letter, &place, &about)
    }

    /// The holiday that comes next in the client's country, within the days a greeting may be written.
    pub(super) fn next_holiday(&self, card: Option<&ContactCard>) -> Option<Feast<'static>> {
        let card = card?;
        let phones: Vec<&str> = card.phones.iter().map(Text::as_str).collect();
        let domains: Vec<&str> = card.addresses.iter().map(|address| address.domain()).collect();
        let country = holiday::country(&phones, &domains, card.language.as_str())?;
        let mut coming = holiday::coming(self.now.date());
        coming.retain(|feast| feast.holiday.countries.iter().any(|code| code == country));
        coming.into_iter().min_by_key(|feast| feast.day)
    }

    /// The meeting or call that is planned next with a client: in the deal, else with the person.
    pub(super) fn booked(&self, place: &Place) -> Result<Option<Booked>> {
        let Some(contact) = place.contact else { return Ok(None) };
        let found = self.store.planned_next(
            contact,
            place.deal,
            self.now.timestamp(),
            &[Doing::Meeting, Doing::GroupMeeting, Doing::Call],
        )?;
        Ok(found.map(|(subject, place, at)| Booked {
            subject,
            place,
            at: at.to_zoned(self.now.time_zone().clone()).datetime(),
        }))
    }
}

impl Acts<'_> {
    /// Begins a letter that was offered: it is a draft from now on. `None` when it was decided before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn take_offered(&self, offered: &Offered, letter: &Letter) -> Result<(Title, Option<id::Draft>)> {
        let mut draft = None;
        let title = self.record(format!("Began the letter {} to {}", offered.template, offered.who), || {
            if self.store.decide_offered(offered.id, true)? {
                self.store.sequence_decided(offered.id, true, self.at())?;
                draft = Some(self.store.save_draft(None, letter, self.at())?);
            }
            Ok(())
        })?;
        Ok((title, draft))
    }

    /// No letter is wanted.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn dismiss_offered(&self, offered: id::Offered) -> Result<Title> {
        let Some(letter) = self.store.offered_letter(offered)? else { return Ok(None) };
        self.record(format!("No letter {} to {}", letter.template, letter.who), || {
            self.store.decide_offered(offered, false)?;
            self.store.sequence_decided(offered, false, self.at())
        })
    }
}

impl Clerk {
    pub(super) fn take_offered(&self, offered: id::Offered) -> Result<Vec<Event>> {
        let gone = || Problem::new(Kind::NotFound, "this letter was begun or dismissed before");
        let offered = self.store.offered_letter(offered)?.ok_or_else(gone)?;
        let letter = match self.with_writer(|writer| writer.fill_offered(&offered))? {
            Filling::Letter(letter) => letter,
            Filling::Holes(holes) => {
                let name = offered.template.as_str().to_owned();
                return Ok(vec![Event::Filled { name, filling: event::Filling::Holes(holes) }]);
            }
        };
        let now = self.now();
        let acts = Acts { store: &self.store, own: &self.office.own, now: &now };
        let (title, draft) = acts.take_offered(&offered, &letter)?;
        let draft = draft.ok_or_else(gone)?;
        let mut events = vec![Event::LetterStarted { letter, draft: Some(draft) }];
        events.extend(done(title, vec![Changed::Draft(draft), Changed::Contact(offered.contact)]));
        Ok(events)
    }
}
