//! A large table: names as people write them, in both orders, in Latin and Cyrillic letters.

use super::Confidence::{Fair, Good, Weak};
use super::*;

/// Display name, given, patronymic, family, at least so sure.
const NAMES: &[(&str, &str, &str, &str, Confidence)] = &[
    // Russian, both orders
    ("Иванова Анна Петровна", "Анна", "Петровна", "Иванова", Good),
    ("Анна Петровна Иванова", "Анна", "Петровна", "Иванова", Good),
    ("Сергей Ильич Дуров", "Сергей", "Ильич", "Дуров", Good),
    ("Дуров Сергей Ильич", "Сергей", "Ильич", "Дуров", Good),
    ("Мария Сергеевна", "Мария", "Сергеевна", "", Fair),
    ("Павел Петрович", "Павел", "Петрович", "", Fair),
    ("Иван Рабинович", "Иван", "", "Рабинович", Good),
    ("Рабинович Иван", "Иван", "", "Рабинович", Good),
    ("Иванов Иван", "Иван", "", "Иванов", Good),
    ("Пётр Соловьёв", "Пётр", "", "Соловьёв", Good),
    ("Соловьёв Пётр", "Пётр", "", "Соловьёв", Good),
    ("Петров И. П.", "И. П.", "", "Петров", Good),
    ("И.П. Петров", "И.П.", "", "Петров", Good),
    ("ИВАНОВ ИВАН ИВАНОВИЧ", "Иван", "Иванович", "Иванов", Good),
    ("ИВАНОВ Иван Иванович", "Иван", "Иванович", "Иванов", Good),
    ("иванов иван", "Иван", "", "Иванов", Good),
    ("Саша Петрова", "Саша", "", "Петрова", Good),
    ("Оля", "Оля", "", "", Fair),
    ("Айгуль Сериковна Нурланова", "Айгуль", "Сериковна", "Нурланова", Good),
    ("Ерлан Болатович Ахметов", "Ерлан", "Болатович", "Ахметов", Good),
    ("Анна-Мария Штейн", "Анна-Мария", "", "Штейн", Good),
    ("Мамин-Сибиряк Дмитрий Наркисович", "Дмитрий", "Наркисович", "Мамин-Сибиряк", Good),
    ("Князев Лев Львович", "Лев", "Львович", "Князев", Good),
    ("Фёдор Кузьмич Пушков", "Фёдор", "Кузьмич", "Пушков", Good),
    ("Римский-Корсаков Николай", "Николай", "", "Римский-Корсаков", Good),
    ("Петров, Иван Сергеевич", "Иван", "Сергеевич", "Петров", Good),
    // Ukrainian, both orders
    ("Наталія Іванівна Шевчук", "Наталія", "Іванівна", "Шевчук", Good),
    ("Шевчук Наталія Івановна", "Наталія", "Івановна", "Шевчук", Good),
    ("Іваненко Олена Петрівна", "Олена", "Петрівна", "Іваненко", Good),
    ("Олена Іваненко", "Олена", "", "Іваненко", Good),
    ("Андрій Васильович Ткаченко", "Андрій", "Васильович", "Ткаченко", Good),
    ("Ткаченко Андрій", "Андрій", "", "Ткаченко", Good),
    ("Мар'яна Коваль", "Мар'яна", "", "Коваль", Good),
    ("Мар’яна Коваль", "Мар’яна", "", "Коваль", Good),
    ("Коваль Зоряна Юріївна", "Зоряна", "Юріївна", "Коваль", Good),
    ("Леся Українка", "Леся", "", "Українка", Good),
    ("КОВАЛЕНКО Тарас", "Тарас", "", "Коваленко", Good),
    ("Заболотна Соломія", "Соломія", "", "Заболотна", Good),
    ("пан Микола Гнатюк", "Микола", "", "Гнатюк", Good),
    ("Олексій Миколайович", "Олексій", "Миколайович", "", Fair),
    // Polish
    ("Anna Maria Kowalska-Nowak", "Anna Maria", "", "Kowalska-Nowak", Good),
    ("KOWALSKI Jan", "Jan", "", "Kowalski", Good),
    ("Jan KOWALSKI", "Jan", "", "Kowalski", Good),
    ("Kowalski, Jan", "Jan", "", "Kowalski", Good),
    ("Kowalska-Nowak, Anna Maria", "Anna Maria", "", "Kowalska-Nowak", Good),
    ("dr inż. Jan Kowalski", "Jan", "", "Kowalski", Good),
    ("mgr Agnieszka Wójcik", "Agnieszka", "", "Wójcik", Good),
    ("prof. dr hab. Krzysztof Żuk", "Krzysztof", "", "Żuk", Good),
    ("Pani Małgorzata Zięba", "Małgorzata", "", "Zięba", Good),
    ("Kasia Zielińska", "Kasia", "", "Zielińska", Good),
    ("Wiśniewski Łukasz", "Łukasz", "", "Wiśniewski", Good),
    ("lukasz wisniewski", "Lukasz", "", "Wisniewski", Good),
    ("Adam Mickiewicz", "Adam", "", "Mickiewicz", Good),
    ("J. Kowalski", "J.", "", "Kowalski", Good),
    ("Kowalski J.", "J.", "", "Kowalski", Good),
    ("Anna K.", "Anna", "", "K.", Fair),
    ("Jan Maria Rokita", "Jan Maria", "", "Rokita", Good),
    ("Jan Adam", "Jan", "", "Adam", Fair),
    ("\"Anna Kowalska\"", "Anna", "", "Kowalska", Good),
    ("'Anna Kowalska'", "Anna", "", "Kowalska", Good),
    ("Aleksandra (Ola) Nowak", "Aleksandra", "", "Nowak", Good),
    // English and the rest
    ("Prof. Иван Петров", "Иван", "", "Петров", Good),
    ("Priya Nair", "Priya", "", "Nair", Good),
    ("Mr John Smith", "John", "", "Smith", Good),
    ("Ms. Eleanor Whitfield", "Eleanor", "", "Whitfield", Good),
    ("John F. Kennedy", "John F.", "", "Kennedy", Good),
    ("John Smith, PhD", "John", "", "Smith", Good),
    ("John Smith Jr.", "John", "", "Smith", Good),
    ("Smith, John F.", "John F.", "", "Smith", Good),
    ("van der Berg", "", "", "van der Berg", Fair),
    ("Jan van der Berg", "Jan", "", "van der Berg", Good),
    ("de la Cruz", "", "", "de la Cruz", Fair),
    ("Maria de la Cruz", "Maria", "", "de la Cruz", Good),
    ("Conan O'Brien", "Conan", "", "O'Brien", Fair),
    ("O'Brien", "", "", "O'Brien", Weak),
    ("Juan Carlos García López", "Juan Carlos", "", "García López", Good),
    ("Ludwig von Beethoven", "Ludwig", "", "von Beethoven", Good),
    ("Cher", "Cher", "", "", Weak),
    ("Sam Taylor (she/her)", "Sam", "", "Taylor", Good),
    ("Ing. Pavel Novák", "Pavel", "", "Novák", Good),
    // Latin letters, Slavic names
    ("Ivan Petrovich Sidorov", "Ivan", "Petrovich", "Sidorov", Good),
    ("Sidorov Ivan Petrovich", "Ivan", "Petrovich", "Sidorov", Good),
    ("Anna Petrovna", "Anna", "Petrovna", "", Fair),
    ("Olha Shevchenko", "Olha", "", "Shevchenko", Good),
    ("Shevchenko Olha", "Olha", "", "Shevchenko", Good),
    ("Nataliia Ivanivna Shevchuk", "Nataliia", "Ivanivna", "Shevchuk", Good),
    ("Novak Djokovic", "Novak", "", "Djokovic", Weak),
    ("Zhuravlev Dmitry", "Dmitry", "", "Zhuravlev", Good),
];

