//! Folders: what an account keeps its letters in, and what each is for.

use super::id;
use super::text::Text;

/// What a folder is for. To add one: a line here, its names below, and its place in [`Role::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Where mail arrives.
    Inbox,
    /// Copies of what was sent.
    Sent,
    /// Letters being written.
    Drafts,
    /// Put away.
    Archive,
    /// Suspected spam.
    Junk,
    /// Deleted.
    Trash,
    /// Everything (Gmail's "All Mail").
    All,
}

/// What servers and people call the folders of each role, folded as [`super::text::fold`] does: English, Russian, Ukrainian, Polish,
/// German, French, Spanish, Italian, Czech, Slovak, Dutch, Portuguese, Swedish, Norwegian, Danish and Romanian.
const NAMES: [(Role, &[&str]); 7] = [
    (Role::Inbox, &["inbox", "posteingang", "входящие", "вхідні", "odebrane"]),
    (
        Role::Sent,
        &[
            "sent",
            "sent items",
            "sent mail",
            "sent messages",
            "sent-mail",
            "отправленные",
            "надіслані",
            "відправлені",
            "отправленные письма",
            "wyslane",
            "elementy wyslane",
            "gesendet",
            "gesendete objekte",
            "gesendete elemente",
            "gesendete nachrichten",
            "envoyes",
            "messages envoyes",
            "elements envoyes",
            "courrier envoye",
            "enviados",
            "elementos enviados",
            "enviado",
            "posta inviata",
            "inviati",
            "inviata",
            "messaggi inviati",
            "odeslane",
            "odeslana posta",
            "odeslane polozky",
            "odoslane",
            "verzonden",
            "verzonden items",
            "itens enviados",
            "skickat",
            "trimise",
        ],
    ),
    (
        Role::Drafts,
        &[
            "drafts",
            "draft",
            "черновики",
            "чернетки",
            "robocze",
            "szkice",
            "kopie robocze",
            "wersje robocze",
            "entwurfe",
            "entwurf",
            "brouillons",
            "brouillon",
            "borradores",
            "borrador",
            "bozze",
            "bozza",
            "koncepty",
            "rozepsane",
            "rozpisane",
            "concepten",
            "rascunhos",
            "utkast",
            "ciorne",
        ],
    ),
    (
        Role::Archive,
        &[
            "archive",
            "archives",
            "архив",
            "архів",
            "archiwum",
            "archiv",
            "archivos",
            "archivo",
            "archivio",
            "archief",
            "arquivo",
            "arkiv",
        ],
    ),
    (
        Role::Junk,
        &[
            "junk",
            "spam",
            "junk e-mail",
            "junk email",
            "junk mail",
            "bulk mail",
            "bulk",
            "спам",
            "нежелательная почта",
            "небажана пошта",
            "небажані",
            "wiadomosci-smieci",
            "smieci",
            "niechciane",
            "spamverdacht",
            "junk-e-mail",
            "unerwunscht",
            "werbung",
            "courrier indesirable",
            "indesirables",
            "pourriel",
            "correo no deseado",
            "no deseado",
            "posta indesiderata",
            "indesiderata",
            "nevyzadana posta",
            "nevyzadane",
            "ongewenste e-mail",
            "lixo eletronico",
            "skrappost",
        ],
    ),
    (
        Role::Trash,
        &[
            "trash",
            "deleted items",
            "deleted messages",
            "deleted",
            "bin",
            "корзина",
            "удаленные",
            "кошик",
            "видалені",
            "kosz",
            "elementy usuniete",
            "usuniete",
            "papierkorb",
            "geloschte objekte",
            "geloschte elemente",
            "geloscht",
            "corbeille",
            "elements supprimes",
            "messages supprimes",
            "papelera",
            "elementos eliminados",
            "eliminados",
            "cestino",
            "posta eliminata",
            "eliminati",
            "kos",
            "odstranena posta",
            "odstranene",
            "odstraneno",
            "prullenbak",
            "verwijderde items",
            "lixeira",
            "papperskorg",
        ],
    ),
    (
        Role::All,
        &[
            "all mail",
            "вся почта",
            "уся пошта",
            "вся пошта",
            "wszystkie",
            "alle nachrichten",
            "tous les messages",
            "todos",
            "tutti i messaggi",
            "vsechny zpravy",
        ],
    ),
];

impl Role {
    /// Every role, in the order folders are shown and synced.
    pub const ALL: [Self; 7] =
        [Self::Inbox, Self::Sent, Self::Drafts, Self::Archive, Self::All, Self::Junk, Self::Trash];

    /// The word of PRODUCT.md, used in the store and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Sent => "sent",
            Self::Drafts => "drafts",
            Self::Archive => "archive",
            Self::Junk => "junk",
            Self::Trash => "trash",
            Self::All => "all",
        }
    }

    /// The reverse of [`Role::word`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// From a special-use attribute (RFC 6154): `\Sent`, `\Junk`.
    #[must_use]
    pub fn from_special_use(attribute: &str) -> Option<Self> {
        Self::from_word(&attribute.trim_start_matches('\\').to_ascii_lowercase())
    }

    /// From a folder's own name (last part of its path) in the usual languages, for servers without special use.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = super::text::fold(name.trim());
        NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(role, _)| *role)
    }
}

