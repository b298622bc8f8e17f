//! Domains that look like one we know and are another.

/// What a domain looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    /// One of these, at a glance.
    Like(String),
    /// Letters of two alphabets in one word, which only deceivers mix.
    Mixed,
}

/// Compares with every known domain; `None` for a known one, a part of a known one, or a plainly different one.
pub(super) fn look(domain: &str, known: &[&str]) -> Option<Look> {
    // Addresses carry letters beyond ASCII as xn--…; the eye of the reader is deceived by what it stands for.
    let shown = idna::domain_to_unicode(domain).0;
    let domain = if known.contains(&domain) { domain } else { shown.as_str() };
    let family = |k: &&str| *k == domain || is_under(domain, k) || is_under(k, domain);
    if known.iter().any(family) {
        return None;
    }
    if let Some(like) = known.iter().find(|k| skeleton(k) == skeleton(domain) || is_slip(k, domain)) {
        return Some(Look::Like((*like).to_owned()));
    }
    domain.split('.').any(mixes_scripts).then_some(Look::Mixed)
}

/// `mail.acme.example` is under `acme.example`.
fn is_under(part: &str, whole: &str) -> bool {
    part.strip_suffix(whole).is_some_and(|rest| rest.ends_with('.'))
}

/// One letter added, left out, changed or swapped. Names of three letters differ by one all the time, and so do
/// numbered names (`shop24`, `shop25`).
fn is_slip(known: &str, domain: &str) -> bool {
    let name = |d: &str| d.split('.').map(|label| label.chars().count()).max().unwrap_or(0);
    if name(known) < 4 || name(domain) < 4 || strsim::damerau_levenshtein(known, domain) != 1 {
        return false;
    }
    let letters = |d: &str| d.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    letters(known) != letters(domain)
}

/// What the eye sees: letters of other alphabets and digits as the Latin letters they resemble.
fn skeleton(domain: &str) -> String {
    let latin = domain.chars().map(|c| match c {
        'а' | 'α' => 'a',
        'в' | 'ь' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ё' => 'e',
        'һ' | 'н' => 'h',
        'і' | 'ї' | 'ι' | 'ı' | '1' | 'l' | '|' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'ո' | 'п' => 'n',
        'о' | 'ο' | '0' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ц' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ш' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        _ => c,
    });
    latin.collect::<String>().replace("rn", "m").replace("vv", "w")
}

/// Letters of two alphabets.
pub(super) fn mixes_scripts(label: &str) -> bool {
    let latin = label.chars().any(|c| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}'));
    let cyrillic = label.chars().any(|c| matches!(c, '\u{400}'..='\u{52f}'));
    let greek = label.chars().any(|c| matches!(c, '\u{370}'..='\u{3ff}'));
    [latin, cyrillic, greek].into_iter().filter(|found| *found).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_that_deceive() {
        let known = ["acme.example", "meble-nowak.pl", "abc.pl", "shop24.example", "million.example"];
        let like = |d: &str| Some(Look::Like(d.to_owned()));
        for (domain, expected) in [
            ("acme.example", None),
            ("mail.acme.example", None),
            ("acne.example", like("acme.example")),
            ("amce.example", like("acme.example")),
            ("acmee.example", like("acme.example")),
            ("acrne.example", like("acme.example")),
            ("асме.example", like("acme.example")), // all Cyrillic
            ("meble-novak.pl", like("meble-nowak.pl")),
            ("rnillion.example", like("million.example")),
            ("mi11ion.example", like("million.example")),
            ("xn--acme.example", None),
            ("xn--ame-4ed.example", like("acme.example")), // a Cyrillic с
            ("mail.xn--ame-4ed.example", Some(Look::Mixed)),
            ("abd.pl", None), // three letters
            ("shop25.example", None),
            ("other.example", None),
            ("почта.example", None),
            ("pоrt.example", Some(Look::Mixed)),
        ] {
            assert_eq!(look(domain, &known), expected, "{domain}");
        }
    }
}
