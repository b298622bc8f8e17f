//! The demo's post office instead of the network: letters leave into a folder, and the people of the demo answer.

use super::mailbox::Mailbox;
use super::text_of;
use crate::config::paths::{make_private_folder, open_private_file};
use crate::domain::account::{Account, Kind, Me};
use crate::domain::address::{Address, Mailbox as Person, Own};
use crate::domain::draft;
use crate::domain::folder::Role;
use crate::domain::id;
use crate::domain::mailing::Throttle;
use crate::domain::message::{Direction, Flags, MsgId, Opened, Parsed};
use crate::domain::outbox::{Outcome, State};
use crate::domain::problem::{self, Problem, Result};
use crate::domain::text::{Text, fold};
use crate::domain::threading::bare_subject;
use crate::mime;
use crate::net::smtp::Report;
use crate::runtime::mailing::{self, Mailer};
use crate::runtime::network::News;
use crate::runtime::owner::Owner;
use crate::store::{Attempt, Store};
use crate::sync::account::Progress;
use crate::sync::outbox::{Sent, send_due};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

/// Nobody in a demo waits longer for an answer.
const LONGEST_DELAY: i64 = 30;
/// Looks at least this often.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// After trouble with the store it looks again not sooner than this.
const PAUSE: Duration = Duration::from_secs(5);
/// Lines of the user's letter that an answer quotes.
const QUOTED_LINES: usize = 2;

