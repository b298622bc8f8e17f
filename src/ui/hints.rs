//! Where each action can be used, and the keys that the bottom line names.

use super::card::Card;
use super::handling;
use super::keymap::{self, Action, At};
use super::overlays::Overlay;
use super::screens::{clients, deals, outgoing, today};
use super::state::{Page, Screen, State, Target};
use crate::domain::account::Kind;
use crate::domain::counter::Counter;
use crate::domain::deal;
use crate::domain::folder::Role;

/// True when actions of this place can be used now.
pub(super) fn can(state: &State, target: &Target, at: At) -> bool {
    if let Some(writing) = &state.writing {
        let reviewing = writing.review.is_some();
        return match at {
            At::Review => reviewing,
            At::List => reviewing,
            At::Always => true,
            At::Compose => !reviewing,
            _ => false,
        };
    }
    let on_screen = state.pages.is_empty();
    match at {
        At::Everywhere | At::Always | At::List => true,
        At::Thread => target.thread.is_some(),
        At::Person => target.contact.is_some(),
        At::Lead => target.lead && target.contact.is_some(),
        At::Junk => target.thread.is_some() && in_junk(state, target),
        At::Waiting if target.offered.is_some() => true,
        At::Waiting => target.thread.is_some() || target.activity.is_some() || target.payment.is_some(),
        At::Team => target.thread.is_some() && state.setup.accounts.iter().any(|account| account.kind == Kind::Shared),
        At::Activity => target.activity.is_some() || target.happened.is_some(),
        At::Payment => target.payment.is_some(),
        At::Counted => target.subject.is_some() || state.card().is_some_and(Card::has_hints),
        At::Handled => handling::can(state),
        At::Markable => handling::can_mark(state),
        At::Marked => handling::can_mark(state) && handling::marked(state) > 0,
        At::Folder => on_screen && state.screen == Screen::Mail && state.mail.folder.is_some(),
        At::Reader => state.reader().is_some(),
        At::Card => super::acts::cards::can(state),
        At::CardInUse => state.card().is_some(),
        At::File => matches!(state.card().and_then(super::card::Card::item), Some(super::card::Item::File(..))),
        At::Clients => on_screen && state.screen == Screen::Clients && !state.clients.on_card,
        At::Tabs => {
            let clients = state.screen == Screen::Clients && !state.clients.on_card;
            let queues = state.screen == Screen::Today && state.today.pane == today::Pane::List;
            on_screen && (clients || queues || matches!(state.screen, Screen::Outgoing | Screen::Reports))
        }
        At::Today => on_screen && state.screen == Screen::Today && state.today.row().is_some(),
        At::Client => target.contact.is_some() || target.deal.is_some(),
        At::Assignable => target.thread.is_some() || target.company.is_some() || can(state, target, At::Client),
        At::Deals => on_screen && state.screen == Screen::Deals,
        At::Board => {
            let board = state.deals.shape == deals::Shape::Board && !state.deals.on_card;
            on_screen && state.screen == Screen::Deals && board
        }
        At::Deal => super::acts::deals::row_here(state).is_some(),
        At::Reports => on_screen && state.screen == Screen::Reports,
        At::Outgoing => target.outgoing.is_some(),
        At::Draft => target.draft.is_some(),
        At::Template => target.template.is_some(),
        At::Mailings => on_screen && state.screen == Screen::Outgoing && state.outgoing.tab == outgoing::Tab::Mailings,
        At::Mailing => can(state, target, At::Mailings) && state.outgoing.mailing().is_some(),
        At::FollowUp => {
            let listed = state.screen == Screen::Outgoing && state.outgoing.tab == outgoing::Tab::FollowUps;
            on_screen && listed && state.outgoing.follow_up().is_some_and(|row| row.standing.goes_on())
        }
        At::Compose | At::Review => false,
    }
}

/// The conversation raises "junk watch", or the Junk folder is shown.
fn in_junk(state: &State, target: &Target) -> bool {
    let folder = state.mail.folder_row().and_then(|row| row.role);
    let shown = state.screen == Screen::Mail && state.pages.is_empty() && folder == Some(Role::Junk);
    shown || target.counters.contains(&Counter::JunkWatch)
}

