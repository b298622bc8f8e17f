//! The files of letters by name: a card lists them without opening every letter.

use super::timeline::{key_of, threads_of};
use super::{Store, moment, ms, text_at};
use crate::domain::contact::{FileRow, Whose};
use crate::domain::id;
use crate::domain::message::{Attachment, Direction};
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::thread::PageKey;
use rusqlite::{Row, named_params, params};

impl Store {
    /// Writes the files of a letter, as reading it gave them. Pictures shown inside the text are none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_files(&self, message: id::Message, files: &[Attachment]) -> Result<()> {
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        for file in files.iter().filter(|file| !file.inline) {
            self.sql()
                .prepare_cached(
                    "INSERT INTO attachment (message_id, file, name, media_type, size) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO UPDATE SET name = excluded.name, media_type = excluded.media_type, size = excluded.size",
                )?
                .execute(params![
                    message.0,
                    number(file.index as u64),
                    file.name.as_str(),
                    file.media_type.as_str(),
                    number(file.size)
                ])?;
        }
        Ok(())
    }

    /// The files that were left on the server are here: their sizes are those the server named.
    pub(super) fn files_came(&self, message: id::Message) -> Result<()> {
        self.sql()
            .prepare_cached(
                "UPDATE attachment SET size = l.size FROM left_on_server l
                 WHERE attachment.message_id = ?1 AND l.message_id = ?1 AND l.file = attachment.file",
            )?
            .execute([message.0])?;
        Ok(())
    }

    /// A page of the files in the letters with a client, the newest letter first, after `after` (the last letter shown, whole). So
    /// many letters at most.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn files_of(&self, whose: Whose, after: Option<PageKey>, letters: u32) -> Result<Vec<FileRow>> {
        let (at, key) = after.map_or((i64::MAX, i64::MAX), |page| (ms(page.at), page.id));
        let mut statement = self.sql().prepare_cached(&files_sql(whose))?;
        let parameters = named_params! { ":id": key_of(whose), ":at": at, ":key": key, ":limit": letters };
        let files = statement.query_map(parameters, file_at)?;
        Ok(files.collect::<rusqlite::Result<_>>()?)
    }

    /// Letters that have files whose names are not known yet, because they came before names were kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_with_unnamed_files(&self, before: id::Message, limit: u32) -> Result<Vec<id::Message>> {
        let mut statement = self.sql().prepare_cached(UNNAMED)?;
        let letters = statement.query_map(params![before.0, limit], |row| row.get(0).map(id::Message))?;
        Ok(letters.collect::<rusqlite::Result<_>>()?)
    }
}

/// The newest first; letters whose bytes are not here cannot be read.
const UNNAMED: &str = "SELECT m.id FROM message m WHERE m.id < ?1 AND m.attachments > 0
    AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.message_id = m.id)
    AND EXISTS (SELECT 1 FROM raw r WHERE r.message_id = m.id)
    ORDER BY m.id DESC LIMIT ?2";

/// The inner query touches only the letters with files of the client's conversations, in their index.
fn files_sql(whose: Whose) -> String {
    format!(
        "SELECT m.id, m.thread_id, m.date, m.direction, m.subject, a.file, a.name, coalesce(l.size, a.size) AS size,
                l.size IS NOT NULL AS on_server
         FROM (SELECT m.id FROM ({}) f CROSS JOIN message m
               WHERE m.thread_id = f.thread_id AND m.attachments > 0 AND m.place = 'live' AND (m.date, m.id) < (:at, :key)
               ORDER BY m.date DESC, m.id DESC LIMIT :limit) page
         CROSS JOIN message m CROSS JOIN attachment a
         LEFT JOIN left_on_server l ON l.message_id = a.message_id AND l.file = a.file
         WHERE m.id = page.id AND a.message_id = m.id ORDER BY m.date DESC, m.id DESC, a.file",
        threads_of(whose)
    )
}

