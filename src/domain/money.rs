//! Amounts in minor units with their currency; never floating point.

use std::fmt;

/// An amount: `minor` units (grosz, kopiyka, cent) of `currency` (ISO 4217).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Money {
    /// Hundredths, or whole units where the currency has none (JPY).
    pub minor: i64,
    /// Three letters of ISO 4217, upper case.
    pub currency: String,
}

impl Money {
    /// Reads `1 240.50`, `1240,5` or `1240`; spaces and non-breaking spaces may part thousands.
    #[must_use]
    pub fn parse(amount: &str, currency: &str) -> Option<Self> {
        let currency = currency.trim().to_ascii_uppercase();
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return None;
        }
        let digits = decimals(&currency);
        let plain: String = amount.chars().filter(|c| !c.is_whitespace()).collect();
        let (negative, plain) = match plain.strip_prefix('-') {
            Some(rest) => (true, rest.to_owned()),
            None => (false, plain),
        };
        let (whole, fraction) = plain.split_once(['.', ',']).unwrap_or((&plain, ""));
        if whole.is_empty() || fraction.len() > digits {
            return None;
        }
        let joined = format!("{whole}{fraction:0<digits$}");
        if !joined.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let minor: i64 = joined.parse().ok()?;
        Some(Self { minor: if negative { -minor } else { minor }, currency })
    }

    /// So many minor units; what is more than an amount can hold stays at its end.
    #[must_use]
    pub fn of(minor: i128, currency: &str) -> Self {
        let end = if minor < 0 { i64::MIN } else { i64::MAX };
        Self { minor: i64::try_from(minor).unwrap_or(end), currency: currency.to_owned() }
    }

    /// `1240.50`, for files that machines read.
    #[must_use]
    pub fn plain(&self) -> String {
        let digits = decimals(&self.currency);
        let unit = 10_u64.pow(u32::try_from(digits).unwrap_or(0));
        let sign = if self.minor < 0 { "-" } else { "" };
        let absolute = self.minor.unsigned_abs();
        if digits == 0 {
            return format!("{sign}{absolute}");
        }
        format!("{sign}{}.{:0digits$}", absolute / unit, absolute % unit)
    }
}

/// `12 400.00 PLN`, thousands parted by a no-break space so that an amount never wraps.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let mut text = String::from(sign);
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                text.push('\u{a0}');
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push('.');
            text.push_str(fraction);
        }
        f.pad(&format!("{text}\u{a0}{}", self.currency))
    }
}

/// A hundredth, rounded half up: what is left of an amount times per cent.
#[must_use]
pub fn percent(minor_times_percent: i128) -> i128 {
    divide(minor_times_percent, 100)
}

/// A quotient rounded half up (away from zero). `by` is above zero.
#[must_use]
pub fn divide(what: i128, by: i128) -> i128 {
    let (Some(quotient), Some(rest)) = (what.checked_div(by), what.checked_rem(by)) else { return 0 };
    if rest.saturating_mul(2).saturating_abs() >= by { quotient.saturating_add(what.signum()) } else { quotient }
}

/// How many digits follow the point (ISO 4217).
#[must_use]
pub fn decimals(currency: &str) -> usize {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "XAF" | "XOF" => 0,
        "BHD" | "KWD" | "OMR" | "JOD" | "TND" => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (what, by, expected) in
            [(149, 100, 1), (150, 100, 2), (-150, 100, -2), (-149, 100, -1), (0, 3, 0), (4, 3, 1), (5, 3, 2), (7, 0, 0)]
        {
            assert_eq!(divide(what, by), expected, "{what} / {by}");
        }
        assert_eq!((Money::of(i128::MAX, "EUR").minor, Money::of(-5, "EUR").minor), (i64::MAX, -5));
    }

    #[test]
    fn amounts_are_read_and_written() {
        for (amount, currency, minor, shown) in [
            ("12400", "PLN", 1_240_000, "12\u{a0}400.00\u{a0}PLN"),
            ("1 240,5", "eur", 124_050, "1\u{a0}240.50\u{a0}EUR"),
            ("-0.05", "UAH", -5, "-0.05\u{a0}UAH"),
            ("1000", "JPY", 1000, "1\u{a0}000\u{a0}JPY"),
        ] {
            let money = Money::parse(amount, currency).unwrap();
            assert_eq!((money.minor, money.to_string()), (minor, shown.to_owned()));
            assert_eq!(Money::parse(&money.plain(), currency).unwrap(), money);
        }
        for (amount, currency) in
            [("", "PLN"), ("1.234", "PLN"), ("12a", "PLN"), ("5", "zł"), (".5", "EUR"), ("99999999999999999999", "EUR")]
        {
            assert_eq!(Money::parse(amount, currency), None, "{amount} {currency}");
        }
    }
}
