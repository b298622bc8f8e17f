//! The rows of a search: cards kind by kind, then letters.

use crate::domain::id;
use crate::domain::query::{Answer, CardHit, Hit, Kind, Total};
use crate::domain::text::Text;
use crate::ui::card::Of;
use crate::ui::state::Target;

/// What a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A letter in its conversation.
    Letter(id::Thread, id::Message),
    /// A card.
    Card(Of),
    /// An activity, and whose card shows it.
    Activity(id::Activity, Option<Of>),
    /// The rest of a kind.
    More(Kind),
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Row<'a> {
    /// A letter; the first one says how many there are.
    Letter(&'a Hit, Option<Total>),
    /// A card; the first of its kind says how many there are.
    Card(&'a CardHit, Option<Total>),
    /// Of this kind there are more.
    More(Kind, Total),
}

impl Row<'_> {
    pub(super) fn key(&self) -> Key {
        match self {
            Self::Letter(hit, _) => Key::Letter(hit.thread, hit.message),
            Self::Card(card, _) => match card.kind {
                Kind::Contact | Kind::Letter => Key::Card(Of::Contact(id::Contact(card.id))),
                Kind::Company => Key::Card(Of::Company(id::Company(card.id))),
                Kind::Deal => Key::Card(Of::Deal(id::Deal(card.id))),
                Kind::Activity => Key::Activity(id::Activity(card.id), card.contact.map(Of::Contact)),
            },
            Self::More(kind, _) => Key::More(*kind),
        }
    }

    /// Lines it takes, its heading included.
    pub(super) fn height(&self) -> usize {
        match self {
            Self::Letter(_, heading) => 2 + usize::from(heading.is_some()),
            Self::Card(_, heading) => 1 + usize::from(heading.is_some()),
            Self::More(..) => 1,
        }
    }

    /// What an action would act on.
    pub(super) fn target(&self) -> Target {
        match self {
            Self::Letter(hit, _) => Target {
                thread: Some(hit.thread),
                message: Some(hit.message),
                contact: hit.contact_id,
                company: hit.company_id,
                deal: hit.deal_id,
                unread: hit.unread,
                flagged: hit.flagged,
                title: hit.subject.clone(),
                who: hit.contact.clone().unwrap_or_else(|| hit.from.clone()),
                ..Target::default()
            },
            Self::Card(card, _) => {
                let id = card.id;
                let of = |kind| (card.kind == kind).then_some(id);
                Target {
                    contact: of(Kind::Contact).map(id::Contact).or(card.contact),
                    company: of(Kind::Company).map(id::Company),
                    deal: of(Kind::Deal).map(id::Deal),
                    activity: of(Kind::Activity).map(id::Activity),
                    lead: card.lead,
                    title: card.title.clone(),
                    who: card.title.clone(),
                    ..Target::default()
                }
            }
            Self::More(..) => Target { title: Text::default(), ..Target::default() },
        }
    }
}

/// The rows of an answer.
pub(super) fn of(answer: &Answer) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for cards in &answer.cards {
        for (index, card) in cards.rows.iter().enumerate() {
            rows.push(Row::Card(card, (index == 0).then_some(cards.total)));
        }
        if cards.total.count > cards.rows.len() as u64 && answer.cards.len() + answer.hits.len() > 1 {
            rows.push(Row::More(cards.kind, cards.total));
        }
    }
    for (index, hit) in answer.hits.iter().enumerate() {
        rows.push(Row::Letter(hit, (index == 0 && !answer.cards.is_empty()).then_some(answer.letters)));
    }
    rows
}
