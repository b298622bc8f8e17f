//! Lists of clients from other programs, and for them: which column of a table is which fact of a card.

use super::card::Fact;
use super::field::Noun;
use super::practice::Practice;
use super::text::{Text, fold};

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Column {
    /// A fact of the card.
    Fact(Fact),
    /// A person's whole name, not taken apart.
    FullName,
    /// `lead` or `contact`.
    Kind,
    /// Stage of a deal.
    Stage,
    /// Pipeline of a deal.
    Pipeline,
    /// `open`, `won`, `lost`.
    State,
    /// Currency of a deal's amount.
    Currency,
}

/// One row of a file, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// The line of the file it begins on.
    pub line: u64,
    /// What stands in it; a column may come several times.
    pub values: Vec<(Column, String)>,
}

impl Entry {
    /// Everything in one column, its parts one a line; empty where there is none.
    #[must_use]
    pub fn joined(&self, column: &Column) -> String {
        let parts = self.values.iter().filter(|(known, value)| known == column && !value.trim().is_empty());
        parts.map(|(_, value)| value.trim()).collect::<Vec<_>>().join("\n")
    }

    /// The first value of a fact.
    #[must_use]
    pub fn fact(&self, fact: &Fact) -> String {
        self.joined(&Column::Fact(fact.clone()))
    }
}

/// What a row did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// A new card.
    Added,
    /// A card that was there got something.
    Updated,
    /// Everything was there already.
    Unchanged,
    /// It cannot be: why, in words.
    Refused(String),
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// New cards.
    pub added: u64,
    /// Cards that got something.
    pub updated: u64,
    /// Rows that changed nothing.
    pub unchanged: u64,
    /// Rows that cannot be: line, and why.
    pub refused: Vec<(u64, String)>,
}

impl Outcome {
    /// Counts a row.
    pub fn note(&mut self, line: u64, came: Came) {
        match came {
            Came::Added => self.added += 1,
            Came::Updated => self.updated += 1,
            Came::Unchanged => self.unchanged += 1,
            Came::Refused(why) => self.refused.push((line, why)),
        }
    }
}

/// The columns of an export, in their order.
#[must_use]
pub fn columns(noun: Noun, practice: &Practice) -> Vec<Column> {
    let facts = Fact::each(noun, practice).into_iter().map(Column::Fact);
    match noun {
        Noun::Contact => std::iter::once(Column::Kind).chain(facts).collect(),
        Noun::Company => facts.collect(),
        Noun::Deal => facts.chain([Column::Currency, Column::Pipeline, Column::Stage, Column::State]).collect(),
    }
}

/// The name of a column in our own files: the names of the JSON documents, and an own field's own name.
#[must_use]
pub fn heading(column: &Column) -> String {
    let fixed = match column {
        Column::FullName => "full_name",
        Column::Kind => "kind",
        Column::Stage => "stage",
        Column::Pipeline => "pipeline",
        Column::State => "state",
        Column::Currency => "currency",
        Column::Fact(fact) => match fact {
            Fact::Display => "name",
            Fact::Given => "given_name",
            Fact::Family => "family_name",
            Fact::Addresses => "addresses",
            Fact::Phones => "phones",
            Fact::Contact => "contact",
            Fact::Close => "expected_close",
            Fact::Own(name) => return name.to_string(),
            other => return other.label().to_string(),
        },
    };
    fixed.to_owned()
}

