//! One line that enters an activity: `call Acme 15m wants offer for 20 by Friday`, in four languages.
//!
//! Reading it needs no store: [`Line::read`] says which words may be a client's name, whoever knows the clients says how many of them
//! are ([`Client::words`]), and [`Line::entry`] gives the fields, shown before anything is saved.

mod kinds;
#[cfg(test)]
mod tests;

use super::activity::{Activity, Kind};
use super::id;
use super::text::{Text, fold};
use super::when::{Basis, Found, Toward, When, Word, find as find_times, length_at, when_at, words};
use super::work_time::WorkTime;
use jiff::Zoned;
use kinds::{Tense, is_article, is_introduction, is_preposition, is_wish};

/// The most words a client's name is looked for in.
const LONGEST_NAME: usize = 4;

/// A client whose name the line may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// A person.
    pub contact: Option<id::Contact>,
    /// A company: theirs, or the client itself.
    pub company: Option<id::Company>,
    /// The name.
    pub name: Text,
    /// More to tell them from others: a person's company.
    pub more: Text,
    /// Their only open deal.
    pub deal: Option<(id::Deal, Text)>,
    /// How many of the words asked for are their name.
    pub words: usize,
}

/// A line taken apart as far as that goes without knowing the clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    typed: String,
    words: Vec<Word>,
    kind: Option<Kind>,
    tense: Tense,
    /// Behind the kind.
    from: usize,
}

/// What the line enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What.
    pub kind: Kind,
    /// It lies ahead.
    pub planned: bool,
    /// When; `None` is now for what was done, and the end of today for what is planned.
    pub when: Option<When>,
    /// How long, in minutes.
    pub minutes: Option<i64>,
    /// A name that nobody here has.
    pub stranger: Option<Text>,
    /// About what, or what came of it.
    pub text: Text,
    /// What has to be done next, because the text says so.
    pub follow_up: Option<FollowUp>,
}

/// A task that follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// About what.
    pub subject: Text,
    /// By when.
    pub due: When,
}

/// The places that reading the head of a line gives.
#[derive(Debug, Default)]
struct Head {
    when: Option<Found>,
    minutes: Option<i64>,
    /// The name's words, up to and without.
    name: (usize, usize),
    /// The text begins.
    text: usize,
    /// A time or a duration stands behind the name: it ends there, whoever it is.
    closed: bool,
}

impl Line {
    /// Takes a line apart.
    #[must_use]
    pub fn read(typed: &str) -> Self {
        let words = words(typed);
        let (from, kind, tense) = kinds::kind(&words);
        Self { typed: typed.to_owned(), words, kind, tense, from }
    }

    /// The words that may be a client's name, folded.
    #[must_use]
    pub fn name(&self, now: &Zoned, work: &WorkTime) -> Vec<String> {
        let (from, to) = self.head(None, self.basis(now, work, Toward::Future)).name;
        self.words.get(from..to).unwrap_or_default().iter().map(|word| word.folded.clone()).collect()
    }

    /// The word that a name would begin with has a capital letter.
    #[must_use]
    pub fn is_name_capital(&self, now: &Zoned, work: &WorkTime) -> bool {
        let (from, _) = self.head(None, self.basis(now, work, Toward::Future)).name;
        let word = self.words.get(from).and_then(|word| self.typed.get(word.from..word.to));
        word.is_some_and(|word| word.starts_with(char::is_uppercase))
    }

