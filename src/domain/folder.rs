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
            "inbox" => Self::Inbox,
            "sent"
            | "sent items"
            | "sent mail"
            | "sent messages"
            | "отправленные"
            | "надіслані"
            | "відправлені"
            | "wyslane"
            | "elementy wyslane" => Self::Sent,
            "drafts" | "draft" | "черновики" | "чернетки" | "robocze" | "szkice" | "kopie robocze" => {
                Self::Drafts
            }
            "archive" | "archives" | "архив" | "архів" | "archiwum" => Self::Archive,
            "junk"
            | "spam"
            | "junk e-mail"
            | "junk email"
            | "bulk mail"
            | "спам"
            | "нежелательная почта"
            | "небажана пошта"
            | "wiadomosci-smieci" => Self::Junk,
            "trash" | "deleted items" | "deleted messages" | "bin" | "корзина" | "удаленные" | "кошик" | "видалені"
            | "kosz" | "elementy usuniete" => Self::Trash,
            "all mail" | "вся почта" | "уся пошта" | "вся пошта" | "wszystkie" => Self::All,
            _ => return None,
        })
    }
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
        ] {
            assert_eq!(Role::from_name(name), Some(role), "{name}");
        }
        assert_eq!(Role::from_name("Customers"), None);
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
    }
}
