//! How a letter being written looks.

use super::state::{Compose, Part, Review};
use crate::domain::address::Address;
use crate::domain::draft;
use crate::domain::guard::Fix;
use crate::domain::outbox::{File, Letter};
use crate::domain::text::Text;
use crate::ui::format;
use crate::ui::state::State;
use crate::ui::theme::Styles;
use crate::ui::widgets::{list, pane};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// What is said of a letter that is redirected.
const AS_IT_CAME: &str = "This letter goes on as it came, with its files; an answer goes to who wrote it.";

/// The column where the headers' values begin.
const LABEL: u16 = 10;

/// Below this height an empty Bcc is shown only while it is in use.
const ROOM_FOR_BCC: u16 = 16;

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, body: Rect) {
    if let Some(writing) = &state.writing {
        match &writing.review {
            Some(review) => last_look(state, review, frame, body),
            None => editor(state, writing, frame, body),
        }
    }
}

fn editor(state: &State, writing: &Compose, frame: &mut Frame, body: Rect) {
    let styles = &state.styles;
    let title = format!("Letter to {}", writing.whom());
    let note = if writing.dirty || writing.saving {
        "saving"
    } else if writing.draft.is_some() {
        "draft saved"
    } else {
        ""
    };
    let inner = pane::view(frame, body, false, &title, note, true, styles);
    let mut y = inner.y;
    let from =
        format!("{}{}", writing.base.from, if state.setup.accounts.len() > 1 { "  (Ctrl-F changes)" } else { "" });
    header(frame, inner, &mut y, "From", Err(&from), false, styles);
    let mut offers_at = inner.y;
    for part in [Part::To, Part::Cc, Part::Bcc, Part::Subject] {
        let in_use = writing.part == part;
        if in_use {
            offers_at = y + 1;
        }
        let (label, field) = match part {
            Part::To => ("To", &writing.to),
            Part::Cc => ("Cc", &writing.cc),
            Part::Bcc if inner.height < ROOM_FOR_BCC && field_hidden(writing) => continue,
            Part::Bcc => ("Bcc", &writing.bcc),
            Part::Subject | Part::Body => ("Subject", &writing.subject),
        };
        header(frame, inner, &mut y, label, Ok(field), in_use, styles);
    }
    if !writing.base.files.is_empty() {
        header(frame, inner, &mut y, "Files", Err(&files(&writing.base.files)), false, styles);
    }
    let rule = if writing.part == Part::Body { "━" } else { "─" };
    if y < inner.bottom() {
        let line = Line::styled(rule.repeat(usize::from(inner.width)), styles.line);
        frame.render_widget(line, Rect { y, height: 1, ..inner });
        y += 1;
    }
    if y < inner.bottom() {
        let place = Rect { x: inner.x + 1, y, width: inner.width.saturating_sub(2), height: inner.bottom() - y };
        if writing.redirects() {
            let lines = textwrap::wrap(AS_IT_CAME, usize::from(place.width).max(1));
            for (y, line) in (place.y..place.bottom()).zip(lines) {
                frame.render_widget(Line::styled(line.into_owned(), styles.dim), Rect { y, height: 1, ..place });
            }
            return offers(writing, frame, inner, offers_at, styles);
        }
        frame.render_widget(&writing.body, place);
        // The cursor of the text is drawn only while the text is in use.
        if writing.part != Part::Body {
            hide_cursor(frame, place);
        }
    }
    offers(writing, frame, inner, offers_at, styles);
}

/// The addresses offered for what is being typed, below its field.
fn offers(writing: &Compose, frame: &mut Frame, inner: Rect, top: u16, styles: &Styles) {
    let offers = writing.suggest.offers();
    let left = LABEL.min(inner.width);
    for (y, (index, offer)) in (top..inner.bottom()).zip(offers.iter().enumerate()) {
        let place = Rect { x: inner.x + left, y, width: inner.width - left, height: 1 };
        let mark = if index == writing.suggest.at { "> " } else { "  " };
        let text = format::fit(&format!("{mark}{offer}"), usize::from(place.width));
        frame.render_widget(ratatui::widgets::Clear, place);
        let style = if index == writing.suggest.at { styles.selected } else { styles.idle };
        frame.render_widget(Line::styled(text, style), place);
    }
}

