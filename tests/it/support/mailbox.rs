//! Looks into a mailbox from the outside, as a second client would, to check what the program did.

use std::net::TcpStream;

use super::{DEADLINE, Dovecot, PASSWORD};

/// A connection of the test's own; plain, since the server listens on the loopback only.
pub type Session = imap::Session<TcpStream>;

impl Dovecot {
    /// A logged-in connection for whatever the helpers below do not cover.
    pub fn imap(&self, user: &str) -> Session {
        let stream = TcpStream::connect(("127.0.0.1", self.imap_port))
            .unwrap_or_else(|error| panic!("no IMAP connection: {error}\n{}", self.log()));
        stream.set_read_timeout(Some(DEADLINE)).expect("a timeout above zero");
        let mut client = imap::Client::new(stream);
        client.read_greeting().expect("a greeting");
        match client.login(user, PASSWORD) {
            Ok(session) => session,
            Err((error, _)) => panic!("{user} cannot log in: {error}\n{}", self.log()),
        }
    }

    fn selected(&self, user: &str, folder: &str) -> Session {
        let mut session = self.imap(user);
        session.select(folder).unwrap_or_else(|error| panic!("no folder {folder}: {error}"));
        session
    }

    /// How many letters the folder holds.
    pub fn count(&self, user: &str, folder: &str) -> usize {
        let mut session = self.imap(user);
        let mailbox = session.examine(folder).unwrap_or_else(|error| panic!("no folder {folder}: {error}"));
        usize::try_from(mailbox.exists).expect("it fits")
    }

    /// The letters of a folder as they would be downloaded, in the order of their UIDs.
    pub fn messages(&self, user: &str, folder: &str) -> Vec<Vec<u8>> {
        let mut session = self.imap(user);
        session.examine(folder).unwrap_or_else(|error| panic!("no folder {folder}: {error}"));
        let fetched = session.uid_fetch("1:*", "(UID BODY.PEEK[])").expect("fetch");
        let mut letters: Vec<_> =
            fetched.iter().map(|letter| (letter.uid, letter.body().unwrap_or_default().to_vec())).collect();
        letters.sort_by_key(|(uid, _)| *uid);
        letters.into_iter().map(|(_, bytes)| bytes).collect()
    }

    /// UIDs and flags of a folder, in order; `\Recent` is left out, since it tells only who looked first.
    pub fn flags(&self, user: &str, folder: &str) -> Vec<(u32, Vec<String>)> {
        let mut session = self.imap(user);
        session.examine(folder).unwrap_or_else(|error| panic!("no folder {folder}: {error}"));
        let fetched = session.uid_fetch("1:*", "(UID FLAGS)").expect("fetch");
        let mut letters: Vec<(u32, Vec<String>)> = Vec::new();
        for letter in fetched.iter() {
            let mut flags: Vec<String> = letter.flags().iter().map(ToString::to_string).collect();
            flags.retain(|flag| flag != "\\Recent");
            flags.sort();
            // Without a UID it is news of somebody else's change, told between the answers.
            letters.extend(letter.uid.map(|uid| (uid, flags)));
        }
        letters.sort();
        letters
    }

    /// The UIDs of the letters with this Message-ID (with or without its angle brackets).
    pub fn find(&self, user: &str, folder: &str, message_id: &str) -> Vec<u32> {
        let mut session = self.imap(user);
        session.examine(folder).unwrap_or_else(|error| panic!("no folder {folder}: {error}"));
        let query = format!("HEADER Message-ID \"{message_id}\"");
        let mut uids: Vec<u32> = session.uid_search(query).expect("search").into_iter().collect();
        uids.sort_unstable();
        uids
    }

    /// UIDVALIDITY of a folder.
    pub fn uid_validity(&self, user: &str, folder: &str) -> u32 {
        let mailbox = self.imap(user).examine(folder).unwrap_or_else(|error| panic!("no folder {folder}: {error}"));
        mailbox.uid_validity.expect("Dovecot always has one")
    }

    /// The names of all folders as on the wire, sorted.
    pub fn folders(&self, user: &str) -> Vec<String> {
        let names = self.imap(user).list(None, Some("*")).expect("list");
        let mut names: Vec<String> = names.iter().map(|name| name.name().to_owned()).collect();
        names.sort();
        names
    }

    /// Makes a folder as another client would.
    pub fn create_folder(&self, user: &str, folder: &str) {
        self.imap(user).create(folder).expect("create");
    }

    /// Adds a letter as another client would, with IMAP flags such as `\Seen`.
    pub fn append(&self, user: &str, folder: &str, bytes: &[u8], flags: &[&str]) {
        let flags = flags.iter().map(|&flag| imap::types::Flag::from(flag));
        self.imap(user).append(folder, bytes).flags(flags).finish().expect("append");
    }

    /// Changes flags as another client would: `store("anna", "INBOX", "1:3", "+FLAGS (\\Seen)")`.
    pub fn store(&self, user: &str, folder: &str, uids: &str, change: &str) {
        self.selected(user, folder).uid_store(uids, change).expect("store");
    }

    /// Deletes letters for good as another client would.
    pub fn expunge(&self, user: &str, folder: &str, uids: &str) {
        let mut session = self.selected(user, folder);
        session.uid_store(uids, "+FLAGS (\\Deleted)").expect("store");
        session.uid_expunge(uids).expect("expunge");
    }

    /// Moves letters as another client would.
    pub fn move_to(&self, user: &str, folder: &str, uids: &str, target: &str) {
        self.selected(user, folder).uid_mv(uids, target).expect("move");
    }
}