/// Keys with a word each, the most useful first.
pub(super) fn hints(state: &State) -> Vec<(String, String)> {
    if let Some(overlay) = state.overlays.last() {
        return overlay_hints(overlay).iter().map(|(key, word)| ((*key).to_owned(), (*word).to_owned())).collect();
    }
    if let Some(first) = &state.pending {
        return pairs(state, first);
    }
    let target = state.target();
    let wanted = if state.writing.is_some() { writing(state) } else { wanted(state, &target) };
    let mut hints = Vec::new();
    for action in wanted {
        if let Some(binding) = keymap::binding(action).filter(|binding| can(state, &target, binding.at))
            && let Some(key) = binding.keys.first()
        {
            hints.push(((*key).to_owned(), word(state, &target, action, binding.short)));
        }
    }
    hints
}

/// The word of an action, where its place says it better than the table.
fn word(state: &State, target: &Target, action: Action, short: &str) -> String {
    match action {
        Action::Done if target.offered.is_some() => "no letter",
        Action::Open if target.offered.is_some() => "open the letter",
        Action::Done if target.activity.is_some() => "done",
        Action::Done if junk(target) => "it is junk",
        Action::Done if target.counters.contains(&Counter::Silent) => "drop",
        Action::Reply if target.counters.contains(&Counter::Silent) => "follow up",
        // Where other keys clear the row too, all of them are to be seen at 80 columns.
        Action::Done if several_keys(target) => "done",
        Action::Convert if several_keys(target) => "contact",
        Action::Done => "no reply needed",
        Action::Snooze if target.activity.is_some() || target.payment.is_some() => "move",
        Action::NextTab if state.screen == Screen::Today => "next counter",
        Action::ToggleRead if target.unread => "mark read",
        Action::ToggleRead => "mark unread",
        Action::Junk if handling::in_junk(state) => "not junk",
        Action::Back if state.pages.is_empty() && state.screen == Screen::Clients => "back",
        _ => short,
    }
    .to_owned()
}

/// It waits for an answer, and for something else that has keys of its own.
fn several_keys(target: &Target) -> bool {
    let raises = |counter| target.counters.contains(&counter);
    raises(Counter::Unanswered) && (raises(Counter::NewLeads) || raises(Counter::Unfiled))
}

/// Only the counter "junk watch" is raised: the conversation lies in Junk.
pub(super) fn junk(target: &Target) -> bool {
    target.counters.contains(&Counter::JunkWatch) && !target.counters.contains(&Counter::Unanswered)
}

fn writing(state: &State) -> Vec<Action> {
    use Action::{
        AskReceipts, AttachFile, BackToEditor, EditOutside, EditOutsideAgain, FixConcern, IfNoAnswer, InsertTemplate,
        LeaveLetter, NextField, Override, Review, Send, SendLater,
    };
    match state.writing.as_ref().and_then(|writing| writing.review.as_ref()) {
        Some(review) if review.open_concerns() > 0 => vec![FixConcern, Override, BackToEditor, EditOutsideAgain],
        Some(review) if review.concerns.is_none() => vec![BackToEditor],
        Some(_) => vec![Send, SendLater, IfNoAnswer, AskReceipts, BackToEditor, EditOutsideAgain],
        None => vec![Review, NextField, LeaveLetter, InsertTemplate, AttachFile, EditOutside],
    }
}

fn wanted(state: &State, target: &Target) -> Vec<Action> {
    let mut wanted = wanted_here(state, target);
    // A payment is paid or moved, not answered.
    if target.payment.is_some() && target.activity.is_none() {
        wanted.retain(|action| *action != Action::Done);
    }
    wanted
}

