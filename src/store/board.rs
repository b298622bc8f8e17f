//! The board of deals: its sums, its columns page by page, and the forecast. Nothing here reads all deals into memory.

use super::{Store, count_at, ms, text_at};
use crate::domain::board::{Column, Filter, Place, PlaceSum, columns};
use crate::domain::deal::{DealRow, State};
use crate::domain::forecast::{Month, Slice};
use crate::domain::id;
use crate::domain::pipeline::Pipelines;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::civil::Date;
use jiff::{SignedDuration, Zoned};
use rusqlite::{Row, ToSql, named_params};

/// A day after every other: deals that should close on no day stand last.
const NO_DAY: &str = "9999-12-31";

/// Which deals a board shows.
#[derive(Debug, Clone)]
pub struct Chosen<'a> {
    /// The stages, and after how many days a deal is stale.
    pub pipelines: &'a Pipelines,
    /// All of them, or some.
    pub filter: Filter,
    /// Names that mean me as the one who handles a deal, beside the empty one.
    pub me: &'a str,
}

/// Sums are read in two parts, so that no sum of amounts overflows in SQLite.
const SUM: &str = "sum(amount_minor / 1000000) AS high, sum(amount_minor % 1000000) AS low, count(*) AS deals";

fn minor_of(row: &Row<'_>) -> rusqlite::Result<i128> {
    let (high, low): (i64, i64) = (row.get("high")?, row.get("low")?);
    Ok(i128::from(high) * 1_000_000 + i128::from(low))
}

