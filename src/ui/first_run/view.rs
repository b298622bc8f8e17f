//! How the first-run screen looks.

use super::state::{Page, State, Wait};
use crate::domain::provider::Settings;
use crate::domain::text::Text;
use crate::ui::format;
use crate::ui::widgets::{agree, list};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// No line of text is longer: long ones are hard to read.
const WIDEST: u16 = 76;

/// Draws everything.
pub fn view(state: &State, frame: &mut Frame) {
    let area = frame.area();
    if area.width < 30 || area.height < 8 {
        let lines = [("Postbook needs 30 × 8.", state.styles.text)];
        return list::notice(frame, area, &lines);
    }
    let styles = &state.styles;
    let title = Line::styled(format::cut(" Postbook: your first mailbox", usize::from(area.width)), styles.accent);
    frame.render_widget(title, Rect { height: 1, ..area });
    let rule = "─".repeat(usize::from(area.width));
    frame.render_widget(Line::styled(rule, styles.line), Rect { y: area.y + 1, height: 1, ..area });
    let width = area.width.saturating_sub(4).min(WIDEST);
    let x = area.x + (area.width - width) / 2;
    // A little air above where there is room for it.
    let top = area.y + 2 + u16::from(area.height >= 16) + area.height.saturating_sub(30) / 4;
    let body = Rect { x, y: top, width, height: area.bottom().saturating_sub(top + 2) };
    page(state, frame, body);
    let foot = Rect { y: area.bottom() - 1, height: 1, ..area };
    frame.render_widget(Line::styled(format::cut(&keys(state), usize::from(area.width)), styles.dim), foot);
}

/// Text, rows, and below them what is waited for or what went wrong.
fn page(state: &State, frame: &mut Frame, body: Rect) {
    let styles = &state.styles;
    let columns = usize::from(body.width);
    if let Some((Wait::Agreeing, seconds)) = state.wait {
        let lines = agree::lines(state.prompt.as_ref(), seconds, columns, styles);
        let lines = agree::fitting(lines, usize::from(body.height), styles);
        for (y, line) in (body.y..body.bottom()).zip(lines) {
            frame.render_widget(line, Rect { y, height: 1, ..body });
        }
        return;
    }
    let below = below(state, columns);
    let rows = u16::try_from(state.rows().len()).unwrap_or(u16::MAX);
    let below_lines = u16::try_from(below.len()).unwrap_or(u16::MAX);
    // On a low terminal the text gives way first, then what is below, and the rows scroll.
    let kept = rows.min(3).max(body.height.saturating_sub(below_lines + 1).min(rows));
    let room = body.height.saturating_sub(kept + below_lines + 1 + u16::from(!below.is_empty()));
    let mut y = body.y;
    for line in above(state, columns).into_iter().take(usize::from(room)) {
        frame.render_widget(line, Rect { y, height: 1, ..body });
        y += 1;
    }
    y += u16::from(room > 0);
    let area = Rect { y, height: kept.min(body.bottom().saturating_sub(y)), ..body };
    state.rows().view(frame, area, state.wait.is_some(), styles);
    for (y, line) in (area.bottom() + 1..body.bottom()).zip(below) {
        frame.render_widget(line, Rect { y, height: 1, ..body });
    }
}

fn wrapped(text: &str, columns: usize, style: Style) -> Vec<Line<'static>> {
    let lines = textwrap::wrap(text, format::whole_addresses(textwrap::Options::new(columns), text));
    lines.into_iter().map(|line| Line::styled(line.into_owned(), style)).collect()
}

fn above(state: &State, columns: usize) -> Vec<Line<'static>> {
    let styles = &state.styles;
    let text = |words: &str| wrapped(words, columns, styles.text);
    match state.page {
        Page::Address => text(
            "Postbook is mail that knows your customers. Give it your address: it finds the servers by itself and asks \
             nobody but your own provider. Your password goes into this computer's keyring and nowhere else.",
        ),
        Page::SignIn => state.settings.as_ref().map(|settings| about(state, settings, columns)).unwrap_or_default(),
        Page::Hand => {
            let whose = state.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default();
            text(&format!(
                "The servers of {}: where mail is read (IMAP) and where letters leave (SMTP).",
                Text::line(&whose)
            ))
        }
        Page::Elsewhere if state.in_browser => text(
            "Tokens are kept in a keyring and nowhere else, and here is none that can be used. Name a command of another program \
             that gets and keeps them (oama access you@firma.example); the configuration then holds that name.",
        ),
        Page::Elsewhere => text(
            "The sign-in works, but the password cannot be kept in a keyring here. Name a command that prints it \
             (pass show mail/work), or an environment variable that has it. The configuration then holds that name, never the password.",
        ),
    }
}