fn wanted_here(state: &State, target: &Target) -> Vec<Action> {
    use Action::{
        AddActivity, Archive, AsItWas, Assign, Back, Card, Closed, Convert, Delete, Done, Earlier, EditFact, EditOwner,
        EditTags, EnterCard, File, Find, Finer, Fold, Forecast, Forward, Help, Ignore, KeepLead, Later, Lost, Mark,
        Move, New, NewDeal, NextAccount, NextLetter, NextPane, NextSection, NextTab, OfferLines, Open, OpenAttachment,
        OpenFile, Paid, Palette, Payments, Period, Plan, Quit, Quotes, Reopen, Reply, Rescue, SaveFile, SaveReport,
        Search, Shape, ShowOnly, ShowPart, Skip, Snooze, StageBack, StageForward, Sync, Template, ToggleRead, Watch,
        Why, Won, WriteTo,
    };
    let mut wanted = Vec::new();
    if can(state, target, At::Marked) {
        return with_marked(state.screen);
    }
    if state.reader().is_some() {
        wanted.extend([
            Help,
            Back,
            Reply,
            Template,
            Done,
            Snooze,
            File,
            Fold,
            Quotes,
            Archive,
            Delete,
            OpenAttachment,
            NextLetter,
            Forward,
        ]);
        wanted.extend([Move, Card]);
        return wanted;
    }
    wanted.push(Help);
    if matches!(state.pages.last(), Some(Page::Card(_))) || state.card().is_some() {
        wanted.extend([Back, Open, Paid, Done, Snooze, Convert, KeepLead]);
        match super::acts::deals::row_here(state).map(|row| row.state) {
            Some(deal::State::Open) => wanted.extend([StageForward, Won, Lost]),
            Some(_) => wanted.push(Reopen),
            None => {}
        }
        wanted.extend([OfferLines, Payments, OpenFile, SaveFile]);
        if target.lead {
            wanted.push(Ignore);
        }
        wanted.extend([
            Reply,
            WriteTo,
            EditFact,
            AddActivity,
            NextSection,
            ShowPart,
            EditTags,
            Watch,
            EditOwner,
            AsItWas,
        ]);
        return wanted;
    }
    match state.screen {
        Screen::Today => {
            wanted.extend(clearing(target));
            wanted.extend([Why, Skip, Assign, Plan, NextTab, NextPane, Palette, Quit]);
        }
        Screen::Mail => {
            wanted.extend([Open, Rescue, Reply, Template, Done, Archive, Delete, Mark, Move, ToggleRead]);
            wanted.extend([NextPane, Search, New, Sync, Quit]);
        }
        Screen::Clients => {
            wanted.extend([Open, NextTab, Find, Convert, KeepLead]);
            if target.lead {
                wanted.push(Ignore);
            }
            wanted.extend([WriteTo, EnterCard, AddActivity, NextPane, Quit]);
            if state.clients.tab == clients::Tab::Companies {
                wanted.retain(|action| *action != WriteTo);
            }
        }
        Screen::Deals => {
            wanted.extend([Open, StageForward, StageBack, Won, Lost, NewDeal, Shape, Forecast, ShowOnly, Closed]);
            wanted.extend([Payments, OfferLines, NextPane, WriteTo, Search, Palette, Quit]);
        }
        Screen::Outgoing => {
            wanted.extend(OF_MAILINGS.into_iter().chain(OF_LETTERS));
            if matches!(state.outgoing.tab, outgoing::Tab::Outbox | outgoing::Tab::FollowUps) && target.thread.is_some()
            {
                wanted.push(Open);
            }
            wanted.extend([New, Quit]);
        }
        Screen::Reports => {
            wanted.extend([Earlier, Later, Period, NextTab, Finer, SaveReport, NextAccount, Open, Palette, Quit]);
            if state.setup.accounts.len() < 2 {
                wanted.retain(|action| *action != NextAccount);
            }
        }
    }
    wanted
}

/// Keys of the list of mailings.
const OF_MAILINGS: [Action; 6] = [
    Action::OpenMailing,
    Action::CheckMailing,
    Action::DryRun,
    Action::StartMailing,
    Action::PauseMailing,
    Action::NewMailing,
];

/// Keys of the other lists of Outgoing.
const OF_LETTERS: [Action; 11] = [
    Action::StopFollowing,
    Action::EditDraft,
    Action::UseTemplate,
    Action::EditTemplate,
    Action::NewTemplate,
    Action::DeleteTemplate,
    Action::TakeBackThis,
    Action::Resend,
    Action::DiscardOutgoing,
    Action::DiscardDraft,
    Action::NextTab,
];

/// What acts on all that are marked; on Today what clears them first.
fn with_marked(screen: Screen) -> Vec<Action> {
    use Action::{Archive, Delete, Done, Flag, Help, Junk, Mark, MarkAll, Move, Snooze, ToggleRead, Unmark};
    let (clears, puts) = ([Done, Snooze], [Archive, Delete, Move, Unmark, Mark, ToggleRead, Junk, Flag, MarkAll]);
    let first = screen == Screen::Today;
    let (before, after) = if first { (&clears[..], &puts[..]) } else { (&puts[..], &clears[..]) };
    [&[Help], before, after].concat()
}

