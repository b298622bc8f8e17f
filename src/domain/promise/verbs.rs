//! What people promise and ask for, in four languages. Words are folded; `*` stands for any ending.

use crate::domain::when::{Word, one_of};

/// Who has to do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    /// Whoever wrote the letter.
    Writer,
    /// Whoever reads it.
    Reader,
}

/// What is done, in English.
const DO: &str = "send resend forward share mail email call ring phone prepare draft reply answer respond confirm deliver ship dispatch \
    pay transfer sign return finish complete check clarify make write update issue provide bring arrange order quote submit let get \
    come do have invoice review sort fix publish finalise finalize revert book collect pass give sending calling preparing";

/// "I will do it" in one word, of Russian, Ukrainian and Polish.
const I_WILL: &str = "пришлю пришлем вышлю вышлем отправлю отправим подготовлю подготовим сделаю сделаем перезвоню перезвоним позвоню позвоним \
    напишу напишем отвечу ответим сообщу сообщим дам дадим подтвержу подтвердим оплачу оплатим переведу переведем передам передадим \
    доставлю доставим отгружу отгрузим проверю проверим уточню уточним вернусь вернемся закончу закончим выставлю выставим подпишу \
    подпишем согласую согласуем скину скинем предоставлю предоставим привезу привезем закажу закажем перешлю перешлем внесу внесем \
    надішлю надішлемо вишлю вишлемо відправлю відправимо підготую підготуємо зроблю зробимо передзвоню передзвонимо зателефоную \
    зателефонуємо подзвоню подзвонимо відповім відповімо повідомлю повідомимо дамо підтверджу підтвердимо сплачу сплатимо оплатимо \
    перекажу перекажемо передамо доставлю доставимо відвантажу відвантажимо перевірю перевіримо уточнимо повернуся повернемося \
    закінчу закінчимо виставлю виставимо підпишу підпишемо погоджу погодимо скинемо надам надамо привеземо замовлю замовимо \
    перешлемо напишемо \
    wysle wyslemy przesle przeslemy przygotuje przygotujemy zrobie zrobimy zadzwonie zadzwonimy oddzwonie oddzwonimy napisze napiszemy \
    odpowiem odpowiemy odpisze odpiszemy dam damy potwierdze potwierdzimy zaplace zaplacimy oplace oplacimy przeleje przelejemy \
    przekaze przekazemy dostarcze dostarczymy sprawdze sprawdzimy wroce wrocimy skoncze skonczymy wystawie wystawimy podpisze \
    podpiszemy ustale ustalimy podesle podeslemy dosle doslemy udostepnie udostepnimy przywioze przywieziemy zamowie zamowimy \
    dokoncze dokonczymy prześlemy";

/// "Do it", to somebody.
const DO_IT: &str = "пришлите вышлите отправьте подготовьте сделайте перезвоните позвоните напишите ответьте сообщите дайте подтвердите оплатите \
    переведите передайте проверьте уточните верните подпишите согласуйте скиньте предоставьте закажите выставьте \
    надішліть вишліть відправте підготуйте зробіть передзвоніть зателефонуйте подзвоніть напишіть відповідайте повідомте підтвердьте \
    підтвердіть сплатіть оплатіть перекажіть передайте перевірте уточніть поверніть підпишіть погодьте скиньте надайте замовте виставте \
    przeslij wyslij przygotuj zadzwon oddzwon napisz odpisz odpowiedz potwierdz zaplac oplac przelej przekaz sprawdz podpisz podeslij doslij \
    wystaw przeslijcie wyslijcie";

/// "To do it", after "please" and "can you".
const TO_DO_IT: &str = "прислать выслать отправить подготовить сделать перезвонить позвонить написать ответить сообщить дать подтвердить оплатить \
    перевести передать проверить уточнить вернуть подписать согласовать скинуть предоставить заказать выставить доставить отгрузить \
    надіслати вислати відправити підготувати зробити передзвонити зателефонувати подзвонити написати відповісти повідомити дати \
    підтвердити сплатити оплатити переказати передати перевірити уточнити повернути підписати погодити скинути надати замовити виставити \
    przeslac wyslac przygotowac zrobic zadzwonic oddzwonic napisac odpisac odpowiedziec dac potwierdzic zaplacic oplacic przelac przekazac \
    sprawdzic podpisac podeslac doslac wystawic dostarczyc przeslanie wyslanie potwierdzenie odpowiedz informacje wplate platnosc";

fn known(list: &str, word: &str) -> bool {
    word.len() > 1 && list.split_ascii_whitespace().any(|known| known == word)
}

