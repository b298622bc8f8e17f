//! Which questions are still wanted: one that is asked again before it was answered is pointless, and whoever reads for it stops.

use super::searching::is_search;
use crate::domain::board::Filter;
use crate::domain::client_filter::Order;
use crate::domain::problem::Result;
use crate::store::Store;
use crate::ui::effect::{Clients, Effect, Generation};
use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Questions of one kind make each other pointless: previews follow the cursor, and a key held down asks for thirty of them in a second.
type Kind = (Discriminant<Effect>, usize);

/// The kind and the number of a question that a newer one makes pointless.
pub(super) fn kind_of(effect: &Effect) -> Option<(Kind, Generation)> {
    let (which, generation) = match effect {
        Effect::LoadThread { generation, .. }
        | Effect::LoadCard { generation, .. }
        | Effect::LoadCompany { generation, .. }
        | Effect::LoadDeal { generation, .. }
        | Effect::FindBuyers { generation, .. }
        | Effect::FindClients { generation, .. }
        | Effect::LoadChange { generation, .. }
        | Effect::LoadAsItWas { generation, .. }
        | Effect::LoadSearch { generation, .. }
        | Effect::LoadFigures { generation, .. }
        | Effect::LoadWords { generation, .. }
        | Effect::LoadToday { generation, .. }
        | Effect::LoadDeals { generation, .. }
        | Effect::PreviewTemplate { generation, .. }
        | Effect::AskFiling { generation, .. } => (0, *generation),
        // Contacts, leads and the offers of a line of addresses stand side by side; they differ in how many are wanted.
        Effect::LoadContacts { generation, clients, limit, .. } => {
            (2 * limit + usize::from(*clients == Clients::Leads), *generation)
        }
        Effect::LoadCompanies { generation, limit, .. } => (*limit, *generation),
        _ => return None,
    };
    Some(((discriminant(effect), which), generation))
}

/// Who answers a question. None waits behind one that takes longer than itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Desk {
    /// What an index gives at once: lists, cards, letters.
    Reading,
    /// Numbers for which rows are counted after everything that happens.
    Counting,
    /// What may have to look at very many rows.
    Looking,
    /// Searches.
    Finding,
}

impl Desk {
    /// The one for a question.
    pub(super) fn of(question: &Effect) -> Self {
        match question {
            search if is_search(search) => Self::Finding,
            Effect::LoadCounters { .. } | Effect::LoadFolders { .. } | Effect::LoadPending { .. } => Self::Counting,
            long if may_take_long(long) => Self::Looking,
            _ => Self::Reading,
        }
    }
}

fn may_take_long(effect: &Effect) -> bool {
    let narrowed = |filter: &Filter| matches!(filter, Filter::Stale | Filter::NoNext);
    match effect {
        Effect::LoadToday { view, .. } => view.is_some(),
        Effect::LoadContacts { filter, order, .. } => !filter.is_empty() || *order == Order::LastContact,
        Effect::LoadCompanies { filter, .. } => !filter.is_empty(),
        Effect::LoadDeals { ask, .. } => narrowed(&ask.filter),
        Effect::LoadColumn { ask, .. } => narrowed(&ask.filter),
        Effect::LoadSale { offers, .. } => *offers,
        Effect::FindBuyers { .. }
        | Effect::FindClients { .. }
        | Effect::LoadWords { .. }
        | Effect::LoadStatement { .. }
        | Effect::LoadNames { .. }
        | Effect::LoadDuplicates { .. }
        | Effect::LoadConversion { .. }
        | Effect::AskWriting { .. }
        | Effect::AskMailings { .. }
        | Effect::LoadFollowUps { .. }
        | Effect::AskFiling { .. } => true,
        _ => false,
    }
}

/// Read by key in no time, and by several panes at once: one that is being read is not given up for another pane's.
fn is_preview(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::LoadThread { .. } | Effect::LoadCard { .. } | Effect::LoadCompany { .. } | Effect::LoadDeal { .. }
    )
}

/// The newest question of each kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted(Arc<Mutex<HashMap<Kind, Generation>>>);

impl Wanted {
    /// A question is on its way.
    pub(super) fn ask(&self, effect: &Effect) {
        if let Some((kind, generation)) = kind_of(effect) {
            held(&self.0).insert(kind, generation);
        }
    }