/// The keys that clear exactly what a row of Today raises.
fn clearing(target: &Target) -> Vec<Action> {
    use Action::{
        Convert, Done, File, FileBest, Ignore, KeepLead, Open, Paid, Reply, Rescue, Resend, Snooze, Template,
        ToggleRead,
    };
    if target.offered.is_some() {
        return vec![Open, Done];
    }
    let mut keys = Vec::new();
    // The most pressing first: what is only unread is opened.
    let mut counters = target.counters.clone();
    let unread = usize::from(counters.first() == Some(&Counter::Unread));
    counters.rotate_left(unread);
    for counter in &counters {
        keys.extend_from_slice(match counter {
            Counter::Unread => &[Open, ToggleRead][..],
            Counter::Unanswered | Counter::Silent => &[Reply, Done, Snooze],
            Counter::NewLeads => &[Convert, KeepLead, Ignore],
            Counter::Unfiled => &[File, FileBest],
            Counter::Due => &[Done, Snooze],
            Counter::OverduePayments => &[Paid, Snooze],
            Counter::OutboxTrouble => &[Resend, Open],
            Counter::JunkWatch => &[Rescue, Done],
        });
    }
    // One more way to answer gives way to the keys that do something else.
    if keys.contains(&Reply) {
        keys.push(Template);
    }
    let mut seen = Vec::new();
    keys.retain(|key| {
        !seen.contains(key) && {
            seen.push(*key);
            true
        }
    });
    keys
}

/// What can follow the first key of a pair.
fn pairs(state: &State, first: &str) -> Vec<(String, String)> {
    let target = state.target();
    let mut hints = Vec::new();
    for binding in keymap::BINDINGS.iter().filter(|binding| can(state, &target, binding.at)) {
        for key in binding.keys {
            if let Some((_, second)) = key.split_once(' ').filter(|(begin, _)| *begin == first) {
                hints.push((format!("{first} {second}"), binding.short.to_owned()));
            }
        }
    }
    hints
}