fn field_hidden(writing: &Compose) -> bool {
    writing.bcc.text().is_empty() && writing.part != Part::Bcc
}

fn hide_cursor(frame: &mut Frame, area: Rect) {
    frame.buffer_mut().set_style(area, Style::new().remove_modifier(ratatui::style::Modifier::REVERSED));
}

/// A header: a label and a field, or a fixed text.
fn header(
    frame: &mut Frame,
    inner: Rect,
    y: &mut u16,
    label: &str,
    value: Result<&crate::ui::widgets::field::Field, &str>,
    in_use: bool,
    styles: &Styles,
) {
    if *y >= inner.bottom() {
        return;
    }
    let style = if in_use { styles.accent } else { styles.dim };
    let mark = if in_use { ">" } else { " " };
    let label = Span::styled(format!("{mark}{}", format::fit_right(label, usize::from(LABEL) - 3)), style);
    frame.render_widget(label, Rect { y: *y, height: 1, width: LABEL.min(inner.width), ..inner });
    let left = LABEL.min(inner.width);
    let place = Rect { x: inner.x + left, y: *y, width: inner.width - left, height: 1 };
    match value {
        Ok(field) => field.view(frame, place, in_use, styles),
        Err(text) => frame.render_widget(Line::styled(format::cut(text, usize::from(place.width)), styles.text), place),
    }
    *y += 1;
}

fn files(files: &[File]) -> String {
    let name = |file: &File| {
        let size = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
        format!("{} ({})", Text::line(&file.name), format::size(size))
    };
    let names = files.iter().map(name).collect::<Vec<_>>().join(", ");
    // Where the names are cut their number still tells that none is missing.
    if files.len() > 1 { format!("{}: {names}", files.len()) } else { names }
}

fn last_look(state: &State, review: &Review, frame: &mut Frame, body: Rect) {
    let styles = &state.styles;
    let later = leaves(state, review);
    let (title, note) = match (&review.concerns, review.sending) {
        (_, true) => ("On its way into the outbox", ""),
        (None, _) => ("Looking the letter over…", ""),
        (Some(_), _) if chosen_blocks(review) => ("Look before it leaves", "f fixes · it cannot be sent so"),
        (Some(_), _) if review.open_concerns() > 0 => ("Look before it leaves", "f fixes · o sends anyway"),
        (Some(_), _) if later.is_some() => ("Ready: Enter puts it into the outbox", "l another time · Esc goes back"),
        (Some(_), _) if review.letter.redirects.is_some() => ("Redirect as it came: Enter sends", "Esc goes back"),
        (Some(_), _) => ("Ready: Enter sends", "l later · Esc goes back"),
    };
    let inner = pane::view(frame, body, false, title, note, true, styles);
    let columns = usize::from(inner.width).saturating_sub(2).max(8);
    let mut lines: Vec<Line<'static>> = Vec::new();
    for (index, (concern, overridden)) in review.concerns.iter().flatten().enumerate() {
        let mark =
            if index == review.at && review.concerns.as_ref().is_some_and(|all| all.len() > 1) { ">" } else { " " };
        let (word, style) = match (concern.blocking, overridden) {
            (true, _) => ("STOP ", styles.bad),
            (false, true) => ("sent anyway: ", styles.dim),
            (false, false) => ("Check: ", styles.waits),
        };
        wrap(&mut lines, &format!("{mark} {word}{}", concern.reason), columns, "    ", style);
        if !concern.evidence.is_empty() && !overridden {
            wrap(&mut lines, &format!("    {}", concern.evidence), columns, "    ", styles.dim);
        }
        if index == review.at && !overridden {
            wrap(
                &mut lines,
                &format!("    f {}", fix_in_words(&concern.fix, &review.letter)),
                columns,
                "    ",
                styles.dim,
            );
        }
    }
    if review.concerns.as_ref().is_some_and(Vec::is_empty) {
        lines.push(Line::styled("  Nothing to object to.", styles.good));
    }
    if let Some(later) = later {
        wrap(&mut lines, &later, columns, "    ", styles.strong);
    }
    if let Some(next) = &review.letter.follow_up {
        wrap(&mut lines, &format!("  Then, {}. n changes it.", next.words()), columns, "    ", styles.strong);
    }
    if review.letter.receipts {
        let asked = "  Asks for receipts: of its delivery, and of its reading where the reader lets it be told.";
        wrap(&mut lines, asked, columns, "    ", styles.strong);
    }
    lines.push(Line::default());
    letter(&mut lines, review, columns, styles);
    let first = review.scroll.min(lines.len().saturating_sub(usize::from(inner.height)));
    for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(first)) {
        frame.render_widget(line, Rect { y, height: 1, ..inner });
    }
    list::scroll_bar(frame, inner, lines.len(), first, styles);
}

