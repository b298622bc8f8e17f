//! LIST answers: folders, their names and what they are for (RFC 3501, 7.2.2; RFC 6154).

use super::state::FolderState;
use super::token::{Cursor, Value};
use super::wire::Frame;
use crate::domain::folder::{Role, Standing};
use crate::domain::folder_name;
use crate::domain::text::Text;

/// A folder on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFolder {
    /// Its name as the server writes it: the one to use in commands.
    pub raw_name: String,
    /// Its whole path, decoded and sanitised, for people.
    pub name: Text,
    /// What stands between the parts of a path; `None` when the server has no hierarchy.
    pub delimiter: Option<char>,
    /// What it is for. At most one folder of an account has a role.
    pub role: Option<Role>,
    /// False for names that only hold other folders.
    pub selectable: bool,
    /// How it stands, where the server told that with the name (RFC 5819).
    pub status: Option<Standing>,
}

/// One `* LIST` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListLine {
    pub raw_name: String,
    pub delimiter: Option<char>,
    /// Attributes with their backslash.
    pub attributes: Vec<String>,
    /// The name is not text: it can be shown but not asked for.
    pub unreadable: bool,
}

/// Reads the line; `true` beside it when something had to be mended.
pub(super) fn read(frame: Frame) -> Option<(ListLine, bool)> {
    let mut cursor = Cursor::new(frame);
    // "*", "LIST"
    cursor.word();
    cursor.word();
    let Value::List(attributes) = cursor.value()? else { return None };
    let delimiter = match cursor.value()? {
        Value::Quoted(text) | Value::Atom(text) => text.first().copied().map(char::from),
        _ => None,
    };
    cursor.skip_blanks();
    let name = match cursor.peek()? {
        b'"' | b'{' | b'~' => match cursor.value()? {
            Value::Quoted(name) | Value::Literal(Some(name)) | Value::Atom(name) => name,
            _ => return None,
        },
        // Without quotes; a blank in it is against the grammar, and still a part of the name. "NIL" is a name here.
        _ => cursor.remainder(),
    };
    let attributes = attributes.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let unreadable = name.is_empty() || std::str::from_utf8(&name).is_err() || name.iter().any(u8::is_ascii_control);
    let raw_name = String::from_utf8_lossy(&name).into_owned();
    Some((ListLine { raw_name, delimiter, attributes, unreadable }, cursor.mended || unreadable))
}

/// The folders of a LIST, each once, with their roles.
pub(super) fn folders(lines: Vec<ListLine>) -> Vec<RemoteFolder> {
    let mut folders: Vec<(RemoteFolder, Option<Role>)> = Vec::new();
    for line in lines {
        let is = |attribute: &str| line.attributes.iter().any(|a| a.eq_ignore_ascii_case(attribute));
        let inbox = line.raw_name.eq_ignore_ascii_case("INBOX");
        // However it is spelt, it is one folder (RFC 3501, 5.1): a server that begins to spell it otherwise has no new one.
        let raw_name = if inbox { "INBOX".to_owned() } else { line.raw_name };
        let special = line.attributes.iter().find_map(|attribute| special_use(attribute));
        // \Inbox is an old Gmail attribute; the name INBOX is reserved (RFC 3501, 5.1).
        let role = if inbox { Some(Role::Inbox) } else { special.filter(|role| *role != Role::Inbox) };
        let folder = RemoteFolder {
            name: Text::from(folder_name::shown(&raw_name)),
            delimiter: line.delimiter,
            role,
            // RFC 5258: \NonExistent implies \Noselect.
            selectable: !(is("\\Noselect") || is("\\NonExistent") || line.unreadable),
            status: None,
            raw_name,
        };
        if folders.iter().any(|(known, _)| known.raw_name == folder.raw_name) {
            continue;
        }
        let by_name = role_by_name(&folder);
        folders.push((folder, by_name));
    }
    assign_roles(folders)
}

/// A role by attribute: RFC 6154, and XLIST, which it grew from (old Gmail, Zoho, Yandex).
fn special_use(attribute: &str) -> Option<Role> {
    match attribute.to_ascii_lowercase().as_str() {
        "\\spam" => Some(Role::Junk),
        "\\allmail" => Some(Role::All),
        _ => Role::from_special_use(attribute),
    }
}

/// XLIST gives the inbox the user's word for it ("Posteingang"); commands know it as INBOX.
pub(super) fn named_inbox(line: ListLine) -> ListLine {
    let inbox = line.attributes.iter().any(|attribute| attribute.eq_ignore_ascii_case("\\Inbox"));
    ListLine { raw_name: if inbox { "INBOX".to_owned() } else { line.raw_name }, ..line }
}

/// Puts what STATUS lines say to the folders they name.
pub(super) fn with_states(mut folders: Vec<RemoteFolder>, states: &[FolderState]) -> Vec<RemoteFolder> {
    for folder in &mut folders {
        let inbox = folder.role == Some(Role::Inbox);
        let same = |state: &&FolderState| {
            state.raw_name == folder.raw_name || (inbox && state.raw_name.eq_ignore_ascii_case("INBOX"))
        };
        folder.status = states.iter().find(same).map(FolderState::standing);
    }
    folders
}

/// A role by name, for servers that do not tell what their folders are for. Only at the top, or right under INBOX.
fn role_by_name(folder: &RemoteFolder) -> Option<Role> {
    let name = folder.name.as_str();
    let parts: Vec<&str> = match folder.delimiter {
        Some(delimiter) => name.split(delimiter).collect(),
        None => vec![name],
    };
    let last = match parts.as_slice() {
        [only] => only,
        [first, last] if first.eq_ignore_ascii_case("INBOX") || first.starts_with('[') => last,
        _ => return None,
    };
    Role::from_name(last).filter(|role| *role != Role::Inbox)
}

/// Special use wins over names, and the first of several claims the role; the others keep none.
fn assign_roles(folders: Vec<(RemoteFolder, Option<Role>)>) -> Vec<RemoteFolder> {
    let mut taken: Vec<Role> = Vec::new();
    let mut with_role = folders;
    for (folder, _) in &mut with_role {
        match folder.role {
            Some(role) if folder.selectable && !taken.contains(&role) => taken.push(role),
            _ => folder.role = None,
        }
    }
    for (folder, by_name) in &mut with_role {
        if let Some(role) = by_name.filter(|role| folder.role.is_none() && folder.selectable && !taken.contains(role)) {
            taken.push(role);
            folder.role = Some(role);
        }
    }
    with_role.into_iter().map(|(folder, _)| folder).collect()
}