/// Who has to do something in this sentence, and the place of the word that says what.
pub(super) fn speaker(words: &[Word], question: bool) -> Option<(Speaker, usize)> {
    let word = |at: usize| words.get(at).map_or("", |word| word.folded.as_str());
    let within =
        |from: usize, far: usize, list: &str| (from..(from + far).min(words.len())).find(|at| known(list, word(*at)));
    for at in 0..words.len() {
        if !question {
            if let Some(verb) = writer_in_english(at, &word, &within) {
                return Some((Speaker::Writer, verb));
            }
            if known(I_WILL, word(at)) && comes_back(at, &word) {
                return Some((Speaker::Writer, at));
            }
            // «Счёт будет готов до пятницы», "oferta będzie gotowa do piątku"
            let ready =
                ["готов", "готова", "готово", "готовы", "готовий", "готові", "gotowa", "gotowy", "gotowe", "ready"];
            if matches!(word(at), "будет" | "будут" | "буде" | "будуть" | "bedzie" | "beda" | "be")
                && ready.contains(&word(at + 1))
            {
                let promised = word(at) != "be" || matches!(word(at.wrapping_sub(1)), "will" | "ll");
                return promised.then_some((Speaker::Writer, at));
            }
        }
        if let Some(verb) = reader_in_english(at, &word, &within) {
            return Some((Speaker::Reader, verb));
        }
        let asked = matches!(
            word(at),
            "прошу"
                | "просим"
                | "просимо"
                | "можете"
                | "можешь"
                | "могли"
                | "сможете"
                | "зможете"
                | "можеш"
                | "prosze"
                | "prosimy"
                | "moze"
                | "moga"
                | "mozesz"
                | "mozecie"
                | "moglby"
                | "moglaby"
                | "moglibyscie"
                | "пожалуйста"
                | "ласка"
        );
        if asked && let Some(verb) = within(at + 1, 5, TO_DO_IT).or_else(|| within(at + 1, 4, DO_IT)) {
            return Some((Speaker::Reader, verb));
        }
        if known(DO_IT, word(at)) {
            return Some((Speaker::Reader, at));
        }
        if !question && (needs(at, &word) || waits(at, &word)) {
            return Some((Speaker::Reader, at));
        }
    }
    None
}

/// «Вернусь с ответом» is a promise, «вернусь в понедельник» is none; every other word is what it says.
fn comes_back<'a>(at: usize, word: &impl Fn(usize) -> &'a str) -> bool {
    const BACK: [&str; 8] =
        ["вернусь", "вернемся", "повернуся", "повернемося", "wroce", "wrocimy", "возвращусь", "повернусь"];
    const TO_YOU: [&str; 16] = [
        "ответ*",
        "вам",
        "вас",
        "решени*",
        "предложени*",
        "информац*",
        "вопрос*",
        "відповід*",
        "пропозиц*",
        "інформац*",
        "odpowied*",
        "panstw*",
        "pani",
        "pana",
        "temat*",
        "ofert*",
    ];
    !BACK.contains(&word(at)) || (at + 1..at + 5).any(|at| one_of(word(at), &TO_YOU))
}

/// "We need the offer", but not "we need to leave": what the writer has to do is nothing that they ask for.
fn needs<'a>(at: usize, word: &impl Fn(usize) -> &'a str) -> bool {
    let needs = one_of(
        word(at),
        &[
            "нужен",
            "нужна",
            "нужно",
            "нужны",
            "потрібен",
            "потрібна",
            "потрібно",
            "потрібні",
            "potrzebujemy",
            "potrzebuje",
        ],
    );
    let own = |word: &str| {
        let infinitive = ["ть", "ти", "ться", "тися", "чь"].iter().any(|end| word.ends_with(end));
        infinitive
            && !known(TO_DO_IT, word)
            && !one_of(word, &["получить", "знать", "увидеть", "отримати", "знати", "побачити"])
    };
    needs && !(at + 1..at + 4).any(|at| own(word(at)))
}

/// "We wait for your answer", but not "we wait for the parts".
fn waits<'a>(at: usize, word: &impl Fn(usize) -> &'a str) -> bool {
    const YOURS: [&str; 20] = [
        "your",
        "ваш*",
        "вас",
        "ответ*",
        "подтвержд*",
        "оплат*",
        "решени*",
        "відповід*",
        "підтвердж*",
        "рішенн*",
        "odpowied*",
        "panstw*",
        "pana",
        "pani",
        "wasz*",
        "potwierdz*",
        "wplat*",
        "счет*",
        "рахун*",
        "faktur*",
    ];
    let waits = one_of(word(at), &["жду", "ждем", "чекаю", "чекаємо", "czekam", "czekamy"])
        || matches!((word(at), word(at + 1)), ("looking", "forward") | ("waiting", "for"));
    waits && (at + 1..at + 5).any(|at| one_of(word(at), &YOURS))
}

/// Verbs that ask for anything and nothing: "would you do 5% off", "can you make it on Friday".
const GENERAL: &str = "do have get come make give pass let order";

/// The verb there says little itself.
pub(super) fn is_general(words: &[Word], at: usize) -> bool {
    words.get(at).is_some_and(|word| known(GENERAL, &word.folded))
}

