//! What a first letter tells about its sender: phone, company, order number. Found, shown with its source, never
//! taken for granted.

use super::address::Mailbox;
use super::text::Text;

/// The most lines of a letter that are looked through.
const MOST_LINES: usize = 200;

/// Fields found in a first letter, each with the name it has in the ledger: `name`, `address`, `phone`, `company`, `order`.
#[must_use]
pub fn facts(sender: &Mailbox, subject: &Text, text: &Text) -> Vec<(&'static str, Text)> {
    let mut found = Vec::new();
    if !sender.name.is_empty() {
        found.push(("name", sender.name.clone()));
    }
    found.push(("address", Text::line(sender.address.as_str())));
    let own_words = text.lines().take(MOST_LINES).take_while(|line| !line.starts_with('>')).collect::<Vec<_>>();
    let lines = || std::iter::once(subject.as_str()).chain(own_words.iter().copied());
    found.extend(lines().find_map(phone).map(|value| ("phone", value)));
    found.extend(own_words.iter().copied().find_map(company).map(|value| ("company", value)));
    found.extend(lines().find_map(order_number).map(|value| ("order", value)));
    found
}

/// The first run of 9 to 15 digits that is written like a phone number (E.164 has at most 15).
fn phone(line: &str) -> Option<Text> {
    let fits = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '\u{a0}' | '.');
    let mut rest = line;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit() || c == '+') {
        let candidate = rest.get(start..)?;
        let end = candidate.find(|c: char| !fits(c)).unwrap_or(candidate.len());
        let number = candidate.get(..end)?.trim_end_matches(|c: char| !c.is_ascii_digit());
        let digits = number.chars().filter(char::is_ascii_digit).count();
        // A plus sign makes it a phone; without one it must not be a date, an amount or a register number.
        let parted = number.contains([' ', '-', '(', '\u{a0}']) && !number.contains('.');
        let named = number.starts_with('+') || (parted && line_speaks_of_phone(line));
        if named && (9..=15).contains(&digits) {
            return Some(Text::line(number));
        }
        rest = candidate.get(end.max(1)..)?;
    }
    None
}

fn line_speaks_of_phone(line: &str) -> bool {
    let folded = super::text::fold(line);
    ["tel", "phone", "mob", "cell", "kom.", "тел", "моб", "дзвон", "звон", "call", "dzwon", "whatsapp", "viber"]
        .iter()
        .any(|word| folded.contains(word))
}

/// The line that names a company by its legal form.
fn company(line: &str) -> Option<Text> {
    let line = line.trim().trim_matches(|c| matches!(c, '-' | '–' | '—' | ',' | '*'));
    if line.chars().count() > 70 {
        return None;
    }
    if !super::legal_form::is_in(line) {
        return None;
    }
    // "Head of Purchasing, Acme Ltd": what they do stands before.
    let behind_work = line.split_once(", ").filter(|(work, name)| {
        super::name_split::is_job_in(work) && !super::legal_form::is_in(work) && super::legal_form::is_in(name)
    });
    Some(Text::line(behind_work.map_or(line, |(_, name)| name).trim()))
}

/// A number after a word for order: "order no. 10452", «заказ № 10452», «замовлення №», "zamówienie nr".
fn order_number(line: &str) -> Option<Text> {
    let folded = super::text::fold(line);
    let words: Vec<&str> = folded.split_whitespace().collect();
    let at = words
        .iter()
        .position(|word| ["order", "заказ", "замовлен", "zamowieni"].iter().any(|order| word.starts_with(order)))?;
    let number =
        words.get(at + 1..)?.iter().take(3).map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).find(
            |word| {
                word.len() >= 3
                    && word.chars().filter(char::is_ascii_digit).count() * 2 > word.len()
                    && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '/'))
            },
        )?;
    Some(Text::line(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(subject: &str, text: &str) -> Vec<(&'static str, String)> {
        let sender = Mailbox::new("Jan", "jan@x.example").unwrap();
        facts(&sender, &Text::line(subject), &Text::block(text))
            .into_iter()
            .skip(2)
            .map(|(field, value)| (field, value.into()))
            .collect()
    }

    #[test]
    fn what_a_first_letter_tells() {
        for (subject, text, expected) in [
            (
                "Order no. 10452",
                "Hello,\nplease call +48 600 100 200\nKowal Ltd",
                vec![("phone", "+48 600 100 200"), ("company", "Kowal Ltd"), ("order", "10452")],
            ),
            (
                "Заказ",
                "по заказу № 10452 с сайта\nТОО «Омега»\nтел. 8 (727) 123-45-67",
                vec![("phone", "8 (727) 123-45-67"), ("company", "ТОО «Омега»"), ("order", "10452")],
            ),
            ("Quote", "John\nHead of Purchasing, Acme Ltd", vec![("company", "Acme Ltd")]),
            ("Zamówienie nr 2026/118", "Dzień dobry", vec![("order", "2026/118")]),
            ("Hello", "We met on 12.11.2026 and agreed on 12 400 000 PLN in order to grow", vec![]),
            ("Hi", "> quoted +48 600 100 200", vec![]),
        ] {
            let expected: Vec<(&str, String)> = expected.into_iter().map(|(f, v)| (f, v.to_owned())).collect();
            assert_eq!(found(subject, text), expected, "{subject}");
        }
    }
}
