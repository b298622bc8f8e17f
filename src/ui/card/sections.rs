//! The sections of a card below its facts: each can be folded to its heading, which then says the most important of it.

use super::layout::Pen;
use super::{Item, Of};
use crate::domain::contact::FileRow;
use crate::domain::deal::{DealRow, PaymentRow, State};
use crate::domain::figures::{Figures, Offered, Owed, Turnover, interests, totals};
use crate::domain::filing::Stranger;
use crate::domain::money::Money;
use crate::domain::rhythm::{Rhythm, Spread, long};
use crate::domain::text::{Text, plural};
use crate::ui::format;
use ratatui::text::{Line, Span};

/// A part of a card with a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// People of a company.
    People,
    /// Deals.
    Deals,
    /// Payments due and paid.
    Payments,
    /// Won amounts.
    Turnover,
    /// What they were offered, by what it is.
    Interests,
    /// Offers with their outcomes.
    Offers,
    /// How soon both sides answer.
    Rhythm,
    /// People at their company who are on no card.
    Strangers,
    /// The files of their letters.
    Files,
    /// Everything that happened.
    Timeline,
}

impl Section {
    /// Its heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::People => "People",
            Self::Deals => "Deals",
            Self::Payments => "Payments",
            Self::Turnover => "Turnover",
            Self::Interests => "Interests",
            Self::Offers => "Offers",
            Self::Rhythm => "Response times",
            Self::Strangers => "On no card",
            Self::Files => "Files",
            Self::Timeline => "Timeline",
        }
    }

    /// Folded until I unfold it: where there is little room what is looked up is folded, what waits is not.
    #[must_use]
    pub fn begins_folded(self, roomy: bool) -> bool {
        match self {
            Self::Files => true,
            Self::Turnover | Self::Interests | Self::Offers | Self::Rhythm => !roomy,
            Self::People | Self::Deals | Self::Payments | Self::Strangers | Self::Timeline => false,
        }
    }
}

