//! `[work]`, `[[pipeline]]` and `[[field]]`: how I trade.

use super::check::{span, word};
use super::mistake::Source;
use super::raw;
use crate::domain::field::{Field, Noun, Type};
use crate::domain::money::Money;
use crate::domain::notice;
use crate::domain::pipeline::{Pipeline, Pipelines, STALE_DAYS, Stage};
use crate::domain::practice::{Habits, Practice};
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::work_time::WorkTime;
use jiff::civil::Date;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;

/// Checks the three sections.
pub fn practice(
    source: &Source<'_>,
    work: raw::Work,
    pipelines: Vec<Spanned<raw::Pipeline>>,
    fields: Vec<Spanned<raw::Field>>,
    deals: raw::Deals,
) -> Result<Practice> {
    let (work, deals) = (work_time(source, work)?, habits(source, deals)?);
    let mut practice = Practice { work, deals, ..Practice::default() };
    let mut checked: Vec<Pipeline> = Vec::new();
    for written in pipelines {
        let place = written.span();
        let pipeline = pipeline(source, &place, written.into_inner())?;
        if checked.iter().any(|other| other.name == pipeline.name) {
            return Err(source.wrong(&place, "pipeline", &format!("two pipelines have the name {}", pipeline.name)));
        }
        checked.push(pipeline);
    }
    if !checked.is_empty() {
        practice.pipelines = Pipelines(checked);
    }
    for written in fields {
        let place = written.span();
        let field = field(source, &place, written.into_inner())?;
        if practice.fields_of(field.of).any(|other| other.name == field.name) {
            let sentence = format!("two fields of a {} have the name {}", field.of.word(), field.name);
            return Err(source.wrong(&place, "field", &sentence));
        }
        practice.fields.push(field);
    }
    Ok(practice)
}

fn habits(source: &Source<'_>, written: raw::Deals) -> Result<Habits> {
    let mut habits = Habits::default();
    habits.ask_next = written.ask_next.unwrap_or(habits.ask_next);
    if let Some(reasons) = written.lost_reasons {
        let reasons = reasons.iter().map(|reason| Text::line(reason.trim())).filter(|reason| !reason.is_empty());
        habits.lost_reasons = reasons.collect();
    }
    if let Some(currency) = written.currency {
        let sentence = format!("{} is no currency", Text::line(currency.as_ref()));
        let zero = Money::parse("0", currency.as_ref());
        habits.currency = zero.ok_or_else(|| source.wrong(&currency.span(), "currency", &sentence))?.currency;
    }
    Ok(habits)
}

fn work_time(source: &Source<'_>, written: raw::Work) -> Result<WorkTime> {
    let mut work = WorkTime::default();
    if let Some(hours) = written.hours {
        let sentence = format!("{} is not the hours of a day", Text::line(hours.as_ref()));
        let read = notice::quiet_hours(hours.as_ref()).filter(|(from, to)| from < to);
        (work.from, work.to) = read.ok_or_else(|| source.wrong(&hours.span(), "hours", &sentence))?;
    }
    if let Some(days) = written.weekdays.filter(|days| !days.is_empty()) {
        work.weekdays.clear();
        for day in days {
            let sentence = format!("{} is not a day", Text::line(day.as_ref()));
            let known = notice::weekday(day.as_ref());
            work.weekdays.push(known.ok_or_else(|| source.wrong(&day.span(), "weekdays", &sentence))?);
        }
    }
    for day in written.holidays.unwrap_or_default() {
        let sentence = format!("{} is not a day", Text::line(day.as_ref()));
        let known = day.as_ref().trim().parse::<Date>();
        work.holidays.push(known.map_err(|_| source.wrong(&day.span(), "holidays", &sentence))?);
    }
    if let Some(hours) = number(source, "answer_within_hours", written.answer_within_hours, 1..=200)? {
        work.answer_within_minutes = hours * 60;
    }
    if let Some(days) = number(source, "follow_up_days", written.follow_up_days, 1..=60)? {
        work.follow_up_days = days;
    }
    Ok(work)
}

fn pipeline(source: &Source<'_>, place: &Range<usize>, written: raw::Pipeline) -> Result<Pipeline> {
    let name = name(source, place, "this pipeline", written.name)?;
    let section = format!("the pipeline {name}");
    let Some(listed) = written.stages else { return Err(source.missing(place, &section, "stages")) };
    let listed_at = listed.span();
    let mut stages: Vec<Stage> = Vec::new();
    for stage in listed.into_inner() {
        let at = stage.span();
        let stage = stage.into_inner();
        let name = self::name(source, &at, "this stage", stage.name)?;
        let Some(probability) = number(source, "probability", stage.probability, 0..=100)? else {
            return Err(source.missing(&at, &format!("the stage {name}"), "probability"));
        };
        if stages.iter().any(|other| other.name == name) {
            return Err(source.wrong(&at, "stages", &format!("two stages of {section} have the name {name}")));
        }
        stages.push(Stage { name, probability: u8::try_from(probability).unwrap_or(100) });
    }
    if stages.is_empty() {
        return Err(source.wrong(&listed_at, "stages", &format!("{section} has no stage")));
    }
    let stale_days = number(source, "stale_days", written.stale_days, 1..=3650)?.unwrap_or(STALE_DAYS);
    Ok(Pipeline { name, stages, stale_days })
}

