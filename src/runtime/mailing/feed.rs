//! Letters of mailings on their way to the outbox: one at a time, when the pace of the account allows it.

use super::{Made, as_new};
use crate::domain::address::Address;
use crate::domain::id;
use crate::domain::mailing::{MailingRow, Skip, Throttle};
use crate::domain::opt_out::Token;
use crate::domain::outbox::Letter;
use crate::domain::problem::{Kind, Result};
use crate::domain::text::Text;
use crate::mime;
use crate::runtime::writing::{Office, Writer};
use crate::store::{Due, NewOutgoing, Store};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Zoned};
use std::sync::Arc;

/// So many people who are not at work, or get none after all, are passed over before the outbox is looked at again.
const MOST_PASSED: usize = 200;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What whoever sends needs for mailings.
#[derive(Clone)]
pub struct Mailer {
    /// Who writes, with the templates as they are now. Asked only when a letter of a mailing is due.
    pub office: Arc<dyn Fn() -> Office + Send + Sync>,
    /// Where I am.
    pub zone: TimeZone,
}

/// Puts the next letter of the account's mailings into the outbox where one is due. True when it did.
///
/// # Errors
/// When the store cannot be used.
pub fn feed(store: &Store, mailer: &Mailer, account: id::Account, throttle: &Throttle) -> Result<bool> {
    let now = Zoned::now().with_time_zone(mailer.zone.clone());
    let Some(mailing) = store.mailing_due(account, now.timestamp())? else { return Ok(false) };
    if let Some(free) = day_is_full(store, account, throttle, &now)? {
        store.schedule_mailing(mailing, free)?;
        return Ok(false);
    }
    let office = (mailer.office)();
    let writer = Writer { store, office: &office, now: &now };
    let row = writer.mailing_row(mailing)?;
    for _ in 0..MOST_PASSED {
        let Some(due) = store.recipient_due(mailing, now.timestamp())? else { break };
        match writer.hand_to_outbox(&row, &due) {
            Ok(true) => {
                let next = now.timestamp().checked_add(throttle.pause()).unwrap_or(now.timestamp());
                store.schedule_mailing(mailing, next)?;
                return Ok(true);
            }
            Ok(false) => {}
            // A template that is gone, a file that cannot be read: the next letter would meet the same.
            Err(problem) if problem.kind != Kind::Store => {
                store.pause_mailing(mailing, Text::from(problem.to_string()).as_str())?;
                return Err(problem.at(format!("mailing {}", row.title)));
            }
            Err(problem) => return Err(problem),
        }
    }
    store.schedule_mailing(mailing, now.timestamp())?;
    Ok(false)
}

/// When the account may send again, where it has sent as much as a day allows.
fn day_is_full(
    store: &Store,
    account: id::Account,
    throttle: &Throttle,
    now: &Zoned,
) -> Result<Option<jiff::Timestamp>> {
    let since = now.timestamp().saturating_sub(DAY).unwrap_or(now.timestamp());
    if store.left_since(account, since)? < u64::from(throttle.per_day) {
        return Ok(None);
    }
    let first = store.first_left_since(account, since)?.unwrap_or(now.timestamp());
    Ok(first.checked_add(DAY + SignedDuration::from_secs(1)).ok())
}

impl Writer<'_> {
    /// Makes one letter and puts it into the outbox. False when this recipient gets none now: looked at once more, because cards and
    /// opt-outs may have changed since the check.
    fn hand_to_outbox(&self, row: &MailingRow, due: &Due) -> Result<bool> {
        let now = self.now.timestamp();
        let skip = |skip: Skip, why: Text| {
            self.store.set_listed(due.id, Some((skip, why)))?;
            Ok(false)
        };
        let Some(address) = Address::parse(&due.address) else {
            return skip(Skip::Unfit, Text::own("the address cannot be used"));
        };
        if let Some(out) = self.store.person_opted_out(&address)? {
            return skip(Skip::OptedOut, Text::from(self.opted_out_in_words(&out)));
        }
        if let Some((_, why)) = self.store.unreachable([&address], self.now)?.into_iter().next() {
            return skip(Skip::Unreachable, why);
        }
        if row.working_hours
            && let Some((opens, why)) = self.not_at_work(&address)?
        {
            self.store.delay_recipient(due.id, opens, &why)?;
            return Ok(false);
        }
        let Some(contact) = due.contact else { return skip(Skip::Gone, Text::own("the card is not there any more")) };
        let letter = match self.make(&as_new(row), contact, &address)? {
            Made::Letter(letter, _) => letter,
            Made::Not(why, words) => return skip(why, words),
        };
        let token = self.store.opt_out_token(due.id, &due.canonical)?;
        let msg_id = self.msg_id_for(&letter)?;
        let bytes = match self.bytes_of(&letter, &msg_id, self.now) {
            Ok(bytes) => mime::with_field(&bytes, "List-Unsubscribe", &leave_address(&letter, &token)),
            Err(problem) if problem.kind == Kind::Input => return skip(Skip::Unfit, Text::from(problem.to_string())),
            Err(problem) => return Err(problem),
        };
        let new = NewOutgoing::of_its_own(&letter, &msg_id, &bytes, now);
        self.store.write(|| {
            let outgoing = self.store.queue(&new, now)?;
            self.expect_score(&letter, &msg_id)?;
            self.store.hand_over(due, outgoing, &msg_id, now)
        })?;
        Ok(true)
    }

    /// When this person is at work next, and in words; `None` when they are likely to be now. Their clock is that of their last letter, else mine.
    fn not_at_work(&self, address: &Address) -> Result<Option<(jiff::Timestamp, Text)>> {
        let (zone, whose) = match self.zone_of(address)? {
            Some(zone) => (zone, "their clock"),
            None => (self.now.time_zone().clone(), "my clock"),
        };
        let there = self.now.with_time_zone(zone);
        let opens = self.office.practice.work.next_opening(&there);
        Ok(opens.map(|at| {
            let words = format!("{} by {whose}", at.strftime("%a %-d %b, %H:%M"));
            (at.timestamp(), Text::from(words))
        }))
    }
}

/// `<mailto:me@firma.example?subject=unsubscribe-r12-…>` (RFC 2369).
fn leave_address(letter: &Letter, token: &Token) -> String {
    format!("<mailto:{}?subject={}>", percent(letter.from.address.as_str()), token.subject())
}

/// What an address may hold that means something in a link.
fn percent(address: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '~' | '!' | '$' | '\'' | '*');
    let mut written = String::with_capacity(address.len());
    for c in address.chars() {
        if keep(c) {
            written.push(c);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                written.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_in_a_link() {
        for (address, written) in
            [("me@firma.example", "me@firma.example"), ("a+b?c=d&e@x.example", "a%2Bb%3Fc%3Dd%26e@x.example")]
        {
            assert_eq!(percent(address), written);
        }
    }
}
