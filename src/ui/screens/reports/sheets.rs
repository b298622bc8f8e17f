//! The lines of letters, clients, activities and counters.

use super::deals::deals;
use super::state::{Of, Tab};
use crate::domain::counter::Counter;
use crate::domain::report::letters::Tally;
use crate::domain::report::period::{Step, days_between};
use crate::domain::report::{CounterDay, Report, minutes_in_words, total, working_minutes_in_words};
use crate::domain::text::plural;
use crate::ui::format;
use crate::ui::state::Clock;
use crate::ui::theme::Styles;
use crate::ui::widgets::chart::{Rising, bar, spark};
use crate::ui::widgets::doc::Sheet;
use jiff::civil::Date;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// What the lines are made with.
pub(super) struct Pen<'a> {
    pub(super) sheet: Sheet<Of>,
    pub(super) columns: usize,
    pub(super) clock: &'a Clock,
    pub(super) styles: &'a Styles,
}

/// Lays a part of the report out.
pub(super) fn sheet(report: &Report, tab: Tab, columns: usize, clock: &Clock, styles: &Styles) -> Sheet<Of> {
    let mut pen = Pen { sheet: Sheet::default(), columns: columns.max(30), clock, styles };
    match tab {
        Tab::Letters => letters(&mut pen, report),
        Tab::Clients => clients(&mut pen, report),
        Tab::Activities => activities(&mut pen, report),
        Tab::Deals => deals(&mut pen, report),
        Tab::Counters => counters(&mut pen, report),
    }
    pen.sheet
}

impl Pen<'_> {
    pub(super) fn heading(&mut self, title: &str) {
        self.sheet.gap();
        self.sheet.line(Line::styled(format!("  {}", format::cut(title, self.columns - 2)), self.styles.accent));
    }

    /// A name in a column, and what is to be said of it.
    pub(super) fn fact(&mut self, name: &str, words: &str) {
        self.styled_fact(name, words, self.styles.text);
    }

    fn styled_fact(&mut self, name: &str, words: &str, style: Style) {
        let words = textwrap::wrap(words, self.columns.saturating_sub(19).max(10));
        for (index, part) in words.into_iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            self.sheet.line(Line::from(vec![
                Span::styled(format!("  {} ", format::fit(name, 16)), self.styles.dim),
                Span::styled(part.into_owned(), style),
            ]));
        }
    }

    pub(super) fn nothing(&mut self, words: &str) {
        self.sheet.line(Line::styled(format!("  {words}"), self.styles.dim));
    }

    /// A line of cells, each cut or filled to its width; numbers to the right.
    pub(super) fn cells(&self, cells: &[(&str, usize, bool)], style: Style) -> Line<'static> {
        let shown: Vec<String> = cells
            .iter()
            .filter(|(_, width, _)| *width > 0)
            .map(
                |(text, width, number)| {
                    if *number { format::fit_right(text, *width) } else { format::fit(text, *width) }
                },
            )
            .collect();
        Line::styled(format!("  {}", shown.join(" ")), style)
    }

    /// A chart, when there is anything to draw.
    pub(super) fn chart(&mut self, title: &str, values: &[u64], labels: &[String], number: &dyn Fn(u64) -> String) {
        if values.iter().all(|value| *value == 0) {
            return;
        }
        self.heading(title);
        let chart = Rising { values, labels, number, height: 6, columns: self.columns };
        for line in chart.lines(self.styles) {
            self.sheet.line(line);
        }
    }
}

/// A share in words: `98 of 123 (79 %)`.
pub(super) fn of(part: u64, whole: u64) -> String {
    match (part * 100).checked_div(whole) {
        Some(percent) => format!("{part} of {whole} ({percent} %)"),
        None => part.to_string(),
    }
}