/// "I'll send", "we will be sending", "will send" at the begin.
fn writer_in_english<'a>(
    at: usize,
    word: &impl Fn(usize) -> &'a str,
    within: &impl Fn(usize, usize, &str) -> Option<usize>,
) -> Option<usize> {
    let from = match (word(at), word(at + 1), word(at + 2)) {
        ("i'll" | "we'll", ..) => at + 1,
        ("i" | "we", "will" | "shall", _) | ("i", "ll", _) => at + 2,
        ("i'm" | "we're", "going", "to") => at + 3,
        ("i" | "we", "am" | "are", "going") if word(at + 3) == "to" => at + 4,
        ("i" | "we", "promise", "to") => at + 3,
        ("will", ..) if at == 0 => at + 1,
        ("you'll" | "you", "have" | "will" | "get" | "receive", _) => return you_will(at, word),
        _ => return None,
    };
    // Between them stand at most words such as "also", "try to", "be".
    let verb = within(from, 4, DO)?;
    let between = (from..verb).all(|at| {
        matches!(
            word(at),
            "also"
                | "then"
                | "try"
                | "to"
                | "be"
                | "gladly"
                | "happily"
                | "certainly"
                | "surely"
                | "definitely"
                | "have"
                | "it"
                | "just"
                | "not"
        )
    });
    let means = match word(verb) {
        "have" => (verb + 1..verb + 6)
            .any(|at| matches!(word(at), "ready" | "done" | "finished" | "sent" | "prepared" | "for")),
        "get" => matches!(word(verb + 1), "back" | "it" | "you" | "this" | "them" | "that"),
        _ => true,
    };
    (between && means).then_some(verb)
}

/// "You will have the offer by Friday", "you'll get it by Friday".
fn you_will<'a>(at: usize, word: &impl Fn(usize) -> &'a str) -> Option<usize> {
    let verb = match (word(at), word(at + 1)) {
        ("you'll", _) => at + 1,
        ("you", "will") => at + 2,
        _ => return None,
    };
    matches!(word(verb), "have" | "get" | "receive").then_some(verb)
}

/// "Please send", "can you send", "we need it".
fn reader_in_english<'a>(
    at: usize,
    word: &impl Fn(usize) -> &'a str,
    within: &impl Fn(usize, usize, &str) -> Option<usize>,
) -> Option<usize> {
    match (word(at), word(at + 1)) {
        // "Would you like us to send it": what they would do themselves.
        ("can" | "could" | "would" | "will", "you") if word(at + 2) != "like" => {
            let asked = |at: usize| matches!(word(at), "it" | "this" | "that" | "me" | "us" | "them" | "sure");
            within(at + 2, 4, DO).filter(|verb| !known(GENERAL, word(*verb)) || asked(verb + 1))
        }
        ("please", _) => within(at + 1, 3, DO),
        // "We need to leave by then" is their own need.
        ("i" | "we", "need" | "require")
            if word(at + 2) != "to" || matches!(word(at + 3), "receive" | "have" | "get" | "know" | "see") =>
        {
            Some(at + 1)
        }
        ("send" | "confirm" | "reply" | "let", _) if at == 0 => Some(at),
        _ => None,
    }
}

pub(super) fn is_condition(word: &str) -> bool {
    matches!(
        word,
        "if" | "unless"
            | "once"
            | "maybe"
            | "perhaps"
            | "provided"
            | "assuming"
            | "возможно"
            | "наверное"
            | "можливо"
            | "мабуть"
            | "chyba"
            | "если"
            | "когда"
            | "как"
            | "якщо"
            | "коли"
            | "jesli"
            | "jezeli"
            | "gdyby"
            | "gdy"
            | "kiedy"
    )
}

pub(super) fn is_negation(word: &str) -> bool {
    matches!(
        word,
        "not"
            | "won't"
            | "never"
            | "can't"
            | "cannot"
            | "unable"
            | "не"
            | "ні"
            | "nie"
            | "ani"
            | "никогда"
            | "nigdy"
            | "don't"
    )
}

/// A word that a time can begin or end with: whatever has none of these holds no promise.
pub(super) fn is_start_of_a_time(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        || matches!(
            word,
            "by" | "until"
                | "till"
                | "on"
                | "in"
                | "next"
                | "this"
                | "today"
                | "tomorrow"
                | "tonight"
                | "within"
                | "end"
                | "eod"
                | "eow"
                | "before"
                | "до"
                | "к"
                | "ко"
                | "не"
                | "в"
                | "во"
                | "у"
                | "на"
                | "через"
                | "за"
                | "завтра"
                | "послезавтра"
                | "сегодня"
                | "післязавтра"
                | "сьогодні"
                | "протягом"
                | "наступного"
                | "do"
                | "najpozniej"
                | "w"
                | "we"
                | "na"
                | "za"
                | "jutro"
                | "pojutrze"
                | "dzis"
                | "dzisiaj"
                | "przed"
        )
        || crate::domain::when::is_day_or_month(word)
}