    fn basis<'a>(&self, now: &Zoned, work: &'a WorkTime, toward: Toward) -> Basis<'a> {
        Basis { now: now.datetime(), work, toward }
    }

    /// What stands before the text: a time, a duration, a name, in any order. `name`: how many words the name has, where that is known.
    fn head(&self, name: Option<usize>, basis: Basis<'_>) -> Head {
        let mut head = Head::default();
        let mut at = self.times(self.from, &mut head, basis);
        let preposition = self.words.get(at).is_some_and(|word| is_preposition(&word.folded));
        let begin = at + usize::from(preposition);
        let mut end = begin;
        let most = name.unwrap_or(LONGEST_NAME);
        let mut stopped = false;
        while end < begin + most && end < self.words.len() {
            if length_at(&self.words, end).is_some() || when_at(&self.words, end, basis).is_some() {
                stopped = true;
                break;
            }
            if end > begin && self.is_parted(end) {
                break;
            }
            end += 1;
        }
        head.closed = stopped && end > begin;
        head.name = (begin, end);
        if end > begin {
            at = end;
        }
        head.text = self.times(at, &mut head, basis);
        head
    }

    /// Steps over durations and times.
    fn times(&self, from: usize, head: &mut Head, basis: Basis<'_>) -> usize {
        let mut at = from;
        loop {
            if head.minutes.is_none()
                && let Some((to, minutes)) = length_at(&self.words, at)
            {
                (head.minutes, at) = (Some(minutes), to);
            } else if head.when.is_none()
                && let Some((to, when)) = when_at(&self.words, at, basis)
            {
                (head.when, at) = (Some(Found { from: at, to, when }), to);
            } else {
                return at;
            }
        }
    }

    /// A comma, a colon or a dash stands before this word.
    fn is_parted(&self, at: usize) -> bool {
        let end = at.checked_sub(1).and_then(|before| self.words.get(before)).map_or(0, |word| word.to);
        let begin = self.words.get(at).map_or(end, |word| word.from);
        self.typed
            .get(end..begin)
            .is_some_and(|between| between.contains([',', ':', ';', '–', '—']) || between.contains(" - "))
    }

    /// The fields, where so many of the words of [`Line::name`] are the client's name; `None`: nobody has said yet, or there is none.
    #[must_use]
    pub fn entry(&self, name: Option<usize>, now: &Zoned, work: &WorkTime) -> Entry {
        let past = self.tense == Tense::Past;
        let basis = self.basis(now, work, if past { Toward::Past } else { Toward::Future });
        let unknown = self.head(None, basis);
        // "call Nobody 15m …": the name ends at the duration, though nobody has it.
        let used = name.unwrap_or(if unknown.closed { unknown.name.1 - unknown.name.0 } else { 0 });
        let mut head = self.head(Some(used), basis);
        // "about prices 15m" on a card: the words before the duration are no name, and the duration is one all the same.
        let mut before_length = String::new();
        if used == 0 && unknown.closed {
            before_length = self.between(unknown.name.0, unknown.name.1).to_owned();
            head = Head { name: (unknown.name.0, unknown.name.0), ..unknown };
        }
        let stranger = (name.is_none() && used > 0).then(|| Text::line(self.between(head.name.0, head.name.1)));
        let rest = self.words.get(head.text..).unwrap_or_default();
        let ahead = self.basis(now, work, Toward::Future);
        let later = find_times(rest, ahead).into_iter().next();
        let before = |when: &When| when.at(now, work).is_some_and(|at| at <= now.timestamp()) && !when.by;
        let own = head.when.map(|found| found.when);
        let kind = self.kind.unwrap_or(if own.or(later.map(|found| found.when)).is_some_and(|when| !before(&when)) {
            Kind::Task
        } else {
            Kind::Note
        });
        let done = match (self.tense, own) {
            (Tense::Past, _) => true,
            (_, Some(when)) => before(&when),
            (Tense::Plan, None) => false,
            (Tense::Now, None) => match kind {
                Kind::Task => false,
                Kind::Call | Kind::Meeting | Kind::GroupMeeting => head.minutes.is_some() || later.is_none(),
                _ => true,
            },
        };
        let mut entry = Entry {
            kind,
            planned: !done,
            when: own,
            minutes: head.minutes,
            stranger,
            text: Text::default(),
            follow_up: None,
        };
        let past_time =
            || find_times(rest, self.basis(now, work, Toward::Past)).into_iter().find(|found| before(&found.when));
        let mut without = None;
        if done
            && own.is_none()
            && let Some(found) = past_time().filter(|_| past)
        {
            // "called Acme about the offer yesterday"
            (entry.when, without) = (Some(found.when), Some(found));
        } else if done {
            entry.follow_up = later.filter(|found| !before(&found.when)).map(|found| self.follow_up(&head, found));
        } else if own.is_none() {
            entry.when = later.map(|found| found.when);
            without = later;
        }
        let text = self.text(head.text, without, entry.planned);
        entry.text =
            if before_length.is_empty() { text } else { Text::line(format!("{before_length} {text}").trim_end()) };
        entry
    }

    fn between(&self, from: usize, to: usize) -> &str {
        let begin = self.words.get(from).map_or(self.typed.len(), |word| word.from);
        let end = to.checked_sub(1).and_then(|last| self.words.get(last)).map_or(begin, |word| word.to);
        // "5%" is no word with its sign, and nothing without it.
        let end = end + usize::from(self.typed.get(end..).is_some_and(|rest| rest.starts_with('%')));
        self.typed.get(begin..end).unwrap_or_default()
    }

    /// The text from this word on, without a time in it that is a field of its own.
    fn text(&self, from: usize, without: Option<Found>, planned: bool) -> Text {
        let begin = self.words.get(from).map_or(self.typed.len(), |word| word.from);
        let mut text = self.typed.get(begin..).unwrap_or_default().to_owned();
        if let Some(found) = without {
            let cut = |at: usize| self.words.get(from + at).map(|word| word.from - begin);
            let end = |at: usize| self.words.get(from + at).map(|word| word.to - begin);
            if let (Some(cut), Some(end)) = (cut(found.from), end(found.to.saturating_sub(1))) {
                text.replace_range(cut..end, "");
            }
        }
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut clean = joined.trim_matches(|c: char| matches!(c, ',' | ':' | ';' | '-' | '–' | '—' | ' '));
        let first = clean.split_whitespace().next().unwrap_or_default();
        // "call Acme tomorrow about prices"
        if planned && is_introduction(&first.to_lowercase()) {
            clean = clean.get(first.len()..).unwrap_or_default().trim_start();
        }
        Text::line(clean)
    }

    /// What the client wants by then: the words between "wants" and the time.
    fn follow_up(&self, head: &Head, due: Found) -> FollowUp {
        let (from, to) = (head.text + due.from, head.text + due.to);
        let mut begin = head.text;
        for at in head.text..from {
            let folded = self.words.get(at).map_or("", |word| word.folded.as_str());
            if is_wish(folded) {
                begin = at + 1;
            } else if at > begin && self.is_parted(at) {
                begin = at;
            }
        }
        while begin < from && self.words.get(begin).is_some_and(|word| is_article(&word.folded)) {
            begin += 1;
        }
        let subject = match self.between(begin, from) {
            // The time comes first: "by Friday wants the offer".
            "" => Text::line(self.between(to, self.words.len())),
            words => Text::line(words),
        };
        let subject = if subject.is_empty() { self.text(head.text, None, false) } else { subject };
        FollowUp { subject, due: When { by: true, ..due.when } }
    }
}

