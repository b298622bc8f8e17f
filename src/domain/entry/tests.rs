use super::*;

/// Monday.
fn now() -> Zoned {
    "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap()
}

/// In one line: kind, state, time, minutes, client's words, text, follow-up.
fn read(typed: &str, name: Option<usize>) -> String {
    let work = WorkTime::default();
    let line = Line::read(typed);
    let entry = line.entry(name, &now(), &work);
    let mut shown = format!("{} {}", entry.kind.word(), if entry.planned { "planned" } else { "done" });
    if let Some(when) = entry.when {
        let time = when.time.map(|time| time.strftime(" %H:%M").to_string()).unwrap_or_default();
        shown += &format!(" {}{}{time}", if when.by { "by " } else { "" }, when.day.strftime("%m-%d"));
    }
    if let Some(minutes) = entry.minutes {
        shown += &format!(" {minutes}m");
    }
    if let Some(stranger) = &entry.stranger {
        shown += &format!(" <{stranger}>");
    }
    shown += &format!(" [{}]", entry.text);
    if let Some(next) = &entry.follow_up {
        shown += &format!(" then {} [{}]", next.due.day.strftime("%m-%d"), next.subject);
    }
    shown
}

fn check(table: &[(&str, usize, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(typed, name, expected)| {
            let read = read(typed, (*name < 9).then_some(*name));
            (read != *expected).then(|| format!("{typed}\n    {read}\n    {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lines_are_read_in_four_languages() {
    check(&[
        (
            "call Acme 15m wants offer for 20 by Friday",
            1,
            "call done 15m [wants offer for 20 by Friday] then 11-27 [offer for 20]",
        ),
        (
            "call Acme 15m wants offer for 20 by Friday",
            9,
            "call done 15m <Acme> [wants offer for 20 by Friday] then 11-27 [offer for 20]",
        ),
        ("call Acme tomorrow 14:00 about prices", 1, "call planned 11-24 14:00 [prices]"),
        (
            "call about prices 15m wants offer by Friday",
            0,
            "call done 15m [about prices wants offer by Friday] then 11-27 [offer]",
        ),
        ("call Acme by Friday", 1, "call planned by 11-27 []"),
        ("call Acme about the offer tomorrow", 1, "call planned 11-24 [the offer]"),
        ("call Acme", 1, "call done []"),
        ("called Acme", 1, "call done []"),
        ("called Anna Nowak yesterday 20 min no answer", 2, "call done 11-22 20m [no answer]"),
        ("called Acme about the offer yesterday", 1, "call done 11-22 [about the offer]"),
        ("called Acme on Friday", 1, "call done 11-20 []"),
        (
            "called Acme, needs the drawings by Wednesday",
            1,
            "call done [needs the drawings by Wednesday] then 11-25 [drawings]",
        ),
        ("meeting with Acme next Monday 10:00 1h30 kick-off", 1, "meeting planned 11-30 10:00 90m [kick-off]"),
        ("group meeting Acme 25.11 11:00", 1, "group_meeting planned 11-25 11:00 []"),
        ("note Acme: likes oak", 1, "note done [likes oak]"),
        ("task send the catalogue by Friday", 0, "task planned by 11-27 [send the catalogue]"),
        ("sms Anna price sent", 1, "sms done [price sent]"),
        ("send catalogue tomorrow", 0, "task planned 11-24 [send catalogue]"),
        ("likes oak", 0, "note done [likes oak]"),
        ("", 0, "note done []"),
        (
            "позвонил Иванову 20 мин, просит счёт до пятницы",
            1,
            "call done 20m [просит счёт до пятницы] then 11-27 [счёт]",
        ),
        ("звонок Акме завтра в 14:00", 1, "call planned 11-24 14:00 []"),
        ("позвонить Иванову через 2 дня", 1, "call planned 11-25 []"),
        ("встреча с Ивановой в четверг в 11:00 час", 1, "meeting planned 11-26 11:00 []"),
        ("задача подготовить договор к среде", 0, "task planned by 11-25 [подготовить договор]"),
        ("отправить каталог до 25.11", 0, "task planned by 11-25 [отправить каталог]"),
        (
            "подзвонив Мельник 20 хв хоче рахунок до п'ятниці",
            1,
            "call done 20m [хоче рахунок до п'ятниці] then 11-27 [рахунок]",
        ),
        ("дзвінок до Мельник завтра о 14:00", 1, "call planned 11-24 14:00 []"),
        ("нотатка Мельник любить дуб", 1, "note done [любить дуб]"),
        ("завдання надіслати каталог за два дні", 0, "task planned 11-25 [надіслати каталог]"),
        (
            "zadzwoniłem do Kowalskiej 1,5 godz chce ofertę na 20 do piątku",
            1,
            "call done 90m [chce ofertę na 20 do piątku] then 11-27 [ofertę na 20]",
        ),
        ("zadzwonić do Kowalskiej w czwartek o 9", 1, "call planned 11-26 09:00 []"),
        ("zadzwonić do piątku", 0, "call planned by 11-27 []"),
        ("spotkanie z Kowalską za tydzień", 1, "meeting planned 11-30 []"),
        ("notatka: lubi dąb", 0, "note done [lubi dąb]"),
        ("zadanie wysłać katalog do końca tygodnia", 0, "task planned by 11-27 [wysłać katalog]"),
    ]);
}

#[test]
fn more_lines_are_read_in_four_languages() {
    check(&[
        ("phone Smith 5 min", 1, "call done 5m []"),
        ("meet Anna on Wednesday 9:30 at the fair", 1, "meeting planned 11-25 09:30 [at the fair]"),
        ("call Acme in 3 days about 12 400,50 zł", 1, "call planned 11-26 [12 400,50 zł]"),
        ("wrote Anna yesterday", 1, "email done 11-22 []"),
        ("call Acme 25.11 14:00 1h", 1, "call planned 11-25 14:00 60m []"),
        ("remind me to send the samples on Friday", 0, "task planned 11-27 [send the samples]"),
        ("созвон с Петровой завтра 10:00 30 мин", 1, "call planned 11-24 10:00 30m []"),
        ("звонил Петрову вчера", 1, "call done 11-22 []"),
        ("встреча с Акме в пятницу в 11:00", 1, "meeting planned 11-27 11:00 []"),
        ("написал Иванову, ждёт ответ до среды", 1, "email done [ждёт ответ до среды] then 11-25 [ответ]"),
        ("напомнить Иванову в пятницу", 1, "task planned 11-27 []"),
        ("зустріч з Мельник у п'ятницю о 15:00", 1, "meeting planned 11-27 15:00 []"),
        ("зателефонувати Шевченку через 2 дні", 1, "call planned 11-25 []"),
        ("дзвонив Шевченку вчора 10 хв", 1, "call done 11-22 10m []"),
        ("spotkanie z Nowakiem w piątek o 10 w biurze", 1, "meeting planned 11-27 10:00 [w biurze]"),
        ("dzwoniłem do Nowaka wczoraj 10 min", 1, "call done 11-22 10m []"),
        ("zadzwonić do Nowaka za 2 dni w sprawie oferty", 1, "call planned 11-25 [w sprawie oferty]"),
        (
            "rozmowa z Kowalską 45 min, chce rabat 5% do piątku",
            1,
            "call done 45m [chce rabat 5% do piątku] then 11-27 [rabat 5%]",
        ),
    ]);
}

#[test]
fn a_name_is_known_in_its_cases_and_a_word_is_no_name() {
    for (word, capital, name, called) in [
        ("anna", false, "Anna Kowalska", true),
        ("annie", true, "Anna Kowalska", true),
        ("kowalskiej", false, "Anna Kowalska", true),
        ("иванову", false, "Иван Иванов", true),
        ("шевченку", false, "Тарас Шевченко", true),
        ("markowi", true, "Marek Nowak", true),
        ("acme", false, "Acme sp. z o.o.", true),
        ("about", false, "Abouel Ltd", false),
        ("prices", false, "Prima sp. z o.o.", false),
        ("likes", false, "Lika Ivanova", false),
        ("offer", false, "Offerman", false),
        ("an", false, "Anna", false),
        ("", true, "Anna", false),
    ] {
        assert_eq!(is_called(word, capital, name), called, "{word} {name}");
    }
}

#[test]
fn the_words_of_a_name_are_those_before_a_time_or_a_mark() {
    for (typed, name) in [
        ("call Acme 15m wants offer", "acme"),
        ("call with Anna Nowak tomorrow", "anna nowak"),
        ("call 15m Acme wants offer for 20", "acme wants offer for"),
        ("note Acme: likes oak", "acme"),
        ("zadzwonić do Kowalskiej w czwartek", "kowalskiej"),
        ("zadzwonić do piątku", ""),
        ("call", ""),
    ] {
        assert_eq!(Line::read(typed).name(&now(), &WorkTime::default()).join(" "), name, "{typed}");
    }
}

#[test]
fn what_is_entered_has_its_times() {
    let work = WorkTime::default();
    let client = Client {
        contact: Some(id::Contact(3)),
        company: Some(id::Company(4)),
        name: Text::own("Acme"),
        more: Text::default(),
        deal: Some((id::Deal(5), Text::own("Desks"))),
        words: 1,
    };
    let (call, task) = Line::read("call Acme 15m wants offer for 20 by Friday")
        .entry(Some(1), &now(), &work)
        .activities(Some(&client), &now(), &work);
    assert_eq!((call.done_at, call.due_at, call.duration_minutes), (Some(now().timestamp()), None, Some(15)));
    assert_eq!(call.result.as_str(), "wants offer for 20 by Friday");
    let task = task.unwrap();
    assert_eq!(task.due_at, Some("2026-11-27T16:00:00Z".parse().unwrap()), "the end of the working day");
    assert_eq!((task.kind, task.contact, task.deal), (Kind::Task, Some(id::Contact(3)), Some(id::Deal(5))));
    let (plan, none) = Line::read("zadzwonić").entry(None, &now(), &work).activities(None, &now(), &work);
    assert_eq!((plan.due_at, none), (Some("2026-11-23T16:00:00Z".parse().unwrap()), None));
}

proptest::proptest! {
    #[test]
    fn any_line_is_read(typed in "(call|called|Acme|15m|by Friday|завтра|,|:| |do|piątku|25\\.11|wants|é){0,14}", name in 0_usize..6) {
        let work = WorkTime::default();
        let line = Line::read(&typed);
        for name in [None, Some(name.min(line.name(&now(), &work).len()))] {
            let (activity, _) = line.entry(name, &now(), &work).activities(None, &now(), &work);
            proptest::prop_assert!(activity.at().is_some());
        }
    }
}
