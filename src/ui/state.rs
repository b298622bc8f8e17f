//! Everything the screens know.

use super::ahead::Ahead;
use super::card::Card;
use super::compose::Compose;
use super::effect::{Awaited, Effect, Generation};
use super::overlays::{Overlay, Promises};
use super::reader::Reader;
use super::screens::{clients::Clients, deals::Deals, mail::Mail, outgoing::Outgoing, reports::Reports, today::Today};
use super::slot::Slot;
use super::theme::{Styles, Theme};
use super::widgets::status::Bar;
use crate::domain::account::{Account, CredentialSource, Me};
use crate::domain::address::{Mailbox, Own};
use crate::domain::counter::{Counter, Counters, Subject};
use crate::domain::id;
use crate::domain::pending::Pending;
use crate::domain::practice::Practice;
use crate::domain::status::{AccountState, Phase};
use crate::domain::text::Text;
use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};
use ratatui::layout::Rect;

/// What the screens are told once.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Me.
    pub me: Me,
    /// My accounts, in the order of the configuration.
    pub accounts: Vec<Account>,
    /// Where what they sign in with comes from.
    pub sources: Vec<(id::Account, CredentialSource)>,
    /// Times are shown in this zone.
    pub zone: TimeZone,
    /// Colours.
    pub theme: Theme,
    /// The demo mailbox: nothing leaves the machine.
    pub demo: bool,
    /// How long a letter is held before it leaves, in seconds.
    pub undo_seconds: u32,
    /// My addresses and my colleagues' domains.
    pub own: Own,
    /// Pipelines, own fields, working time.
    pub practice: Practice,
}

/// The screens of PRODUCT.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// What waits.
    Today,
    /// Folders, threads, reader.
    Mail,
    /// Contacts, companies, leads.
    Clients,
    /// Deals by stage.
    Deals,
    /// Outbox, drafts, templates.
    Outgoing,
    /// What came and went, how fast, for how much.
    Reports,
}

impl Screen {
    /// In the order of their keys.
    pub const ALL: [Self; 6] = [Self::Today, Self::Mail, Self::Clients, Self::Deals, Self::Outgoing, Self::Reports];

    /// Its name.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Mail => "Mail",
            Self::Clients => "Clients",
            Self::Deals => "Deals",
            Self::Outgoing => "Outgoing",
            Self::Reports => "Reports",
        }
    }
}

/// A page over the screen; `Esc` goes back.
#[derive(Debug)]
pub enum Page {
    /// A conversation.
    Reader(Box<Reader>),
    /// A person, company or deal.
    Card(Box<Card>),
}

/// What an action would act on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// The row of Today.
    pub subject: Option<Subject>,
    /// The conversation.
    pub thread: Option<id::Thread>,
    /// The letter in it.
    pub message: Option<id::Message>,
    /// The person.
    pub contact: Option<id::Contact>,
    /// The company.
    pub company: Option<id::Company>,
    /// The deal.
    pub deal: Option<id::Deal>,
    /// A planned activity.
    pub activity: Option<id::Activity>,
    /// An activity that was done.
    pub happened: Option<id::Activity>,
    /// A payment not paid.
    pub payment: Option<id::Payment>,
    /// A letter in the outbox.
    pub outgoing: Option<id::Outgoing>,
    /// A draft.
    pub draft: Option<id::Draft>,
    /// A letter that is offered.
    pub offered: Option<id::Offered>,
    /// A template's name.
    pub template: Option<Text>,
    /// The person is a lead.
    pub lead: bool,
    /// Something in the conversation was not seen.
    pub unread: bool,
    /// A letter that was found is flagged.
    pub flagged: bool,
    /// The counters it raises.
    pub counters: Vec<Counter>,
    /// Subject or title.
    pub title: Text,
    /// Who it is about.
    pub who: Text,
}