fn chosen_blocks(review: &Review) -> bool {
    review.concerns.as_ref().and_then(|all| all.get(review.at)).is_some_and(|(concern, _)| concern.blocking)
}

/// What `f` does about a concern.
fn fix_in_words(fix: &Fix, letter: &Letter) -> String {
    match fix {
        Fix::RemoveRecipient(address) if letter.recipients() == [address.clone()] => "goes to the address".to_owned(),
        Fix::RemoveRecipient(address) => format!("takes {address} off the letter"),
        Fix::OnlyTo(addresses) => {
            let names: Vec<&str> = addresses.iter().map(Address::as_str).collect();
            format!("leaves only {} on the letter", names.join(", "))
        }
        Fix::AddRecipient => "goes to the addresses".to_owned(),
        Fix::EditSubject => "goes to the subject".to_owned(),
        Fix::EditText => "goes to the text".to_owned(),
        Fix::AttachFile => "looks for the file".to_owned(),
        Fix::ChangeFrom(address) => format!("sends it from {address}"),
        Fix::EditCard => "goes back: the value belongs on the card".to_owned(),
    }
}

/// When a letter that is sent later leaves: by my clock, and by theirs where that is another.
fn leaves(state: &State, review: &Review) -> Option<String> {
    let at = review.letter.leave_at.filter(|at| *at > state.now)?;
    let mine = state.clock().full(at);
    let theirs =
        review.their_zone.as_ref().map(|zone| format::full(at, state.now, zone)).filter(|theirs| *theirs != mine);
    let theirs = theirs.map(|theirs| format!(" ({theirs} by their clock)")).unwrap_or_default();
    Some(format!("  Leaves {mine}{theirs}, while Postbook is open or when it is opened next."))
}

/// Plain, with HTML, or as it came.
fn goes_as(letter: &Letter) -> &'static str {
    match (letter.redirects, letter.html) {
        (Some(_), _) => AS_IT_CAME,
        (None, true) => "text with HTML made from Markdown (h changes it)",
        (None, false) => "plain text (h adds HTML made from Markdown)",
    }
}

/// The letter as it will leave.
fn letter(lines: &mut Vec<Line<'static>>, review: &Review, columns: usize, styles: &Styles) {
    let letter = &review.letter;
    let subject = if letter.subject.is_empty() { "(none)".to_owned() } else { Text::line(&letter.subject).into() };
    for (label, value) in [
        ("From", letter.from.to_string()),
        ("To", draft::mailbox_list(&letter.to)),
        ("Cc", draft::mailbox_list(&letter.cc)),
        ("Bcc", draft::mailbox_list(&letter.bcc)),
        ("Subject", subject),
        ("Files", files(&letter.files)),
        ("Goes as", goes_as(letter).to_owned()),
    ] {
        if !value.is_empty() {
            wrap(lines, &format!("  {label}: {value}"), columns, "    ", styles.strong);
        }
    }
    lines.push(Line::default());
    for line in Text::block(&letter.text).lines() {
        let style = if line.starts_with('>') { styles.dim } else { styles.text };
        wrap(lines, &format!("  {line}"), columns.min(98), "  ", style);
    }
}

fn wrap(lines: &mut Vec<Line<'static>>, text: &str, columns: usize, indent: &str, style: Style) {
    let options = textwrap::Options::new(columns).subsequent_indent(indent);
    lines.extend(textwrap::wrap(text, options).into_iter().map(|line| Line::styled(line.into_owned(), style)));
}
