//! The grammar of times: a day, a time, or both, with what goes before them.

use super::words::{Unit, Which, is_end, is_working, month, number, one_of, relative_day, unit, weekday, which};
use super::{Basis, Toward, When, Word};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};

/// The hour of "tonight".
const TONIGHT: i8 = 19;
/// Further away than this many units is a slip of the pen.
const FARTHEST: i64 = 1_000;

/// Reads times among words.
pub(super) struct Reader<'a> {
    pub words: &'a [Word],
    pub basis: Basis<'a>,
    /// In a letter or a note: what only might be a time is none.
    pub prose: bool,
}

impl Reader<'_> {
    /// The folded word there, or nothing behind the last.
    pub(super) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.folded.as_str())
    }

    fn today(&self) -> Date {
        self.basis.now.date()
    }

    fn past(&self) -> bool {
        self.basis.toward == Toward::Past
    }

    /// A time that begins at this word: the word after it, and what it says.
    pub(super) fn when(&self, at: usize) -> Option<(usize, When)> {
        let (from, by) = self.deadline(at);
        if let Some((to, day)) = self.end_of(from) {
            return Some((to, When { day, time: None, by: true }));
        }
        if let Some(found) = self.span(from, by) {
            return Some(found);
        }
        if self.word(from) == "tonight" {
            return Some((
                from + 1,
                When { day: self.today(), time: jiff::civil::Time::new(TONIGHT, 0, 0, 0).ok(), by },
            ));
        }
        // "at 14:00 tomorrow", and "14:00" alone.
        if let Some((after, time)) = self.time(from, false) {
            if let Some((to, day)) = self.day(after, false) {
                return Some((to, When { day, time: Some(time), by }));
            }
            return self.alone(from).then_some((after, When { day: self.today(), time: Some(time), by }));
        }
        let (to, day) = self.day(from, by)?;
        Some(match self.time(to, true) {
            Some((after, time)) => (after, When { day, time: Some(time), by }),
            None => (to, When { day, time: None, by }),
        })
    }

    /// A time of day without a day is one of today's where it is written with minutes, or typed.
    fn alone(&self, at: usize) -> bool {
        let clock = |at: usize| self.word(at).contains(':') || one_of(self.word(at), &["noon", "midday"]);
        clock(at) || clock(at + 1)
    }

    /// Steps over "by", "no later than", «до», "najpóźniej do"; true when there was one.
    fn deadline(&self, at: usize) -> (usize, bool) {
        const PHRASES: [&[&str]; 14] = [
            &["no", "later", "than"],
            &["not", "later", "than"],
            &["не", "позднее", "чем"],
            &["не", "пізніше", "ніж"],
            &["nie", "pozniej", "niz"],
            &["не", "позднее"],
            &["не", "позже"],
            &["не", "пізніше"],
            &["najpozniej", "do"],
            &["najpozniej", "w"],
            &["najpozniej"],
            &["at", "the", "latest"],
            &["before"],
            &["przed"],
        ];
        for phrase in PHRASES {
            if phrase.iter().enumerate().all(|(offset, word)| self.word(at + offset) == *word) {
                return (at + phrase.len(), true);
            }
        }
        if one_of(self.word(at), &["by", "until", "till", "до", "do", "к", "ко"]) {
            let article = usize::from(self.word(at + 1) == "the");
            return (at + 1 + article, true);
        }
        (at, false)
    }

    /// "End of the week", «конца месяца», "końca dnia", "EOD": its last working day.
    fn end_of(&self, at: usize) -> Option<(usize, Date)> {
        let today = self.today();
        match self.word(at) {
            "eod" | "cob" => return Some((at + 1, today)),
            "eow" => return Some((at + 1, self.end_of_week(today))),
            _ => {}
        }
        let at = at + usize::from(self.word(at) == "the");
        if !is_end(self.word(at)) {
            return None;
        }
        let mut next = at + 1;
        while one_of(self.word(next), &["of", "the"]) {
            next += 1;
        }
        let said = which(self.word(next));
        next += usize::from(said.is_some());
        let day = match unit(self.word(next)) {
            Some(Unit::Day) => today,
            Some(Unit::Week) if said == Some(Which::Next) => self.end_of_week(today.checked_add(7.days()).ok()?),
            Some(Unit::Week) => self.end_of_week(today),
            Some(Unit::Month) => {
                let month =
                    if said == Some(Which::Next) { today.first_of_month().checked_add(1.month()).ok()? } else { today };
                self.basis.work.days_before(month.last_of_month(), 0)
            }
            Some(Unit::Year) => self.basis.work.days_before(today.last_of_year(), 0),
            _ => return self.day(next, true).filter(|_| relative_day(self.word(next)).is_some()),
        };
        let mut next = next + 1;
        // "końca przyszłego tygodnia" has it before, "końca tygodnia przyszłego" behind.
        next += usize::from(said.is_none() && which(self.word(next)).is_some());
        Some((next, day.max(today)))
    }

    fn end_of_week(&self, day: Date) -> Date {
        let sunday =
            if day.weekday() == Weekday::Sunday { day } else { day.nth_weekday(1, Weekday::Sunday).unwrap_or(day) };
        self.basis.work.days_before(sunday, 0)
    }

    /// "in 3 days", «через неделю», "za dwa dni", "within two weeks", "2 days ago", «полчаса назад», `+3`.
    fn span(&self, at: usize, by: bool) -> Option<(usize, When)> {
        let first = self.word(at);
        if let Some(days) = first.strip_prefix('+') {
            let days: u16 = days.parse().ok()?;
            let day = self.today().checked_add(i64::from(days).days()).ok()?;
            let rest = self.time(at + 1, true);
            let (to, time) = rest.map_or((at + 1, None), |(to, time)| (to, Some(time)));
            return Some((to, When { day, time, by }));
        }
        let within = one_of(first, &["within"])
            || (one_of(first, &["в", "w"]) && one_of(self.word(at + 1), &["течение", "ciagu"]))
            || one_of(first, &["протягом"]);
        let (from, forward) = if within {
            (at + 1 + usize::from(one_of(self.word(at + 1), &["течение", "ciagu"])), true)
        } else if one_of(first, &["in", "через", "за", "za"]) {
            (at + 1, true)
        } else {
            (at, false)
        };
        let (to, count, unit) = self.amount(from)?;
        if forward {
            return self.moved(count, unit, by || within).map(|when| (to, when));
        }
        one_of(self.word(to), &["ago", "назад", "тому", "temu"])
            .then(|| self.moved(-count, unit, false))
            .flatten()
            .map(|when| (to + 1, when))
    }

    /// "3 days", «неделю», "two working days".
    fn amount(&self, at: usize) -> Option<(usize, i64, Unit)> {
        let (mut next, count) = match number(self.word(at)) {
            Some(count) => (at + 1, count),
            None => (at, 1),
        };
        if next > at && one_of(self.word(next), &["of"]) {
            next += 1;
        }
        let working = is_working(self.word(next));
        next += usize::from(working);
        let mut unit = unit(self.word(next))?;
        next += 1;
        if unit == Unit::Day && (working || is_working(self.word(next))) {
            next += usize::from(!working);
            unit = Unit::WorkingDay;
        }
        (count <= FARTHEST).then_some((next, count, unit))
    }

    fn moved(&self, count: i64, unit: Unit, by: bool) -> Option<When> {
        let (now, today) = (self.basis.now, self.today());
        let exact = |moved: DateTime| {
            let time = moved.time().with().second(0).subsec_nanosecond(0).build().ok()?;
            Some(When { day: moved.date(), time: Some(time), by })
        };
        let day = match unit {
            Unit::Minute => return exact(now.checked_add(count.minutes()).ok()?),
            Unit::Hour => return exact(now.checked_add(count.hours()).ok()?),
            Unit::Day => today.checked_add(count.days()).ok()?,
            Unit::WorkingDay => {
                let days = u32::try_from(count.abs()).ok()?;
                if count < 0 {
                    self.basis.work.days_before(today, days)
                } else {
                    self.basis.work.days_after(today, days)
                }
            }
            Unit::Week => today.checked_add(count.weeks()).ok()?,
            Unit::Month => today.checked_add(count.months()).ok()?,
            Unit::Year => today.checked_add(count.years()).ok()?,
        };
        Some(When { day, time: None, by })
    }

    /// A day, with the word that goes before it: "on Friday", «в пятницу», "w czwartek", `25.11`, "next Monday".
    /// `introduced`: something before it says already that a time follows.
    fn day(&self, at: usize, introduced: bool) -> Option<(usize, Date)> {
        let preposition =
            one_of(self.word(at), &["on", "в", "во", "у", "на", "w", "we", "na", "od", "с", "з", "of", "the"]);
        let mut next = at + usize::from(preposition);
        let introduced = introduced || (preposition && !one_of(self.word(at), &["of", "the", "od"]));
        let said = which(self.word(next));
        next += usize::from(said.is_some());
        if let Some(found) = self.week_or_month(next, said) {
            return Some(found);
        }
        if let Some((day, sure)) = weekday(self.word(next)) {
            // Short ones are words of their own in a letter: "the sun", "sat down".
            let followed = self.time(next + 1, true).is_some();
            if !(sure || !self.prose || introduced || said.is_some() || followed) {
                return None;
            }
            // «в пятницу следующей недели», "w piątek w przyszłym tygodniu"
            let (to, of) = self.of_which_week(next + 1);
            return Some((to, self.on_weekday(day, said.or(of))?));
        }
        if said.is_some() {
            return None;
        }
        if self.word(next) == "day" && self.word(next + 1) == "after" && self.word(next + 2) == "tomorrow" {
            return Some((next + 3, self.today().checked_add(2.days()).ok()?));
        }
        if let Some(days) = relative_day(self.word(next)) {
            let end = usize::from(self.word(next + 1) == "дня" && self.word(next) == "завтрашнего");
            return Some((next + 1 + end, self.today().checked_add(days.days()).ok()?));
        }
        self.date(next, introduced)
    }

    /// "next week" (its first working day), "this month".
    fn week_or_month(&self, at: usize, said: Option<Which>) -> Option<(usize, Date)> {
        let forward = match said? {
            Which::This => return None,
            Which::Next => 1,
            Which::Last => -1,
        };
        let today = self.today();
        let day = match unit(self.word(at))? {
            Unit::Week => {
                let monday = today.tomorrow().ok()?.nth_weekday(-1, Weekday::Monday).unwrap_or(today);
                self.basis.work.days_after(monday.checked_add((7 * forward).days()).ok()?, 0)
            }
            Unit::Month => self.basis.work.days_after(today.first_of_month().checked_add(forward.months()).ok()?, 0),
            _ => return None,
        };
        Some((at + 1, day))
    }

    /// Steps over "next week", «следующей недели», "w przyszłym tygodniu" behind a day of the week.
    fn of_which_week(&self, at: usize) -> (usize, Option<Which>) {
        let from = at + usize::from(one_of(self.word(at), &["w", "of", "на"]));
        match which(self.word(from)) {
            Some(said) if unit(self.word(from + 1)) == Some(Unit::Week) => (from + 2, Some(said)),
            _ => (at, None),
        }
    }

    fn on_weekday(&self, weekday: Weekday, said: Option<Which>) -> Option<Date> {
        let today = self.today();
        match said {
            // "Next Friday" said on a Monday is not the one in four days.
            Some(Which::Next) => {
                let sunday = self.sunday_of(today);
                sunday.nth_weekday(1, weekday).ok()
            }
            Some(Which::Last) => today.nth_weekday(-1, weekday).ok(),
            _ if self.past() => today.nth_weekday(-1, weekday).ok(),
            _ => today.nth_weekday(1, weekday).ok(),
        }
    }

    fn sunday_of(&self, day: Date) -> Date {
        if day.weekday() == Weekday::Sunday { day } else { day.nth_weekday(1, Weekday::Sunday).unwrap_or(day) }
    }

    /// `25.11`, `25.11.2026`, `25/11/26`, `2026-11-25`, "25 November 2026", "November 25th", «25-го».
    fn date(&self, at: usize, introduced: bool) -> Option<(usize, Date)> {
        let word = self.word(at);
        if let Ok(day) = word.parse::<Date>() {
            return Some((at + 1, day));
        }
        if let Some(month) = month(word).filter(|_| self.word(at + 1).starts_with(|c: char| c.is_ascii_digit())) {
            let day = ordinal(self.word(at + 1))?;
            let (to, year) = self.year(at + 2);
            return Some((to, self.in_year(day, month, year)?));
        }
        if let Some(day) = ordinal(word) {
            let of = usize::from(one_of(self.word(at + 1), &["of"]));
            if let Some(month) = month(self.word(at + 1 + of)) {
                let (to, year) = self.year(at + 2 + of);
                return Some((to, self.in_year(day, month, year)?));
            }
            // "by the 25th", «до 25-го»
            let marked = word.ends_with(|c: char| c.is_alphabetic());
            return (marked && introduced).then(|| self.of_month(day)).flatten().map(|day| (at + 1, day));
        }
        let separator = if word.contains('/') { '/' } else { '.' };
        let parts: Vec<&str> = word.split(separator).collect();
        let (day, month, year) = match parts.as_slice() {
            [day, month] => (*day, *month, None),
            [day, month, year] => (*day, *month, Some(*year)),
            _ => return None,
        };
        // A price or a version is no date.
        if self.prose && year.is_none() && (month.len() != 2 || (separator == '/' && !introduced)) {
            return None;
        }
        let year = match year {
            Some(year) => Some(year.parse::<i16>().ok().map(|year| if year < 100 { 2000 + year } else { year })?),
            None => None,
        };
        Some((at + 1, self.in_year(day.parse().ok()?, month.parse().ok()?, year)?))
    }

    /// A year behind a day and a month.
    fn year(&self, at: usize) -> (usize, Option<i16>) {
        match self.word(at).parse::<i16>() {
            Ok(year) if (2000..2100).contains(&year) => {
                let word = usize::from(one_of(self.word(at + 1), &["г", "года", "р", "року", "r", "roku"]));
                (at + 1 + word, Some(year))
            }
            _ => (at, None),
        }
    }

    fn in_year(&self, day: i8, month: i8, year: Option<i16>) -> Option<Date> {
        let today = self.today();
        if let Some(year) = year {
            return Date::new(year, month, day).ok();
        }
        let here = Date::new(today.year(), month, day).ok();
        let other = |by: i16| Date::new(today.year().checked_add(by)?, month, day).ok();
        match here {
            Some(date) if self.past() && date > today => other(-1),
            Some(date) if !self.past() && date < today => other(1),
            Some(date) => Some(date),
            // 29 February
            None => other(if self.past() { -1 } else { 1 }),
        }
    }

    /// The next (or last) such day of a month.
    fn of_month(&self, day: i8) -> Option<Date> {
        let today = self.today();
        let step = if self.past() { -1 } else { 1 };
        (0..3).find_map(|months| {
            let month = today.first_of_month().checked_add((step * months).months()).ok()?;
            let date = Date::new(month.year(), month.month(), day).ok()?;
            let fits = if self.past() { date <= today } else { date >= today };
            fits.then_some(date)
        })
    }
}

/// `25`, `25th`, `25-го`, `25-e`: a day of a month.
fn ordinal(word: &str) -> Option<i8> {
    let digits = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let (number, ending) = word.split_at_checked(digits)?;
    let known = ["", "st", "nd", "rd", "th", "-го", "го", "-е", "-th", "-ого", "-ego"];
    if number.len() > 2 || !known.contains(&ending) {
        return None;
    }
    number.parse().ok().filter(|day| (1..=31).contains(day))
}