fn letters(pen: &mut Pen, report: &Report) {
    let tally = &report.letters.total;
    summary(pen, tally);
    let step = report.question.step;
    let steps = &report.letters.steps;
    let labels: Vec<String> = steps.iter().map(|(from, ..)| label(*from, step)).collect();
    let numbers = |of: fn(&Tally) -> u64| -> Vec<u64> { steps.iter().map(|(_, _, tally)| of(tally)).collect() };
    pen.chart(&format!("Received by {}", step.word()), &numbers(|tally| tally.received), &labels, &|n| n.to_string());
    pen.chart(&format!("Sent by {}", step.word()), &numbers(|tally| tally.sent), &labels, &|n| n.to_string());
    let median = |tally: &Tally| tally.response_working.median().and_then(|m| u64::try_from(m).ok()).unwrap_or(0);
    let hours = |minutes: u64| {
        if minutes == 0 {
            "0".to_owned()
        } else if minutes < 60 {
            format!("{minutes} min")
        } else {
            format!("{} h", minutes.div_ceil(60))
        }
    };
    pen.chart("Response time, median in working hours", &numbers(median), &labels, &hours);
    if report.accounts.len() > 1 {
        pen.heading("By account");
        for (name, tally) in &report.accounts {
            pen.fact(name.as_str(), &in_short(tally));
        }
    }
    table(pen, report);
}

fn summary(pen: &mut Pen, tally: &Tally) {
    let unseen = if tally.unseen > 0 { format!(", {} unseen", tally.unseen) } else { String::new() };
    pen.fact("received", &format!("{}{unseen}", plural(tally.received, "letter", "letters")));
    let settled = if tally.settled > 0 { format!(", {} needed no reply", tally.settled) } else { String::new() };
    let (waiting, style) = match tally.waiting() {
        0 => (String::new(), pen.styles.text),
        waiting => (format!(", {waiting} still wait"), pen.styles.waits),
    };
    pen.styled_fact("answered", &format!("{}{settled}{waiting}", of(tally.answered, tally.received)), style);
    pen.fact("sent", &format!("{}, {} of them replies", plural(tally.sent, "letter", "letters"), tally.replies_sent));
    if let Some(spread) = tally.response.spread() {
        let [median, p90] = [spread.median_minutes, spread.p90_minutes].map(minutes_in_words);
        pen.fact("response time", &format!("median {median}, nine of ten within {p90}"));
    }
    if let Some(spread) = tally.response_working.spread() {
        let [median, p90] = [spread.median_minutes, spread.p90_minutes].map(working_minutes_in_words);
        pen.fact("in working hours", &format!("median {median}, nine of ten within {p90}"));
    }
}

fn in_short(tally: &Tally) -> String {
    let median = tally.response_working.median().map(|m| format!(", median {}", working_minutes_in_words(m)));
    format!("{} received, {} sent{}", tally.received, tally.sent, median.unwrap_or_default())
}

fn label(day: Date, step: Step) -> String {
    day.strftime(if step == Step::Month { "%b" } else { "%-d %b" }).to_string()
}

/// Every step with its numbers.
fn table(pen: &mut Pen, report: &Report) {
    let steps = &report.letters.steps;
    let most = steps.iter().map(|(_, _, tally)| tally.received.max(tally.sent)).max().unwrap_or(0);
    if most == 0 {
        return;
    }
    let step = report.question.step;
    pen.heading(&format!("Each {}", step.word()));
    let bars = pen.columns.saturating_sub(50).clamp(6, 40);
    let head = [
        ("", 11, false),
        ("received", 8, true),
        ("sent", 5, true),
        ("answered", 8, true),
        ("median", 11, true),
        ("received", bars, false),
    ];
    let line = pen.cells(&head, pen.styles.dim);
    pen.sheet.line(line);
    for (from, _, tally) in steps {
        let day = from.strftime(if step == Step::Month { "%b %Y" } else { "%a %-d %b" }).to_string();
        let median = tally.response_working.median().map(working_minutes_in_words).unwrap_or_default();
        let [received, sent, answered] = [tally.received, tally.sent, tally.answered].map(|n| n.to_string());
        let bar = bar(tally.received, most, bars);
        let cells = [
            (day.as_str(), 11, false),
            (&received, 8, true),
            (&sent, 5, true),
            (&answered, 8, true),
            (&median, 11, true),
            (&bar, bars, false),
        ];
        let style = if tally.is_empty() { pen.styles.dim } else { pen.styles.text };
        let line = pen.cells(&cells, style);
        pen.sheet.line(line);
    }
}