impl Store {
    /// The columns of a pipeline with their sums and the first `limit` deals of each; `more` says of which column how many are
    /// wanted instead.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn board(
        &self,
        chosen: &Chosen<'_>,
        pipeline: &str,
        closed: bool,
        now: &Zoned,
        wanted: impl Fn(&Text) -> u32,
    ) -> Result<Vec<Column>> {
        let sums = self.place_sums(chosen, closed, now)?;
        let mut columns = columns(chosen.pipelines, pipeline, &sums, closed);
        for column in &mut columns {
            column.rows = self.deals_at(chosen, &column.places, now, None, wanted(&column.title))?;
        }
        Ok(columns)
    }

    /// What the deals of each place are worth.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn place_sums(&self, chosen: &Chosen<'_>, closed: bool, now: &Zoned) -> Result<Vec<PlaceSum>> {
        let mut sums = Vec::new();
        let states: &[State] = if closed { State::EACH } else { &[State::Open] };
        for state in states {
            // The days after which a deal is stale differ from one pipeline to another.
            for (names, known) in self.pipelines_to_ask(chosen) {
                let which = if known {
                    "d.pipeline = :pipeline"
                } else {
                    "d.pipeline NOT IN (SELECT value FROM json_each(:pipeline))"
                };
                let stage = if *state == State::Open { "d.stage" } else { "''" };
                let sql = format!(
                    "SELECT d.pipeline, {stage} AS in_stage, currency, {SUM} FROM deal d
                     WHERE d.state = :state AND {which} AND {} GROUP BY d.pipeline, in_stage, currency",
                    condition(chosen.filter)
                );
                let mut statement = self.sql().prepare_cached(&sql)?;
                let word = state.word();
                let mut values: Vec<(&str, &dyn ToSql)> = vec![(":state", &word), (":pipeline", &names)];
                let facts = Facts::new(chosen, if known { &names } else { "" }, now);
                values.extend(facts.values(chosen.filter));
                let found = statement.query_map(values.as_slice(), |row| {
                    Ok(PlaceSum {
                        place: Place {
                            pipeline: text_at(row, "pipeline")?,
                            stage: (*state == State::Open).then(|| text_at(row, "in_stage")).transpose()?,
                            state: *state,
                        },
                        currency: row.get("currency")?,
                        deals: count_at(row, "deals")?,
                        minor: minor_of(row)?,
                    })
                })?;
                sums.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
            }
        }
        Ok(sums)
    }

    /// Each pipeline by the name deals give it, and those that are in no configuration together as a JSON list of the others.
    fn pipelines_to_ask(&self, chosen: &Chosen<'_>) -> Vec<(String, bool)> {
        let mut names = vec![String::new()];
        names.extend(chosen.pipelines.0.iter().map(|pipeline| pipeline.name.to_string()));
        let list = serde_json::json!(names).to_string();
        names.into_iter().map(|name| (name, true)).chain([(list, false)]).collect()
    }

    /// A page of the deals of some places in the order of their column, after the deal `after` (the last one shown): open ones
    /// by the day they should close, closed ones the last first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn deals_at(
        &self,
        chosen: &Chosen<'_>,
        places: &[Place],
        now: &Zoned,
        after: Option<&DealRow>,
        limit: u32,
    ) -> Result<Vec<DealRow>> {
        let mut rows: Vec<DealRow> = Vec::new();
        for place in places {
            let mut statement = self.sql().prepare_cached(&place_sql(place, chosen.filter))?;
            let (pipeline, stage) = (place.pipeline.as_str(), place.stage.as_ref().map(Text::as_str));
            let (day, at) = (after.map_or_else(String::new, day_key), after.map_or(i64::MAX, at_key));
            let (first, last) = if place.stage.is_some() { (i64::MIN, i64::MIN) } else { (i64::MAX, i64::MAX) };
            let key = after.map_or(first.max(last), |row| row.id.0);
            let word = place.state.word();
            let mut values: Vec<(&str, &dyn ToSql)> =
                vec![(":pipeline", &pipeline), (":key", &key), (":limit", &limit)];
            if place.stage.is_some() {
                values.extend([(":stage", &stage as &dyn ToSql), (":day", &day)]);
            } else {
                values.extend([(":state", &word as &dyn ToSql), (":at", &at)]);
            }
            let facts = Facts::new(chosen, pipeline, now);
            values.extend(facts.values(chosen.filter));
            let found: Vec<i64> =
                statement.query_map(values.as_slice(), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            for deal in found {
                rows.extend(self.deal_row(id::Deal(deal), now.date())?);
            }
        }
        rows.sort_by(|a, b| match (a.state, b.state) {
            (State::Open, State::Open) => (day_key(a), a.id).cmp(&(day_key(b), b.id)),
            _ => (at_key(b), b.id).cmp(&(at_key(a), a.id)),
        });
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    /// The open deals by stage, currency and the month they should close in.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn forecast_slices(&self, today: Date) -> Result<Vec<Slice>> {
        let mut statement = self.sql().prepare_cached(FORECAST)?;
        let rows = statement.query_map(named_params! { ":today": today.to_string() }, |row| {
            let month: String = row.get("month")?;
            let of = month.split_once('-').and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)));
            Ok(Slice {
                pipeline: text_at(row, "pipeline")?,
                stage: text_at(row, "stage")?,
                month: match of {
                    Some((year, month)) => Month::Of(year, month),
                    None if month.is_empty() => Month::Unknown,
                    None => Month::Overdue,
                },
                currency: row.get("currency")?,
                deals: count_at(row, "deals")?,
                minor: minor_of(row)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

const FORECAST: &str = "SELECT pipeline, stage, currency,
        CASE WHEN expected_close IS NULL THEN '' WHEN expected_close < :today THEN 'overdue' ELSE substr(expected_close, 1, 7) END AS month,
        sum(amount_minor / 1000000) AS high, sum(amount_minor % 1000000) AS low, count(*) AS deals
    FROM deal INDEXED BY deal_forecast WHERE state = 'open' GROUP BY pipeline, stage, currency, month";

fn day_key(row: &DealRow) -> String {
    row.expected_close.map_or_else(|| NO_DAY.to_owned(), |day| day.to_string())
}

fn at_key(row: &DealRow) -> i64 {
    row.closed_at.map_or(0, ms)
}

/// What a filter asks of a deal `d`.
fn condition(filter: Filter) -> &'static str {
    match filter {
        Filter::All => "1",
        Filter::Mine => "d.owner IN ('', :me)",
        Filter::Watched => "d.watched = 1",
        Filter::Stale => {
            "max(d.created_at,
                 coalesce((SELECT max(s.at) FROM deal_stage s WHERE s.deal_id = d.id), 0),
                 coalesce((SELECT max(a.done_at) FROM activity a WHERE a.deal_id = d.id), 0),
                 coalesce((SELECT max(t.last_at) FROM filing f CROSS JOIN thread t
                           WHERE f.deal_id = d.id AND f.superseded_at IS NULL AND t.id = f.thread_id AND t.message_count > 0), 0)
             ) <= :stale"
        }
        Filter::NoNext => "NOT EXISTS (SELECT 1 FROM activity a WHERE a.deal_id = d.id AND a.done_at IS NULL)",
        Filter::Closing => "substr(d.expected_close, 1, 7) = :month",
    }
}

/// The values that a filter's condition compares with.
struct Facts<'a> {
    me: &'a str,
    stale: i64,
    month: String,
}

