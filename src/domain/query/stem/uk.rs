//! Ukrainian endings and alternations. Conservative: a form that is missed is better than a word that is none.

use super::{stripped, without_fleeting};

/// Longest first, each with how many letters must be left of the word.
const ENDINGS: [(&str, usize); 45] = [
    ("іями", 3),
    ("ями", 3),
    ("ами", 3),
    ("ові", 3),
    ("еві", 3),
    ("єві", 3),
    ("ого", 4),
    ("ому", 4),
    ("ими", 4),
    ("іми", 4),
    ("ією", 3),
    ("іям", 3),
    ("іях", 3),
    ("их", 4),
    ("іх", 4),
    ("ою", 3),
    ("ею", 3),
    ("єю", 3),
    ("ам", 3),
    ("ям", 3),
    ("ах", 3),
    ("ях", 3),
    ("ів", 3),
    ("їв", 3),
    ("ом", 3),
    ("ем", 3),
    ("єм", 3),
    ("ей", 3),
    ("ий", 4),
    ("ій", 4),
    ("ої", 4),
    ("ія", 3),
    ("ії", 3),
    ("ію", 3),
    ("а", 3),
    ("я", 3),
    ("у", 3),
    ("ю", 3),
    ("і", 3),
    ("ї", 3),
    ("и", 3),
    ("е", 3),
    ("о", 3),
    ("є", 3),
    ("й", 3),
];

fn is_consonant(c: char) -> bool {
    !matches!(c, 'а' | 'е' | 'є' | 'и' | 'і' | 'ї' | 'о' | 'у' | 'ю' | 'я' | 'ь' | 'й')
}

/// The stem of a folded word.
pub(super) fn stem(word: &str) -> String {
    let mut stem = word.trim_end_matches('ь').to_owned();
    for _ in 0..2 {
        match stripped(&stem, &ENDINGS) {
            Some((rest, ending)) => stem = hardened(rest, &ending),
            None => break,
        }
    }
    let stem = single(&stem.replace('ь', ""));
    let stem = without_fleeting(&stem, &['о', 'е'], &['к', 'ц', 'л', 'н'], is_consonant);
    opened(&stem)
}

/// Before «і» a consonant is softened: знижці.
fn hardened(stem: &str, ending: &str) -> String {
    let letters: Vec<char> = stem.chars().collect();
    match letters.as_slice() {
        [rest @ .., before @ ('ж' | 'ш' | 'ч' | 'т' | 'в'), 'ц'] if ending == "і" => {
            rest.iter().chain([before, &'к']).collect()
        }
        _ => stem.to_owned(),
    }
}

/// замовлення, замовлень: a doubled last letter is one.
fn single(stem: &str) -> String {
    let mut letters: Vec<char> = stem.chars().collect();
    if let [.., one, other] = letters.as_slice()
        && one == other
        && letters.len() > 3
    {
        letters.pop();
    }
    letters.into_iter().collect()
}

/// The last «і» before the end is «о» where the syllable is open: стіл, столи; договір, договору.
fn opened(stem: &str) -> String {
    let letters: Vec<char> = stem.chars().collect();
    match letters.as_slice() {
        [rest @ .., 'і', last] if is_consonant(*last) && rest.len() >= 2 => rest.iter().chain([&'о', last]).collect(),
        _ => stem.to_owned(),
    }
}

/// How forms begin that have the other vowel of that alternation.
pub(super) fn alternated(word: &str, stem: &str) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    let length = stem.chars().count();
    let at = length.checked_sub(2)?;
    let other = match letters.get(at)? {
        'і' => 'о',
        'о' => 'і',
        _ => return None,
    };
    let begin = letters.iter().take(at).copied().chain([other]);
    Some(begin.collect::<String>()).filter(|begin| begin.chars().count() >= super::SHORTEST)
}

#[cfg(test)]
mod tests {
    #[test]
    fn forms_of_one_word_share_a_stem() {
        super::super::tests::check(
            "uk",
            "пропозиція пропозиції пропозицію пропозицій пропозиціями
             стілець стільці стільця стільцем стільцями
             стіл столи столу столів столом
             договір договори договору договорів договором
             рахунок рахунку рахунки рахунків рахунком
             замовлення замовленню замовлень замовленням замовленнями
             зустріч зустрічі зустрічей
             клієнт клієнта клієнти клієнтів клієнту
             ціна ціни ціну ціною цін
             оплата оплати оплату оплат оплатою
             фірма фірми фірму фірм
             лист листа листи листів листом
             компанія компанії компанію компаній компанією
             знижка знижки знижку знижці знижкою
             доставка доставки доставку доставці
             проєкт проєкту проєкти проєктів
             питання питанню питань питаннями
             термін терміну терміни термінів",
        );
    }
}