/// The columns of rows of clients and deals: what is told of letters and activities.
pub(super) const OF_LETTERS: [(&str, usize, bool); 5] =
    [("in", 4, true), ("out", 4, true), ("waits", 5, true), ("median", 11, true), ("done", 4, true)];

/// Their cells.
pub(super) fn letters_cells(tally: &Tally, activities: u64) -> [String; 5] {
    let median = tally.response_working.median().map(working_minutes_in_words).unwrap_or_default();
    let waiting = if tally.waiting() == 0 { String::new() } else { tally.waiting().to_string() };
    [tally.received.to_string(), tally.sent.to_string(), waiting, median, activities.to_string()]
}

fn clients(pen: &mut Pen, report: &Report) {
    if report.clients.is_empty() {
        return pen.nothing("No letters of clients and no activities in this period.");
    }
    let most = report.clients.iter().map(|row| row.letters.received + row.letters.sent).max().unwrap_or(0);
    let numbers: usize = OF_LETTERS.iter().map(|(_, width, _)| width + 1).sum();
    let bars = if pen.columns >= 78 { (pen.columns - numbers) / 4 } else { 0 };
    let name = pen.columns.saturating_sub(numbers + bars + 4 + usize::from(bars > 0)).max(8);
    let mut head = vec![("client", name, false)];
    head.extend(OF_LETTERS);
    head.push(("letters", bars, false));
    let line = pen.cells(&head, pen.styles.dim);
    pen.sheet.line(line);
    for row in &report.clients {
        let shown = letters_cells(&row.letters, row.activities);
        let bar = bar(row.letters.received + row.letters.sent, most, bars);
        let mut cells = vec![(row.name.as_str(), name, false)];
        cells.extend(shown.iter().zip(OF_LETTERS).map(|(text, (_, width, number))| (text.as_str(), width, number)));
        cells.push((bar.as_str(), bars, false));
        let style = if row.letters.waiting() > 0 { pen.styles.waits } else { pen.styles.text };
        let line = pen.cells(&cells, style);
        pen.sheet.item(Of::Client(row.client), line);
    }
    pen.sheet.gap();
    pen.nothing("in, out: letters of theirs and mine; waits: those not answered yet;");
    pen.nothing("median: how soon I answered, in working hours; done: activities");
}

fn activities(pen: &mut Pen, report: &Report) {
    if report.activities.is_empty() {
        pen.nothing("Nothing was done or planned in this period.");
    } else {
        let most = report.activities.iter().map(|doings| doings.done).max().unwrap_or(0);
        let bars = pen.columns.saturating_sub(64).clamp(0, 40);
        let head = [
            ("kind", 14, false),
            ("done", 5, true),
            ("time in all", 13, true),
            ("median", 11, true),
            ("planned", 7, true),
            ("late", 4, true),
            ("done", bars, false),
        ];
        let line = pen.cells(&head, pen.styles.dim);
        pen.sheet.line(line);
        for doings in &report.activities {
            let kind = doings.kind.word().replace('_', " ");
            let [done, planned, late] = [doings.done, doings.planned, doings.overdue]
                .map(|n| if n == 0 { "–".to_owned() } else { n.to_string() });
            let sum = if doings.durations.is_empty() {
                "–".to_owned()
            } else {
                working_minutes_in_words(doings.durations.sum())
            };
            let median = doings.durations.median().map_or_else(|| "–".to_owned(), working_minutes_in_words);
            let bar = bar(doings.done, most, bars);
            let cells = [
                (kind.as_str(), 14, false),
                (&done, 5, true),
                (&sum, 13, true),
                (&median, 11, true),
                (&planned, 7, true),
                (&late, 4, true),
                (&bar, bars, false),
            ];
            let style = if doings.overdue > 0 { pen.styles.waits } else { pen.styles.text };
            let line = pen.cells(&cells, style);
            pen.sheet.line(line);
        }
    }
    pen.sheet.gap();
    pen.fact("won", &plural(report.sales.won.deals, "deal in this period", "deals in this period"));
    if let Some(tenths) =
        (report.sales.calls_in_won * 10 + report.sales.won.deals / 2).checked_div(report.sales.won.deals)
    {
        let words = format!("{}.{}, over the whole life of the deals won", tenths / 10, tenths % 10);
        pen.fact("calls per won", &words);
    }
}