impl<'a> Facts<'a> {
    fn new(chosen: &Chosen<'a>, pipeline: &str, now: &Zoned) -> Self {
        let days = chosen.pipelines.named(pipeline).map_or(0, |pipeline| i64::from(pipeline.stale_days));
        let quiet = SignedDuration::from_hours(days.saturating_mul(24));
        Self {
            me: chosen.me,
            stale: now.timestamp().checked_sub(quiet).map_or(0, ms),
            month: now.date().strftime("%Y-%m").to_string(),
        }
    }

    fn values(&self, filter: Filter) -> Vec<(&str, &dyn ToSql)> {
        match filter {
            Filter::Mine => vec![(":me", &self.me)],
            Filter::Stale => vec![(":stale", &self.stale)],
            Filter::Closing => vec![(":month", &self.month)],
            Filter::All | Filter::Watched | Filter::NoNext => Vec::new(),
        }
    }
}

fn place_sql(place: &Place, filter: Filter) -> String {
    let condition = condition(filter);
    if place.stage.is_some() {
        return format!(
            "SELECT d.id FROM deal d INDEXED BY deal_board WHERE d.state = 'open' AND d.pipeline = :pipeline AND d.stage = :stage
             AND (coalesce(d.expected_close, '{NO_DAY}'), d.id) > (:day, :key) AND {condition}
             ORDER BY coalesce(d.expected_close, '{NO_DAY}'), d.id LIMIT :limit"
        );
    }
    format!(
        "SELECT d.id FROM deal d INDEXED BY deal_closed WHERE d.state = :state AND d.pipeline = :pipeline
         AND (d.closed_at, d.id) < (:at, :key) AND {condition} ORDER BY d.closed_at DESC, d.id DESC LIMIT :limit"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity::{Activity, Kind};
    use crate::domain::forecast::forecast;
    use crate::domain::money::Money;
    use crate::store::cards_fixture::{Shop, at, now, sale};
    use crate::store::deal::NewDeal;

    fn all(pipelines: &Pipelines) -> Chosen<'_> {
        Chosen { pipelines, filter: Filter::All, me: "Marta" }
    }

    fn enter(shop: &Shop, title: &str, pipeline: &'static str, stage: &'static str, close: Option<&str>) -> id::Deal {
        let new = NewDeal {
            pipeline: Text::own(pipeline),
            stage: Text::own(stage),
            expected_close: close.map(|day| day.parse().unwrap()),
            ..sale(title, None, None)
        };
        shop.store.add_deal(&new).unwrap()
    }

    #[test]
    fn columns_have_their_deals_their_sums_and_their_pages() {
        let shop = Shop::open();
        let pipelines = Pipelines::default();
        for (title, pipeline, stage, close) in [
            ("late", "", "offer", Some("2026-12-20")),
            ("soon", "sales", "offer", Some("2026-12-01")),
            ("never", "sales", "offer", None),
            ("also soon", "", "offer", Some("2026-12-01")),
            ("lost stage", "sales", "dreams", None),
            ("lost pipeline", "service", "offer", None),
        ] {
            enter(&shop, title, pipeline, stage, close);
        }
        let won = enter(&shop, "won", "", "offer", None);
        shop.store.close_deal(won, State::Won, &Text::default(), at("2026-11-20T08:00:00Z")).unwrap();
        let board = shop.store.board(&all(&pipelines), "sales", true, &now(), |_| 3).unwrap();
        let said: Vec<String> = board
            .iter()
            .map(|c| {
                let rows: Vec<&str> = c.rows.iter().map(|row| row.title.as_str()).collect();
                format!("{} {}: {}", c.title, c.deals, rows.join(", "))
            })
            .collect();
        assert_eq!(
            said,
            [
                "new 0: ",
                "offer 4: soon, also soon, late",
                "negotiation 0: ",
                "contract 0: ",
                "(no longer a stage) 2: lost stage, lost pipeline",
                "won 1: won",
                "lost 0: ",
            ]
        );
        assert_eq!(board[1].sums, [Money::parse("4800", "PLN").unwrap()]);
        assert_eq!(board[1].weighted, [Money::parse("1440", "PLN").unwrap()]);
        let next = shop.store.deals_at(&all(&pipelines), &board[1].places, &now(), board[1].rows.last(), 3).unwrap();
        assert_eq!(next.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), ["never"]);
        let end = shop.store.deals_at(&all(&pipelines), &board[5].places, &now(), board[5].rows.last(), 3).unwrap();
        assert_eq!(end, []);
    }

    #[test]
    fn filters_find_what_they_say() {
        let shop = Shop::open();
        let pipelines = Pipelines::default();
        let quiet = enter(&shop, "quiet", "", "offer", Some("2026-11-30"));
        let planned = enter(&shop, "planned", "", "offer", Some("2026-12-30"));
        let written = enter(&shop, "written", "", "offer", None);
        shop.mail(&format!("UPDATE deal SET watched = 1, owner = 'Piotr' WHERE id = {written}"));
        shop.letter(shop.thread("letter", None, None, Some(written)), "2026-11-20T08:00:00Z", "inbound");
        shop.store.move_deal(planned, &Text::default(), &Text::own("new"), at("2026-11-15T08:00:00Z")).unwrap();
        let plan = Activity {
            deal: Some(planned),
            due_at: Some(at("2026-12-01T08:00:00Z")),
            ..Activity::new(Kind::Call, Text::own("call"))
        };
        shop.store.add_activity(&plan).unwrap();
        let found = |filter| -> Vec<id::Deal> {
            let chosen = Chosen { filter, ..all(&pipelines) };
            let board = shop.store.board(&chosen, "", false, &now(), |_| 9).unwrap();
            let rows: Vec<id::Deal> = board.iter().flat_map(|c| c.rows.iter().map(|row| row.id)).collect();
            let counted: u64 = board.iter().map(|column| column.deals).sum();
            assert_eq!(counted, u64::try_from(rows.len()).unwrap(), "the sums are of the same deals");
            rows
        };
        assert_eq!(found(Filter::All), [planned, quiet, written]);
        assert_eq!(found(Filter::Mine), [planned, quiet]);
        assert_eq!(found(Filter::Watched), [written]);
        assert_eq!(found(Filter::Stale), [quiet], "nothing since the first of November");
        assert_eq!(found(Filter::NoNext), [quiet, written]);
        assert_eq!(found(Filter::Closing), [quiet]);
        let stale = |deal| {
            let row = shop.store.deal_row(deal, now().date()).unwrap().unwrap();
            row.stale_days(&pipelines, now().timestamp())
        };
        assert_eq!([stale(quiet), stale(planned), stale(written)], [Some(22), None, None], "the mark says the same");
    }

    #[test]
    fn the_forecast_is_added_up_by_month() {
        let shop = Shop::open();
        enter(&shop, "a", "", "offer", Some("2026-11-23"));
        enter(&shop, "b", "sales", "contract", Some("2026-11-30"));
        enter(&shop, "c", "", "offer", Some("2026-11-22"));
        enter(&shop, "d", "", "offer", None);
        let won = enter(&shop, "e", "", "offer", None);
        shop.store.close_deal(won, State::Won, &Text::default(), now().timestamp()).unwrap();
        let lines = forecast(&shop.store.forecast_slices(now().date()).unwrap(), &Pipelines::default(), None);
        let said: Vec<String> = lines
            .iter()
            .map(|line| {
                format!("{} {} {} {}", line.month.word(), line.deals, line.amount.plain(), line.weighted.plain())
            })
            .collect();
        assert_eq!(said, ["overdue 1 1200.00 360.00", "2026-11 2 2400.00 1440.00", "no date 1 1200.00 360.00"]);
    }

    #[test]
    fn columns_and_sums_are_read_by_index() {
        let shop = Shop::open();
        let open = Place { pipeline: Text::default(), stage: Some(Text::own("offer")), state: State::Open };
        let won = Place { pipeline: Text::default(), stage: None, state: State::Won };
        for (place, index) in
            [(&open, "deal_board (pipeline=? AND stage=?"), (&won, "deal_closed (state=? AND pipeline=?")]
        {
            for filter in Filter::ALL {
                let plan = shop.plan(&place_sql(place, filter));
                assert!(
                    plan.contains(index) && !plan.contains("TEMP B-TREE") && !plan.contains("SCAN"),
                    "{filter:?} {plan}"
                );
            }
        }
        let plan = shop.plan(FORECAST);
        assert!(plan.contains("COVERING INDEX deal_forecast"), "{plan}");
    }
}
