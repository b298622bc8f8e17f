//! Words of four languages: the common ones real, the rare ones made of syllables, used as often as words are.

use super::Dice;
use std::fmt::Write as _;

/// How many words a language has. Letters of one office use some twenty thousand.
const WORDS: usize = 20_000;
/// So many of them make up most of a text.
const COMMON: f64 = 110.0;

const ENGLISH: &str = "the to and of for you we is in please offer order with your our on this that are price have will be \
    it can as not from if any delivery by payment at all invoice would date meeting desk chair office project next week thank \
    best regards attached find quote discount terms contract question call when let know team plan work number days update \
    confirm send new need time about could which there been has more also only some tomorrow today monday friday";
const RUSSIAN: &str = "и в на не что по с мы для вы за просим заказ предложение цена счёт от до это как из у к ваш наш можно если \
    договор поставка оплата скидка встреча вопрос спасибо пожалуйста уважением добрый день сегодня завтра срок товар стол кресло \
    офис проект письмо звонок телефон адрес склад доставка документы акт подпись компания менеджер ещё будет есть было нужно \
    хотели ответ жду сообщите количество рублей гривен без через после перед также только очень новый список работа неделя";
const UKRAINIAN: &str = "і в на не що з ми для ви за просимо замовлення пропозиція ціна рахунок від до це як із у до ваш наш можна якщо \
    договір поставка оплата знижка зустріч питання дякую будь ласка повагою добрий день сьогодні завтра термін товар стіл крісло \
    офіс проєкт лист дзвінок телефон адреса склад доставка документи акт підпис компанія менеджер ще буде є було потрібно \
    хотіли відповідь чекаю повідомте кількість гривень без через після перед також тільки дуже новий їхній тиждень робота";
const POLISH: &str = "i w na nie że z my dla wy za prosimy zamówienie oferta cena faktura od do to jak u przy wasz nasz można jeśli \
    umowa dostawa płatność rabat spotkanie pytanie dziękuję proszę pozdrawiam dzień dobry dzisiaj jutro termin towar biurko krzesło \
    biuro projekt list telefon adres magazyn dokumenty podpis firma kierownik jeszcze będzie jest było trzeba chcieliśmy odpowiedź \
    czekam żółty ilość złotych bez przez po przed także tylko bardzo nowy lista praca tydzień łódź gdańsk późno wkrótce środa";

/// Consonants, vowels, given names, family names.
type Sounds = (&'static str, &'static str, &'static str, &'static str);

const SOUNDS: [Sounds; 4] = [
    (
        "b c d f g h l m n p r s t v w st tr br pl ch th sh",
        "a e i o u ea ou ee ai y",
        "Anna John Mary Peter Susan James Kate Paul",
        "Smith Brown Taylor Walker Hill Wood Clarke King",
    ),
    (
        "б в г д ж з к л м н п р с т ф х ц ч ш щ ст пр тр",
        "а е ё и о у ы э ю я ей ой",
        "Анна Иван Мария Пётр Ольга Сергей Елена Андрей",
        "Иванов Петрова Сидоров Кузнецова Соловьёв Морозова Волков Лебедева",
    ),
    (
        "б в г ґ д ж з к л м н п р с т ф х ц ч ш ст пр тр",
        "а е є и і ї о у ю я ій",
        "Оксана Тарас Марія Петро Ольга Сергій Олена Андрій",
        "Шевченко Коваленко Бондар Ткаченко Кравчук Олійник Лисенко Мельник",
    ),
    (
        "b c ć d f g h j k l ł m n ń p r s ś t w z ż ź sz cz rz",
        "a ą e ę i o ó u y ie",
        "Anna Jan Maria Piotr Łucja Stanisław Małgorzata Józef",
        "Kowalski Nowak Wiśniewska Wójcik Kamiński Żółkiewski Zieliński Dąbrowska",
    ),
];

/// One language.
pub struct Speech {
    words: Vec<String>,
    sounds: Sounds,
}

impl Speech {
    /// English, Russian, Ukrainian, Polish.
    pub fn all() -> [Self; 4] {
        [ENGLISH, RUSSIAN, UKRAINIAN, POLISH]
            .map(str::split_whitespace)
            .map(|common| common.map(str::to_owned).collect())
            .map({
                let mut language = 0;
                move |words| {
                    language += 1;
                    Self::new(words, SOUNDS[language - 1], language as u64)
                }
            })
    }

    fn new(mut words: Vec<String>, sounds: Sounds, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let consonants: Vec<&str> = sounds.0.split(' ').collect();
        let vowels: Vec<&str> = sounds.1.split(' ').collect();
        while words.len() < WORDS {
            let syllables = 2 + dice.below(5) / 3;
            words.push((0..syllables).map(|_| format!("{}{}", dice.one(&consonants), dice.one(&vowels))).collect());
        }
        Self { words, sounds }
    }

    /// A word: three of five are common ones; of both kinds each as often as its rank says (Zipf).
    fn word(&self, dice: &mut Dice) -> &str {
        let (low, high) = if dice.percent(60) { (1.0, COMMON) } else { (COMMON, WORDS as f64) };
        &self.words[dice.mostly_small(low, high).min(WORDS) - 1]
    }

    /// So many words.
    pub fn words(&self, dice: &mut Dice, count: usize) -> String {
        (0..count).map(|_| self.word(dice)).collect::<Vec<_>>().join(" ")
    }

    /// Somebody's name.
    pub fn name(&self, dice: &mut Dice) -> String {
        let given: Vec<&str> = self.sounds.2.split(' ').collect();
        let family: Vec<&str> = self.sounds.3.split(' ').collect();
        format!("{} {}", dice.one(&given), dice.one(&family))
    }

    /// Paragraphs wrapped at 72 columns.
    pub fn paragraphs(&self, dice: &mut Dice, words: usize) -> String {
        let mut text = String::new();
        let mut column = 0;
        let (mut sentence, mut paragraph) = (0, 0);
        for _ in 0..words {
            let word = self.word(dice);
            let width = word.chars().count() + 1;
            if column + width > 72 {
                text.push_str("\r\n");
                column = 0;
            } else if column > 0 {
                text.push(' ');
            }
            column += width;
            if dice.percent(2) {
                let _ = write!(text, "{} ", 10 + dice.below(100_000));
            }
            text.push_str(word);
            (sentence, paragraph) = (sentence + 1, paragraph + 1);
            if sentence > 6 && dice.percent(15) {
                text.push(*dice.one(&['.', '.', '.', ',', '?']));
                sentence = 0;
                if paragraph > 40 {
                    text.push_str("\r\n\r\n");
                    (column, paragraph) = (0, 0);
                }
            }
        }
        text.push_str("\r\n");
        text
    }
}