/// The state of all screens. Only `update` changes it, only `view` draws it.
#[derive(Debug)]
pub struct State {
    pub(super) setup: Setup,
    pub(super) styles: Styles,
    pub(super) now: Timestamp,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) generation: Generation,
    pub(super) screen: Screen,
    pub(super) counters: Slot<Counters>,
    /// What waits for servers, and what they refused.
    pub(super) waiting: Slot<Box<Pending>>,
    pub(super) today: Today,
    pub(super) mail: Mail,
    pub(super) clients: Clients,
    pub(super) deals: Deals,
    pub(super) outgoing: Outgoing,
    pub(super) reports: Reports,
    pub(super) pages: Vec<Page>,
    pub(super) overlays: Vec<Overlay>,
    /// The row that is selected in the list of a search: keys there are about it.
    pub(super) found: Option<Target>,
    /// Promises of letters that were queued just now, until it is known whether there are any.
    pub(super) offers: Vec<Promises>,
    /// Those of the letter that was queued last, and since when they are offered: B opens them.
    pub(super) offered: Option<(Promises, Timestamp)>,
    /// A search to return to when this many pages are left by one.
    pub(super) parked: Option<(usize, Overlay)>,
    pub(super) writing: Option<Box<Compose>>,
    pub(super) pending: Option<String>,
    /// Keys for a letter that is on its way to the screen.
    pub(super) ahead: Option<Ahead>,
    pub(super) bar: Bar,
    /// How every account stands with its servers.
    pub(super) accounts: Vec<AccountState>,
    /// The colleague whom the letter that is begun next goes to: it takes an assignment along.
    pub(super) forward_to: Option<Mailbox>,
    /// The folder where the last attached file was found.
    pub(super) attach_from: Option<String>,
    /// Files that are being fetched; opened or saved when they are here.
    pub(super) awaited: Vec<Awaited>,
}

impl State {
    /// An account is synced for the first time: that nothing waits is not known yet.
    pub(super) fn is_first_sync(&self) -> bool {
        let first = |account: &AccountState| {
            account.last_sync.is_none() && matches!(account.phase, Phase::Never | Phase::Connecting | Phase::Syncing)
        };
        !self.setup.demo && self.accounts.iter().any(first)
    }

