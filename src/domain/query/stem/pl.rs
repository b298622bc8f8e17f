//! Polish endings. Conservative: a form that is missed is better than a word that is none.

use super::{stripped, without_fleeting};

/// Longest first, each with how many letters must be left of the word.
const ENDINGS: [(&str, usize); 34] = [
    ("iach", 3),
    ("iami", 3),
    ("owie", 4),
    ("owi", 4),
    ("iom", 3),
    ("iem", 4),
    ("ami", 3),
    ("ach", 3),
    ("ego", 4),
    ("emu", 4),
    ("ymi", 4),
    ("imi", 4),
    ("iej", 4),
    ("ow", 4),
    ("om", 3),
    ("em", 3),
    ("ej", 4),
    ("ym", 4),
    ("im", 4),
    ("ych", 4),
    ("ich", 4),
    ("ia", 3),
    ("ie", 3),
    ("iu", 3),
    ("io", 3),
    ("ii", 3),
    ("a", 3),
    ("e", 3),
    ("y", 3),
    ("i", 3),
    ("o", 3),
    ("u", 3),
    ("j", 4),
    ("n", 99),
];

fn is_consonant(c: char) -> bool {
    c.is_ascii_lowercase() && !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// The stem of a folded word.
pub(super) fn stem(word: &str) -> String {
    let mut stem = word.to_owned();
    // Twice, so that a form which looks as if it had an ending (problem) meets its others (problemy).
    for _ in 0..2 {
        match stripped(&stem, &ENDINGS) {
            Some((rest, ending)) => stem = hardened(rest, &ending),
            None => break,
        }
    }
    // kalendarz, faktura and fakturze: r and rz are one here.
    if let Some(rest) = stem.strip_suffix("rz") {
        stem = format!("{rest}r");
    }
    // okien, okno: the i before a fleeting e only softens.
    let stem = match stem.strip_suffix("ien").filter(|rest| rest.ends_with(is_consonant)) {
        Some(rest) if rest.len() >= 2 && !rest.ends_with('w') && rest.len() < 4 => format!("{rest}n"),
        _ => stem,
    };
    without_fleeting(&stem, &['e'], &['l', 'k', 'n', 'c', 'r'], is_consonant)
}

/// Before some endings a consonant is softened: ofercie, usłudze, klienci.
fn hardened(stem: &str, ending: &str) -> String {
    let changed = |from: &str, to: &str| stem.strip_suffix(from).map(|rest| format!("{rest}{to}"));
    match ending {
        "ie" => changed("dz", "d").or_else(|| changed("c", "t")),
        "e" => changed("dz", "g").or_else(|| changed("c", "k")),
        "i" => changed("nc", "nt"),
        _ => None,
    }
    .unwrap_or_else(|| stem.to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn forms_of_one_word_share_a_stem() {
        super::super::tests::check(
            "pl",
            "oferta oferty ofertę ofercie ofertą ofert ofertami ofertach
             faktura faktury fakturę fakturze faktur fakturą fakturami
             krzesło krzesła krzeseł krzesłem krzesłami
             umowa umowy umowę umowie umów umową umowami
             rachunek rachunku rachunki rachunków rachunkiem
             biurko biurka biurek biurkiem biurkami
             klient klienta klienci klientów klientowi klientem
             cena ceny cenę cenie cen cenami
             zamówienie zamówienia zamówieniu zamówień zamówieniem
             spotkanie spotkania spotkaniu spotkań
             płatność płatności płatnością
             firma firmy firmę firmie firm firmą
             stół stołu stoły stołów stołem stole
             usługa usługi usługę usłudze usług
             projekt projektu projekty projektów projekcie
             dostawa dostawy dostawę dostaw dostawie
             termin terminu terminy terminów terminem
             adres adresu adresy adresów adresem
             problem problemy problemu problemów
             wycena wyceny wycenę wycen wycenie
             cennik cennika cenniki cenników
             kalendarz kalendarza kalendarze kalendarzy",
        );
    }
}