/// A row that names a file of a letter.
pub(super) fn file_at(row: &Row<'_>) -> rusqlite::Result<FileRow> {
    Ok(FileRow {
        message: id::Message(row.get("id")?),
        thread: id::Thread(row.get("thread_id")?),
        index: usize::try_from(row.get::<_, i64>("file")?).unwrap_or(0),
        name: text_at(row, "name")?,
        size: u64::try_from(row.get::<_, i64>("size")?).unwrap_or(0),
        on_server: row.get("on_server")?,
        at: moment(row.get("date")?),
        direction: Direction::from_word(row.get_ref("direction")?.as_str()?),
        subject: Text::line(row.get_ref("subject")?.as_str()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::LeftFile;
    use crate::store::cards_fixture::{Shop, person};

    fn with_files(shop: &Shop, message: id::Message, names: &[&str]) {
        let attachment = |(index, name): (usize, &&str)| Attachment {
            index,
            name: Text::line(name),
            media_type: Text::own("application/pdf"),
            size: 1000,
            inline: *name == "logo.png",
            on_server: false,
        };
        let files: Vec<Attachment> = names.iter().enumerate().map(attachment).collect();
        shop.store.set_files(message, &files).unwrap();
        shop.mail(&format!("UPDATE message SET attachments = {} WHERE id = {message}", names.len()));
    }

    #[test]
    fn files_stand_under_their_letters_newest_first() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "", &[])).unwrap();
        let thread = shop.thread("offer", Some(anna), None, None);
        let letters = ["2026-11-10T08:00:00Z", "2026-11-11T08:00:00Z", "2026-11-12T08:00:00Z"]
            .map(|date| shop.letter(thread, date, "inbound"));
        with_files(&shop, letters[0], &["plan.pdf"]);
        with_files(&shop, letters[1], &["logo.png", "price.pdf", "terms.pdf"]);
        with_files(&shop, letters[2], &["trash.pdf"]);
        shop.mail(&format!("UPDATE message SET place = 'trash' WHERE id = {}", letters[2]));
        shop.store.leave_on_server(letters[0], &[7; 32], 5_000_000, &[LeftFile { index: 0, size: 4_000_000 }]).unwrap();

        let whose = Whose::Contact(anna);
        let names = |rows: &[FileRow]| {
            rows.iter().map(|f| (f.name.to_string(), f.index, f.size, f.on_server)).collect::<Vec<_>>()
        };
        let all = shop.store.files_of(whose, None, 10).unwrap();
        let attached: Vec<String> =
            shop.store.files_to_attach(Some(thread), 10).unwrap().into_iter().map(|f| f.name.into()).collect();
        assert_eq!(attached, ["price.pdf", "terms.pdf", "plan.pdf"], "nothing out of Trash is sent on");
        let expected = [
            ("price.pdf".to_owned(), 1, 1000, false),
            ("terms.pdf".to_owned(), 2, 1000, false),
            ("plan.pdf".to_owned(), 0, 4_000_000, true),
        ];
        assert_eq!(names(&all), expected);
        let first = shop.store.files_of(whose, None, 1).unwrap();
        let last = first.last().map(|row| PageKey { at: row.at, id: row.message.0 });
        assert_eq!(names(&shop.store.files_of(whose, last, 1).unwrap()), expected[2..]);

        shop.store.files_came(letters[0]).unwrap();
        shop.mail("DELETE FROM left_on_server");
        assert_eq!(
            names(&shop.store.files_of(whose, None, 10).unwrap())[2],
            ("plan.pdf".to_owned(), 0, 4_000_000, false)
        );
    }

    #[test]
    fn letters_from_before_are_found() {
        let shop = Shop::open();
        let thread = shop.thread("offer", None, None, None);
        let [old, named, without_bytes] = ["2026-11-10T08:00:00Z", "2026-11-11T08:00:00Z", "2026-11-12T08:00:00Z"]
            .map(|d| shop.letter(thread, d, "inbound"));
        shop.mail(&format!(
            "UPDATE message SET attachments = 1; INSERT INTO raw VALUES ({old}, 1, x'00'), ({named}, 1, x'00')"
        ));
        with_files(&shop, named, &["a.pdf"]);
        let end = id::Message(i64::MAX);
        assert_eq!(shop.store.letters_with_unnamed_files(end, 9).unwrap(), [old]);
        assert_eq!(shop.store.letters_with_unnamed_files(old, 9).unwrap(), []);
        let _ = without_bytes;
    }

    #[test]
    fn they_read_by_index() {
        let shop = Shop::open();
        for whose in [Whose::Contact(id::Contact(1)), Whose::Company(id::Company(1)), Whose::Deal(id::Deal(1))] {
            let plan = shop.plan(&files_sql(whose));
            assert!(plan.contains("m USING INDEX message_files (thread_id=? AND date<?)"), "{plan}");
            assert!(!plan.contains("SCAN m") && !plan.contains("SCAN a"), "{plan}");
        }
    }
}
