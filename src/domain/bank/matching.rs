//! Which payments a line of a statement pays: proposed with what speaks for it, never decided here.

use super::StatementLine;
use crate::domain::deal::PaymentRow;
use crate::domain::id;
use crate::domain::latin::latin;
use crate::domain::text::{Text, fold};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// From this score on a proposal may be confirmed together with all others that are sure.
const SURE: u32 = 70;
/// And no other payment may come as near as this.
const LEAD: u32 = 15;
/// What is below is not proposed.
const LEAST: u32 = 40;
/// So many payments are added up at most, of so many of a client.
const MOST_ADDED: usize = 4;
/// See [`MOST_ADDED`].
const MOST_CONSIDERED: usize = 14;
/// A line offers so many payments to choose from.
const MOST_OFFERED: usize = 5;

/// A payment that is due, with what a statement may say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The payment.
    pub payment: PaymentRow,
    /// Its deal's title.
    pub deal_title: Text,
    /// The buying company.
    pub company: Option<Text>,
    /// The person the deal is agreed with.
    pub contact: Option<Text>,
    /// The company's requisites: tax and account numbers.
    pub requisites: Text,
}

impl Due {
    /// Whose payments may be paid together.
    fn client(&self) -> &str {
        self.company.as_ref().or(self.contact.as_ref()).map_or("", Text::as_str)
    }
}

/// Payments that a line may pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// One, or several whose sum it is.
    pub payments: Vec<id::Payment>,
    /// 0 to 100.
    pub score: u32,
    /// What speaks for it, in words.
    pub evidence: Vec<Text>,
    /// It pays a part of it; the rest stays due.
    pub part: bool,
}

/// What is proposed for a line of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The line.
    pub line: StatementLine,
    /// The best first; none where nothing fits.
    pub proposals: Vec<Proposal>,
    /// The first one is so likely that it can be confirmed unseen.
    pub sure: bool,
}

/// Legal forms and words of transfers: they tell nothing about who it is.
const DULL: &[&str] = &[
    "spolka",
    "akcyjna",
    "odpowiedzialnoscia",
    "ograniczona",
    "limited",
    "przelew",
    "transfer",
    "payment",
    "oplata",
    "platnosc",
    "оплата",
    "платеж",
    "платіж",
    "товариство",
    "общество",
    "faktura",
    "invoice",
    "счет",
    "рахунок",
    "from",
    "tytul",
    "deal",
];

/// [`DULL`] as words are compared.
static DULL_WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| DULL.iter().map(|word| alike(&fold(word))).collect());

/// The words of a text that can tell one client from another, in Latin letters: banks abroad write Cyrillic names so.
fn words(text: &str) -> BTreeSet<String> {
    alike(&fold(text))
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| {
            word.chars().count() >= 4 && word.chars().any(char::is_alphabetic) && !DULL_WORDS.contains(*word)
        })
        .map(str::to_owned)
        .collect()
}

/// Folded text in Latin letters. There are several ways to write Cyrillic so: what they differ in is made the same, in Latin names too.
fn alike(folded: &str) -> String {
    let one = |c| match c {
        'h' => 'g',
        'y' | 'j' => 'i',
        other => other,
    };
    latin(folded).chars().map(one).collect()
}

/// Numbers of at least three digits, without what stands between their digits in groups: invoices, orders, tax numbers.
fn numbers(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '№' | '#')) {
        let digits: String = part.chars().filter(char::is_ascii_digit).collect();
        let years = digits.len() == 4 && (digits.starts_with("20") || digits.starts_with("19"));
        if digits.len() >= 3 && !years {
            found.insert(digits);
        }
    }
    found
}

/// What a line says, taken apart once.
struct Said {
    words: BTreeSet<String>,
    numbers: BTreeSet<String>,
    digits: String,
}

impl Said {
    fn of(line: &StatementLine) -> Self {
        let whole = line.whole.as_str();
        Self {
            words: words(whole),
            numbers: numbers(whole),
            digits: whole.chars().filter(char::is_ascii_digit).collect(),
        }
    }

