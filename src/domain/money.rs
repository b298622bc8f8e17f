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

/// How many digits follow the point (ISO 4217).
fn decimals(currency: &str) -> usize {
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
