//! Activities as lists that are asked for: by kind, client, deal and time; what led to one and what followed; and what can be
//! chosen for the fields of one.

use super::{Store, moment, ms, text_at};
use crate::domain::activity::{ActivityCard, ActivityRow, Choices, Kind, Link};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, named_params};

/// How far back a chain of activities is followed: a loop could only be made by hand in the file.
const LONGEST_CHAIN: usize = 50;
/// How many of a client's latest activities are offered as what led to another.
const TRIGGERS: u32 = 12;

/// Which activities.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActivityFilter {
    /// Only planned ones, or only done ones.
    pub planned: Option<bool>,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only with this person, whoever else takes part.
    pub contact: Option<id::Contact>,
    /// Only of this company.
    pub company: Option<id::Company>,
    /// Only in this deal.
    pub deal: Option<id::Deal>,
    /// Only done or planned for then or later.
    pub from: Option<Timestamp>,
    /// Only done or planned for before then.
    pub to: Option<Timestamp>,
}

impl Store {
    /// The activities that a filter lets through: the planned ones by their due time, then those that were done, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn activities_where(&self, filter: &ActivityFilter) -> Result<Vec<ActivityRow>> {
        let which = format!(
            "WHERE {} AND (:planned IS NULL OR (a.done_at IS NULL) = :planned) AND (:kind IS NULL OR a.kind = :kind)
                 AND (:deal IS NULL OR a.deal_id = :deal) AND (:company IS NULL OR a.company_id = :company)
                 AND coalesce(a.done_at, a.due_at) >= :from AND coalesce(a.done_at, a.due_at) < :to
             ORDER BY a.done_at IS NOT NULL, CASE WHEN a.done_at IS NULL THEN a.due_at ELSE -a.done_at END, a.id",
            match filter.contact {
                Some(_) => {
                    "a.id IN (SELECT id FROM activity WHERE contact_id = :contact
                         UNION SELECT activity_id FROM activity_person WHERE contact_id = :contact)"
                }
                None => ":contact IS NULL",
            }
        );
        self.activity_rows(
            &which,
            named_params! {
                ":planned": filter.planned,
                ":kind": filter.kind.map(Kind::word),
                ":contact": filter.contact.map(|contact| contact.0),
                ":company": filter.company.map(|company| company.0),
                ":deal": filter.deal.map(|deal| deal.0),
                ":from": filter.from.map_or(i64::MIN, ms),
                ":to": filter.to.map_or(i64::MAX, ms),
            },
        )
    }

    /// An activity with its chain and its choices; `None` when there is no such.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn activity_card(&self, activity: id::Activity) -> Result<Option<ActivityCard>> {
        let Some(row) = self.activity(activity)? else { return Ok(None) };
        let led_by = match row.activity.trigger {
            Some(trigger) => self.chain_before(trigger)?,
            None => Vec::new(),
        };
        let followed = self.links("WHERE a.trigger_id = ?1 ORDER BY at, a.id", activity.0)?;
        let mut choices = self.activity_choices(row.activity.contact, row.activity.company, row.activity.deal)?;
        choices.triggers.retain(|link| link.id != activity);
        if let Some(trigger) = led_by.last().filter(|last| !choices.triggers.iter().any(|link| link.id == last.id)) {
            choices.triggers.insert(0, trigger.clone());
        }
        Ok(Some(ActivityCard { row, led_by, followed, choices }))
    }

    /// This activity and what led to it, the first of all first.
    pub(super) fn chain_before(&self, activity: id::Activity) -> Result<Vec<Link>> {
        let mut chain: Vec<Link> = Vec::new();
        let mut next = Some(activity);
        while let Some(key) =
            next.filter(|key| !chain.iter().any(|link| link.id == *key) && chain.len() < LONGEST_CHAIN)
        {
            chain.extend(self.links("WHERE a.id = ?1", key.0)?);
            next = self
                .sql()
                .prepare_cached("SELECT trigger_id FROM activity WHERE id = ?1")?
                .query_row([key.0], |row| row.get::<_, Option<i64>>(0))
                .optional()?
                .flatten()
                .map(id::Activity);
        }
        chain.reverse();
        Ok(chain)
    }

    /// What can be chosen for an activity with this client: open deals, and what may have led to it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn activity_choices(
        &self,
        contact: Option<id::Contact>,
        company: Option<id::Company>,
        deal: Option<id::Deal>,
    ) -> Result<Choices> {
        let parameters = named_params! {
            ":contact": contact.map(|contact| contact.0), ":company": company.map(|company| company.0), ":deal": deal.map(|deal| deal.0)
        };
        let mut statement = self.sql().prepare_cached(
            "SELECT id, title FROM deal WHERE contact_id = :contact AND state = 'open'
             UNION SELECT id, title FROM deal WHERE state = 'open'
                 AND company_id = coalesce(:company, (SELECT company_id FROM contact WHERE id = :contact))
             UNION SELECT id, title FROM deal WHERE id = :deal ORDER BY 2, 1",
        )?;
        let deals = statement
            .query_map(parameters, |row| Ok((id::Deal(row.get(0)?), text_at(row, "title")?)))?
            .collect::<rusqlite::Result<_>>()?;
        let whose = match (contact, company, deal) {
            (Some(contact), ..) => Some(("contact_id", contact.0)),
            (None, Some(company), _) => Some(("company_id", company.0)),
            (None, None, Some(deal)) => Some(("deal_id", deal.0)),
            (None, None, None) => None,
        };
        let triggers = match whose {
            Some((column, key)) => self.links(
                &format!(
                    "WHERE a.{column} = ?1 ORDER BY coalesce(a.done_at, a.due_at) DESC, a.id DESC LIMIT {TRIGGERS}"
                ),
                key,
            )?,
            None => Vec::new(),
        };
        Ok(Choices { deals, triggers })
    }

    fn links(&self, which: &str, key: i64) -> Result<Vec<Link>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT a.id, a.kind, a.subject, a.result, a.done_at IS NULL AS planned, coalesce(a.done_at, a.due_at) AS at
             FROM activity a {which}"
        ))?;
        Ok(statement.query_map([key], link_from)?.collect::<rusqlite::Result<_>>()?)
    }
}

