//! What an offer comes to: quantities and per cents are exact decimals, amounts are rounded once a line, half up.

use super::deal::OfferLine;
use super::money::{Money, divide};
use std::collections::BTreeMap;

/// The most digits after the point of a quantity or a per cent.
const MOST_DIGITS: usize = 6;

/// A decimal as it is written: `digits` divided by `scale`, a power of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    digits: i128,
    scale: i128,
}

impl Decimal {
    /// Reads `12`, `2.5`, `2,5`; nothing below zero, at most six digits after the point.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (whole, fraction) = plain.split_once(['.', ',']).unwrap_or((&plain, ""));
        let all_digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits || fraction.len() > MOST_DIGITS || whole.len() > 12 {
            return None;
        }
        let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        Some(Self { digits: format!("{whole}{fraction}").parse().ok()?, scale })
    }

    /// As [`Self::read`], but nothing above a hundred; the empty text is none.
    #[must_use]
    pub fn percent(text: &str) -> Option<Self> {
        if text.trim().is_empty() {
            return Some(Self { digits: 0, scale: 1 });
        }
        Self::read(text).filter(|value| value.digits <= value.scale * 100)
    }

    /// An amount times this, rounded half up.
    #[must_use]
    pub fn of(self, minor: i128) -> i128 {
        divide(minor.saturating_mul(self.digits), self.scale)
    }

    /// So many hundredths of an amount, rounded half up.
    #[must_use]
    pub fn percent_of(self, minor: i128) -> i128 {
        divide(minor.saturating_mul(self.digits), self.scale.saturating_mul(100))
    }

    /// The sum with another one; `None` where that has too many digits.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let digits = |value: Self| value.digits.checked_mul(scale.checked_div(value.scale)?);
        Some(Self { digits: digits(self)?.checked_add(digits(other)?)?, scale })
    }

    /// It is exactly this whole number.
    #[must_use]
    pub fn is(self, number: i128) -> bool {
        number.checked_mul(self.scale) == Some(self.digits)
    }
}

/// What a line or all lines of a currency come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// Without VAT, after the discount.
    pub net: Money,
    /// The VAT.
    pub vat: Money,
    /// Both.
    pub gross: Money,
}

/// What a line comes to; `None` where its quantity or a per cent is no number.
#[must_use]
pub fn line(line: &OfferLine) -> Option<Total> {
    let quantity = Decimal::read(line.quantity.as_str())?;
    let discount = Decimal::percent(line.discount.as_str())?;
    let vat = Decimal::percent(line.vat.as_str())?;
    let currency = line.unit_price.currency.as_str();
    // Rounded once: the whole product first, then the division.
    let hundred = discount.scale.saturating_mul(100);
    let product = i128::from(line.unit_price.minor)
        .checked_mul(quantity.digits)?
        .checked_mul(hundred.saturating_sub(discount.digits))?;
    let net = i128::from(i64::try_from(divide(product, quantity.scale.checked_mul(hundred)?)).ok()?);
    let vat = vat.percent_of(net);
    Some(Total {
        net: Money::of(net, currency),
        vat: Money::of(vat, currency),
        gross: Money::of(net.saturating_add(vat), currency),
    })
}

/// What the lines come to, for each currency; lines that are no numbers are left out.
#[must_use]
pub fn totals(lines: &[OfferLine]) -> Vec<Total> {
    let mut sums: BTreeMap<String, (i128, i128)> = BTreeMap::new();
    for total in lines.iter().filter_map(line) {
        let sum = sums.entry(total.net.currency.clone()).or_default();
        sum.0 = sum.0.saturating_add(i128::from(total.net.minor));
        sum.1 = sum.1.saturating_add(i128::from(total.vat.minor));
    }
    let total = |(currency, (net, vat)): (String, (i128, i128))| Total {
        net: Money::of(net, &currency),
        vat: Money::of(vat, &currency),
        gross: Money::of(net.saturating_add(vat), &currency),
    };
    sums.into_iter().map(total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Text;

    fn offer(quantity: &str, price: &str, discount: &str, vat: &str) -> OfferLine {
        OfferLine {
            title: Text::own("Desk"),
            quantity: Text::line(quantity),
            unit_price: Money::parse(price, "PLN").unwrap(),
            discount: Text::line(discount),
            vat: Text::line(vat),
        }
    }

    #[test]
    fn lines_are_exact_and_rounded_once() {
        for (quantity, price, discount, vat, net, of_it_vat) in [
            ("2.5", "99.90", "", "", "249.75", "0.00"),
            ("2,5", "99.90", "10", "23", "224.78", "51.70"), // 224.775
            ("3", "0.33", "50", "", "0.50", "0.00"),         // 0.495
            ("0.333333", "3", "", "8", "1.00", "0.08"),
            ("1", "10", "100", "23", "0.00", "0.00"),
            ("24", "1850", "2.5", "23", "43290.00", "9956.70"),
        ] {
            let total = line(&offer(quantity, price, discount, vat)).unwrap();
            assert_eq!(
                (total.net.plain(), total.vat.plain()),
                (net.to_owned(), of_it_vat.to_owned()),
                "{quantity} × {price}"
            );
            assert_eq!(total.gross.minor, total.net.minor + total.vat.minor);
        }
        for (quantity, discount) in [("", ""), ("two", ""), ("-1", ""), ("1", "101"), ("1", "x"), ("1.2.3", "")] {
            assert_eq!(line(&offer(quantity, "1", discount, "")), None, "{quantity} {discount}");
        }
    }

    #[test]
    fn currencies_are_added_up_apart() {
        let mut euro = offer("1", "5", "", "");
        euro.unit_price.currency = "EUR".to_owned();
        let lines = [offer("1", "10", "", "23"), euro, offer("2", "10", "", ""), offer("?", "10", "", "")];
        let said: Vec<String> =
            totals(&lines).iter().map(|t| format!("{} {} {}", t.net.plain(), t.vat.plain(), t.gross)).collect();
        assert_eq!(said, ["5.00 0.00 5.00\u{a0}EUR", "30.00 2.30 32.30\u{a0}PLN"]);
    }

    #[test]
    fn decimals_add_up() {
        let sum = |texts: &[&str]| {
            texts.iter().map(|text| Decimal::read(text).unwrap()).reduce(|a, b| a.plus(b).unwrap()).unwrap()
        };
        assert!(sum(&["33.3", "33.3", "33.4"]).is(100));
        assert!(!sum(&["33.3", "33.3", "33.3"]).is(100));
    }
}
