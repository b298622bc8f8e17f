//! What people promise and ask for, in four languages. Words are folded; `*` stands for any ending.

use crate::domain::when::Word;

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
            if known(I_WILL, word(at)) {
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
        let needs = matches!(
            word(at),
            "нужен"
                | "нужна"
                | "нужно"
                | "нужны"
                | "потрібен"
                | "потрібна"
                | "потрібно"
                | "потрібні"
                | "potrzebujemy"
                | "potrzebuje"
                | "жду"
                | "ждем"
                | "чекаю"
                | "чекаємо"
                | "czekam"
                | "czekamy"
        );
        if needs && !question {
            return Some((Speaker::Reader, at));
        }
    }
    None
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
    between.then_some(verb)
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
        ("can" | "could" | "would" | "will", "you") => within(at + 2, 4, DO),
        ("please", _) => within(at + 1, 3, DO),
        ("i" | "we", "need" | "require") => Some(at + 1),
        ("send" | "confirm" | "reply" | "let", _) if at == 0 => Some(at),
        ("looking", "forward") | ("waiting", "for") => Some(at),
        _ => None,
    }
}

pub(super) fn is_condition(word: &str) -> bool {
    matches!(
        word,
        "if" | "unless"
            | "once"
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