/// What other programs call a column, folded: Outlook, Google, the Russian and Ukrainian 1C, Bitrix24, amoCRM and Polish ones. A number in
/// a name (`E-mail 2 - Value`) does not count.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("given_name", &["first name", "given name", "imie", "имя", "ім'я", "імя"]),
    ("patronymic", &["middle name", "additional name", "отчество", "по батькові", "по-батькові", "patronim"]),
    ("family_name", &["last name", "family name", "surname", "nazwisko", "фамилия", "прізвище"]),
    (
        "full_name",
        &["name", "full name", "display name", "imie i nazwisko", "фио", "піб", "контакт", "contact name", "osoba"],
    ),
    (
        "addresses",
        &[
            "e-mail",
            "email",
            "mail",
            "e-mail address",
            "email address",
            "e-mail value",
            "email value",
            "adres e-mail",
            "poczta",
            "почта",
            "эл. почта",
            "электронная почта",
            "пошта",
            "електронна пошта",
            "address",
        ],
    ),
    (
        "phones",
        &[
            "phone",
            "phone value",
            "phone number",
            "mobile",
            "mobile phone",
            "business phone",
            "home phone",
            "work phone",
            "cell",
            "primary phone",
            "telefon",
            "telefon komorkowy",
            "komorka",
            "телефон",
            "мобильный",
            "мобильный телефон",
            "мобільний",
            "рабочий телефон",
            "робочий телефон",
            "tel",
        ],
    ),
    (
        "company",
        &[
            "organization",
            "organization name",
            "organisation",
            "company name",
            "firma",
            "nazwa firmy",
            "компания",
            "компанія",
            "организация",
            "організація",
            "фирма",
            "фірма",
            "account",
        ],
    ),
    ("position", &["job title", "organization title", "title", "role at company", "stanowisko", "должность", "посада"]),
    ("role", &["rola", "роль"]),
    ("language", &["jezyk", "язык", "мова", "lang"]),
    (
        "birthday",
        &[
            "date of birth",
            "birthdate",
            "data urodzenia",
            "urodziny",
            "день рождения",
            "дата рождения",
            "день народження",
        ],
    ),
    ("tags", &["labels", "categories", "group membership", "tagi", "etykiety", "теги", "метки", "мітки", "категории"]),
    ("owner", &["responsible", "assigned to", "opiekun", "ответственный", "відповідальний"]),
    (
        "note",
        &[
            "notes",
            "comment",
            "comments",
            "notatka",
            "notatki",
            "uwagi",
            "заметка",
            "заметки",
            "комментарий",
            "примітка",
            "коментар",
        ],
    ),
    ("domains", &["domain", "website", "www", "domena", "сайт", "домен"]),
    ("requisites", &["tax id", "nip", "инн", "єдрпоу", "едрпоу", "реквизиты", "реквізити", "dane do faktury"]),
    (
        "expected_close",
        &["close", "close date", "expected close date", "data zamkniecia", "дата закрытия", "дата закриття"],
    ),
    ("amount", &["value", "deal value", "wartosc", "kwota", "сумма", "сума", "бюджет"]),
    ("currency", &["waluta", "валюта"]),
    ("stage", &["deal stage", "etap", "этап", "етап", "стадия", "стадія"]),
    ("pipeline", &["lejek", "воронка"]),
    ("state", &["status", "статус"]),
    ("title", &["deal", "deal name", "deal title", "szansa", "transakcja", "сделка", "название", "угода", "назва"]),
    ("contact", &["contact person", "primary contact", "osoba kontaktowa", "контактное лицо", "контактна особа"]),
    ("kind", &["type", "typ", "тип"]),
    ("watched", &["favourite", "favorite", "ulubione", "избранное"]),
];

/// Which column a heading names; `None` where it names none that a card of this kind has.
#[must_use]
pub fn guess(noun: Noun, practice: &Practice, heading_there: &str) -> Option<Column> {
    let known = known(noun, practice);
    let wanted = plain(heading_there);
    let same = |name: &str| known.iter().find(|column| plain(&heading(column)) == plain(name)).cloned();
    // The heading of our own files first; `name` is a company's name, and a person's whole name.
    let direct = known.iter().find(|column| plain(&heading(column)) == wanted).cloned();
    let synonym =
        || SYNONYMS.iter().filter(|(_, others)| others.contains(&wanted.as_str())).find_map(|(name, _)| same(name));
    match direct {
        Some(Column::Fact(Fact::Display)) => Some(Column::FullName),
        Some(column) => Some(column),
        None if noun != Noun::Contact
            && SYNONYMS.iter().any(|(name, others)| *name == "company" && others.contains(&wanted.as_str())) =>
        {
            same(if noun == Noun::Company { "name" } else { "company" })
        }
        None => synonym(),
    }
}

fn known(noun: Noun, practice: &Practice) -> Vec<Column> {
    let mut known = columns(noun, practice);
    if noun == Noun::Contact {
        known.push(Column::FullName);
    }
    known
}

/// A heading without case, accents, numbers and signs.
fn plain(heading: &str) -> String {
    let folded = fold(heading);
    let words: Vec<&str> = folded
        .split(|c: char| c.is_whitespace() || matches!(c, '_' | '(' | ')' | ':' | '*' | '/'))
        .filter(|word| !word.is_empty() && *word != "-" && !word.chars().all(|c| c.is_ascii_digit()))
        .collect();
    words.join(" ")
}

/// The columns of a table: those the user named (`phones=Numer`), the rest guessed. One for each heading; `None` is left out.
///
/// # Errors
/// A sentence that names what is no column, in the file or of a card.
pub fn assign(
    noun: Noun,
    practice: &Practice,
    headings: &[Text],
    named: &[String],
) -> Result<Vec<Option<Column>>, String> {
    let mut columns: Vec<Option<Column>> =
        headings.iter().map(|heading| guess(noun, practice, heading.as_str())).collect();
    for pair in named {
        let Some((name, there)) = pair.split_once('=') else {
            return Err(format!("“{}” is not of the form column=heading", Text::line(pair)));
        };
        let column = known(noun, practice)
            .into_iter()
            .find(|column| plain(&heading(column)) == plain(name))
            .ok_or_else(|| {
                let all: Vec<String> = known(noun, practice).iter().map(heading).collect();
                format!("a {} has no “{}”; it has {}", noun.word(), Text::line(name), all.join(", "))
            })?;
        let place =
            headings.iter().position(|heading| fold(heading.as_str()) == fold(there.trim())).ok_or_else(|| {
                let all: Vec<&str> = headings.iter().map(Text::as_str).collect();
                format!("the file has no column “{}”; it has {}", Text::line(there.trim()), all.join(", "))
            })?;
        // What was guessed to be this gives way.
        columns.iter_mut().filter(|known| known.as_ref() == Some(&column)).for_each(|known| *known = None);
        if let Some(slot) = columns.get_mut(place) {
            *slot = Some(column);
        }
    }
    Ok(columns)
}