    /// How much of a name is in it: all of its words, some of them, or none.
    fn names(&self, own: &BTreeSet<String>) -> u32 {
        let there = own.iter().filter(|word| self.words.contains(*word)).count();
        match there {
            0 => 0,
            _ if there == own.len() => 30,
            _ => 18,
        }
    }
}

/// A payment that is due, taken apart once.
struct Known<'a> {
    due: &'a Due,
    company: BTreeSet<String>,
    contact: BTreeSet<String>,
    requisites: BTreeSet<String>,
    title_words: BTreeSet<String>,
    title_numbers: BTreeSet<String>,
}

impl<'a> Known<'a> {
    fn of(due: &'a Due) -> Self {
        let words_of = |name: &Option<Text>| name.as_ref().map(|name| words(name.as_str())).unwrap_or_default();
        let titles = format!("{} {}", due.payment.title, due.deal_title);
        Self {
            due,
            company: words_of(&due.company),
            contact: words_of(&due.contact),
            requisites: numbers(due.requisites.as_str()).into_iter().filter(|number| number.len() >= 8).collect(),
            title_words: words(&titles),
            title_numbers: numbers(&titles),
        }
    }
}

/// What speaks for a payment beside its amount: who paid, and what is written.
fn clues(line: &StatementLine, said: &Said, known: &Known<'_>) -> (u32, Vec<Text>) {
    let due = known.due;
    let (mut score, mut evidence) = (0, Vec::new());
    let mut add = |points: u32, words: String| {
        score += points;
        evidence.push(Text::from(words));
    };
    if let Some(number) = known.requisites.iter().find(|number| said.digits.contains(number.as_str())) {
        add(35, format!("the number {number} of their requisites"));
    }
    let (company, contact) = (said.names(&known.company), said.names(&known.contact));
    if company > 0 {
        add(company, format!("the name {}", due.company.as_ref().map_or("", Text::as_str)));
    } else if contact > 0 {
        add(contact.min(20), format!("the name {}", due.contact.as_ref().map_or("", Text::as_str)));
    }
    if let Some(number) = known.title_numbers.iter().find(|number| said.numbers.contains(*number)) {
        add(25, format!("the number {number}"));
    }
    let shared = known.title_words.intersection(&said.words).count();
    if shared >= 1 {
        add(if shared >= 2 { 15 } else { 8 }, "words of its title".to_owned());
    }
    let tag = format!("#{}", due.payment.deal);
    if line.whole.as_str().split_whitespace().any(|word| word.trim_matches(['.', ',']) == tag) {
        add(25, format!("the deal's number {tag}"));
    }
    let days = (line.booked_on - due.payment.due_on).get_days().unsigned_abs();
    match days {
        0..=7 => add(10, "within a week of its day".to_owned()),
        8..=31 => add(5, "within a month of its day".to_owned()),
        _ => {}
    }
    (score, evidence)
}

/// Proposes payments for the lines of a statement. No payment is proposed first for two lines.
#[must_use]
pub fn propose(lines: &[StatementLine], due: &[Due]) -> Vec<Match> {
    let known: Vec<Known<'_>> = due.iter().map(Known::of).collect();
    let mut matches: Vec<Match> = lines.iter().map(|line| candidates(line, &known)).collect();
    let mut order: Vec<usize> = (0..matches.len()).collect();
    let best = |found: &Match| found.proposals.first().map_or(0, |proposal| proposal.score);
    order.sort_by_key(|index| std::cmp::Reverse(matches.get(*index).map_or(0, best)));
    let mut taken: BTreeSet<id::Payment> = BTreeSet::new();
    for index in order {
        let Some(found) = matches.get_mut(index) else { continue };
        found.proposals.retain(|proposal| !proposal.payments.iter().any(|payment| taken.contains(payment)));
        let first = best(found);
        let second = found.proposals.get(1).map_or(0, |proposal| proposal.score);
        found.sure =
            first >= SURE && first >= second + LEAD && !found.proposals.first().is_some_and(|first| first.part);
        taken.extend(found.proposals.first().into_iter().flat_map(|first| first.payments.iter().copied()));
        found.proposals.truncate(MOST_OFFERED);
    }
    matches
}

