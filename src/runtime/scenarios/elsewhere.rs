//! What other programs do with my mailbox: read, move, delete, answer. And the counters at another hour.

use super::*;

impl Desk {
    /// The copy of a letter: folder and number.
    fn copy(&self, id: &str) -> (id::Folder, u32) {
        let rows = self.store.rows(&format!("SELECT folder_id, uid FROM copy WHERE message_id = {}", self.message(id)));
        let (folder, uid) = rows[0].split_once(" | ").unwrap();
        (id::Folder(folder.parse().unwrap()), uid.parse().unwrap())
    }

    /// Another program reads it.
    pub(super) fn seen_elsewhere(&self, id: &str) {
        let (folder, uid) = self.copy(id);
        self.store.write(|| self.store.server_flags(folder, 1, uid, Flags::SEEN, &[]).map(drop)).unwrap();
    }

    /// Another program deletes it for good.
    pub(super) fn deleted_elsewhere(&self, id: &str) {
        let (folder, uid) = self.copy(id);
        self.store
            .write(|| {
                let threads = self.store.remove_copies(folder, 1, &[uid])?;
                threads.iter().try_for_each(|thread| self.store.refresh_lists(*thread))
            })
            .unwrap();
    }

    /// Another program moves it: it is found where it went before it is missed where it was.
    pub(super) fn moved_elsewhere(&self, id: &str, to: &'static str) {
        let (folder, uid) = self.copy(id);
        self.uid.set(self.uid.get() + 1);
        let arrival = Arrival {
            uid: self.uid.get(),
            flags: Flags::default(),
            keywords: Vec::new(),
            internal_date: Some(now().timestamp()),
            bytes: self.store.raw(self.message(id)).unwrap().unwrap(),
            left: None,
        };
        let destination =
            Destination { account: self.account, folder: self.folders[to], uid_validity: 1, own: &self.own };
        self.store.write(|| ingest(&self.store, &destination, &[arrival], now().timestamp())).unwrap();
        self.store
            .write(|| {
                let threads = self.store.remove_copies(folder, 1, &[uid])?;
                threads.iter().try_for_each(|thread| self.store.refresh_lists(*thread))
            })
            .unwrap();
    }

    /// What the counters show at another moment; those that are not named show nothing.
    #[track_caller]
    pub(super) fn expect_at(&self, when: &str, counters: &[(&str, u64)]) {
        let when: Zoned = when.parse().unwrap();
        let found = self.store.counters(&when, &crate::domain::work_time::WorkTime::default()).unwrap();
        let shown: Vec<(&str, u64)> = Counter::ALL
            .iter()
            .map(|counter| (counter.word(), found.get(*counter)))
            .filter(|(_, total)| *total > 0)
            .collect();
        assert_eq!(shown, counters, "at {when}");
    }
}
