use super::*;

/// Monday.
fn now() -> Zoned {
    "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap()
}

fn basis(work: &WorkTime, toward: Toward) -> Basis<'_> {
    Basis { now: now().datetime(), work, toward }
}

fn shown(when: When) -> String {
    let by = if when.by { "by " } else { "" };
    let time = when.time.map(|time| time.strftime(" %H:%M").to_string()).unwrap_or_default();
    format!("{by}{}{time}", when.day)
}

fn check(toward: Toward, table: &[(&str, &str)]) {
    let work = WorkTime { holidays: vec!["2026-11-26".parse().unwrap()], ..WorkTime::default() };
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(typed, expected)| {
            let read = read(typed, basis(&work, toward)).map(shown).unwrap_or_default();
            (read != *expected).then(|| format!("{typed}: {read}, not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn times_are_read_as_people_type_them() {
    check(
        Toward::Future,
        &[
            // numbers
            ("25.11", "2026-11-25"),
            ("25.11.", "2026-11-25"),
            ("1.2", "2027-02-01"),
            ("25.11.2026 14:30", "2026-11-25 14:30"),
            ("25/11/26 9", "2026-11-25 09:00"),
            ("2026-12-01", "2026-12-01"),
            ("+3", "2026-11-26"),
            ("+3 14:00", "2026-11-26 14:00"),
            ("14:30", "2026-11-23 14:30"),
            ("31.02", ""),
            ("soon", ""),
            ("", ""),
            ("14", ""),
            ("25", ""),
            // English
            ("fri", "2026-11-27"),
            ("Friday 16:00", "2026-11-27 16:00"),
            ("by Friday", "by 2026-11-27"),
            ("on monday", "2026-11-30"),
            ("next Monday", "2026-11-30"),
            ("next Friday", "2026-12-04"),
            ("this Friday", "2026-11-27"),
            ("tomorrow", "2026-11-24"),
            ("tomorrow 14:00", "2026-11-24 14:00"),
            ("tomorrow at 2pm", "2026-11-24 14:00"),
            ("tomorrow at 3", "2026-11-24 15:00"),
            ("tomorrow morning", "2026-11-24 09:00"),
            ("14:00 tomorrow", "2026-11-24 14:00"),
            ("day after tomorrow", "2026-11-25"),
            ("today 12:30", "2026-11-23 12:30"),
            ("tonight", "2026-11-23 19:00"),
            ("in 3 days", "2026-11-26"),
            ("in a week", "2026-11-30"),
            ("in two weeks", "2026-12-07"),
            ("in 2 hours", "2026-11-23 12:00"),
            ("in 3 working days", "2026-11-27"),
            ("within 2 days", "by 2026-11-25"),
            ("next week", "2026-11-30"),
            ("by the end of the week", "by 2026-11-27"),
            ("end of next week", "by 2026-12-04"),
            ("end of the month", "by 2026-11-30"),
            ("by EOD", "by 2026-11-23"),
            ("25 November", "2026-11-25"),
            ("November 25th, 2027", "2027-11-25"),
            ("by the 25th", "by 2026-11-25"),
            ("no later than 1 December", "by 2026-12-01"),
            ("2 days ago", "2026-11-21"),
            ("yesterday", "2026-11-22"),
            ("last Friday", "2026-11-20"),
            // Russian
            ("завтра в 14:00", "2026-11-24 14:00"),
            ("завтра в 14.30", "2026-11-24 14:30"),
            ("до пятницы", "by 2026-11-27"),
            ("к пятнице", "by 2026-11-27"),
            ("в следующую пятницу", "2026-12-04"),
            ("в пятницу в 3 часа дня", "2026-11-27 15:00"),
            ("не позднее среды", "by 2026-11-25"),
            ("через 2 дня", "2026-11-25"),
            ("через неделю", "2026-11-30"),
            ("через два рабочих дня", "2026-11-25"),
            ("на следующей неделе", "2026-11-30"),
            ("до конца недели", "by 2026-11-27"),
            ("до конца месяца", "by 2026-11-30"),
            ("25 ноября", "2026-11-25"),
            ("до 25-го", "by 2026-11-25"),
            ("до 1 декабря 2027 года", "by 2027-12-01"),
            ("послезавтра утром", "2026-11-25 09:00"),
            ("вчера", "2026-11-22"),
            ("пт", "2026-11-27"),
            // Ukrainian
            ("до п'ятниці", "by 2026-11-27"),
            ("до п’ятниці", "by 2026-11-27"),
            ("завтра о 14:00", "2026-11-24 14:00"),
            ("у четвер о 9", "2026-11-26 09:00"),
            ("за два дні", "2026-11-25"),
            ("через тиждень", "2026-11-30"),
            ("протягом двох днів", ""),
            ("протягом 2 днів", "by 2026-11-25"),
            ("наступного понеділка", "2026-11-30"),
            ("до кінця тижня", "by 2026-11-27"),
            ("25 листопада", "2026-11-25"),
            ("сьогодні", "2026-11-23"),
            ("учора", "2026-11-22"),
            // Polish
            ("do piątku", "by 2026-11-27"),
            ("do piatku", "by 2026-11-27"),
            ("najpóźniej do środy", "by 2026-11-25"),
            ("w czwartek", "2026-11-26"),
            ("we wtorek o 10", "2026-11-24 10:00"),
            ("w przyszły piątek", "2026-12-04"),
            ("w przyszłym tygodniu", "2026-11-30"),
            ("za tydzień", "2026-11-30"),
            ("za 2 dni", "2026-11-25"),
            ("za godzinę", "2026-11-23 11:00"),
            ("w ciągu 3 dni roboczych", "by 2026-11-27"),
            ("jutro o 14", "2026-11-24 14:00"),
            ("pojutrze", "2026-11-25"),
            ("do końca tygodnia", "by 2026-11-27"),
            ("do końca dnia", "by 2026-11-23"),
            ("25 listopada", "2026-11-25"),
            ("wczoraj", "2026-11-22"),
        ],
    );
}

#[test]
fn what_was_lies_in_the_past() {
    check(
        Toward::Past,
        &[
            ("on Friday", "2026-11-20"),
            ("в пятницу", "2026-11-20"),
            ("w czwartek", "2026-11-19"),
            ("25.11", "2025-11-25"),
            ("20.11", "2026-11-20"),
            ("20 листопада", "2026-11-20"),
            ("tomorrow", "2026-11-24"),
            ("2 дня назад", "2026-11-21"),
            ("2 дні тому", "2026-11-21"),
            ("2 dni temu", "2026-11-21"),
            ("9:30", "2026-11-23 09:30"),
        ],
    );
}

#[test]
fn a_day_alone_is_its_working_day() {
    let work = WorkTime::default();
    let at = |typed: &str| {
        let moment = read(typed, basis(&work, Toward::Future)).unwrap().at(&now(), &work).unwrap();
        moment.to_zoned(now().time_zone().clone()).strftime("%Y-%m-%d %H:%M").to_string()
    };
    assert_eq!(at("friday"), "2026-11-27 09:00");
    assert_eq!(at("by friday"), "2026-11-27 17:00");
    assert_eq!(at("by friday 12:00"), "2026-11-27 12:00");
    assert_eq!(read_to_come("9:30", &now(), &work), None, "it has passed");
    assert_eq!(read_to_come("today", &now(), &work), None, "the working day has begun");
    assert!(read_to_come("by today", &now(), &work).is_some());
    assert_eq!(read_day("14:30", now().date()), None);
    assert_eq!(read_day("22.11.2026", now().date()), None);
    assert_eq!(read_day("today", now().date()), Some(now().date()));
}

#[test]
fn times_are_found_in_sentences() {
    let work = WorkTime::default();
    for (text, expected) in [
        ("wants offer for 20 by Friday", vec!["by Friday"]),
        ("the sun sat down, and wed in may", vec![]),
        ("version 1.2 costs 25.5 or 3/4", vec![]),
        ("call on 25.11 at 14:00, then on 1/12", vec!["on 25.11 at 14:00", "on 1/12"]),
        ("цена 12.50 за 20 штук", vec![]),
        ("пришлю счёт до пятницы или завтра", vec!["до пятницы", "завтра"]),
        ("od poniedziałku do piątku", vec!["od poniedziałku", "do piątku"]),
        ("24/7 support", vec![]),
        ("meet at 3", vec![]),
    ] {
        let words = words(text);
        let found: Vec<&str> = find(&words, basis(&work, Toward::Future))
            .iter()
            .map(|found| &text[words[found.from].from..words[found.to - 1].to])
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn lengths_are_read() {
    for (typed, minutes) in [
        ("15", Some(15)),
        ("15m", Some(15)),
        ("25 min", Some(25)),
        ("1h30", Some(90)),
        ("1h30m", Some(90)),
        ("1h 30m", Some(90)),
        ("1h 30min", Some(90)),
        ("2h", Some(120)),
        ("1.5h", Some(90)),
        ("20 мин", Some(20)),
        ("20мин", Some(20)),
        ("1 час 20 минут", Some(80)),
        ("полчаса", Some(30)),
        ("20 хв", Some(20)),
        ("2 години", Some(120)),
        ("1,5 godz", Some(90)),
        ("30 minut", Some(30)),
        ("pół godziny", Some(30)),
        ("half an hour", Some(30)),
        ("0", Some(0)),
        ("-5", None),
        ("long", None),
        ("5 apples", None),
        ("999999", None),
        ("", None),
    ] {
        assert_eq!(length(typed), minutes, "{typed}");
    }
}

proptest::proptest! {
    #[test]
    fn anything_is_read(typed in "([0-9]{1,4}|[.:/+-]| |by|до|do|fri|завтра|next|week|in|za|at|ноября|é|’){0,12}") {
        let work = WorkTime::default();
        let basis = basis(&work, Toward::Future);
        let _ = (read(&typed, basis), length(&typed));
        let words = words(&typed);
        for found in find(&words, basis) {
            proptest::prop_assert!(found.from < found.to && found.to <= words.len());
        }
    }
}