/// The post office of the demo. Dropping it stops its thread.
pub struct Post {
    /// Two post offices of one store could send a letter twice.
    _owner: Owner,
    wake: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Post {
    /// Opens the post office. Letters that leave become files in `outbox_dir`, which is made where needed.
    ///
    /// # Errors
    /// When the folder or the store cannot be used, or another Postbook sends from this store.
    pub fn start(
        store_file: &Path,
        outbox_dir: &Path,
        account: id::Account,
        own: Own,
        mailer: Option<Mailer>,
        news: Sender<News>,
    ) -> Result<Self> {
        make_private_folder(outbox_dir).map_err(|error| cannot_write(outbox_dir, &error))?;
        let owner = Owner::must_take(store_file.parent().unwrap_or(Path::new(".")))?;
        let store = Store::open(store_file)?;
        store.outbox_after_crash()?;
        let mut postman = Postman {
            store,
            outbox_dir: outbox_dir.to_owned(),
            account,
            own,
            mailer,
            news,
            answers: Answers::read(text_of("answers.toml")?)?,
            promised: Vec::new(),
        };
        let (wake, woken) = bounded(1);
        let thread = std::thread::Builder::new().name("post".to_owned()).spawn(move || postman.work(&woken)).map_err(
            |error| Problem::new(problem::Kind::Internal, format!("a thread could not be started: {error}")),
        )?;
        Ok(Self { _owner: owner, wake: Some(wake), thread: Some(thread) })
    }

    /// Looks into the outbox now.
    pub fn wake(&self) {
        if let Some(wake) = &self.wake {
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        // Without a sender the thread's wait ends; its store is closed before a temporary folder goes.
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswersFile {
    answer: Vec<AnswerEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerEntry {
    address: String,
    delay_seconds: i64,
    #[serde(rename = "language")]
    _language: String,
    text: String,
}

/// What people answer: several answers of one address are used in turn.
#[derive(Default)]
struct Answers(BTreeMap<Address, (Vec<(SignedDuration, String)>, usize)>);

impl Answers {
    fn read(text: &str) -> Result<Self> {
        let unfit = |what: &str| {
            Problem::new(problem::Kind::Internal, format!("the demo's answers cannot be read: {}", Text::line(what)))
        };
        let file: AnswersFile = toml::from_str(text).map_err(|error| unfit(error.message()))?;
        let mut answers = Self::default();
        for entry in file.answer {
            let address = Address::parse(&entry.address).ok_or_else(|| unfit(&entry.address))?;
            let delay = SignedDuration::from_secs(entry.delay_seconds.clamp(0, LONGEST_DELAY));
            answers.0.entry(address).or_default().0.push((delay, entry.text));
        }
        Ok(answers)
    }

    /// The next answer of a person: after how long, and the text.
    fn next(&mut self, address: &Address, subject: &Text) -> Option<(SignedDuration, String)> {
        let (texts, turn) = self.0.get_mut(address)?;
        let (delay, text) = texts.get(*turn % texts.len().max(1))?;
        *turn += 1;
        Some((*delay, text.trim().replace("{subject}", bare_subject(subject.as_str()))))
    }
}

/// An answer that somebody is writing.
struct Promised {
    at: Timestamp,
    from: Person,
    text: String,
    /// The user's letter.
    to: Parsed,
}

/// Fast enough to be watched.
const PACE: Throttle = Throttle { per_minute: 60, per_day: 5000 };

/// Does the post office's work on its own connection to the store.
struct Postman {
    store: Store,
    outbox_dir: PathBuf,
    account: id::Account,
    own: Own,
    /// Who makes the letters of mailings.
    mailer: Option<Mailer>,
    news: Sender<News>,
    answers: Answers,
    promised: Vec<Promised>,
}

impl Postman {
    fn work(&mut self, woken: &Receiver<()>) {
        loop {
            let wait = match self.round(Timestamp::now()) {
                Ok(next) => next.map_or(LONGEST_WAIT, |at| wait_until(at, Timestamp::now())),
                Err(problem) => {
                    let _ = self.news.send(News::Trouble(problem.at("the demo's post office")));
                    PAUSE
                }
            };
            if woken.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    }

    /// Everything that is due; gives when there is something to do next.
    fn round(&mut self, now: Timestamp) -> Result<Option<Timestamp>> {
        self.send()?;
        self.put_copies_into_sent(now)?;
        self.grant_wishes()?;
        self.deliver_answers(now)?;
        let answer = self.promised.iter().map(|promised| promised.at).min();
        Ok(self.store.next_departure()?.into_iter().chain(answer).min())
    }

    /// Wanted flags and folders are at once what the server has.
    fn grant_wishes(&self) -> Result<()> {
        for wish in self.store.folder_wishes(self.account)? {
            self.store.write(|| match &wish.wanted {
                Some(name) => self.store.folder_renamed(wish.folder, name),
                None => self.mailbox().make(wish.folder),
            })?;
            self.changed(Vec::new());
        }
        for folder in self.store.folders()?.iter().filter(|folder| folder.account == self.account) {
            let numbering = self.store.cursor(folder.id)?.uid_validity;
            for (uid, (add, remove)) in self.store.flag_wishes(folder.id, numbering)? {
                self.store.write(|| self.store.flags_granted(folder.id, numbering, &[uid], add, remove))?;
            }
            for (uid, (add, remove)) in self.store.keyword_wishes(folder.id, numbering)? {
                self.store.write(|| self.store.keywords_granted(folder.id, numbering, &[uid], &add, &remove))?;
            }
            for uid in self.store.gone_wanted(folder.id, numbering)? {
                self.changed(self.store.write(|| self.mailbox().remove(folder.id, uid))?);
            }
        }
        for wanted in self.store.moves_wanted(self.account)? {
            self.changed(self.mailbox().move_to(wanted.from, wanted.uid, &wanted.to_raw_name, Timestamp::now())?);
        }
        Ok(())
    }

    /// Sends as the real worker does; only the socket is a file.
    fn send(&mut self) -> Result<()> {
        self.send_due()?;
        let Some(mailer) = self.mailer.clone() else { return Ok(()) };
        while mailing::feed(&self.store, &mailer, self.account, &PACE)? {
            self.send_due()?;
        }
        Ok(())
    }

    fn send_due(&mut self) -> Result<()> {
        let mut taken: Vec<(id::Outgoing, Parsed)> = Vec::new();
        let mut sent = Vec::new();
        send_due(
            &self.store,
            self.account,
            &self.own,
            &mut |attempt, _| {
                let parsed = mime::read(&attempt.bytes);
                let outcome = match post(&self.outbox_dir, attempt, &parsed.subject) {
                    Ok(file) => Outcome::Accepted(Text::from(format!("written to {file}"))),
                    Err(problem) => Outcome::TryLater(Text::from(problem.sentence)),
                };
                taken.push((attempt.id, parsed));
                Report { outcome, refused: Vec::new(), signed_in: true }
            },
            &mut |happened: Sent| {
                if happened.state == State::Sent {
                    sent.push(happened.id);
                }
                let _ = self.news.send(News::Sent(happened));
            },
        )?;
        for (_, letter) in taken.into_iter().filter(|(id, _)| sent.contains(id)) {
            self.promise(letter)?;
        }
        Ok(())
    }

    /// Whoever a letter was written to, and who has something to say, begins to write.
    fn promise(&mut self, letter: Parsed) -> Result<()> {
        let now = Timestamp::now();
        for to in &letter.to {
            let Some((delay, text)) = self.answers.next(&to.address, &letter.subject) else { continue };
            let from = Person { name: self.name_of(to)?, address: to.address.clone() };
            let at = now.checked_add(delay).unwrap_or(now);
            self.promised.push(Promised { at, from, text, to: letter.clone() });
        }
        Ok(())
    }

    /// A person's name as their card has it, else as the letter says.
    fn name_of(&self, person: &Person) -> Result<Text> {
        let Some((contact, _)) = self.store.contact_by_address(&person.address)? else {
            return Ok(person.name.clone());
        };
        let row = self.store.contact_row(contact, &Zoned::now())?;
        Ok(row.map_or_else(|| person.name.clone(), |row| row.name.display))
    }

    fn put_copies_into_sent(&self, now: Timestamp) -> Result<()> {
        for copy in self.store.begin_copies(self.account)? {
            let threads = self.store.write(|| {
                let threads = self.mailbox().append(Role::Sent, copy.bytes, Flags::SEEN, now)?;
                self.store.copy_done(copy.id)?;
                Ok(threads)
            })?;
            self.changed(threads);
        }
        Ok(())
    }

    fn deliver_answers(&mut self, now: Timestamp) -> Result<()> {
        let (due, later) = std::mem::take(&mut self.promised).into_iter().partition(|promised| promised.at <= now);
        self.promised = later;
        let due: Vec<Promised> = due;
        for promised in &due {
            let bytes = answer(promised, &now.to_zoned(Zoned::now().time_zone().clone()))?;
            self.changed(self.mailbox().append(Role::Inbox, bytes, Flags::default(), now)?);
        }
        Ok(())
    }

    fn mailbox(&self) -> Mailbox<'_> {
        Mailbox { store: &self.store, account: self.account, own: &self.own }
    }

    fn changed(&self, threads: Vec<id::Thread>) {
        let _ = self.news.send(News::Progress(Text::own(super::NAME), Progress::Changed(threads)));
    }
}

/// How long until `at`.
fn wait_until(at: Timestamp, now: Timestamp) -> Duration {
    // A letter that may leave now and was not sent was held up by trouble: no busy loop around it.
    let shortest = Duration::from_millis(50);
    Duration::try_from(at.duration_since(now)).unwrap_or(shortest).clamp(shortest, LONGEST_WAIT)
}

/// Writes a letter into the folder under a name of its own, all of it or nothing. Gives the name.
fn post(folder: &Path, attempt: &Attempt, subject: &Text) -> Result<String> {
    let name = format!("{}-{}-{}.eml", Zoned::now().strftime("%Y%m%d-%H%M%S"), attempt.id, slug(subject.as_str()));
    let (file, partial) = (folder.join(&name), folder.join(format!(".{name}.part")));
    let write = || -> std::io::Result<()> {
        let mut open = open_private_file(&partial)?;
        open.set_len(0)?;
        open.write_all(&attempt.bytes)?;
        open.sync_all()?;
        std::fs::rename(&partial, &file)
    };
    write().map_err(|error| cannot_write(&file, &error))?;
    Ok(name)
}

/// The words of a subject as a part of a file name; letters and digits of any script.
fn slug(subject: &str) -> String {
    let folded = fold(subject);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // A file name is at most 255 bytes; a letter is at most four.
    let slug: String = words.join("-").chars().take(40).collect();
    if slug.is_empty() { "letter".to_owned() } else { slug.trim_end_matches('-').to_owned() }
}

/// What a person answers, as their own program would write it.
fn answer(promised: &Promised, date: &Zoned) -> Result<Vec<u8>> {
    let (person, mut parsed) = (&promised.from, promised.to.clone());
    parsed.text = Text::block(&first_words(&parsed.text));
    // The same letter, seen from the other side.
    let theirs = Account {
        id: id::Account(0),
        name: Text::default(),
        email: person.address.clone(),
        kind: Kind::Personal,
        signature: Text::default(),
        style: crate::domain::style::Style::default(),
    };
    let them = Me { name: person.name.clone(), ..Me::default() };
    let own = Own::new([person.address.clone()]);
    let msg_id = MsgId::own(
        &format!(
            "re.{}",
            parsed.msg_id.as_ref().map_or("letter", |name| name.as_str().split('@').next().unwrap_or("letter"))
        ),
        person.address.domain(),
    );
    let opened = Opened {
        id: id::Message(0),
        thread: id::Thread(0),
        date: parsed.date.unwrap_or(date.timestamp()),
        direction: Direction::Inbound,
        seen: true,
        parsed,
        folders: Vec::new(),
    };
    let letter = draft::reply(&opened, &theirs, &them, &own, false, date.time_zone());
    mime::write(&draft::with_text(&letter, &promised.text), &msg_id, date, &theirs.style)
}

/// The first lines of a letter's own words.
fn first_words(text: &Text) -> String {
    let own = text.lines().take_while(|line| *line != "-- " && !line.starts_with('>'));
    own.filter(|line| !line.trim().is_empty()).take(QUOTED_LINES).collect::<Vec<_>>().join("\n")
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Problem {
    let shown = Text::line(&path.to_string_lossy());
    Problem::new(problem::Kind::Store, format!("cannot write {shown}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::counter::Counter;
    use crate::domain::handling::{Handling, Order};
    use crate::domain::template;
    use crate::domain::work_time::WorkTime;
    use crate::runtime::acts::Acts;
    use crate::runtime::writing::{Office, Writer};
    use crossbeam_channel::unbounded;

    struct Demo {
        _folder: tempfile::TempDir,
        postman: Postman,
        office: Office,
        heard: Receiver<News>,
    }

    fn demo() -> Demo {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.db")).unwrap();
        let filled = super::super::fill(&store, &Zoned::now()).unwrap();
        let (news, heard) = unbounded();
        let postman = Postman {
            store,
            outbox_dir: folder.path().to_owned(),
            account: filled.account.id,
            own: filled.own.clone(),
            mailer: None,
            news,
            answers: Answers::read(text_of("answers.toml").unwrap()).unwrap(),
            promised: Vec::new(),
        };
        let office = Office {
            me: filled.me,
            accounts: vec![filled.account],
            own: filled.own,
            templates: template::bundled(),
            broken_templates: Vec::new(),
            templates_dir: std::path::PathBuf::new(),
            undo: SignedDuration::ZERO,
            practice: crate::domain::practice::Practice::default(),
            pace: Vec::new(),
        };
        Demo { _folder: folder, postman, office, heard }
    }

    impl Demo {
        /// Marta answers a conversation.
        fn reply(&self, subject: &str, text: &str) -> id::Thread {
            let now = Zoned::now();
            let store = &self.postman.store;
            let (rows, _) = store.today(&now, &WorkTime::default(), None, 100).unwrap();
            let thread = rows.iter().filter(|row| row.title.as_str() == subject).find_map(|row| row.thread).unwrap();
            let writer = Writer { store, office: &self.office, now: &now };
            let mut letter = writer.reply(writer.newest_to_answer(thread).unwrap(), false).unwrap();
            letter = draft::with_text(&letter, text);
            writer.queue(&letter, None, &[]).unwrap();
            thread
        }

        fn files(&self) -> Vec<PathBuf> {
            let files = std::fs::read_dir(&self.postman.outbox_dir).unwrap().map(|entry| entry.unwrap().path());
            files.filter(|path| path.extension().is_some_and(|ending| ending == "eml")).collect()
        }

        fn counts_agree(&self) {
            for account in self.postman.store.status(&Zoned::now(), &WorkTime::default()).unwrap().accounts {
                assert_eq!(account.wishes_pending, 0);
                for folder in account.folders {
                    assert_eq!(Some(folder.local), folder.server, "{}", folder.name);
                    assert!(folder.complete);
                }
            }
        }
    }

    #[test]
    fn a_letter_leaves_into_a_file_and_is_answered() {
        let mut demo = demo();
        let thread = demo.reply("Purchase order", "Dear James,\n\nBrightdesk sp. z o.o., please.\n\nMarta");
        let before = demo.postman.store.messages_of(thread).unwrap().len();
        let sent_at = Timestamp::now();
        let next = demo.postman.round(sent_at).unwrap().unwrap();
        assert!(next > sent_at && next <= Timestamp::now() + SignedDuration::from_secs(30), "an answer is promised");
        let files = demo.files();
        assert_eq!(files.len(), 1);
        assert!(files[0].to_str().unwrap().ends_with("-re-purchase-order.eml"), "{files:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let letters = demo.postman.store.messages_of(thread).unwrap();
        assert_eq!(letters.len(), before + 1);
        assert_eq!(demo.postman.store.folders_of(*letters.last().unwrap()).unwrap(), [Text::own("Sent")]);
        demo.counts_agree();

        demo.postman.round(next).unwrap();
        let letters = demo.postman.store.messages_of(thread).unwrap();
        assert_eq!(letters.len(), before + 2, "the answer joined the conversation");
        let answer = mime::read(&demo.postman.store.raw(*letters.last().unwrap()).unwrap().unwrap());
        assert_eq!(answer.from, [Person::new("James Rowe", "james.rowe@hutchins-rowe.example").unwrap()]);
        assert_eq!(answer.to[0].address.as_str(), "marta@brightdesk.example");
        assert_eq!(answer.subject.as_str(), "Re: Purchase order");
        assert!(answer.text.as_str().contains("The purchase order goes out today"), "{}", answer.text);
        assert!(answer.text.as_str().contains("\n> Brightdesk sp. z o.o., please."), "{}", answer.text);
        assert!(!answer.text.as_str().contains("> Marta"), "{}", answer.text);
        assert_eq!(answer.nature, crate::domain::message::Nature::Human);
        demo.counts_agree();

        assert_eq!(demo.postman.round(next).unwrap(), None, "nothing more to do");
        let news: Vec<News> = demo.heard.try_iter().collect();
        assert!(news.iter().any(|news| matches!(news, News::Sent(sent) if sent.thread == Some(thread))));
        let changed =
            |news: &&News| matches!(news, News::Progress(_, Progress::Changed(threads)) if *threads == [thread]);
        assert_eq!(news.iter().filter(changed).count(), 2, "the copy and the answer");
        assert!(!news.iter().any(|news| matches!(news, News::Trouble(_))));
    }

    #[test]
    fn a_folder_is_made_and_renamed() {
        let mut demo = demo();
        let now = Zoned::now();
        let thread = demo
            .postman
            .store
            .today(&now, &WorkTime::default(), None, 100)
            .unwrap()
            .0
            .iter()
            .find_map(|row| row.thread)
            .unwrap();
        let handle = |demo: &mut Demo, act: &dyn Fn(&Acts<'_>)| {
            act(&Acts { store: &demo.postman.store, own: &demo.office.own, now: &now });
            demo.postman.round(now.timestamp()).unwrap();
            demo.counts_agree();
        };
        let order = Order {
            handling: Handling::MoveToNew("Kraków".to_owned()),
            threads: vec![thread],
            folder: None,
            confirmed: false,
        };
        handle(&mut demo, &|acts| drop(acts.handle(&order).unwrap()));
        let made = |demo: &Demo, name: &str| {
            let folders = demo.postman.store.folders().unwrap();
            folders.iter().find(|folder| folder.name.as_str() == name).map(|folder| folder.id)
        };
        let folder = made(&demo, "Kraków").unwrap();
        handle(&mut demo, &|acts| drop(acts.rename_folder(folder, "Klienci").unwrap()));
        assert_eq!((made(&demo, "Klienci"), made(&demo, "Kraków")), (Some(folder), None));
    }

    #[test]
    fn a_rescued_letter_is_moved() {
        let mut demo = demo();
        let store = &demo.postman.store;
        let now = Zoned::now();
        let (rows, _) = store.today(&now, &WorkTime::default(), None, 100).unwrap();
        let thread =
            rows.iter().find(|row| row.counters.contains(&Counter::JunkWatch)).and_then(|row| row.thread).unwrap();
        store.record("Rescued", now.timestamp(), || store.rescue_junk(thread)).unwrap();
        demo.postman.round(now.timestamp()).unwrap();
        let store = &demo.postman.store;
        let letter = store.messages_of(thread).unwrap()[0];
        assert_eq!(store.folders_of(letter).unwrap(), [Text::own("INBOX")]);
        assert!(!store.message_facts(letter).unwrap().unwrap().3, "still unseen");
        assert_eq!(store.counters(&now, &WorkTime::default()).unwrap().get(Counter::JunkWatch), 0);
        demo.counts_agree();
        // Taken back after the server has moved it: it is moved again.
        assert!(demo.postman.store.undo(now.timestamp()).unwrap().is_some());
        demo.postman.round(now.timestamp()).unwrap();
        let store = &demo.postman.store;
        assert_eq!(store.folders_of(letter).unwrap(), [Text::own("Junk")]);
        assert_eq!(store.counters(&now, &WorkTime::default()).unwrap().get(Counter::JunkWatch), 1);
        demo.counts_agree();
    }

    #[test]
    fn answers_of_one_address_take_turns() {
        let mut answers = Answers::read(text_of("answers.toml").unwrap()).unwrap();
        let priya = Address::parse("priya.nair@hutchins-rowe.example").unwrap();
        let subject = Text::own("Re: Delivery dates");
        let mut next = || answers.next(&priya, &subject).unwrap();
        let (first, second, third) = (next(), next(), next());
        assert_ne!(first.1, second.1);
        assert_eq!(first, third);
        assert!(second.1.contains("about \"Delivery dates\": desks"), "{}", second.1);
        assert_eq!(second.0, SignedDuration::from_secs(30), "nobody waits longer");
        assert_eq!(answers.next(&Address::parse("stranger@x.example").unwrap(), &subject), None);
    }

    #[test]
    fn a_folder_that_cannot_be_written_holds_the_letter_back() {
        let mut demo = demo();
        demo.postman.outbox_dir = demo.postman.outbox_dir.join("gone");
        demo.reply("Purchase order", "Later.");
        let next = demo.postman.round(Timestamp::now()).unwrap().unwrap();
        assert!(next > Timestamp::now(), "tried again later, not at once");
        assert_eq!(demo.postman.store.outbox_status().unwrap().queued, 1);
        assert!(demo.postman.promised.is_empty());
    }

    #[test]
    fn dropping_it_stops_its_thread() {
        let demo = demo();
        let folder = demo.postman.outbox_dir.clone();
        let (news, heard) = unbounded();
        let start = || {
            let (account, own) = (demo.postman.account, demo.postman.own.clone());
            Post::start(&folder.join("postbook.db"), &folder.join("out"), account, own, None, news.clone())
        };
        let post = start().unwrap();
        assert!(start().is_err(), "one post office for one store");
        demo.reply("Purchase order", "Now.");
        post.wake();
        while !matches!(heard.recv_timeout(Duration::from_secs(20)).unwrap(), News::Progress(..)) {}
        drop(post);
        assert!(start().is_ok());
    }

    #[test]
    fn names_of_files() {
        for (subject, expected) in [
            ("Re: Кава в зернах!", "re-кава-в-зернах"),
            ("../../etc/passwd", "etc-passwd"),
            ("\u{202e} …", "letter"),
            ("x".repeat(300).as_str(), "x".repeat(40).as_str()),
        ] {
            assert_eq!(slug(subject), expected);
        }
    }
}