impl Pen<'_> {
    /// A heading that can be chosen; true when what is below it is to be shown.
    pub fn section(&mut self, section: Section, summary: &str) -> bool {
        let open = !self.folded.contains(&section);
        // Folded ones stand close together.
        if open || !self.after_folded {
            self.sheet.gap();
        }
        self.after_folded = !open;
        let mark = if open { "-" } else { "+" };
        let mut spans = vec![Span::styled(format!(" {} {mark}", section.title()), self.styles.accent)];
        if !summary.is_empty() {
            let room = self.columns.saturating_sub(section.title().len() + 4);
            spans.push(Span::styled(format!("  {}", format::cut(summary, room)), self.styles.dim));
        }
        self.sheet.item(Item::Section(section), Line::from(spans));
        open
    }

    /// A line of words inside a section.
    fn said(&mut self, left: &str, right: &str) {
        let line = Line::styled(format!("  {}", format::ends(left, right, self.columns)), self.styles.text);
        self.sheet.line(line);
    }

    /// Deals, open first.
    pub fn deals(&mut self, deals: &[DealRow]) {
        if deals.is_empty() {
            return;
        }
        let open = deals.iter().filter(|deal| deal.state == State::Open).count() as u64;
        if !self.section(Section::Deals, &plural(open, "open deal", "open deals")) {
            return;
        }
        for deal in deals {
            let stage = if deal.state == State::Open { deal.stage.as_str() } else { deal.state.word() };
            let style = if deal.state == State::Open { self.styles.text } else { self.styles.dim };
            self.item(Item::Card(Of::Deal(deal.id)), deal.title.as_str(), stage, style);
            let mut detail = deal.amount.to_string();
            if let Some(close) = deal.expected_close.filter(|_| deal.state == State::Open) {
                detail.push_str(&format!(", closes {}", self.clock.day(close)));
            }
            self.more(&detail);
        }
    }

    /// Payments with their totals.
    pub fn payments(&mut self, payments: &[PaymentRow]) {
        if payments.is_empty() {
            return;
        }
        let today = self.clock.today();
        let totals: Vec<String> = totals(payments, today).iter().map(owed).collect();
        if !self.section(Section::Payments, &totals.join("; ")) {
            return;
        }
        for payment in payments {
            let (state, style) = match payment.paid_on {
                Some(day) => (format!("paid {}", self.clock.day(day)), self.styles.dim),
                None if payment.is_overdue(today) => {
                    let late = format::days_since(payment.due_on, today);
                    (format!("overdue {late} d"), self.styles.bad)
                }
                None => (format!("due {}", self.clock.day(payment.due_on)), self.styles.text),
            };
            let left = format!("{}  {}", payment.amount, payment.title);
            self.item(Item::Payment(payment.id, payment.paid_on.is_none()), &left, &state, style);
        }
    }

    /// What was won, offered and how soon was answered.
    pub fn figures(&mut self, figures: Option<&Figures>) {
        let Some(figures) = figures else { return };
        // First: it asks something of me, the rest is looked up.
        self.strangers(&figures.strangers);
        if !self.of_deal {
            self.turnover(&figures.turnover);
            self.interests(&figures.offered);
            self.offers(&figures.offered);
        }
        self.rhythm(&figures.rhythm);
    }

    /// People beside them who are on no card.
    fn strangers(&mut self, strangers: &[Stranger]) {
        let count = plural(strangers.len() as u64, "person", "people");
        if strangers.is_empty() || !self.section(Section::Strangers, &format!("{count}, Enter adds one")) {
            return;
        }
        for one in strangers {
            let name = if one.name.is_empty() { Text::line(one.address.as_str()) } else { one.name.clone() };
            let right = if one.name.is_empty() { "" } else { one.address.as_str() };
            let item = Item::Stranger(one.address.clone(), one.letter);
            self.item(item, name.as_str(), right, self.styles.text);
            self.more(&format!("in “{}”", one.subject));
        }
    }

    fn turnover(&mut self, turnover: &Turnover) {
        let Some(rate) = turnover.win_rate() else { return };
        let months: Vec<String> = turnover.won.iter().map(|won| won.twelve_months.to_string()).collect();
        let deals = format!("{} won, {} lost ({rate} %)", turnover.deals_won, turnover.deals_lost);
        let summary =
            if months.is_empty() { deals.clone() } else { format!("{} in 12 months, {deals}", months.join(" + ")) };
        if !self.section(Section::Turnover, &summary) {
            return;
        }
        for won in &turnover.won {
            for (period, sum) in
                [("this year", &won.this_year), ("last year", &won.last_year), ("12 months", &won.twelve_months)]
            {
                self.said(period, &sum.to_string());
            }
            self.said(&format!("all, {}", plural(won.deals, "deal", "deals")), &won.all.to_string());
            self.said("average deal", &won.average.to_string());
            if self.columns >= 60 {
                for pair in won.quarters.chunks(2) {
                    let text = |(name, sum): &(String, Money)| format!("{name}  {sum:>16}");
                    let texts: Vec<String> = pair.iter().map(text).collect();
                    self.sheet.line(Line::styled(format!("    {}", texts.join("     ")), self.styles.dim));
                }
            }
        }
    }

    fn interests(&mut self, offered: &[Offered]) {
        let interests = interests(offered);
        let Some(first) = interests.first() else { return };
        if !self.section(
            Section::Interests,
            &format!("{}, {}", plural(interests.len() as u64, "thing", "things"), first.title),
        ) {
            return;
        }
        for interest in interests.iter().take(30) {
            let times = plural(interest.offered, "offer", "offers");
            let won = if interest.won == 0 { String::new() } else { format!(", {} won", interest.won) };
            self.said(interest.title.as_str(), &format!("{times}{won}, last {}", interest.last_price));
        }
    }

    fn offers(&mut self, offered: &[Offered]) {
        if offered.is_empty() {
            return;
        }
        if !self.section(Section::Offers, &plural(offered.len() as u64, "line offered", "lines offered")) {
            return;
        }
        let mut deal = None;
        for offer in offered {
            if deal != Some(offer.deal) {
                deal = Some(offer.deal);
                let outcome = match (offer.state, offer.reason.is_empty()) {
                    (State::Open, _) => "open".to_owned(),
                    (state, true) => state.word().to_owned(),
                    (state, false) => format!("{}: {}", state.word(), offer.reason),
                };
                let left = format!("{}  {}", self.clock.day(offer.on), offer.title);
                self.item(Item::Card(Of::Deal(offer.deal)), &left, &format::cut(&outcome, 28), self.styles.text);
            }
            let price = format!("{} × {}", offer.line.quantity, offer.line.unit_price);
            let text = format::ends(offer.line.title.as_str(), &price, self.columns.saturating_sub(2));
            self.sheet.more(Line::styled(format!("    {text}"), self.styles.dim));
        }
    }

    fn rhythm(&mut self, rhythm: &Rhythm) {
        let (mine, theirs) = (rhythm.mine.as_ref(), rhythm.theirs.as_ref());
        let sides: Vec<String> = [
            mine.map(|spread| format!("I {}", long(spread.median_minutes))),
            theirs.map(|spread| format!("they {}", long(spread.median_minutes))),
        ]
        .into_iter()
        .flatten()
        .collect();
        if sides.is_empty() || !self.section(Section::Rhythm, &sides.join(", ")) {
            return;
        }
        let said = |spread: &Spread| {
            let usual = long(spread.median_minutes);
            let slow = long(spread.p90_minutes);
            format!("{usual}, 9 of 10 within {slow} ({})", plural(spread.count as u64, "answer", "answers"))
        };
        for (who, spread) in [("I answer", mine), ("they answer", theirs)] {
            if let Some(spread) = spread {
                self.said(who, &said(spread));
            }
        }
        self.sheet.line(Line::styled("    mine in working time, theirs by the clock", self.styles.dim));
    }

    /// Every file of their letters.
    pub fn files(&mut self, files: Option<&[FileRow]>, more: bool) {
        let summary = match files {
            None => "Enter lists them".to_owned(),
            Some(files) => {
                format!("{}{}", plural(files.len() as u64, "file", "files"), if more { " so far" } else { "" })
            }
        };
        if !self.section(Section::Files, &summary) {
            return;
        }
        let Some(files) = files else {
            return self.sheet.line(Line::styled("  …", self.styles.dim));
        };
        if files.is_empty() {
            self.sheet.line(Line::styled("  no letter of theirs has a file", self.styles.dim));
        }
        for file in files {
            let place = if file.on_server { ", on the server" } else { "" };
            let right = format!("{}{place}  {}", format::size(file.size), self.clock.moment(file.at));
            self.item(Item::File(file.message, file.index), file.name.as_str(), &right, self.styles.text);
            let way = if file.direction == crate::domain::message::Direction::Inbound { "they sent" } else { "I sent" };
            self.more(&format!("{way}: {}", file.subject));
        }
    }
}

fn owed(owed: &Owed) -> String {
    let parts = [("due", &owed.due), ("overdue", &owed.overdue), ("paid", &owed.paid)];
    let said = parts.iter().filter(|(_, sum)| sum.minor > 0).map(|(word, sum)| format!("{word} {sum}"));
    said.collect::<Vec<_>>().join(", ")
}