#[test]
fn names_fall_into_their_parts() {
    let mut wrong = Vec::new();
    for (display, given, patronymic, family, at_least) in NAMES {
        let split = propose(&Text::line(display), None);
        let name = &split.name;
        let got = (name.given.as_str(), name.patronymic.as_str(), name.family.as_str());
        if got != (*given, *patronymic, *family) || split.confidence < *at_least || !split.person {
            wrong.push(format!("{display}: {got:?}, {:?}, person {}, {}", split.confidence, split.person, split.why));
        }
        assert_eq!(name.display.as_str(), *display, "the display name stays as it was");
        assert!(!split.why.is_empty());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(NAMES.len() >= 80);
}

#[test]
fn what_is_no_part_of_the_name_is_kept_as_evidence() {
    for (display, given, family, titles, company) in [
        ("Smith, John (Purchasing)", "John", "Smith", "", ""),
        ("Anna Kowalska (Dział zakupów)", "Anna", "Kowalska", "", ""),
        ("Jan Nowak (Head Hunters Ltd)", "Jan", "Nowak", "", "Head Hunters Ltd"),
        ("Dr. Priya Nair (Hutchins & Rowe)", "Priya", "Nair", "Dr.", "Hutchins & Rowe"),
        ("Jan Kowalski | Acme Sp. z o.o.", "Jan", "Kowalski", "", "Acme Sp. z o.o."),
        ("Менеджер Ольга - ООО «Ромашка»", "Ольга", "", "Менеджер", "ООО «Ромашка»"),
        ("Ольга Шевченко, ТОВ «Зоря»", "Ольга", "Шевченко", "", "ТОВ «Зоря»"),
        ("ООО «Ромашка» - Ольга Петрова", "Ольга", "Петрова", "", "ООО «Ромашка»"),
        ("Anna Nowak - Meble Plus", "Anna", "Nowak", "", "Meble Plus"),
        ("Anna Nowak @ Meble Plus", "Anna", "Nowak", "", "Meble Plus"),
        ("Tom from Baker & Sons", "Tom", "", "", "Baker & Sons"),
        ("Иван Петров из ТОО «Алтын»", "Иван", "Петров", "", "ТОО «Алтын»"),
        ("dr inż. Jan Kowalski", "Jan", "Kowalski", "dr, inż.", ""),
        ("John Smith, PhD, MBA", "John", "Smith", "PhD, MBA", ""),
        ("г-н Петров", "", "Петров", "г-н", ""),
        ("Пані Ольга Коваль", "Ольга", "Коваль", "Пані", ""),
    ] {
        let split = propose(&Text::line(display), None);
        let join = |texts: &[Text]| texts.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
        assert_eq!((split.name.given.as_str(), split.name.family.as_str()), (given, family), "{display}: {split:?}");
        assert_eq!(join(&split.titles), titles, "{display}");
        assert_eq!(split.company.as_ref().map_or("", Text::as_str), company, "{display}");
        assert!(split.person, "{display}");
    }
}

#[test]
fn companies_and_robots_are_no_persons() {
    for display in [
        "Acme Support",
        "ООО «Ромашка»",
        "Biuro Obsługi Klienta",
        "Office Team",
        "Служба поддержки",
        "Підтримка Prom.ua",
        "Bałtyk Software S.A.",
        "Meble24",
        "no-reply",
    ] {
        let split = propose(&Text::line(display), None);
        assert!(!split.person, "{display}: {split:?}");
        assert!(split.name.given.is_empty() && split.name.family.is_empty(), "{display}");
    }
    for display in ["Nguyễn Thị Minh Khai", "山田太郎", "محمد علي", "김민준"] {
        let split = propose(&Text::line(display), None);
        assert_eq!(split.confidence, Confidence::None, "{display}");
        assert!(split.person && split.name.given.is_empty(), "{display}");
    }
}

#[test]
fn an_address_tells_where_there_is_no_name() {
    for (display, mail, given, family, person) in [
        ("", "anna.kowalska@acme.example", "Anna", "Kowalska", true),
        ("anna.kowalska@acme.example", "anna.kowalska@acme.example", "Anna", "Kowalska", true),
        ("", "kowalska_anna@acme.example", "Anna", "Kowalska", true),
        ("", "anna+shop@acme.example", "Anna", "", true),
        ("", "s.durov@mail.example", "S", "Durov", true),
        ("", "xk77@mail.example", "", "", true),
        ("", "info@acme.example", "", "", false),
        ("", "biuro.krakow@acme.example", "", "", false),
        ("", "no-reply@acme.example", "", "", false),
    ] {
        let split = propose(&Text::line(display), Address::parse(mail).as_ref());
        assert_eq!((split.name.given.as_str(), split.name.family.as_str()), (given, family), "{mail}: {split:?}");
        assert_eq!(split.person, person, "{mail}");
        assert!(split.confidence <= Confidence::Weak, "an address is never more than a guess");
    }
}

proptest::proptest! {
    #[test]
    fn anything_can_be_written_into_a_display_name(display in "\\PC{0,40}") {
        let split = propose(&Text::line(&display), None);
        proptest::prop_assert!(split.name.display.as_str() == Text::line(&display).as_str());
    }
}
