//! Cyrillic in Latin letters, for comparing names: one table, and whoever compares joins what spellings differ in.

/// Folded text with its Cyrillic letters written as passports write them (`zh`, `kh`, `ts`, `shch`); soft and hard signs go.
#[must_use]
pub fn latin(folded: &str) -> String {
    let mut text = String::with_capacity(folded.len());
    for c in folded.chars() {
        match letters(c) {
            Some(letters) => text.push_str(letters),
            None => text.push(c),
        }
    }
    text
}

/// Of Russian, Ukrainian and Belarusian; `None` for what is no Cyrillic letter of theirs.
fn letters(c: char) -> Option<&'static str> {
    Some(match c {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'є' => "ie",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'ї' | 'й' | 'ы' => "i",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ь' | 'ъ' => "",
        'ю' => "iu",
        'я' => "ia",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::fold;

    #[test]
    fn names_are_written_in_latin_letters() {
        for (written, wanted) in [
            ("Щербина", "shcherbina"),
            ("Харьков", "kharkov"),
            ("ТОВ «Зоря Логістик»", "tov «zoria logistik»"),
            ("Жуўко Юлія", "zhuuko iuliia"),
            ("Kowalski 24", "kowalski 24"),
        ] {
            assert_eq!(latin(&fold(written)), wanted, "{written}");
        }
    }
}
