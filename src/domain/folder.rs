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
        Some(match name.as_str() {
            "inbox" | "posteingang" | "входящие" | "вхідні" | "odebrane" => Self::Inbox,
            "sent" | "sent items" | "sent mail" | "sent messages" | "sent-mail" | "отправленные" | "надіслані"
            | "відправлені" | "отправленные письма" | "wyslane" | "elementy wyslane" | "gesendet" | "gesendete objekte"
            | "gesendete elemente" | "gesendete nachrichten" | "envoyes" | "messages envoyes" | "elements envoyes"
            | "courrier envoye" | "enviados" | "elementos enviados" | "enviado" | "posta inviata" | "inviati" | "inviata"
            | "messaggi inviati" | "odeslane" | "odeslana posta" | "odeslane polozky" | "odoslane" | "verzonden"
            | "verzonden items" | "itens enviados" | "skickat" | "trimise" => Self::Sent,
            "drafts" | "draft" | "черновики" | "чернетки" | "robocze" | "szkice" | "kopie robocze" | "wersje robocze"
            | "entwurfe" | "entwurf" | "brouillons" | "brouillon" | "borradores" | "borrador" | "bozze" | "bozza"
            | "koncepty" | "rozepsane" | "rozpisane" | "concepten" | "rascunhos" | "utkast" | "ciorne" => Self::Drafts,
            "archive" | "archives" | "архив" | "архів" | "archiwum" | "archiv" | "archivos" | "archivo" | "archivio"
            | "archief" | "arquivo" | "arkiv" => Self::Archive,
            "junk" | "spam" | "junk e-mail" | "junk email" | "junk mail" | "bulk mail" | "bulk" | "спам"
            | "нежелательная почта" | "небажана пошта" | "небажані" | "wiadomosci-smieci" | "smieci" | "niechciane"
            | "spamverdacht" | "junk-e-mail" | "unerwunscht" | "werbung" | "courrier indesirable" | "indesirables"
            | "pourriel" | "correo no deseado" | "no deseado" | "posta indesiderata" | "indesiderata"
            | "nevyzadana posta" | "nevyzadane" | "ongewenste e-mail" | "lixo eletronico" | "skrappost" => Self::Junk,
            "trash" | "deleted items" | "deleted messages" | "deleted" | "bin" | "корзина" | "удаленные" | "кошик"
            | "видалені" | "kosz" | "elementy usuniete" | "usuniete" | "papierkorb" | "geloschte objekte"
            | "geloschte elemente" | "geloscht" | "corbeille" | "elements supprimes" | "messages supprimes" | "papelera"
            | "elementos eliminados" | "eliminados" | "cestino" | "posta eliminata" | "eliminati" | "kos" | "odstranena posta"
            | "odstranene" | "odstraneno" | "prullenbak" | "verwijderde items" | "lixeira" | "papperskorg" => Self::Trash,
            "all mail" | "вся почта" | "уся пошта" | "вся пошта" | "wszystkie" | "alle nachrichten" | "tous les messages"
            | "todos" | "tutti i messaggi" | "vsechny zpravy" => Self::All,
            _ => return None,
        })
    }
}

/// How a folder stands, without opening it (RFC 3501, 7.2.4). `None`: the server does not say, or says 0 where that means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FolderState {
    /// UIDs mean the same letters as long as this stays.
    pub uid_validity: Option<u32>,
    /// The UID the next letter gets at least.
    pub uid_next: Option<u32>,
    /// Letters in the folder.
    pub messages: Option<u32>,
    /// The highest MODSEQ (RFC 7162).
    pub highest_modseq: Option<u64>,
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
}