fn counters(pen: &mut Pen, report: &Report) {
    let mut days: Vec<CounterDay> = report.counters.clone();
    // The last point is what waits now.
    let today = pen.clock.today();
    let period = report.question.period;
    if (period.from..=period.to).contains(&today) {
        let first = days.iter().find(|day| day.day == today).map_or(report.waits, |day| day.first);
        days.retain(|day| day.day != today);
        days.push(CounterDay { day: today, first, last: report.waits });
    }
    if days.is_empty() {
        return pen.nothing(
            "Nobody looked on these days: what waited then is not known. It is noted from now on, day by day.",
        );
    }
    let drawn = each_day(&days);
    let labels: Vec<String> = drawn.iter().map(|(day, _)| label(*day, Step::Day)).collect();
    let totals: Vec<u64> = drawn.iter().map(|(_, noted)| noted.map_or(0, |noted| noted.total())).collect();
    pen.chart("Everything that waited, at the last look of each day", &totals, &labels, &|n| n.to_string());
    pen.heading("Each counter");
    let columns = pen.columns.saturating_sub(46).clamp(8, 60);
    let head =
        [("", 16, false), ("first", 6, true), ("last", 6, true), ("most", 6, true), ("day by day", columns, false)];
    let line = pen.cells(&head, pen.styles.dim);
    pen.sheet.line(line);
    for counter in Counter::ALL {
        let values: Vec<u64> =
            drawn.iter().map(|(_, noted)| noted.map_or(0, |noted| noted.last.get(counter))).collect();
        let first = days.first().map_or(0, |day| day.first.get(counter));
        let last = days.last().map_or(0, |day| day.last.get(counter));
        let most = days.iter().map(|day| day.first.get(counter).max(day.last.get(counter))).max().unwrap_or(0);
        let [first, last, most] = [first, last, most].map(|n| n.to_string());
        let spark = spark(&values, columns);
        let cells = [
            (counter.label(), 16, false),
            (&first, 6, true),
            (&last, 6, true),
            (&most, 6, true),
            (&spark, columns, false),
        ];
        let line = pen.cells(&cells, pen.styles.text);
        pen.sheet.line(line);
    }
    pen.heading("Each day: at the first look, at the last one");
    for day in days.iter().rev() {
        let words = match (total(&day.first), day.total()) {
            (first, 0) if first > 0 => format!("{first} → all clear"),
            (_, 0) => "all clear".to_owned(),
            (first, last) => format!("{first} → {last}"),
        };
        pen.fact(&day.day.strftime("%a %-d %b").to_string(), &words);
    }
}

/// Every day from the first noted to the last; those nobody looked on are gaps.
fn each_day(days: &[CounterDay]) -> Vec<(Date, Option<CounterDay>)> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Vec::new() };
    let count = usize::try_from(days_between(first.day, last.day) + 1).unwrap_or(0).min(4_000);
    let mut all = Vec::with_capacity(count);
    let mut day = first.day;
    for _ in 0..count {
        all.push((day, days.iter().find(|noted| noted.day == day).copied()));
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    all
}