/// Says why a value cannot stand in its column for what it holds: a line break or an invisible sign in a name is a mistake, or meant to
/// do harm. Blocks may have line breaks.
#[must_use]
pub fn odd_character(column: &Column, value: &str) -> Option<String> {
    let is_block = matches!(column, Column::Fact(fact) if fact.is_block());
    let is_list = matches!(column, Column::Fact(Fact::Addresses | Fact::Phones | Fact::Tags | Fact::Domains));
    let odd = |c: char| matches!(c, '\u{2400}'..='\u{2421}' | '\u{fffd}') || (c == '\n' && !is_block && !is_list);
    value.trim().contains(odd).then(|| format!("{}: there is a line break or an invisible sign in it", heading(column)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field::{Field, Type};

    fn practice() -> Practice {
        let field = Field { of: Noun::Contact, name: Text::own("shoe size"), of_type: Type::Number };
        Practice { fields: vec![field], ..Practice::default() }
    }

    #[test]
    fn columns_of_other_programs_are_known() {
        for (noun, heading_there, expected) in [
            (Noun::Contact, "First Name", "given_name"),
            (Noun::Contact, "E-mail 2 - Value", "addresses"),
            (Noun::Contact, "Phone 1 - Value", "phones"),
            (Noun::Contact, "Organization 1 - Name", "company"),
            (Noun::Contact, "Organization 1 - Title", "position"),
            (Noun::Contact, "Имя", "given_name"),
            (Noun::Contact, "ФИО", "full_name"),
            (Noun::Contact, "name", "full_name"),
            (Noun::Contact, "По батькові", "patronymic"),
            (Noun::Contact, "Telefon komórkowy", "phones"),
            (Noun::Contact, "Shoe Size", "shoe size"),
            (Noun::Contact, "NIP", ""),
            (Noun::Company, "NIP", "requisites"),
            (Noun::Company, "Nazwa firmy", "name"),
            (Noun::Company, "Компания", "name"),
            (Noun::Deal, "Company", "company"),
            (Noun::Deal, "Сумма", "amount"),
            (Noun::Deal, "Title", "title"),
            (Noun::Contact, "Favourite colour", ""),
        ] {
            let found = guess(noun, &practice(), heading_there).as_ref().map(heading).unwrap_or_default();
            assert_eq!(found, expected, "{heading_there}");
        }
    }

    #[test]
    fn our_own_headings_lead_back() {
        for noun in [Noun::Contact, Noun::Company, Noun::Deal] {
            for column in columns(noun, &practice()) {
                let expected = match column.clone() {
                    Column::Fact(Fact::Display) => Column::FullName,
                    other => other,
                };
                assert_eq!(guess(noun, &practice(), &heading(&column)), Some(expected), "{column:?}");
            }
        }
    }

    #[test]
    fn named_columns_come_before_guessed_ones() {
        let headings = ["Nr", "Telefon", "E-mail"].map(Text::own);
        let assigned = |named: &[&str]| {
            let named: Vec<String> = named.iter().map(|pair| (*pair).to_owned()).collect();
            assign(Noun::Contact, &practice(), &headings, &named).map(|columns| {
                columns.iter().map(|c| c.as_ref().map(heading).unwrap_or_default()).collect::<Vec<_>>().join(" ")
            })
        };
        assert_eq!(assigned(&[]).unwrap(), " phones addresses");
        assert_eq!(assigned(&["phones=nr"]).unwrap(), "phones  addresses");
        assert!(assigned(&["phones=Fax"]).unwrap_err().contains("it has Nr, Telefon, E-mail"));
        assert!(assigned(&["fax=Nr"]).unwrap_err().starts_with("a contact has no “fax”; it has kind, "));
        assert!(assigned(&["phones"]).unwrap_err().contains("column=heading"));
    }

    #[test]
    fn odd_characters_are_told() {
        let family = Column::Fact(Fact::Family);
        for (column, value, odd) in [
            (&family, "Kowalska", false),
            (&family, "Kowal\nBcc: x", true),
            (&family, "Kowal\u{241b}[2J", true),
            (&Column::Fact(Fact::Note), "two\nlines", false),
            (&Column::Fact(Fact::Addresses), "a@x.example\nb@x.example", false),
        ] {
            assert_eq!(odd_character(column, value).is_some(), odd, "{value:?}");
        }
    }
}