/// How a folder stands, without opening it (RFC 3501, 7.2.4). `None`: the server does not say, or says 0 where that means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// UIDs mean the same letters as long as this stays.
    pub uid_validity: Option<u32>,
    /// The UID the next letter gets at least.
    pub uid_next: Option<u32>,
    /// Letters in the folder.
    pub messages: Option<u32>,
    /// The highest MODSEQ (RFC 7162).
    pub highest_modseq: Option<u64>,
}

/// A path typed by a person, its parts parted by `/`, as a server takes it: parted by its own delimiter. `None` for what cannot be
/// the name of a folder: nothing, control characters, the wildcards of LIST, the delimiter inside a part, INBOX.
#[must_use]
pub fn clean_path(typed: &str, delimiter: Option<&str>) -> Option<String> {
    let delimiter = delimiter.unwrap_or("/");
    let parts: Vec<&str> = typed.split('/').map(str::trim).collect();
    let wrong = |part: &&str| {
        part.is_empty()
            || part.contains(['*', '%', '"', '\\'])
            || part.chars().any(super::text::is_unsafe)
            || part.contains(delimiter)
    };
    let path = parts.join(delimiter);
    (!parts.iter().any(wrong) && !path.eq_ignore_ascii_case("inbox")).then_some(path)
}

/// A folder's name on the wire: modified UTF-7 (RFC 3501, 5.1.3).
#[must_use]
pub fn to_wire(name: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
    let mut wire = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        if matches!(first, ' '..='~') {
            wire.push_str(if first == '&' { "&-" } else { rest.get(..1).unwrap_or_default() });
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let end = rest.find(|c: char| matches!(c, ' '..='~')).unwrap_or(rest.len());
        let (encoded, after) = rest.split_at(end);
        wire.push('&');
        let (mut bits, mut count) = (0_u32, 0_u32);
        let put = |wire: &mut String, six: u32| {
            let letter = usize::try_from(six & 63).ok().and_then(|six| ALPHABET.get(six));
            wire.extend(letter.map(|letter| char::from(*letter)));
        };
        for unit in encoded.encode_utf16() {
            bits = (bits << 16) | u32::from(unit);
            count += 16;
            while count >= 6 {
                count -= 6;
                put(&mut wire, bits >> count);
            }
            bits &= (1 << count) - 1;
        }
        if count > 0 {
            put(&mut wire, bits << (6 - count));
        }
        wire.push('-');
        rest = after;
    }
    wire
}

/// A folder that letters can be moved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// The folder.
    pub row: Row,
    /// Letters were moved there by hand lately.
    pub recent: bool,
}

/// A folder as the Mail screen lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its key.
    pub id: id::Folder,
    /// The account it belongs to.
    pub account: id::Account,
    /// The account's name.
    pub account_name: Text,
    /// Its name, decoded and sanitised.
    pub name: Text,
    /// What it is for.
    pub role: Option<Role>,
    /// Letters here.
    pub local: u64,
    /// Of these not seen.
    pub unseen: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_found_by_attribute_and_by_name() {
        assert_eq!(Role::from_special_use("\\Junk"), Some(Role::Junk));
        assert_eq!(Role::from_special_use("\\HasNoChildren"), None);
        for (name, role) in [
            ("Отправленные", Role::Sent),
            ("Надіслані", Role::Sent),
            ("Wysłane", Role::Sent),
            ("Чернетки", Role::Drafts),
            ("Wiadomości-śmieci", Role::Junk),
            ("Удалённые", Role::Trash),
            ("Deleted Items", Role::Trash),
            ("Gelöschte Elemente", Role::Trash),
            ("Entwürfe", Role::Drafts),
            ("Éléments envoyés", Role::Sent),
            ("Correo no deseado", Role::Junk),
            ("Posta inviata", Role::Sent),
            ("Koš", Role::Trash),
            ("Odeslaná pošta", Role::Sent),
            ("Wersje robocze", Role::Drafts),
            ("Posteingang", Role::Inbox),
        ] {
            assert_eq!(Role::from_name(name), Some(role), "{name}");
        }
        assert_eq!(Role::from_name("Customers"), None);
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
    }

    #[test]
    fn a_typed_path_becomes_a_name_of_the_server() {
        for (typed, delimiter, path) in [
            ("Clients/2026", Some("."), Some("Clients.2026")),
            (" Clients / 2026 ", Some("/"), Some("Clients/2026")),
            ("Clients", None, Some("Clients")),
            ("Acme Sp. z o.o.", Some("/"), Some("Acme Sp. z o.o.")),
            ("Acme Sp. z o.o.", Some("."), None),
            ("a//b", Some("/"), None),
            ("50%", Some("/"), None),
            ("inbox", Some("/"), None),
            ("a\u{202e}b", Some("/"), None),
            ("", Some("/"), None),
        ] {
            assert_eq!(clean_path(typed, delimiter).as_deref(), path, "{typed}");
        }
    }

    #[test]
    fn names_on_the_wire_are_modified_utf_7() {
        for (name, wire) in [
            ("Archive", "Archive"),
            ("A & B", "A &- B"),
            ("Wysłane", "Wys&AUI-ane"),
            // RFC 3501, 5.1.3.
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Папка", "&BB8EMAQ,BDoEMA-"),
            ("📁", "&2D3cwQ-"),
        ] {
            assert_eq!(to_wire(name), wire);
        }
    }
}