/// The word (folded) is one of this name, in whatever case it stands: `Иванову`, `Kowalskiej`, `Annie`. What begins with a capital letter is
/// more likely a name; of other words only the whole name, or one with a long beginning in common, is believed.
#[must_use]
pub fn is_called(word: &str, capital: bool, name: &str) -> bool {
    // How many letters of the typed word, and of the name, may be an ending ("Markowi" of "Marek"), and how many must be the same.
    let (typed_ending, ending, fewest) = if capital { (4, 3, 3) } else { (3, 1, 5) };
    let name = fold(name);
    let length = word.chars().count();
    name.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|part| {
        let common = part.chars().zip(word.chars()).take_while(|(one, other)| one == other).count();
        let ends =
            length.saturating_sub(common) <= typed_ending && part.chars().count().saturating_sub(common) <= ending;
        part == word || ends && common >= fewest
    })
}

impl Entry {
    /// The activity, and the task that follows from it.
    #[must_use]
    pub fn activities(&self, client: Option<&Client>, now: &Zoned, work: &WorkTime) -> (Activity, Option<Activity>) {
        let with = Activity {
            contact: client.and_then(|client| client.contact),
            company: client.and_then(|client| client.company),
            deal: client.and_then(|client| client.deal.as_ref()).map(|(deal, _)| *deal),
            ..Activity::new(Kind::Task, Text::default())
        };
        let at = self.when.and_then(|when| when.at(now, work));
        let end_of_today = || {
            let today = When { day: work.days_after(now.date(), 0), time: None, by: true };
            today.at(now, work).filter(|at| *at > now.timestamp()).unwrap_or(now.timestamp())
        };
        let (subject, result) =
            if self.planned { (self.text.clone(), Text::default()) } else { (Text::default(), self.text.clone()) };
        let activity = Activity {
            kind: self.kind,
            subject,
            result,
            due_at: self.planned.then(|| at.unwrap_or_else(end_of_today)),
            done_at: (!self.planned).then(|| at.unwrap_or(now.timestamp()).min(now.timestamp())),
            duration_minutes: self.minutes,
            guests: self.stranger.iter().cloned().collect(),
            ..with.clone()
        };
        let follow_up = self.follow_up.as_ref().and_then(|follow_up| {
            Some(Activity { subject: follow_up.subject.clone(), due_at: Some(follow_up.due.at(now, work)?), ..with })
        });
        (activity, follow_up)
    }
}
