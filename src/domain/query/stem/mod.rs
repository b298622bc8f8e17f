//! Word forms: two words are forms of one another when they share a stem in some language.
//!
//! English and Russian by Snowball's rules; Polish and Ukrainian by our own, which strip endings and undo the usual
//! alternations. Words come folded, as the index holds them: so do the rules.

mod pl;
mod uk;

use rust_stemmers::{Algorithm, Stemmer};
use std::sync::LazyLock;

static ENGLISH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));
static RUSSIAN: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::Russian));

/// Words shorter than this have no other forms here: too many words would seem to be theirs.
const SHORTEST: usize = 3;
/// Longer ones are no words of a language.
const LONGEST: usize = 40;

/// The stems of a word, one for each language its letters may belong to; none where it has no forms.
#[must_use]
pub fn stems(word: &str) -> Vec<String> {
    let length = word.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Vec::new();
    }
    if word.bytes().all(|b| b.is_ascii_lowercase()) {
        vec![format!("en {}", ENGLISH.stem(word)), format!("pl {}", pl::stem(word))]
    } else if word.chars().all(|c| matches!(c, 'а'..='я' | 'і' | 'ї' | 'є' | 'ґ')) {
        vec![format!("ru {}", RUSSIAN.stem(word)), format!("uk {}", uk::stem(word))]
    } else {
        Vec::new()
    }
}

/// True for forms of one word.
#[must_use]
pub fn same(stems_of_one: &[String], other: &str) -> bool {
    stems(other).iter().any(|stem| stems_of_one.contains(stem))
}

/// How other forms of a word begin: where in an ordered list of words they have to be looked for.
#[must_use]
pub fn beginnings(word: &str) -> Vec<String> {
    let mut roots = Vec::new();
    for stem in stems(word) {
        let stem = stem.get(3..).unwrap_or_default();
        let shared = word.chars().zip(stem.chars()).take_while(|(one, other)| one == other).count();
        // An alternation changes the end of what is shared: oferta, ofercie.
        let kept = shared.saturating_sub(usize::from(shared > SHORTEST));
        let root: Vec<char> = word.chars().take(kept).collect();
        if root.len() >= SHORTEST - 1 {
            roots.push(root.iter().collect());
            roots.extend(uk::alternated(word, stem));
        }
    }
    roots.sort_unstable();
    roots.dedup();
    // What begins with a longer one begins with the shorter one as well.
    let all = roots.clone();
    roots.retain(|root: &String| !all.iter().any(|other| other != root && root.starts_with(other.as_str())));
    roots
}

/// Strips the first ending that leaves enough; `None` when none does.
fn stripped<'a>(word: &'a str, endings: &[(&str, usize)]) -> Option<(&'a str, String)> {
    endings.iter().find_map(|(ending, left)| {
        let stem = word.strip_suffix(ending).filter(|stem| stem.chars().count() >= *left)?;
        Some((stem, (*ending).to_owned()))
    })
}

/// A fleeting vowel before the last consonant goes: rachunek, rachunku.
fn without_fleeting(stem: &str, fleeting: &[char], before: &[char], is_consonant: fn(char) -> bool) -> String {
    let letters: Vec<char> = stem.chars().collect();
    if let [rest @ .., consonant, vowel, last] = letters.as_slice()
        && rest.len() >= 2
        && fleeting.contains(vowel)
        && before.contains(last)
        && is_consonant(*consonant)
    {
        return rest.iter().chain([consonant, last]).collect();
    }
    stem.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line is forms of one word; no two lines share one.
    pub(super) fn check(language: &str, lines: &str) {
        let mut known: Vec<(String, &str)> = Vec::new();
        let mut words = 0;
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let stem_of = |word: &str| {
                let folded = crate::domain::text::fold(word);
                let stem = stems(&folded).into_iter().find(|stem| stem.starts_with(language));
                stem.unwrap_or_else(|| panic!("{word} has no stem"))
            };
            let first = line.split(' ').next().unwrap();
            let stem = stem_of(first);
            for word in line.split(' ') {
                assert_eq!(stem_of(word), stem, "{word} and {first}");
                let folded = crate::domain::text::fold(word);
                let begins =
                    beginnings(&crate::domain::text::fold(first)).iter().any(|root| folded.starts_with(root.as_str()));
                assert!(
                    begins,
                    "{word} is not looked for by {:?} of {first}",
                    beginnings(&crate::domain::text::fold(first))
                );
                words += 1;
            }
            for (other, line) in &known {
                assert_ne!(*other, stem, "{first} and {line}");
            }
            known.push((stem, line));
        }
        assert!(words >= 60, "{words} words");
    }

    #[test]
    fn english() {
        check(
            "en",
            "offer offers offered offering
             invoice invoices invoiced invoicing
             company companies
             meeting meetings meet meets
             deliver delivers delivered delivering
             payment payments
             price prices priced pricing
             order orders ordered ordering
             contract contracts contracted
             desk desks
             chair chairs
             discuss discussed discussing discusses
             budget budgets budgeted
             install installs installed installing
             question questions questioned
             reply replies replied
             wait waits waited waiting
             sample samples
             schedule schedules scheduled scheduling
             warehouse warehouses",
        );
    }

    #[test]
    fn russian() {
        check(
            "ru",
            "договор договора договору договоры договоров договором
             счет счета счету счетом счетов
             предложение предложения предложению предложений предложением
             компания компании компанию компанией компаний
             оплата оплаты оплату оплате оплатой
             встреча встречи встречу встрече
             цена цены цену ценой цен
             заказ заказа заказы заказов заказом
             стол стола столы столов столом
             скидка скидки скидку скидкой
             клиент клиента клиенты клиентов клиентам
             поставка поставки поставку поставке
             проект проекта проекты проектов
             вопрос вопроса вопросы вопросов",
        );
    }

    #[test]
    fn what_is_no_word_has_no_forms() {
        for word in ["ab", "2026", "x1", "日本語", "", "привет2", &"a".repeat(41)] {
            assert!(stems(word).is_empty(), "{word}");
            assert!(beginnings(word).is_empty(), "{word}");
        }
        assert!(!same(&stems("offer"), "office"));
        assert!(!same(&stems("договор"), "дорога"));
    }

    proptest::proptest! {
        #[test]
        fn any_word_has_a_stem_and_is_a_form_of_itself(word in "[a-z]{3,12}|[а-яіїєґ]{3,12}") {
            let stems = stems(&word);
            proptest::prop_assert!(same(&stems, &word));
        }
    }
}
