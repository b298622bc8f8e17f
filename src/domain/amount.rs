//! Amounts as people type them: `12 400,50 zł`, `€1200`, `1200 EUR`, `15 тыс. грн`.

use super::money::{Money, decimals, divide};

/// Signs and words for currencies, lower case; the longer ones first where one begins like another.
const CURRENCIES: &[(&str, &str)] = &[
    ("zł", "PLN"),
    ("zl", "PLN"),
    ("złotych", "PLN"),
    ("€", "EUR"),
    ("euro", "EUR"),
    ("евро", "EUR"),
    ("євро", "EUR"),
    ("$", "USD"),
    ("usd", "USD"),
    ("долл", "USD"),
    ("дол", "USD"),
    ("£", "GBP"),
    ("₴", "UAH"),
    ("грн", "UAH"),
    ("hrn", "UAH"),
    ("₽", "RUB"),
    ("руб", "RUB"),
    ("р", "RUB"),
    ("₸", "KZT"),
    ("тенге", "KZT"),
    ("тг", "KZT"),
    ("kč", "CZK"),
    ("¥", "JPY"),
    ("chf", "CHF"),
];

/// Words for thousands and millions, lower case, without a point.
const THOUSANDS: &[(&str, i128)] = &[
    ("k", 1_000),
    ("к", 1_000),
    ("tys", 1_000),
    ("тыс", 1_000),
    ("тис", 1_000),
    ("m", 1_000_000),
    ("mln", 1_000_000),
    ("млн", 1_000_000),
];

/// Reads an amount with its currency in one line; `usual` where none is typed. `None` for what is no amount, or has more
/// digits after the point than its currency.
#[must_use]
pub fn typed(line: &str, usual: &str) -> Option<Money> {
    let (mut number, mut factor, mut currency) = (None, 1_i128, None);
    for token in tokens(line) {
        match token {
            Token::Number(_) if number.is_some() => return None,
            Token::Number(digits) => number = Some(digits),
            Token::Word(word) => match THOUSANDS.iter().find(|(known, _)| *known == word) {
                Some((_, thousands)) if factor == 1 => factor = *thousands,
                _ if currency.is_none() => currency = Some(currency_of(&word)?),
                _ => return None,
            },
        }
    }
    let currency = currency.unwrap_or_else(|| usual.trim().to_ascii_uppercase());
    scaled(&number?, factor, &currency)
}

/// A part of what was typed.
enum Token {
    Number(String),
    Word(String),
}

/// Numbers and words. A blank inside a number stays in it: it parts thousands. A point after a word is no part of it.
fn tokens(line: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut gap = false;
    for c in line.trim().to_lowercase().chars() {
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        let begins = c.is_ascii_digit() || matches!(c, '-' | '−');
        match tokens.last_mut() {
            Some(Token::Number(number)) if c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’') => {
                number.extend(gap.then_some(' '));
                number.push(if c == '’' { '\'' } else { c });
            }
            Some(Token::Word(_)) if c == '.' => {}
            Some(Token::Word(word)) if !begins && !gap => word.push(c),
            _ if begins => tokens.push(Token::Number(if c == '−' { '-' } else { c }.to_string())),
            _ => tokens.push(Token::Word(c.to_string())),
        }
        gap = false;
    }
    tokens
}

fn currency_of(word: &str) -> Option<String> {
    if word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Some(word.to_ascii_uppercase());
    }
    CURRENCIES.iter().find(|(known, _)| *known == word).map(|(_, code)| (*code).to_owned())
}

/// The number times its word, exact: `1.25` thousand is 1250.
fn scaled(number: &str, factor: i128, currency: &str) -> Option<Money> {
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let (negative, digits) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (whole, fraction) = parted(digits, factor == 1)?;
    let unit = 10_i128.checked_pow(u32::try_from(decimals(currency)).ok()?)?;
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let joined: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scaled = joined.checked_mul(factor)?.checked_mul(unit)?;
    if scaled % scale != 0 {
        return None; // a tenth of a grosz
    }
    let minor = i64::try_from(divide(scaled, scale)).ok()?;
    Some(Money { minor: if negative { minor.checked_neg()? } else { minor }, currency: currency.to_owned() })
}

/// Whole part and fraction. The last point or comma parts them, unless three digits follow it and there are more of its kind,
/// or it is the only mark (`thousands`): then it parts thousands, as blanks do.
fn parted(digits: &str, thousands: bool) -> Option<(String, String)> {
    let marks: Vec<(usize, char)> = digits.char_indices().filter(|(_, c)| !c.is_ascii_digit()).collect();
    let whole_alone = (digits, "");
    let (whole, fraction) = match marks.last().copied() {
        Some((at, mark @ ('.' | ','))) => {
            let (before, after) = (digits.get(..at)?, digits.get(at + 1..)?);
            let several = marks.iter().filter(|(_, other)| *other == mark).count() > 1;
            let only = marks.len() == 1 && thousands && before != "0";
            if after.len() == 3 && (several || only) { whole_alone } else { (before, after) }
        }
        _ => whole_alone,
    };
    let groups: Vec<&str> = whole.split(|c: char| !c.is_ascii_digit()).collect();
    let first_fits = groups.first().is_some_and(|first| !first.is_empty() && (groups.len() == 1 || first.len() <= 3));
    let fit = first_fits && groups.iter().skip(1).all(|group| group.len() == 3);
    fit.then(|| (groups.concat(), fraction.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (line, expected) in [
            ("12 400,50 zł", "12400.50 PLN"),
            ("12\u{a0}400,50 ZŁ", "12400.50 PLN"),
            ("€1200", "1200.00 EUR"),
            ("€ 1,234.56", "1234.56 EUR"),
            ("1.234,56 €", "1234.56 EUR"),
            ("1200 EUR", "1200.00 EUR"),
            ("eur 1200.5", "1200.50 EUR"),
            ("15 тыс. грн", "15000.00 UAH"),
            ("15тыс грн", "15000.00 UAH"),
            ("1,25 млн ₸", "1250000.00 KZT"),
            ("2.5k usd", "2500.00 USD"),
            ("1 250 руб.", "1250.00 RUB"),
            ("1.250", "1250.00 PLN"),
            ("1.250.000", "1250000.00 PLN"),
            ("1'250.50 chf", "1250.50 CHF"),
            ("0.125 тыс", "125.00 PLN"),
            ("-40", "-40.00 PLN"),
            ("500 ¥", "500 JPY"),
            ("7200", "7200.00 PLN"),
        ] {
            let money = typed(line, "pln").unwrap_or_else(|| panic!("{line}"));
            assert_eq!(format!("{} {}", money.plain(), money.currency), expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for line in [
            "",
            "zł",
            "12 apples",
            "1,2,3",
            "12.345,678",
            "0.125",
            "1.5 ¥",
            "12 EUR PLN",
            "1 EUR 2",
            "99999999999999999999",
            ",5",
            "5 k k",
            "10 %",
            "1 2",
            "1234 567",
        ] {
            assert_eq!(typed(line, "PLN"), None, "{line}");
        }
        assert_eq!(typed("5", ""), None);
    }
}