fn overlay_hints(overlay: &Overlay) -> &'static [(&'static str, &'static str)] {
    match overlay {
        Overlay::Palette(_) => &[("enter", "do it"), ("up", "up"), ("down", "down"), ("esc", "close")],
        Overlay::Refile(_) => &[("enter", "file there"), ("up", "up"), ("down", "down"), ("esc", "close")],
        Overlay::Ledger(_) => &[("esc", "close"), ("j", "down"), ("k", "up")],
        Overlay::Likely(_) => &[("enter", "join with it"), ("up", "up"), ("down", "down"), ("esc", "close")],
        Overlay::Ignored(_) => {
            &[("enter", "ignore what is typed"), ("delete", "show again"), ("down", "down"), ("esc", "close")]
        }
        Overlay::Goals(_) => &[("enter", "move there"), ("up", "up"), ("down", "down"), ("esc", "close")],
        Overlay::Pending(_) => {
            &[("x", "I have seen it"), ("s", "sync now"), ("j", "down"), ("k", "up"), ("esc", "close")]
        }
        Overlay::Search(search) if search.explains() => &[("down", "down"), ("up", "up"), ("esc", "back")],
        Overlay::Search(search) if search.is_in_list() => &[
            ("enter", "open"),
            ("e", "no reply needed"),
            ("z", "snooze"),
            ("f", "file"),
            ("r", "reply"),
            ("E", "archive"),
            ("m", "read"),
            ("!", "flag"),
            ("C", "card"),
            ("o", "order"),
            ("ctrl-s", "keep"),
            ("tab", "to the line"),
        ],
        Overlay::Search(_) => &[
            ("enter", "open"),
            ("tab", "complete, or into the list"),
            ("f1", "what can be asked"),
            ("ctrl-o", "order"),
            ("ctrl-s", "keep"),
            ("esc", "close"),
        ],
        Overlay::Views(_) => &[
            ("enter", "search"),
            ("t", "as a queue of Today"),
            ("c", "the people"),
            ("r", "rename"),
            ("d", "forget"),
            ("esc", "close"),
        ],
        Overlay::Help(_) | Overlay::Why(_) | Overlay::Notice(_) => &[("esc", "close"), ("j", "down"), ("k", "up")],
        Overlay::Choose(_) => &[("enter", "choose"), ("j", "down"), ("k", "up"), ("esc", "close")],
        Overlay::ActivityForm(_) => &[("enter", "save"), ("tab", "next field"), ("esc", "close")],
        Overlay::Quick(_) => &[
            ("enter", "save"),
            ("tab", "other client"),
            ("ctrl-p", "planned or done"),
            ("ctrl-t", "without the task"),
            ("esc", "close"),
        ],
        Overlay::Promises(_) => &[
            ("enter", "make tasks"),
            ("space", "choose"),
            ("x", "no promise"),
            ("j", "down"),
            ("k", "up"),
            ("esc", "later"),
        ],
        Overlay::Form(_) => &[("enter", "go on"), ("tab", "next field"), ("esc", "close")],
        Overlay::Note(_) => &[("ctrl-s", "keep"), ("esc", "leave")],
        Overlay::TemplateEditor(_) => {
            &[("ctrl-s", "keep"), ("ctrl-k", "short codes"), ("ctrl-e", "your editor"), ("esc", "leave")]
        }
        Overlay::Enter(_) => &[("enter", "enter"), ("tab", "next field"), ("esc", "close")],
        Overlay::Confirm(_) => &[("y", "yes"), ("n", "no")],
        Overlay::Welcome(_) => &[("any key", "begins")],
        Overlay::PickClient(_) => &[("enter", "choose"), ("up", "up"), ("down", "down"), ("esc", "close")],
        Overlay::Accounts(_) => {
            &[("enter", "new password"), ("s", "sync now"), ("j", "down"), ("k", "up"), ("esc", "close")]
        }
        Overlay::SignIn(sign_in) if sign_in.is_waiting() => &[("esc", "stop waiting")],
        Overlay::SignIn(_) => &[("enter", "open the browser"), ("esc", "close")],
        Overlay::Clients(work) => work.hints(),
        kept => record_hints(kept),
    }
}

/// Keys where payments, offers, bank lines and changes are looked through.
fn record_hints(overlay: &Overlay) -> &'static [(&'static str, &'static str)] {
    match overlay {
        Overlay::Payments(_) => &[
            ("a", "add"),
            ("enter", "change"),
            ("p", "paid or not"),
            ("s", "split"),
            ("d", "remove"),
            ("u", "undo"),
            ("esc", "close"),
        ],
        Overlay::Lines(_) => &[
            ("ctrl-s", "save"),
            ("enter", "next line"),
            ("tab", "next cell"),
            ("ctrl-d", "remove"),
            ("ctrl-t", "save, amount from lines"),
            ("ctrl-o", "copy from a deal"),
            ("esc", "close"),
        ],
        Overlay::Mailing(_) => &[
            ("j", "next"),
            ("k", "previous"),
            ("tab", "who is shown"),
            ("x", "leave out, take in"),
            ("c", "check"),
            ("d", "dry run"),
            ("s", "start"),
            ("p", "pause"),
            ("C", "card"),
            ("esc", "close"),
        ],
        Overlay::Bank(_) => &[
            ("enter", "paid"),
            ("n", "no payment"),
            ("tab", "other proposal"),
            ("o", "choose another"),
            ("a", "all sure ones"),
            ("esc", "close"),
        ],
        Overlay::Changes(changes) if changes.is_open() => &[("j", "down"), ("k", "up"), ("esc", "back")],
        Overlay::Changes(_) => &[
            ("enter", "what it changed"),
            ("u", "undo the newest"),
            ("ctrl-r", "redo"),
            ("j", "down"),
            ("k", "up"),
            ("esc", "close"),
        ],
        Overlay::AsItWas(card) if card.is_asking() => {
            &[("enter", "show"), ("up", "up"), ("down", "down"), ("esc", "close")]
        }
        Overlay::AsItWas(_) => &[
            ("h", "change before"),
            ("l", "change after"),
            ("d", "another day"),
            ("j", "down"),
            ("k", "up"),
            ("esc", "close"),
        ],
        _ => &[],
    }
}