    /// Before the first event.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self {
            styles: setup.theme.styles(),
            setup,
            now: Timestamp::UNIX_EPOCH,
            width: 80,
            height: 24,
            generation: 0,
            screen: Screen::Today,
            counters: Slot::default(),
            waiting: Slot::default(),
            today: Today::default(),
            mail: Mail::default(),
            clients: Clients::default(),
            deals: Deals::default(),
            outgoing: Outgoing::default(),
            reports: Reports::default(),
            pages: Vec::new(),
            overlays: Vec::new(),
            found: None,
            offers: Vec::new(),
            offered: None,
            parked: None,
            writing: None,
            pending: None,
            ahead: None,
            bar: Bar::default(),
            accounts: Vec::new(),
            forward_to: None,
            attach_from: None,
            awaited: Vec::new(),
        }
    }

    /// The address of a page is shown, to be selected with the mouse.
    #[must_use]
    pub fn shows_address(&self) -> bool {
        matches!(self.overlays.last(), Some(Overlay::SignIn(sign_in)) if sign_in.is_waiting())
    }

    /// Now in the user's zone.
    pub(super) fn here_and_now(&self) -> Zoned {
        self.now.to_zoned(self.setup.zone.clone())
    }

    /// Today's date in the user's zone.
    pub(super) fn today_date(&self) -> Date {
        self.here_and_now().date()
    }

    /// Times as the user reads them.
    pub(super) fn clock(&self) -> Clock {
        Clock { now: self.now, zone: self.setup.zone.clone() }
    }

    /// The screen between header and status line.
    pub(super) fn body(&self) -> Rect {
        let (top, bottom) = (2.min(self.height), self.status_lines());
        Rect { x: 0, y: top, width: self.width, height: self.height.saturating_sub(top + bottom) }
    }

    /// One line for news and hints on a low terminal, two on others; more for a long problem.
    pub(super) fn status_lines(&self) -> u16 {
        super::widgets::status::height(self).min(self.height.saturating_sub(4).max(1))
    }

    /// Too small to draw anything but a sentence that says so.
    pub(super) fn is_too_small(&self) -> bool {
        self.width < 30 || self.height < 8
    }

    /// The reader that is in use.
    pub(super) fn reader(&self) -> Option<&Reader> {
        match self.pages.last() {
            Some(Page::Reader(reader)) => Some(reader),
            Some(Page::Card(_)) => None,
            None => match self.screen {
                Screen::Today => self.today.reader_in_use(),
                Screen::Mail => self.mail.reader_in_use(),
                _ => None,
            },
        }
    }

    /// The same, to be changed.
    pub(super) fn reader_mut(&mut self) -> Option<&mut Reader> {
        match self.pages.last_mut() {
            Some(Page::Reader(reader)) => Some(reader),
            Some(Page::Card(_)) => None,
            None => match self.screen {
                Screen::Today => self.today.reader_in_use_mut(),
                Screen::Mail => self.mail.reader_in_use_mut(),
                _ => None,
            },
        }
    }

    /// The card that is in use.
    pub(super) fn card(&self) -> Option<&Card> {
        match self.pages.last() {
            Some(Page::Card(card)) => Some(card),
            Some(Page::Reader(_)) => None,
            None => match self.screen {
                Screen::Today => self.today.card_in_use(),
                Screen::Clients => self.clients.card_in_use(),
                Screen::Deals => self.deals.card_in_use(),
                _ => None,
            },
        }
    }

    /// The same, to be changed.
    pub(super) fn card_mut(&mut self) -> Option<&mut Card> {
        match self.pages.last_mut() {
            Some(Page::Card(card)) => Some(card),
            Some(Page::Reader(_)) => None,
            None => match self.screen {
                Screen::Today => self.today.card_in_use_mut(),
                Screen::Clients => self.clients.card_in_use_mut(),
                Screen::Deals => self.deals.card_in_use_mut(),
                _ => None,
            },
        }
    }

    /// What an action would act on.
    pub(super) fn target(&self) -> Target {
        if let Some(found) = &self.found {
            return found.clone();
        }
        if let Some(reader) = self.reader() {
            let mut target = reader.target();
            // The row of Today knows more than the conversation alone: its counters, its lead.
            if self.pages.is_empty() && self.screen == Screen::Today {
                let row = self.today.target();
                if row.thread == target.thread {
                    target = Target { message: target.message, unread: target.unread, ..row };
                }
            }
            return target;
        }
        if let Some(card) = self.card() {
            return card.target();
        }
        match self.screen {
            Screen::Today => self.today.target(),
            Screen::Mail => self.mail.target(),
            Screen::Clients => self.clients.target(),
            Screen::Deals => self.deals.target(),
            Screen::Outgoing => self.outgoing.target(),
            Screen::Reports => self.reports.target(),
        }
    }

    /// Readers that are on the screen or under a page.
    pub(super) fn visible_readers_mut(&mut self) -> impl Iterator<Item = &mut Reader> {
        let pages = self.pages.iter_mut().filter_map(|page| match page {
            Page::Reader(reader) => Some(reader.as_mut()),
            Page::Card(_) => None,
        });
        let shown = match self.screen {
            Screen::Today => Some(&mut self.today.reader),
            Screen::Mail => Some(&mut self.mail.reader),
            _ => None,
        };
        shown.into_iter().chain(pages)
    }

    /// Cards that are on the screen or under a page.
    pub(super) fn visible_cards_mut(&mut self) -> impl Iterator<Item = &mut Card> {
        let pages = self.pages.iter_mut().filter_map(|page| match page {
            Page::Card(card) => Some(card.as_mut()),
            Page::Reader(_) => None,
        });
        let shown = match self.screen {
            Screen::Today => Some(&mut self.today.card),
            Screen::Clients => Some(&mut self.clients.card),
            Screen::Deals => Some(&mut self.deals.card),
            _ => None,
        };
        shown.into_iter().chain(pages)
    }

    /// Every reader there is.
    pub(super) fn readers_mut(&mut self) -> impl Iterator<Item = &mut Reader> {
        let pages = self.pages.iter_mut().filter_map(|page| match page {
            Page::Reader(reader) => Some(reader.as_mut()),
            Page::Card(_) => None,
        });
        [&mut self.today.reader, &mut self.mail.reader].into_iter().chain(pages)
    }

    /// Every card there is.
    pub(super) fn cards_mut(&mut self) -> impl Iterator<Item = &mut Card> {
        let pages = self.pages.iter_mut().filter_map(|page| match page {
            Page::Card(card) => Some(card.as_mut()),
            Page::Reader(_) => None,
        });
        [&mut self.today.card, &mut self.clients.card, &mut self.deals.card].into_iter().chain(pages)
    }
}

/// What `update` gives.
pub(super) type Effects = Vec<Effect>;

/// Now, and the zone times are shown in.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    pub now: Timestamp,
    pub zone: TimeZone,
}

impl Clock {
    pub fn age(&self, since: Timestamp) -> String {
        super::format::age(since, self.now)
    }

    pub fn moment(&self, at: Timestamp) -> String {
        super::format::moment(at, self.now, &self.zone)
    }

    pub fn full(&self, at: Timestamp) -> String {
        super::format::full(at, self.now, &self.zone)
    }

    pub fn today(&self) -> Date {
        self.now.to_zoned(self.zone.clone()).date()
    }

    pub fn day(&self, date: Date) -> String {
        super::format::day(date, self.today())
    }
}
