//! The lines of a conversation: who, warnings, text with folded quotes, files.

use super::Reader;
use super::paragraph::{Habit, Paragraph};
use crate::domain::address::Mailbox;
use crate::domain::id;
use crate::domain::message::{Direction, Invitation, Opened, Overtaken};
use crate::domain::text::{Text, plural};
use crate::domain::thread::ThreadView;
use crate::ui::effect::BodyForm;
use crate::ui::format::{self, whole_addresses};
use crate::ui::state::Clock;
use crate::ui::theme::Styles;
use crate::ui::widgets::doc::Sheet;
use jiff::{Timestamp, Zoned};
use ratatui::text::{Line, Span};

/// Letters wrap at this width even where there is more room: long lines are hard to read.
const WIDEST: usize = 96;

/// How much room there is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Columns of text.
    pub columns: usize,
    /// Only a few lines: recipients and folders give way to the words. The sender and the warnings never do.
    pub small: bool,
}

/// Lays the whole conversation out.
pub(super) fn sheet(
    reader: &Reader,
    view: &ThreadView,
    place: Place,
    clock: &Clock,
    styles: &Styles,
) -> Sheet<id::Message> {
    let mut sheet = Sheet::default();
    let columns = place.columns;
    facts(&mut sheet, view, columns, styles);
    for letter in &view.messages {
        if reader.unfolded.contains(&letter.id) {
            sheet.gap();
            unfolded(&mut sheet, reader, letter, place, clock, styles);
        } else {
            folded(&mut sheet, letter, columns, clock, styles);
        }
    }
    if view.on_its_way > 0 {
        sheet.gap();
        let letters = plural(view.on_its_way, "letter of yours is", "letters of yours are");
        sheet.more(Line::styled(format!("{letters} on the way (5 shows the outbox)"), styles.good));
    }
    sheet
}

fn facts(sheet: &mut Sheet<id::Message>, view: &ThreadView, columns: usize, styles: &Styles) {
    let row = &view.row;
    let mut place: Vec<String> = Vec::new();
    place.extend(row.contact.as_ref().map(|contact| contact.to_string()));
    place.extend(row.deal.as_ref().map(|deal| format!("deal: {deal}")));
    if !place.is_empty() {
        wrapped(sheet, &place.join(" · "), "", columns, styles.accent, false);
    }
    if let Some(who) = &view.taken_by {
        wrapped(sheet, &format!("Taken by {who}"), "", columns, styles.accent, false);
    }
    if view.private {
        wrapped(sheet, "Private: kept from colleagues", "", columns, styles.dim, false);
    }
    if !view.filed_by.is_empty() {
        wrapped(sheet, &format!("Filed {}", view.filed_by), "", columns, styles.dim, false);
    }
    if !row.counters.is_empty() {
        let counters: Vec<&str> = row.counters.iter().map(|c| c.label()).collect();
        wrapped(sheet, &format!("Waits: {}", counters.join(", ")), "", columns, styles.waits, false);
    }
}

fn sender(letter: &Opened) -> String {
    let from = &letter.parsed.from;
    if from.is_empty() { "(no sender)".to_owned() } else { list(from) }
}