    fn is_pointless(&self, (kind, generation): (Kind, Generation)) -> bool {
        held(&self.0).get(&kind).is_some_and(|newest| generation < *newest)
    }

    /// Has the store of a clerk end the question at work when a newer one of its kind was asked.
    ///
    /// # Errors
    /// When the connection cannot be told.
    pub(super) fn watch(&self, store: &mut Store) -> Result<AtWork> {
        let at_work = AtWork::default();
        let (wanted, watched) = (self.clone(), at_work.clone());
        store.give_up_when(move || {
            let question = *held(&watched.0);
            question.is_some_and(|question| wanted.is_pointless(question))
        })?;
        Ok(at_work)
    }
}

/// The question a clerk answers now.
#[derive(Debug, Clone, Default)]
pub(super) struct AtWork(Arc<Mutex<Option<(Kind, Generation)>>>);

impl AtWork {
    /// This is done now.
    pub(super) fn begin(&self, effect: &Effect) {
        *held(&self.0) = kind_of(effect).filter(|_| !is_preview(effect));
    }
}

/// What a thread left that ended badly is whole: it is put there at once.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id;
    use crate::domain::problem;
    use crate::domain::query::Query;
    use crate::store::Ask;

    fn card(generation: Generation) -> Effect {
        Effect::LoadCard { generation, contact: id::Contact(1) }
    }

    fn buyers(generation: Generation) -> Effect {
        Effect::FindBuyers { generation, words: "x".to_owned() }
    }

    fn people(generation: Generation, limit: usize) -> Effect {
        let (clients, order) = (Clients::Contacts, Order::Name);
        Effect::LoadContacts { generation, clients, filter: "x".to_owned(), order, after: None, limit }
    }

    #[test]
    fn no_list_waits_behind_a_number_or_a_walk() {
        let filtered = |filter: &str, order| Effect::LoadContacts {
            generation: 1,
            clients: Clients::Contacts,
            filter: filter.to_owned(),
            order,
            after: None,
            limit: 100,
        };
        let today = |view: Option<&str>| Effect::LoadToday {
            generation: 1,
            only: None,
            limit: 80,
            view: view.map(str::to_owned),
        };
        for (question, desk) in [
            (today(None), Desk::Reading),
            (card(1), Desk::Reading),
            (filtered("", Order::Name), Desk::Reading),
            (Effect::LoadCounters { generation: 1 }, Desk::Counting),
            (Effect::LoadFolders { generation: 1 }, Desk::Counting),
            (Effect::LoadPending { generation: 1 }, Desk::Counting),
            (today(Some("tag:vip")), Desk::Looking),
            (filtered("x", Order::Name), Desk::Looking),
            (filtered("", Order::LastContact), Desk::Looking),
            (Effect::LoadDuplicates { generation: 1, of: None }, Desk::Looking),
            (Effect::LoadViews { generation: 1 }, Desk::Finding),
        ] {
            assert_eq!(Desk::of(&question), desk, "{question:?}");
        }
    }

    #[test]
    fn a_question_ends_when_it_is_asked_again_and_no_other_does() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("postbook.db")).unwrap();
        let wanted = Wanted::default();
        let at_work = wanted.watch(&mut store).unwrap();
        let long = |store: &Store| store.run_long(100_000);
        let ask = |effect: &Effect| wanted.ask(effect);
        ask(&buyers(1));
        ask(&people(2, 100));
        at_work.begin(&buyers(1));
        assert!(long(&store).is_ok(), "the list asked since is another question");
        ask(&buyers(3));
        assert_eq!(long(&store).unwrap_err().kind, problem::Kind::Interrupted);
        at_work.begin(&buyers(3));
        assert!(long(&store).is_ok(), "the newest one is answered");
        ask(&card(5));
        at_work.begin(&card(3));
        assert!(long(&store).is_ok(), "another pane may want that card");
        ask(&people(4, 8));
        at_work.begin(&people(2, 100));
        assert!(long(&store).is_ok(), "the offers of a line of addresses do not end the list of people");
        at_work.begin(&Effect::LoadCounters { generation: 1 });
        assert!(long(&store).is_ok(), "counters are always wanted");
        // The connection is as before.
        let now = jiff::Zoned::now();
        let practice = crate::domain::practice::Practice::default();
        store.find(&Query::parse("offer"), &Ask::first(&now, &practice, 10)).unwrap();
    }
}
