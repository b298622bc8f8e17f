//! Amounts as searches ask for them: `>1000`, `1000..5000`, `>=2k EUR`; compared exactly, never as floating point.

use crate::domain::money::Money;

/// From and to, both included unless strict; in one currency, or in any.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Amount {
    low: Option<Bound>,
    high: Option<Bound>,
    /// ISO 4217; `None`: the number counts in any currency.
    pub currency: Option<String>,
}

/// Ten-thousandths of a unit, which no currency divides further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Bound {
    value: i128,
    strict: bool,
}

/// Signs people type for a currency.
const SIGNS: [(&str, &str); 6] = [("€", "EUR"), ("$", "USD"), ("£", "GBP"), ("zł", "PLN"), ("₴", "UAH"), ("₽", "RUB")];

impl Amount {
    /// `None` when it is no amount.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let (typed, currency) = without_currency(typed.trim());
        let bound = |text: &str, strict| Some(Some(Bound { value: number(text)?, strict }));
        let (low, high) = if let Some((low, high)) = typed.split_once("..") {
            let side = |text: &str| if text.is_empty() { Some(None) } else { bound(text, false) };
            (side(low)?, side(high)?)
        } else if let Some(rest) = typed.strip_prefix(">=").or_else(|| typed.strip_prefix('≥')) {
            (bound(rest, false)?, None)
        } else if let Some(rest) = typed.strip_prefix("<=").or_else(|| typed.strip_prefix('≤')) {
            (None, bound(rest, false)?)
        } else if let Some(rest) = typed.strip_prefix('>') {
            (bound(rest, true)?, None)
        } else if let Some(rest) = typed.strip_prefix('<') {
            (None, bound(rest, true)?)
        } else {
            let value = bound(typed.strip_prefix('=').unwrap_or(typed), false)?;
            (value, value)
        };
        (low.is_some() || high.is_some()).then_some(Self { low, high, currency })
    }

    /// True for an amount within these.
    #[must_use]
    pub fn fits(&self, money: &Money) -> bool {
        let Some(value) = number(&money.plain()) else { return false };
        let above = self.low.is_none_or(|low| value > low.value || (value == low.value && !low.strict));
        let below = self.high.is_none_or(|high| value < high.value || (value == high.value && !high.strict));
        above && below && self.currency.as_ref().is_none_or(|currency| *currency == money.currency)
    }

    /// `more than 1000 EUR`, `1000 to 5000`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let low =
            self.low.map(|low| format!("{} {}", if low.strict { "more than" } else { "at least" }, plain(low.value)));
        let high = self
            .high
            .map(|high| format!("{} {}", if high.strict { "less than" } else { "at most" }, plain(high.value)));
        let words = match (low, high) {
            (Some(_), Some(_)) if self.low == self.high => self.low.map(|low| plain(low.value)).unwrap_or_default(),
            (low, high) => low.into_iter().chain(high).collect::<Vec<_>>().join(" and "),
        };
        match &self.currency {
            Some(currency) => format!("{words} {currency}"),
            None => words,
        }
    }
}

/// The currency at the end or the beginning, and what is left.
fn without_currency(typed: &str) -> (&str, Option<String>) {
    for (sign, currency) in SIGNS {
        if let Some(rest) = typed.strip_suffix(sign) {
            return (rest.trim_end(), Some(currency.to_owned()));
        }
    }
    let letters = typed.chars().rev().take_while(char::is_ascii_alphabetic).count();
    if letters == 3
        && let Some((rest, currency)) = typed.split_at_checked(typed.len() - 3)
    {
        return (rest.trim_end(), Some(currency.to_ascii_uppercase()));
    }
    (typed, None)
}

/// `1240.5`, `1240,50`, `12k`; in ten-thousandths.
fn number(text: &str) -> Option<i128> {
    let text = text.trim();
    let (text, thousands) = match text.strip_suffix(['k', 'K', 'к', 'К']) {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    // Longer than any amount the store can hold.
    if whole.is_empty() || whole.len() > 20 || fraction.len() > 4 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let value: i128 = format!("{whole}{fraction:0<4}").parse().ok()?;
    let value = if thousands { value * 1000 } else { value };
    Some(if negative { -value } else { value })
}

fn plain(value: i128) -> String {
    let (whole, fraction) = (value.unsigned_abs() / 10_000, value.unsigned_abs() % 10_000);
    let sign = if value < 0 { "-" } else { "" };
    match format!("{fraction:04}").trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction:0<2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_compared_exactly() {
        for (typed, amount, currency, fits) in [
            (">1000", "1000", "PLN", false),
            (">1000", "1000.01", "PLN", true),
            (">=1000", "1000", "JPY", true),
            ("<0.3", "0.30", "EUR", false),
            ("<=0,30", "0.30", "EUR", true),
            ("1000..5000", "1000", "EUR", true),
            ("1000..5000", "5000.00", "EUR", true),
            ("1000..5000", "5000.01", "EUR", false),
            ("1000..", "999.99", "EUR", false),
            ("..5000", "-3", "EUR", true),
            ("12k", "12000", "UAH", true),
            ("12k", "12000.01", "UAH", false),
            (">1000EUR", "2000", "PLN", false),
            (">1000eur", "2000", "EUR", true),
            (">1000€", "2000", "EUR", true),
            ("<2kzł", "1999.99", "PLN", true),
            ("=5", "5", "USD", true),
        ] {
            let wanted = Amount::parse(typed).unwrap();
            assert_eq!(wanted.fits(&Money::parse(amount, currency).unwrap()), fits, "{typed}: {amount} {currency}");
        }
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for typed in
            ["", ">", "..", "much", ">1.2.3", "5x", "1e9", "99999999999999999999999999999999999999999999", "1.23456"]
        {
            assert_eq!(Amount::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn amounts_are_said_in_words() {
        for (typed, words) in [
            (">1000EUR", "more than 1000 EUR"),
            ("1000..5000", "at least 1000 and at most 5000"),
            ("<=0,5", "at most 0.50"),
            ("7", "7"),
        ] {
            assert_eq!(Amount::parse(typed).unwrap().in_words(), words);
        }
    }
}