fn candidates(line: &StatementLine, all: &[Known<'_>]) -> Match {
    let said = Said::of(line);
    let mut proposals = Vec::new();
    let mut of_client: BTreeMap<&str, Vec<(&Due, u32)>> = BTreeMap::new();
    for known in all.iter().filter(|known| known.due.payment.amount.currency == line.amount.currency) {
        let due = known.due;
        let (clue, mut evidence) = clues(line, &said, known);
        let days = 10; // what a near day alone gives
        if due.payment.amount == line.amount {
            evidence.insert(0, Text::own("the amount"));
            proposals.push(Proposal {
                payments: vec![due.payment.id],
                score: (40 + clue).min(100),
                evidence,
                part: false,
            });
        } else if clue > days + 30 && line.amount.minor < due.payment.amount.minor {
            evidence.push(Text::own("less than is due: the rest stays due"));
            proposals.push(Proposal {
                payments: vec![due.payment.id],
                score: (10 + clue).min(60),
                evidence,
                part: true,
            });
        }
        if clue > days && !due.client().is_empty() {
            of_client.entry(due.client()).or_default().push((due, clue));
        }
    }
    for several in of_client.values_mut().filter(|several| several.len() > 1) {
        several.sort_by_key(|(due, _)| due.payment.due_on);
        several.truncate(MOST_CONSIDERED);
        proposals.extend(added_up(line, several));
    }
    proposals.retain(|proposal| proposal.score >= LEAST);
    proposals.sort_by_key(|proposal| (std::cmp::Reverse(proposal.score), proposal.payments.clone()));
    Match { line: line.clone(), proposals, sure: false }
}

/// Payments of one client whose sum is the amount: the fewest, the earliest first.
fn added_up(line: &StatementLine, of_client: &[(&Due, u32)]) -> Option<Proposal> {
    let mut found: Option<Vec<usize>> = None;
    let mut open: Vec<(Vec<usize>, i64)> = vec![(Vec::new(), 0)];
    while let Some((chosen, sum)) = open.pop() {
        let from = chosen.last().map_or(0, |last| last + 1);
        for (index, (due, _)) in of_client.iter().enumerate().skip(from) {
            let sum = sum.saturating_add(due.payment.amount.minor);
            if sum > line.amount.minor {
                continue;
            }
            let mut chosen = chosen.clone();
            chosen.push(index);
            let better = found.as_ref().is_none_or(|found| (chosen.len(), &chosen) < (found.len(), found));
            if sum == line.amount.minor && chosen.len() > 1 && better {
                found = Some(chosen);
            } else if chosen.len() < MOST_ADDED {
                open.push((chosen, sum));
            }
        }
    }
    let chosen: Vec<&(&Due, u32)> = found?.into_iter().filter_map(|index| of_client.get(index)).collect();
    let clue = chosen.iter().map(|(_, clue)| *clue).max().unwrap_or(0);
    let client = chosen.first().map_or("", |(due, _)| due.client());
    let evidence =
        vec![Text::from(format!("the sum of {} payments", chosen.len())), Text::from(format!("the name {client}"))];
    let payments = chosen.iter().map(|(due, _)| due.payment.id).collect();
    Some(Proposal { payments, score: (35 + clue).min(95), evidence, part: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Money;

    fn due(id: i64, title: &str, company: &str, amount: &str, day: &str) -> Due {
        Due {
            payment: PaymentRow {
                id: id::Payment(id),
                deal: id::Deal(id),
                title: Text::line(title),
                due_on: day.parse().unwrap(),
                amount: Money::parse(amount, "PLN").unwrap(),
                paid_on: None,
            },
            deal_title: Text::own("Cztery ekspresy z serwisem"),
            company: Some(Text::line(company)),
            contact: Some(Text::own("Katarzyna Nowicka")),
            requisites: if id == 1 { Text::own("NIP 586-000-00-27, ul. Portowa 3") } else { Text::default() },
        }
    }

    fn line(text: &str, amount: &str, day: &str) -> StatementLine {
        StatementLine {
            line: 1,
            booked_on: day.parse().unwrap(),
            amount: Money::parse(amount, "PLN").unwrap(),
            payer: Text::default(),
            text: Text::line(text),
            whole: Text::line(text),
            digest: text.to_owned(),
        }
    }

    fn said(found: &Match) -> Vec<(Vec<i64>, u32, bool)> {
        found
            .proposals
            .iter()
            .map(|p| (p.payments.iter().map(|payment| payment.0).collect(), p.score, p.part))
            .collect()
    }

    #[test]
    fn what_speaks_for_a_payment_is_added_up() {
        let all = [
            due(1, "Druga rata, faktura 214", "Bałtyk Software S.A.", "15800", "2026-11-18"),
            due(2, "Zaliczka", "Wierzba Architekci sp. z o.o.", "15800", "2026-07-01"),
        ];
        let found = propose(&[line("BALTYK SOFTWARE SA 5860000027 FV/214", "15800", "2026-11-20")], &all);
        assert_eq!(said(&found[0]), [(vec![1], 100, false), (vec![2], 40, false)]);
        assert!(found[0].sure);
        let evidence: Vec<&str> = found[0].proposals[0].evidence.iter().map(Text::as_str).collect();
        assert_eq!(
            evidence,
            [
                "the amount",
                "the number 5860000027 of their requisites",
                "the name Bałtyk Software S.A.",
                "the number 214",
                "within a week of its day"
            ]
        );
        let found = propose(&[line("wplata", "15800", "2026-11-20")], &all);
        assert_eq!(said(&found[0]), [(vec![1], 50, false), (vec![2], 40, false)]);
        assert!(!found[0].sure, "an amount alone is not sure");
        assert_eq!(said(&propose(&[line("BALTYK SOFTWARE", "99", "2026-11-20")], &all)[0]), []);
        let mut euro = line("BALTYK SOFTWARE SA 214", "15800", "2026-11-20");
        euro.amount.currency = "EUR".to_owned();
        assert_eq!(said(&propose(&[euro], &all)[0]), [], "another currency is another amount");
    }

    #[test]
    fn a_cyrillic_name_is_known_in_latin_letters() {
        let said = Said::of(&line("ZORIA LOGISTIK TOV, KHARKIV, SHCHERBYNA", "1", "2026-11-20"));
        for name in ["ТОВ «Зоря Логістик»", "Харків", "Щербина", "Zorya Logistik"] {
            assert_eq!(said.names(&words(name)), 30, "{name}");
        }
        assert_eq!(said.names(&words("ТОВ «Зірка»")), 0);
    }

    #[test]
    fn a_sum_and_a_part_are_proposed_where_the_client_is_known() {
        let all = [
            due(1, "Rata 1", "Bałtyk Software S.A.", "100", "2026-11-18"),
            due(2, "Rata 2", "Bałtyk Software S.A.", "250.50", "2026-12-18"),
            due(3, "Rata 3", "Bałtyk Software S.A.", "40", "2027-01-18"),
            due(4, "Rata", "Wierzba", "250.50", "2026-12-18"),
        ];
        let found = propose(&[line("Baltyk Software", "350.50", "2026-11-20")], &all);
        assert_eq!(said(&found[0]), [(vec![1, 2], 75, false)]);
        let found = propose(&[line("Baltyk Software 5860000027", "60", "2026-11-20")], &all);
        assert_eq!(said(&found[0]), [(vec![1], 60, true)]);
        assert!(!found[0].sure, "a part is always asked");
        assert_eq!(
            said(&propose(&[line("somebody", "350.50", "2026-11-20")], &all)[0]),
            [],
            "a sum of strangers is chance"
        );
    }

    #[test]
    fn no_payment_is_proposed_first_for_two_lines() {
        let all = [
            due(1, "Rata 1", "Bałtyk Software S.A.", "100", "2026-11-18"),
            due(2, "Rata 2", "Bałtyk Software S.A.", "100", "2026-12-18"),
        ];
        let lines = [line("Baltyk Software", "100", "2026-11-20"), line("Baltyk Software, again", "100", "2026-12-19")];
        let found = propose(&lines, &all);
        let firsts: Vec<i64> = found.iter().map(|found| found.proposals[0].payments[0].0).collect();
        assert_eq!(firsts.len(), 2);
        assert!(firsts.contains(&1) && firsts.contains(&2), "{firsts:?}");
    }
}