/// What was found and how, and what to do at the provider.
fn about(state: &State, settings: &Settings, columns: usize) -> Vec<Line<'static>> {
    let styles = &state.styles;
    let email = state.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default();
    let mut lines = vec![Line::styled(format::cut(Text::line(&email).as_str(), columns), styles.strong)];
    lines.extend(wrapped(Text::line(&settings.source.in_words()).as_str(), columns, styles.text));
    for (word, server) in [("reading", &settings.imap), ("sending", &settings.smtp)] {
        let user = if server.user == email { String::new() } else { format!(", user {}", Text::line(&server.user)) };
        let shown = format::cut(&format!("{}{user}", server.in_words()), columns.saturating_sub(11));
        lines.push(Line::from(vec![Span::styled(format!("  {word}  "), styles.dim), Span::styled(shown, styles.text)]));
    }
    if let Some(host) = state.email.as_ref().and_then(|email| settings.unproven_host(email)) {
        let warning = format!("Only unsigned DNS records name {}: is that your provider?", Text::line(host));
        lines.extend(wrapped(&warning, columns, styles.waits));
    }
    if state.in_browser {
        lines.push(Line::default());
        let words = match state.advice() {
            Some(advice) => format!(
                "You sign in in your browser; Postbook gets a token and never sees the password. The provider has to know a client \
                 of yours: {}.",
                advice.client
            ),
            None => "You sign in in your browser; Postbook gets a token and never sees the password. The addresses and the client \
                     are your provider's or your administrator's to tell."
                .to_owned(),
        };
        lines.extend(wrapped(&words, columns, styles.text));
    }
    // What to do for a password is of no use to who signs in without one.
    let about_this = !state.in_browser || !settings.takes_password();
    if about_this && !settings.hint.is_empty() {
        lines.push(Line::default());
        lines.extend(wrapped(settings.hint.as_str(), columns, styles.text));
    }
    if about_this && !settings.page.is_empty() {
        lines.extend(wrapped(settings.page.as_str(), columns, styles.accent));
    }
    lines
}

fn below(state: &State, columns: usize) -> Vec<Line<'static>> {
    let styles = &state.styles;
    if let Some((wait, seconds)) = state.wait {
        let domain = state.email.as_ref().map(|email| email.domain().to_owned()).unwrap_or_default();
        let what = match wait {
            Wait::Finding => format!("Looking for the servers of {}", Text::line(&domain)),
            Wait::Agreeing => "Waiting for you".to_owned(),
            Wait::Trying => "Signing in, first to read, then to send".to_owned(),
            Wait::Saving => "Saving".to_owned(),
        };
        return wrapped(&format!("{what} … {seconds} s"), columns, styles.accent);
    }
    let Some(problem) = &state.trouble else { return Vec::new() };
    let mut lines = wrapped(Text::line(&problem.sentence).as_str(), columns, styles.bad);
    if let Some(hint) = &problem.hint {
        lines.extend(wrapped(Text::line(hint).as_str(), columns, styles.text));
    }
    lines
}

fn keys(state: &State) -> String {
    match state.wait {
        // The keyring may wait for the user to unlock it, and what it does then cannot be taken back.
        Some((Wait::Saving, _)) => return " Ctrl-C quit".to_owned(),
        Some((Wait::Agreeing, _)) if state.prompt.is_some() => {
            return " Esc stop waiting  Ctrl-O open the page again".to_owned();
        }
        Some(_) => return " Esc stop waiting".to_owned(),
        None => {}
    }
    let (both, has_page) = (state.two_ways(), !state.page_of_provider().is_empty());
    let words: &[(bool, &str)] = match state.page {
        Page::Address => &[
            (true, "Enter go on"),
            (true, "Ctrl-D try the demo"),
            (true, "Ctrl-E servers by hand"),
            (true, "Esc quit"),
        ],
        Page::SignIn => &[
            (true, "Enter sign in"),
            (has_page, "Ctrl-O its page"),
            (state.gives_codes(), "Ctrl-K by code"),
            (both && !state.in_browser, "Ctrl-B by browser"),
            (both && state.in_browser, "Ctrl-B by password"),
            (true, "Ctrl-E by hand"),
            (true, "Esc back"),
        ],
        Page::Hand => &[(true, "Enter go on"), (true, "Tab next row"), (true, "← → change"), (true, "Esc back")],
        Page::Elsewhere => &[(true, "Enter go on"), (true, "Tab next row"), (true, "Esc back")],
    };
    let shown: Vec<&str> = words.iter().filter(|(shown, _)| *shown).map(|(_, word)| *word).collect();
    format!(" {}", shown.join("  "))
}