fn field(source: &Source<'_>, place: &Range<usize>, written: raw::Field) -> Result<Field> {
    let name = name(source, place, "this field", written.name)?;
    let section = format!("the field {name}");
    if written.of.is_none() {
        return Err(source.missing(place, &section, "of"));
    }
    let of = word(source, "of", written.of, Noun::Contact, Noun::from_word)?;
    let type_at = span(&written.r#type, place);
    let choices: Vec<Text> =
        written.choices.unwrap_or_default().iter().map(|choice| Text::line(choice.trim())).collect();
    let of_type = word(source, "type", written.r#type, Type::Text, |word| match word {
        "text" => Some(Type::Text),
        "number" => Some(Type::Number),
        "date" => Some(Type::Date),
        "yes_no" => Some(Type::YesNo),
        "choice" => Some(Type::Choice(choices.clone())),
        _ => None,
    })?;
    match &of_type {
        Type::Choice(choices) if choices.is_empty() => Err(source.missing(&type_at, &section, "choices")),
        Type::Choice(_) => Ok(Field { of, name, of_type }),
        _ if !choices.is_empty() => {
            Err(source.wrong(&type_at, "choices", &format!("{section} has choices and is no choice")))
        }
        _ => Ok(Field { of, name, of_type }),
    }
}

/// A name of 1 to 40 characters.
fn name(source: &Source<'_>, place: &Range<usize>, section: &str, written: raw::At<String>) -> Result<Text> {
    let Some(written) = written else { return Err(source.missing(place, section, "name")) };
    let name = Text::line(written.as_ref().trim());
    if name.is_empty() || name.as_str().chars().count() > 40 {
        return Err(source.wrong(&written.span(), "name", "a name has 1 to 40 characters"));
    }
    Ok(name)
}

/// A number within bounds.
fn number(source: &Source<'_>, key: &str, written: raw::At<u64>, bounds: RangeInclusive<u64>) -> Result<Option<u32>> {
    let Some(written) = written else { return Ok(None) };
    let value = *written.as_ref();
    let fits = u32::try_from(value).ok().filter(|_| bounds.contains(&value));
    fits.map(Some).ok_or_else(|| source.wrong(&written.span(), key, &format!("{value} is out of bounds")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    const ACCOUNT: &str = "[[account]]\nname = \"work\"\nemail = \"you@firma.example\"\n[account.imap]\nhost = \"i.example\"\npassword = { keyring = true }\n[account.smtp]\nhost = \"s.example\"\n";

    fn parse(text: &str) -> Result<Practice> {
        Config::parse(&format!("{text}{ACCOUNT}"), Path::new("/nowhere/config.toml")).map(|config| config.practice)
    }

    #[test]
    fn what_is_not_said_has_defaults() {
        assert_eq!(parse("").unwrap(), Practice::default());
    }

    #[test]
    fn everything_said_is_taken() {
        let practice = parse(
            "[work]\nhours = \"08:30-16:00\"\nweekdays = [\"mon\", \"sat\"]\nholidays = [\"2026-12-25\"]\nanswer_within_hours = 4\nfollow_up_days = 2\n
             [deals]\nask_next = false\nlost_reasons = [\"too dear\", \" \"]\ncurrency = \"pln\"\n\
             [[pipeline]]\nname = \"service\"\nstages = [{ name = \"asked\", probability = 20 }, { name = \"booked\", probability = 95 }]\nstale_days = 7\n
             [[field]]\nof = \"company\"\nname = \"size\"\ntype = \"choice\"\nchoices = [\"S\", \"L\"]\n",
        )
        .unwrap();
        assert_eq!((practice.work.weekdays.len(), practice.work.answer_within_minutes), (2, 240));
        assert_eq!(practice.work.from.to_string(), "08:30:00");
        assert_eq!((practice.work.follow_up_days, practice.work.holidays.len()), (2, 1));
        assert_eq!(
            practice.deals,
            Habits { ask_next: false, lost_reasons: vec![Text::own("too dear")], currency: "PLN".to_owned() }
        );
        let pipeline = practice.pipelines.named("service").unwrap();
        assert_eq!((pipeline.stages.len(), pipeline.stale_days), (2, 7));
        assert_eq!(practice.pipelines.probability("service", "booked"), 95);
        assert_eq!(practice.fields_of(Noun::Company).count(), 1);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (written, sentence) in [
            ("[work]\nhours = \"17-9\"\n", "line 2: hours: 17-9 is not the hours of a day"),
            ("[work]\nhours = \"17:00-09:00\"\n", "line 2: hours: 17:00-09:00 is not the hours of a day"),
            ("[work]\nholidays = [\"25.12\"]\n", "line 2: holidays: 25.12 is not a day"),
            ("[work]\nfollow_up_days = 0\n", "line 2: follow_up_days: 0 is out of bounds"),
            ("[work]\nhuors = \"x\"\n", "unknown key huors"),
            ("[deals]\ncurrency = \"zł\"\n", "line 2: currency: zł is no currency"),
            ("[[pipeline]]\nname = \"a\"\n", "line 1: the pipeline a has no stages"),
            ("[[pipeline]]\nname = \"a\"\nstages = []\n", "line 3: stages: the pipeline a has no stage"),
            (
                "[[pipeline]]\nname = \"a\"\nstages = [{ name = \"x\", probability = 101 }]\n",
                "line 3: probability: 101 is out of bounds",
            ),
            (
                "[[pipeline]]\nname = \"a\"\nstages = [{ name = \"x\", probability = 1 }, { name = \"x\", probability = 2 }]\n",
                "two stages of the pipeline a have the name x",
            ),
            ("[[field]]\nname = \"f\"\n", "line 1: the field f has no of"),
            ("[[field]]\nof = \"deal\"\nname = \"f\"\ntype = \"choice\"\n", "the field f has no choices"),
            ("[[field]]\nof = \"letter\"\nname = \"f\"\n", "line 2: of: \"letter\" is not known here"),
        ] {
            let problem = parse(written).unwrap_err();
            assert!(problem.sentence.contains(sentence), "{}", problem.sentence);
        }
    }
}
