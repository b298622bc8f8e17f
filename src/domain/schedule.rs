//! A payment schedule: an amount in parts that add up to the last minor unit, each on its day.

use super::money::Money;
use super::offer::Decimal;
use jiff::Span;
use jiff::civil::Date;

/// More parts than this are no schedule.
const MOST_PARTS: u32 = 120;

/// How an amount is split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Per cent of each part.
    shares: Vec<Decimal>,
    /// In so many equal parts, where no per cents are given.
    equal: u32,
    /// From one part to the next.
    step: Step,
}

/// How long it is from one part to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Months(i32),
    Days(i32),
}

impl Plan {
    /// Reads `30/70`, `3`, `3 × monthly`, `50/50 14 days`, `12x weekly`. Parts follow each month where nothing else is said.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let lower = text.trim().to_lowercase().replace(['×', 'х', '*'], "x");
        let (parts, rest) = match lower.find(|c: char| !c.is_ascii_digit() && !matches!(c, '/' | '.' | ',' | '%' | ' '))
        {
            Some(at) => (lower.get(..at)?, lower.get(at..)?),
            None => (lower.as_str(), ""),
        };
        let mut parts = parts.trim();
        let mut rest = rest.trim_start_matches('x').trim().to_owned();
        // "50/50 14 days": the last number belongs to the days.
        if let Some((before, number)) = parts.rsplit_once(' ')
            && !rest.is_empty()
            && !before.trim_end().ends_with('/')
        {
            rest = format!("{number} {rest}");
            parts = before.trim();
        }
        let step = step(&rest)?;
        if parts.contains('/') {
            let percent =
                |part: &str| Decimal::percent(part.trim().trim_end_matches('%').trim()).filter(|value| !value.is(0));
            let shares: Vec<Decimal> = parts.split('/').map(percent).collect::<Option<_>>()?;
            let whole = shares.iter().copied().map(Some).reduce(|sum, share| sum?.plus(share?))??;
            return whole.is(100).then_some(Self { shares, equal: 0, step });
        }
        let equal: u32 = parts.parse().ok()?;
        (1..=MOST_PARTS).contains(&equal).then_some(Self { shares: Vec::new(), equal, step })
    }

    /// The parts of an amount with their days from `first` on. The last part is what is left, so that they add up; `None`
    /// where a part would be nothing.
    #[must_use]
    pub fn parts(&self, amount: &Money, first: Date) -> Option<Vec<(Date, Money)>> {
        let whole = i128::from(amount.minor);
        let count = if self.shares.is_empty() { self.equal } else { u32::try_from(self.shares.len()).ok()? };
        let mut left = whole;
        let mut parts = Vec::new();
        for index in 0..count {
            let part = match self.shares.get(usize::try_from(index).ok()?) {
                _ if index + 1 == count => left,
                Some(share) => share.percent_of(whole),
                None => whole / i128::from(count.max(1)),
            };
            left -= part;
            if part <= 0 {
                return None;
            }
            parts.push((first.checked_add(self.step.times(index)?).ok()?, Money::of(part, &amount.currency)));
        }
        Some(parts)
    }
}

impl Step {
    fn times(self, index: u32) -> Option<Span> {
        let index = i32::try_from(index).ok()?;
        match self {
            Self::Months(months) => Span::new().try_months(i64::from(months.checked_mul(index)?)).ok(),
            Self::Days(days) => Span::new().try_days(i64::from(days.checked_mul(index)?)).ok(),
        }
    }
}

fn step(text: &str) -> Option<Step> {
    let (number, word) = match text.split_once(' ') {
        Some((number, word)) => (number.parse().ok()?, word.trim()),
        None => match text.find(|c: char| !c.is_ascii_digit()) {
            Some(at) if at > 0 => (text.get(..at)?.parse().ok()?, text.get(at..)?),
            _ => (1, text),
        },
    };
    if !(1..=1_000).contains(&number) {
        return None;
    }
    match word {
        "" | "m" | "month" | "months" | "monthly" | "miesięcznie" => Some(Step::Months(number)),
        "w" | "week" | "weeks" | "weekly" => Some(Step::Days(number * 7)),
        "d" | "day" | "days" | "daily" | "dni" => Some(Step::Days(number)),
        "q" | "quarter" | "quarters" | "quarterly" => Some(Step::Months(number * 3)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(plan: &str, amount: &str) -> Option<Vec<String>> {
        let parts = Plan::read(plan)?.parts(&Money::parse(amount, "EUR").unwrap(), "2027-01-31".parse().unwrap())?;
        let sum: i64 = parts.iter().map(|(_, money)| money.minor).sum();
        assert_eq!(sum, Money::parse(amount, "EUR").unwrap().minor, "{plan}: the parts add up");
        Some(parts.iter().map(|(day, money)| format!("{day} {}", money.plain())).collect())
    }

    #[test]
    fn parts_add_up_to_the_last_cent() {
        for (plan, amount, expected) in [
            ("30/70", "100.01", &["2027-01-31 30.00", "2027-02-28 70.01"][..]),
            ("33.3/33.3/33.4", "0.10", &["2027-01-31 0.03", "2027-02-28 0.03", "2027-03-31 0.04"]),
            ("3 × monthly", "100", &["2027-01-31 33.33", "2027-02-28 33.33", "2027-03-31 33.34"]),
            ("3x", "100", &["2027-01-31 33.33", "2027-02-28 33.33", "2027-03-31 33.34"]),
            ("50% / 50% 14 days", "9.99", &["2027-01-31 5.00", "2027-02-14 4.99"]),
            ("2 weekly", "1", &["2027-01-31 0.50", "2027-02-07 0.50"]),
            ("2 x 10d", "1", &["2027-01-31 0.50", "2027-02-10 0.50"]),
            ("1", "5", &["2027-01-31 5.00"]),
            ("2 quarterly", "1", &["2027-01-31 0.50", "2027-04-30 0.50"]),
        ] {
            assert_eq!(said(plan, amount).unwrap_or_else(|| panic!("{plan}")), expected, "{plan}");
        }
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        for plan in ["", "30/60", "0/100", "0", "121", "a/b", "3 × yearlyish", "x", "30//70", "110/-10"] {
            assert_eq!(Plan::read(plan), None, "{plan}");
        }
        assert_eq!(said("3", "0.02"), None, "nothing is due in no part");
    }
}