fn link_from(row: &Row<'_>) -> rusqlite::Result<Link> {
    let kind = Kind::from_word(row.get_ref("kind")?.as_str()?).unwrap_or(Kind::Note);
    let subject = text_at(row, "subject")?;
    let result = Text::line(row.get_ref("result")?.as_str()?);
    let title = [subject, result].into_iter().find(|text| !text.is_empty());
    Ok(Link {
        id: id::Activity(row.get("id")?),
        kind,
        title: title.unwrap_or(Text::own(kind.name())),
        at: moment(row.get("at")?),
        planned: row.get("planned")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity::Activity;
    use crate::domain::contact::Whose;
    use crate::store::cards_fixture::{Shop, at, person, sale};

    fn done(subject: &str, day: &str) -> Activity {
        Activity { done_at: Some(at(day)), ..Activity::new(Kind::Call, Text::line(subject)) }
    }

    fn timeline_of(store: &Store, contact: id::Contact) -> Vec<String> {
        let rows = store.timeline(Whose::Contact(contact), None, 9).unwrap();
        rows.into_iter().map(|row| row.title.into()).collect()
    }

    fn titles(links: &[Link]) -> Vec<&str> {
        links.iter().map(|link| link.title.as_str()).collect()
    }

    #[test]
    fn a_chain_is_told_from_both_ends() {
        let shop = Shop::open();
        let enter = |new: &Activity| shop.act(|store| store.add_activity(new));
        let first = enter(&done("fair", "2026-11-01T08:00:00Z"));
        let second = enter(&Activity { trigger: Some(first), ..done("call", "2026-11-02T08:00:00Z") });
        let third = enter(&Activity {
            trigger: Some(second),
            due_at: Some(at("2026-11-25T08:00:00Z")),
            ..Activity::new(Kind::Meeting, Text::own("visit"))
        });
        let card = shop.store.activity_card(second).unwrap().unwrap();
        assert_eq!((titles(&card.led_by), titles(&card.followed)), (vec!["fair"], vec!["visit"]));
        assert_eq!(titles(&shop.store.activity_card(third).unwrap().unwrap().led_by), ["fair", "call"]);
        let to = Activity { trigger: Some(third), ..done("fair", "2026-11-01T08:00:00Z") };
        assert_eq!(shop.refused(|store| store.update_activity(first, &to)), "an activity cannot have led to itself");
        shop.act(|store| store.remove_activity(second));
        assert_eq!(titles(&shop.store.activity_card(third).unwrap().unwrap().led_by), ["fair"], "the chain closes");
        assert!(shop.store.activity_card(second).unwrap().is_none());
    }

    #[test]
    fn everyone_who_takes_part_has_it_in_their_timeline() {
        let shop = Shop::open();
        let [anna, jan, ewa] =
            ["Anna", "Jan", "Ewa"].map(|name| shop.store.add_contact(&person(name, "X", &[])).unwrap());
        let meeting = Activity {
            contact: Some(anna),
            people: vec![jan, ewa],
            guests: vec![Text::own("Piotr <p@x.example>")],
            ..Activity { kind: Kind::GroupMeeting, ..done("kick-off", "2026-11-02T08:00:00Z") }
        };
        let key = shop.act(|store| store.add_activity(&meeting));
        let row = shop.store.activity(key).unwrap().unwrap();
        assert_eq!(row.activity, Activity { id: Some(key), ..meeting.clone() });
        assert_eq!(row.with().as_str(), "Anna X, Jan X, Ewa X, Piotr <p@x.example>");
        for who in [anna, jan, ewa] {
            assert_eq!(timeline_of(&shop.store, who), ["kick-off"]);
        }
        shop.act(|store| {
            store.update_activity(key, &Activity { contact: Some(jan), people: vec![ewa], ..meeting.clone() })
        });
        assert_eq!((timeline_of(&shop.store, anna), timeline_of(&shop.store, jan).len()), (Vec::new(), 1));
        let with_ewa = ActivityFilter { contact: Some(ewa), ..ActivityFilter::default() };
        assert_eq!(shop.store.activities_where(&with_ewa).unwrap().len(), 1);
        shop.act(|store| store.remove_activity(key));
        assert!(shop.store.activities_where(&with_ewa).unwrap().is_empty());
    }

    #[test]
    fn filters_let_through_what_they_name() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "X", &[])).unwrap();
        let deal = shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
        let enter = |new: Activity| shop.store.add_activity(&new).unwrap();
        enter(Activity { contact: Some(anna), ..done("old call", "2026-11-01T08:00:00Z") });
        enter(Activity { deal: Some(deal), ..done("call", "2026-11-02T08:00:00Z") });
        enter(Activity { due_at: Some(at("2026-11-25T08:00:00Z")), ..Activity::new(Kind::Task, Text::own("task")) });
        enter(Activity { due_at: Some(at("2026-11-24T08:00:00Z")), ..Activity::new(Kind::Sms, Text::own("sms")) });
        let all = ActivityFilter::default();
        for (filter, expected) in [
            (all.clone(), vec!["sms", "task", "call", "old call"]),
            (ActivityFilter { planned: Some(true), ..all.clone() }, vec!["sms", "task"]),
            (ActivityFilter { planned: Some(false), ..all.clone() }, vec!["call", "old call"]),
            (ActivityFilter { kind: Some(Kind::Task), ..all.clone() }, vec!["task"]),
            (ActivityFilter { contact: Some(anna), ..all.clone() }, vec!["old call"]),
            (ActivityFilter { deal: Some(deal), ..all.clone() }, vec!["call"]),
            (ActivityFilter { from: Some(at("2026-11-02T08:00:00Z")), ..all.clone() }, vec!["sms", "task", "call"]),
            (ActivityFilter { to: Some(at("2026-11-02T08:00:00Z")), ..all }, vec!["old call"]),
        ] {
            let rows = shop.store.activities_where(&filter).unwrap();
            let found: Vec<&str> = rows.iter().map(|row| row.activity.subject.as_str()).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
    }

    #[test]
    fn what_has_a_name_elsewhere_is_entered_once() {
        let shop = Shop::open();
        let call = done("call", "2026-11-02T08:00:00Z");
        let (first, new) = shop.act(|store| store.add_activity_once("pbx:17", &call));
        assert!(new);
        let other = Activity { subject: Text::own("other"), ..call.clone() };
        assert_eq!(shop.store.add_activity_once("pbx:17", &other).unwrap(), (first, false));
        assert_eq!(shop.store.activity(first).unwrap().unwrap().activity.subject.as_str(), "call");
        assert!(shop.store.add_activity_once("pbx:18", &call).unwrap().1);
    }

    #[test]
    fn the_clients_open_deals_and_latest_activities_are_offered() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "X", &[])).unwrap();
        let deal = shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
        shop.store.add_deal(&sale("Others'", None, None)).unwrap();
        shop.store.add_activity(&Activity { contact: Some(anna), ..done("", "2026-11-02T08:00:00Z") }).unwrap();
        let choices = shop.store.activity_choices(Some(anna), None, None).unwrap();
        assert_eq!(choices.deals, [(deal, Text::own("Desks"))]);
        assert_eq!(titles(&choices.triggers), ["call"], "what has no subject is called by its kind");
    }
}