fn list(mailboxes: &[Mailbox]) -> String {
    mailboxes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn folded(sheet: &mut Sheet<id::Message>, letter: &Opened, columns: usize, clock: &Clock, styles: &Styles) {
    let mark = if letter.seen { "+" } else { "+ new" };
    let head = format!("{mark} {}  {}", clock.moment(letter.date), sender(letter));
    let words = letter.parsed.text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let head = format::cut(&head, columns);
    let room = columns.saturating_sub(format::width(&head) + 2);
    let style = if letter.seen { styles.text } else { styles.strong };
    let mut spans = vec![Span::styled(head, style)];
    if room > 8 {
        spans.push(Span::styled(format!("  {}", format::cut(words.trim(), room)), styles.dim));
    }
    sheet.item(letter.id, Line::from(spans));
}

fn unfolded(
    sheet: &mut Sheet<id::Message>,
    reader: &Reader,
    letter: &Opened,
    place: Place,
    clock: &Clock,
    styles: &Styles,
) {
    let columns = place.columns.min(WIDEST);
    let parsed = &letter.parsed;
    let (from, when) = (format!("- {}", sender(letter)), clock.full(letter.date));
    if format::width(&from) + format::width(&when) + 2 <= columns {
        let gap = " ".repeat(columns - format::width(&from) - format::width(&when));
        let spans = vec![Span::styled(from, styles.strong), Span::raw(gap), Span::styled(when, styles.dim)];
        sheet.item(letter.id, Line::from(spans));
    } else {
        // The real address is always visible: it wraps and is never cut.
        let options = textwrap::Options::new(columns.max(1)).subsequent_indent("  ");
        let options = whole_addresses(options, &from);
        let mut lines = textwrap::wrap(&from, options);
        let first = lines.drain(..1).next().unwrap_or_default().into_owned();
        sheet.item(letter.id, Line::styled(first, styles.strong));
        for line in lines {
            sheet.more(Line::styled(line.into_owned(), styles.strong));
        }
        sheet.more(Line::styled(format!("  {when}"), styles.dim));
    }
    for (word, people) in [("to", &parsed.to), ("cc", &parsed.cc), ("reply to", &parsed.reply_to)] {
        let same = word == "reply to" && *people == parsed.from;
        let shown = !place.small || word == "reply to";
        if !people.is_empty() && !same && shown {
            wrapped(sheet, &format!("{word} {}", list(people)), "  ", columns, styles.dim, true);
        }
    }
    if !place.small {
        status(sheet, letter, columns, styles);
    }
    for warning in &parsed.warnings {
        wrapped(sheet, &format!("! {}", warning.sentence()), "  ", columns, styles.bad, true);
    }
    if let Some(invitation) = &parsed.invitation {
        meeting(sheet, invitation, columns, clock, styles);
    }
    fate(sheet, reader, letter, columns, clock, styles);
    promises(sheet, reader, letter, columns, styles);
    sheet.more(Line::default());
    body(sheet, reader, letter, columns, styles);
    files(sheet, letter, columns, styles);
}

/// What became of a letter of mine, and what follows when nobody answers it.
fn fate(
    sheet: &mut Sheet<id::Message>,
    reader: &Reader,
    letter: &Opened,
    columns: usize,
    clock: &Clock,
    styles: &Styles,
) {
    let mut fates = reader.slot.value.iter().flat_map(|view| &view.fates);
    let Some(fate) = fates.find(|fate| fate.message == letter.id) else { return };
    let rungs: Vec<String> = fate.ladder.iter().map(|rung| format!("{}, {}", rung.what, clock.full(rung.at))).collect();
    if !rungs.is_empty() {
        wrapped(sheet, &rungs.join(" · "), "  ", columns, styles.dim, true);
    }
    if !fate.follow_up.is_empty() {
        wrapped(sheet, fate.follow_up.as_str(), "  ", columns, styles.dim, true);
    }
}

/// What the letter promises, as long as nobody has said whether that is a task.
fn promises(sheet: &mut Sheet<id::Message>, reader: &Reader, letter: &Opened, columns: usize, styles: &Styles) {
    let found = reader.slot.value.iter().flat_map(|view| &view.promises);
    for promise in found.filter(|promise| promise.message == Some(letter.id)) {
        let whose = if promise.mine { "promise" } else { "they promise" };
        let line = format!("{whose}: “{}” (B makes a task)", promise.sentence);
        wrapped(sheet, &line, "  ", columns, styles.waits, true);
    }
}

/// What is not plain from the rest: folders, unseen, my own or a machine's.
fn status(sheet: &mut Sheet<id::Message>, letter: &Opened, columns: usize, styles: &Styles) {
    let mut words: Vec<String> = Vec::new();
    if !letter.seen {
        words.push("new".to_owned());
    }
    match letter.direction {
        Direction::Internal => words.push("from a colleague".to_owned()),
        Direction::Outbound | Direction::Inbound => {}
    }
    let nature = &letter.parsed.nature;
    if !nature.evidence().is_empty() {
        words.push(format!("{} ({})", nature.word(), nature.evidence()));
    }
    if !letter.folders.is_empty() {
        let folders: Vec<&str> = letter.folders.iter().map(Text::as_str).collect();
        words.push(format!("in {}", folders.join(", ")));
    }
    if !words.is_empty() {
        wrapped(sheet, &words.join(" · "), "  ", columns, styles.dim, true);
    }
}

fn meeting(sheet: &mut Sheet<id::Message>, meeting: &Invitation, columns: usize, clock: &Clock, styles: &Styles) {
    let kind = match meeting.method.as_str() {
        "CANCEL" => "Meeting cancelled",
        "REPLY" => "Answer to a meeting",
        _ => "Meeting",
    };
    let answer = meeting.answer.map(|answer| format!(", {}", answer.word())).unwrap_or_default();
    wrapped(sheet, &format!("{kind}{answer}: {}", meeting.summary), "  ", columns, styles.waits, true);
    let mut details: Vec<String> = Vec::new();
    details.extend(meeting.starts_at.map(|at| when(at, meeting, clock)));
    if !meeting.place.is_empty() {
        details.push(meeting.place.to_string());
    }
    details.extend(meeting.organiser.as_ref().map(|who| format!("from {who}")));
    if !details.is_empty() {
        wrapped(sheet, &details.join(" · "), "  ", columns, styles.text, true);
    }
    let overtaken = match meeting.overtaken {
        Some(Overtaken::Cancelled) => "It was cancelled since.",
        Some(Overtaken::Changed) => "A later letter changed it: answer that one.",
        None => "",
    };
    wrapped(sheet, overtaken, "  ", columns, styles.bad, true);
    if meeting.method.as_str() == "REQUEST" && !meeting.cancelled && meeting.overtaken.is_none() {
        wrapped(sheet, "g y answers: accept, perhaps, decline", "  ", columns, styles.dim, true);
    }
}

/// `Thu 3 Dec 08:00 to 09:00, Europe/London (there 09:00, Europe/Warsaw)`
fn when(at: Timestamp, meeting: &Invitation, clock: &Clock) -> String {
    let mine = at.to_zoned(clock.zone.clone());
    let mut words = clock.full(at);
    if let Some(end) = meeting.ends_at {
        let until = end.to_zoned(clock.zone.clone());
        let until = if until.date() == mine.date() { until.strftime("%H:%M").to_string() } else { clock.full(end) };
        words.push_str(&format!(" to {until}"));
    }
    words.push_str(&format!(", {}", zone_name(&mine)));
    if let Some((there, zone)) = meeting.there.as_ref().filter(|(there, _)| *there != mine.datetime()) {
        let format = if there.date() == mine.date() { "%H:%M" } else { "%a %-d %b %H:%M" };
        words.push_str(&format!(" (there {}, {zone})", there.strftime(format)));
    }
    words
}

/// `Europe/Warsaw`; of a zone without a name its difference to UTC.
fn zone_name(at: &Zoned) -> String {
    match at.time_zone().iana_name() {
        Some("Etc/UTC" | "Etc/UCT" | "Etc/GMT") => "UTC".to_owned(),
        Some(name) => name.to_owned(),
        None => at.strftime("UTC%:z").to_string(),
    }
}

fn body(sheet: &mut Sheet<id::Message>, reader: &Reader, letter: &Opened, columns: usize, styles: &Styles) {
    let other = reader.bodies.iter().find(|body| body.message == letter.id);
    if let Some(other) = other {
        let name = if other.form == BodyForm::Html { "The HTML part as text" } else { "The raw source" };
        let key = if other.form == BodyForm::Html { "H" } else { "R" };
        sheet.more(Line::styled(format!("  {name} ({key} goes back):"), styles.accent));
        match (&other.slot.value, &other.slot.problem) {
            (Some(text), _) => text.lines().for_each(|line| wrapped(sheet, line, "  ", columns, styles.text, true)),
            (None, Some(problem)) => {
                wrapped(sheet, Text::line(&problem.to_string()).as_str(), "  ", columns, styles.bad, true);
            }
            (None, None) => sheet.more(Line::styled("  Loading…", styles.dim)),
        }
        return;
    }
    let text = letter.parsed.text.as_str().trim_end();
    if text.is_empty() {
        sheet.more(Line::styled("  (no text)", styles.dim));
        return;
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let habit = Habit::of(&lines);
    let (mut rest, mut signature) = (lines.as_slice(), false);
    while let Some(line) = rest.first() {
        let quoted = quoted_lines(rest);
        if quoted > 1 && !reader.quotes {
            let count = plural(u64::try_from(quoted).unwrap_or(0), "quoted line", "quoted lines");
            sheet.more(Line::styled(format!("  > … {count} (x shows)"), styles.dim));
            rest = rest.get(quoted..).unwrap_or_default();
            continue;
        }
        signature |= line.trim_end() == "--";
        let Some(paragraph) = habit.next(rest, signature) else { break };
        let style = if quoted > 0 { styles.dim } else { styles.text };
        words(sheet, &paragraph, columns, style);
        rest = rest.get(paragraph.lines..).unwrap_or_default();
    }
}

/// The words of a letter: wrapped for this place, quote marks before every line.
fn words(sheet: &mut Sheet<id::Message>, paragraph: &Paragraph, columns: usize, style: ratatui::style::Style) {
    let Paragraph { prefix, text, hang, .. } = paragraph;
    let mark = if prefix.is_empty() { "  ".to_owned() } else { format!("  {prefix} ") };
    let hang = format!("{mark}{}", " ".repeat((*hang).min(columns / 4)));
    let options = textwrap::Options::new(columns.max(8)).initial_indent(&mark).subsequent_indent(&hang);
    for line in textwrap::wrap(text, options) {
        sheet.more(Line::styled(line.into_owned(), style));
    }
}

/// How many lines from here on are quoted: those that begin with `>`, or everything after the mark that Outlook
/// puts above the letter it answers.
fn quoted_lines(lines: &[&str]) -> usize {
    let is_quote = |line: &&&str| line.trim_start().starts_with('>');
    let run = lines.iter().take_while(is_quote).count();
    let Some(first) = lines.first() else { return 0 };
    let first = first.trim();
    let bar = first.len() >= 20 && first.chars().all(|c| matches!(c, '_' | '-'));
    let outlook = first.starts_with("-----") && first.ends_with("-----") && first.chars().any(char::is_alphabetic);
    let headers = || lines.iter().skip(1).take(4).filter(|line| is_header(line)).count() >= 2;
    if run == 0 && (outlook || (bar && headers())) { lines.len() } else { run }
}

fn is_header(line: &str) -> bool {
    let word = line.split(':').next().unwrap_or("").trim().trim_matches('*').to_lowercase();
    const WORDS: [&str; 15] = [
        "from",
        "sent",
        "to",
        "subject",
        "date",
        "от",
        "отправлено",
        "кому",
        "тема",
        "від",
        "надіслано",
        "od",
        "wysłano",
        "do",
        "temat",
    ];
    line.contains(':') && WORDS.contains(&word.as_str())
}

fn files(sheet: &mut Sheet<id::Message>, letter: &Opened, columns: usize, styles: &Styles) {
    let files: Vec<_> = letter.parsed.attachments.iter().filter(|file| !file.inline).collect();
    if files.is_empty() {
        return;
    }
    sheet.more(Line::default());
    let count = plural(u64::try_from(files.len()).unwrap_or(0), "file", "files");
    sheet.more(Line::styled(format!("  {count} attached (o opens, S saves):"), styles.accent));
    for (number, file) in (1..).zip(files) {
        let place = if file.on_server { ", on the server" } else { "" };
        let line = format!("{number}  {}  {}, {}{place}", file.name, format::size(file.size), file.media_type);
        wrapped(sheet, &line, "  ", columns, styles.text, true);
    }
}

/// Adds a line, wrapped; `of_item` says that it belongs to the letter above.
fn wrapped(
    sheet: &mut Sheet<id::Message>,
    text: &str,
    indent: &str,
    columns: usize,
    style: ratatui::style::Style,
    of_item: bool,
) {
    let options = whole_addresses(textwrap::Options::new(columns.max(8)), text);
    let options = options.initial_indent(indent).subsequent_indent(indent);
    for line in textwrap::wrap(text, options) {
        let line = Line::styled(line.into_owned(), style);
        if of_item { sheet.more(line) } else { sheet.line(line) }
    }
}

#[cfg(test)]
mod tests {
    use super::quoted_lines;

    #[test]
    fn quotes_are_found() {
        for (text, expected) in [
            ("> a\n> b\nc", 2),
            ("plain\n> a", 0),
            ("  >> deep", 1),
            ("-----Original Message-----\nFrom: a\ntext", 3),
            ("________________________________\nОт: a\nТема: b\ntext", 4),
            ("--------------------------------\njust a rule", 0),
        ] {
            assert_eq!(quoted_lines(&text.split('\n').collect::<Vec<_>>()), expected, "{text}");
        }
    }
}
