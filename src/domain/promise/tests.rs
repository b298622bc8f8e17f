use super::*;

/// Monday.
const WRITTEN: &str = "2026-11-23T10:00";

fn read(text: &str) -> Vec<String> {
    let said = find(text, WRITTEN.parse().unwrap(), &WorkTime::default());
    said.iter()
        .map(|said| {
            let time = said.due.time.map(|time| time.strftime(" %H:%M").to_string()).unwrap_or_default();
            format!("{} {}{time}", if said.by_writer { "gives" } else { "asks" }, said.due.day)
        })
        .collect()
}

fn check(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, expected)| {
            let found = read(text).join("; ");
            (found != *expected).then(|| format!("{text}\n    {found:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_asks_its_reader_for_something() {
    for (text, expected) in [
        ("Please confirm the order.", true),
        ("I wait for your answer.\nKind regards", false),
        ("Waiting for your confirmation.", true),
        ("Пришлите, пожалуйста, чертежи.", true),
        ("Ждём вашего ответа.", true),
        ("Чекаємо на відповідь.", true),
        ("Proszę o przesłanie rysunków.", true),
        ("Czekamy na Państwa decyzję.", true),
        ("Please let me know if anything is unclear.", false),
        ("Если что-то не так, напишите мне.", false),
        ("Please do not reply to this letter.", false),
        ("Thank you, I will send it tomorrow.", false),
        ("Спасибо, счёт во вложении.", false),
        ("Dziękuję za spotkanie.", false),
        ("", false),
    ] {
        assert_eq!(super::asks(text), expected, "{text}");
    }
}

#[test]
fn what_the_writer_promises() {
    check(&[
        ("I'll send it by Friday.", "gives 2026-11-27"),
        ("I’ll send the drawings by Friday.", "gives 2026-11-27"),
        ("I will send you the offer tomorrow.", "gives 2026-11-24"),
        ("We will deliver the desks by 15 December.", "gives 2026-12-15"),
        ("We'll get back to you by the end of the week.", "gives 2026-11-27"),
        ("I'll call you on Friday at 14:00.", "gives 2026-11-27 14:00"),
        ("I am going to prepare the contract by Wednesday.", "gives 2026-11-25"),
        ("Will send by Friday.", "gives 2026-11-27"),
        ("You will have the offer by Thursday.", "gives 2026-11-26"),
        ("We shall pay the invoice by 30.11.", "gives 2026-11-30"),
        ("The samples will be ready by Friday.", "gives 2026-11-27"),
        ("I'll also try to confirm it within 2 days.", "gives 2026-11-25"),
        ("I promise to reply by tomorrow.", "gives 2026-11-24"),
        ("Thank you. I'll let you know by Friday if we can do it.", "gives 2026-11-27"),
        ("Пришлю до пятницы.", "gives 2026-11-27"),
        ("Я пришлю чертежи до пятницы.", "gives 2026-11-27"),
        ("Подготовим договор к среде.", "gives 2026-11-25"),
        ("Перезвоню завтра в 14:00.", "gives 2026-11-24 14:00"),
        ("Оплатим счёт до конца недели.", "gives 2026-11-27"),
        ("Счёт будет готов до четверга.", "gives 2026-11-26"),
        ("Вернусь с ответом через 2 дня.", "gives 2026-11-25"),
        ("Отгрузим не позднее 1 декабря.", "gives 2026-12-01"),
        ("Надішлю до п'ятниці.", "gives 2026-11-27"),
        ("Надішлю пропозицію до п’ятниці.", "gives 2026-11-27"),
        ("Підготуємо рахунок до кінця тижня.", "gives 2026-11-27"),
        ("Зателефоную завтра о 14:00.", "gives 2026-11-24 14:00"),
        ("Сплатимо за два дні.", "gives 2026-11-25"),
        ("Креслення буде готове.", ""),
        ("Wyślę do piątku.", "gives 2026-11-27"),
        ("Prześlemy ofertę do końca tygodnia.", "gives 2026-11-27"),
        ("Oddzwonię jutro o 14.", "gives 2026-11-24 14:00"),
        ("Zapłacimy w czwartek.", "gives 2026-11-26"),
        ("Oferta będzie gotowa do środy.", "gives 2026-11-25"),
        ("Odpiszę najpóźniej w piątek.", "gives 2026-11-27"),
        ("Машини виїжджають у вівторок, номери пришлю до п'ятниці, надішлю все.", "gives 2026-11-27"),
    ]);
}

#[test]
fn promises_in_longer_sentences() {
    check(&[
        ("Thanks for the call, I'll send you the drawings by Friday.", "gives 2026-11-27"),
        ("As agreed, we will ship the first ten desks by 4 December.", "gives 2026-12-04"),
        ("OK, tomorrow I will call you about the invoice.", "gives 2026-11-24"),
        ("We'll have it ready by Thursday.", "gives 2026-11-26"),
        ("I'll get back to you on Wednesday.", "gives 2026-11-25"),
        ("The parts arrive on Tuesday, so I'll send the photos by Friday.", "gives 2026-11-27"),
        ("Добрый день, счёт вышлю завтра.", "gives 2026-11-24"),
        ("Вернусь к вам с ответом в среду.", "gives 2026-11-25"),
        ("Спасибо за заказ, отгрузим до конца недели.", "gives 2026-11-27"),
        ("В пятницу пришлю фотографии.", "gives 2026-11-27"),
        ("Дякую, завтра зателефоную.", "gives 2026-11-24"),
        ("Повернемося до вас із пропозицією до четверга.", "gives 2026-11-26"),
        ("Dziękuję, jutro prześlę wzory.", "gives 2026-11-24"),
        ("Wrócę do Państwa z odpowiedzią w środę.", "gives 2026-11-25"),
        ("W piątek wyślemy próbki.", "gives 2026-11-27"),
    ]);
}

#[test]
fn what_the_reader_is_asked_for() {
    check(&[
        ("Can you send it by Friday?", "asks 2026-11-27"),
        ("Could you please confirm the date by tomorrow?", "asks 2026-11-24"),
        ("Please send me the drawings by Wednesday.", "asks 2026-11-25"),
        ("We need the offer by 30 November.", "asks 2026-11-30"),
        ("Let me know by Friday.", "asks 2026-11-27"),
        ("Пришлите, пожалуйста, счёт до пятницы.", "asks 2026-11-27"),
        ("Можете прислать чертежи до среды?", "asks 2026-11-25"),
        ("Прошу подтвердить заказ до 25.11.", "asks 2026-11-25"),
        ("Нам нужен ответ до пятницы.", "asks 2026-11-27"),
        ("Надішліть, будь ласка, рахунок до п'ятниці.", "asks 2026-11-27"),
        ("Чекаємо на відповідь до середи.", "asks 2026-11-25"),
        ("Proszę o przesłanie oferty do piątku.", "asks 2026-11-27"),
        ("Czy może Pani wysłać wzory do środy?", "asks 2026-11-25"),
        ("Prosimy potwierdzić do 25.11.", "asks 2026-11-25"),
        ("Will you be able to deliver by Friday?", "asks 2026-11-27"),
        ("Can you make it by Friday?", "asks 2026-11-27"),
        ("Could you give us an answer by Wednesday?", "asks 2026-11-25"),
        ("We need to receive the offer by Thursday.", "asks 2026-11-26"),
        ("We are waiting for your confirmation by Friday.", "asks 2026-11-27"),
        ("Ждём ваш ответ до среды.", "asks 2026-11-25"),
        ("Czekamy na Państwa odpowiedź do piątku.", "asks 2026-11-27"),
    ]);
}

#[test]
fn what_is_no_promise() {
    let none = [
        "The offer is valid until Friday.",
        "The shop is open until Friday.",
        "I'll be in the office on Friday.",
        "I will be away until Monday.",
        "We will be closed until 2 January.",
        "I won't send it by Friday.",
        "I will not be able to send it by Friday.",
        "We cannot deliver by Friday.",
        "If you confirm today, I'll send it by Friday.",
        "I'll send it soon.",
        "I sent it on Friday.",
        "I'll answer after 25.11.",
        "See you on Friday.",
        "The train leaves tomorrow at 14:00.",
        "The price is 25.50 per piece.",
        "Did you receive our letter on Friday?",
        "Will you be at the fair tomorrow?",
        "They said delivery takes until Friday.",
        "Prices are valid by 31.12.2019.",
        "I'll send it by 1 December 2031.",
        "Предложение действительно до пятницы.",
        "Мы работаем до 18:00.",
        "Не пришлю до пятницы.",
        "Если подтвердите сегодня, пришлю до пятницы.",
        "Вчера отправил договор.",
        "Буду в офисе в пятницу.",
        "С понедельника по пятницу мы открыты.",
        "Пропозиція дійсна до п'ятниці.",
        "Не надішлю до п'ятниці.",
        "Ми працюємо до п'ятниці.",
        "Oferta ważna do piątku.",
        "Sklep czynny do piątku.",
        "Nie wyślę do piątku.",
        "Jeśli potwierdzicie, wyślę do piątku.",
        "Wczoraj wysłałem ofertę.",
        "Będę w biurze w piątek.",
        "Odpiszę po piątku.",
        "",
    ];
    check(&none.map(|text| (text, "")));
}

/// Sentences of ordinary letters that once were, or could be, taken for promises.
#[test]
fn ordinary_sentences_are_no_promises() {
    let none = [
        // Questions and requests of another kind.
        "The partners asked the usual: would you do 5% off for payment within ten days?",
        "Would you do 5% off if we pay within ten days?",
        "Can you make it on Friday?",
        "Would you have time on Friday?",
        "Would you like us to send it by Friday?",
        "Shall I send it by Friday?",
        "Will I get it by Friday?",
        "Can you confirm that the offer is valid until Friday?",
        "Could you tell me whether the office is open until Friday?",
        "Let me know if you can deliver by Friday.",
        "Мне прислать договор до пятницы?",
        "Вам удобно, если мы позвоним в пятницу?",
        "Сообщите, пожалуйста, сможете ли вы отгрузить до пятницы.",
        "Можно оплатить до пятницы?",
        "Чи зручно вам, якщо ми зателефонуємо у п'ятницю?",
        "Надіслати вам до п'ятниці?",
        "Czy możemy zapłacić do piątku?",
        "Czy wyślecie to do piątku?",
        // What holds, and what is open.
        "I'll send you the offer, valid until Friday.",
        "We will give you 5% off until Friday.",
        "Дадим скидку до пятницы.",
        "Пришлю предложение, оно действует до пятницы.",
        "Дамо знижку до п'ятниці.",
        "Damy rabat do piątku.",
        "Please note that we are closed until Friday.",
        "Please find attached the invoice, due by 30 November.",
        // Terms of a contract.
        "Payment shall be made no later than 10 December.",
        "We will deliver within 3 weeks of your order.",
        "We shall pay within 14 days after delivery.",
        "Отгрузим в течение 5 дней после оплаты.",
        "Поставщик передаст товар не позднее 1 декабря.",
        "Оплата производится не позднее 5 декабря.",
        "Відправимо протягом 3 днів після оплати.",
        "Постачальник передає товар не пізніше 1 грудня.",
        "Wyślemy w ciągu 3 dni od wpłaty.",
        "Zapłata następuje nie później niż 1 grudnia.",
        // My own plans and needs.
        "I'll have a meeting on Friday.",
        "We will have our stand at the fair on 3 December.",
        "I'll get the train on Friday.",
        "We need to finish our budget by Friday.",
        "We are waiting for the parts until Friday.",
        "Нам нужно сдать отчёт до пятницы.",
        "Вернусь из отпуска в понедельник.",
        "Ждём груз до пятницы.",
        "Нам потрібно закрити звіт до п'ятниці.",
        "Повернуся з відпустки у понеділок.",
        "Wrócę do biura w poniedziałek.",
        "Czekamy na dostawę do piątku.",
        // Others, the past, and what comes again.
        "Jan said that he will send it by Friday.",
        "You promised to send it by Friday.",
        "As promised, I sent it on Friday.",
        "You will get our newsletter every Friday.",
        "Обещали прислать до пятницы, но не прислали.",
        "Он пришлёт до пятницы.",
        "Він надішле до п'ятниці.",
        "Обіцяли надіслати до п'ятниці.",
        "On wyśle to do piątku.",
        "Obiecał wysłać do piątku.",
        // What only may be.
        "Maybe I'll send it by Friday.",
        "Возможно, пришлю до пятницы.",
        "Мабуть, надішлю до п'ятниці.",
        "Chyba wyślę do piątku.",
        // A day of something else in the sentence.
        "The fair ends on Friday and I'll send the photos then.",
        "Please confirm that the goods leave by Friday.",
        "I'll tell you more when we meet on Friday.",
    ];
    check(&none.map(|text| (text, "")));
}

#[test]
fn sentences_are_kept_apart() {
    check(&[
        ("Thank you.\n\nI'll send the\ndrawings by Friday. The offer is valid until 15 December.", "gives 2026-11-27"),
        ("- I'll call you tomorrow\n- please send the list by Friday", "gives 2026-11-24; asks 2026-11-27"),
        ("Dzień dobry,\nwyślę ofertę do piątku.\nPozdrawiam", "gives 2026-11-27"),
    ]);
    let said =
        find("Hello,\nI'll send the\n  drawings by Friday. Bye.", WRITTEN.parse().unwrap(), &WorkTime::default());
    assert_eq!(said[0].sentence.as_str(), "I'll send the drawings by Friday.");
}

#[test]
fn whose_it_is_follows_the_letters_way() {
    let said = |by_writer| Said {
        by_writer,
        sentence: Text::default(),
        due: When { day: "2026-11-27".parse().unwrap(), time: None, by: true },
    };
    for (by_writer, direction, mine) in [
        (true, Direction::Outbound, Some(true)),
        (false, Direction::Outbound, None),
        (true, Direction::Inbound, Some(false)),
        (false, Direction::Inbound, Some(true)),
        (true, Direction::Internal, None),
    ] {
        assert_eq!(said(by_writer).is_mine(direction), mine, "{by_writer} {direction:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read(text in "(I'll send|до|by|Friday|[.!?\n]| |25\\.11|wyślę|é|’|если){0,30}") {
        let said = find(&text, WRITTEN.parse().unwrap(), &WorkTime::default());
        proptest::prop_assert!(said.len() <= MOST);
    }
}
