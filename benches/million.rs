//! How the screens and lists behave with very many letters: fills a store and times starts, keys and commands.
//!
//! `cargo bench --bench million -- [LETTERS] [DIR]`: with DIR the store is kept there and used again the next time.
//! The store is filled through the importer (threading, filing, index), not over IMAP; letters are short.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod crm;
mod keys;
mod recount;
mod screen;

use jiff::{SignedDuration, Timestamp};
use postbook::domain::account::Kind as AccountKind;
use postbook::domain::address::{Address, Own};
use postbook::domain::counter::Counter;
use postbook::domain::folder::Role;
use postbook::domain::id;
use postbook::domain::message::Flags;
use postbook::domain::practice::Practice;
use postbook::domain::query::Query;
use postbook::domain::text::Text;
use postbook::domain::work_time::WorkTime;
use postbook::store::{Ask, Cursor, Registration, Store};
use postbook::sync::ingest::{Arrival, Destination, ingest};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ME: &str = "me@firma.example";

const WORDS: &str = "offer desk chair lamp delivery invoice price order payment meeting please thanks regards \
    tomorrow shipment warehouse discount contract signed question answer proposal catalogue colour oak steel glass \
    предложение стол доставка счёт цена заказ оплата встреча завтра склад скидка договор вопрос каталог дуб \
    пропозиція рахунок ціна замовлення оплата зустріч завтра знижка угода питання \
    oferta biurko krzesło dostawa faktura cena zamówienie płatność spotkanie jutro magazyn rabat umowa pytanie dąb";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let letters: usize = arguments.first().map_or(1_000_000, |text| text.parse().expect("how many letters"));
    let kept = arguments.get(1).map(PathBuf::from);
    let temporary = tempfile::tempdir().unwrap();
    let home = kept.unwrap_or_else(|| temporary.path().to_owned());
    let file = home.join("data/postbook.db");
    if !file.exists() {
        std::fs::create_dir_all(home.join("data")).unwrap();
        fill(&home, &file, letters);
    }
    let size = std::fs::metadata(&file).unwrap().len();
    println!("store: {} MB for {letters} letters", size / 1_000_000);
    recount::compare(&file);
    queries(&file);
    keys::measure(&file);
    commands(&home);
    screen::measure(&home);
}

/// A small generator of numbers that are the same every time (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

fn fill(home: &Path, file: &Path, letters: usize) {
    let started = Instant::now();
    configure(home);
    let store = Store::open(file).unwrap();
    let registration = Registration {
        name: "work".to_owned(),
        email: Address::parse(ME).unwrap(),
        kind: AccountKind::Personal,
        read_only: false,
    };
    let account = store.register_account(&registration).unwrap();
    let own = Own::new([Address::parse(ME).unwrap()]);
    let folders: Vec<id::Folder> = [
        ("INBOX", Some(Role::Inbox)),
        ("Sent", Some(Role::Sent)),
        ("Archive", Some(Role::Archive)),
        ("Junk", Some(Role::Junk)),
    ]
    .into_iter()
    .map(|(name, role)| store.register_folder(account, name, &Text::own(name), Some('/'), role).unwrap().id)
    .collect();
    crm::clients(&store);
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut numbers = Numbers(42);
    let now = Timestamp::now();
    let mut uids = vec![0_u32; folders.len()];
    let mut batches: Vec<Vec<Arrival>> = folders.iter().map(|_| Vec::new()).collect();
    let mut made = 0;
    while made < letters {
        // Ten years, the newest today.
        let age = 3650.0 * (1.0 - made as f64 / letters as f64);
        let start = now - SignedDuration::from_mins((age * 1440.0) as i64);
        for (folder, arrival) in thread(&mut numbers, &words, made, start, now) {
            uids[folder] += 1;
            batches[folder].push(Arrival { uid: uids[folder], ..arrival });
            made += 1;
        }
        if batches.iter().map(Vec::len).sum::<usize>() > 2_000 {
            flush(&store, account, &own, &folders, &mut batches);
        }
    }
    flush(&store, account, &own, &folders, &mut batches);
    for (folder, count) in folders.iter().zip(&uids) {
        let cursor = Cursor {
            uid_validity: 1,
            uid_next: count + 1,
            highest_modseq: 1,
            server_count: Some(*count),
            complete: true,
        };
        store.set_cursor(*folder, &cursor).unwrap();
    }
    store.write(|| store.note_sync(account, now, Ok(()))).unwrap();
    println!("{made} letters after {:.0} s", started.elapsed().as_secs_f64());
    crm::deals(file);
    // The mail of everybody who has deals now is filed again, as after an import.
    store.write(|| postbook::sync::filing::settle(&store, &own, now)).unwrap();
    drop(store);
    crm::decisions(file);
    println!("filled with {made} letters in {:.0} s", started.elapsed().as_secs_f64());
}

fn flush(store: &Store, account: id::Account, own: &Own, folders: &[id::Folder], batches: &mut [Vec<Arrival>]) {
    for (folder, batch) in folders.iter().zip(batches) {
        let destination = Destination { account, folder: *folder, uid_validity: 1, own };
        store.write(|| ingest(store, &destination, batch, Timestamp::now())).unwrap();
        batch.clear();
    }
}

/// A conversation of one to eight letters, half of them answered by me last.
fn thread(
    numbers: &mut Numbers,
    words: &[&str],
    made: usize,
    start: Timestamp,
    now: Timestamp,
) -> Vec<(usize, Arrival)> {
    let person = numbers.below(crm::CLIENTS + crm::STRANGERS);
    let bulk = numbers.below(3) == 0;
    let junk = !bulk && numbers.below(50) == 0;
    let them = format!(
        "person{person}@{}.example",
        if person < crm::CLIENTS { format!("client{}", person / 3) } else { format!("other{}", person / 5) }
    );
    let count = if bulk || junk { 1 } else { 1 + numbers.below(8) };
    let mut references = String::new();
    let mut letters = Vec::new();
    let subject: Vec<&str> = (0..4).map(|_| words[numbers.below(words.len())]).collect();
    for turn in 0..count {
        let mine = turn % 2 == 1;
        let at = (start + SignedDuration::from_mins(turn as i64 * 300)).min(now);
        let id = format!("<{made}.{turn}@firma.example>");
        let (from, to) = if mine { (ME, them.as_str()) } else { (them.as_str(), ME) };
        let body: Vec<&str> = (0..60 + numbers.below(80)).map(|_| words[numbers.below(words.len())]).collect();
        let extra = if bulk { "List-Id: <news.example>\r\n" } else { "" };
        let bytes = format!(
            "From: Person {person} <{from}>\r\nTo: <{to}>\r\nSubject: {}{}\r\nDate: {}\r\nMessage-ID: {id}\r\n{references}{extra}Content-Type: text/plain; charset=utf-8\r\n\r\n{}?\r\n",
            if turn > 0 { "Re: " } else { "" },
            subject.join(" "),
            at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            body.join(" ")
        );
        references = format!("In-Reply-To: {id}\r\nReferences: {id}\r\n");
        let folder = if junk {
            3
        } else if mine {
            1
        } else if numbers.below(3) == 0 {
            2
        } else {
            0
        };
        // What is older than some weeks was read.
        let old = now.duration_since(at) > SignedDuration::from_hours(24 * 20);
        let flags = if mine || old || numbers.below(4) > 0 { Flags::SEEN } else { Flags::default() };
        letters.push((
            folder,
            Arrival {
                uid: 0,
                flags,
                keywords: Vec::new(),
                internal_date: Some(at),
                bytes: bytes.into_bytes(),
                left: None,
            },
        ));
    }
    letters
}

/// A server that nobody listens at: what is measured works offline.
fn configure(home: &Path) {
    let server = "host = \"127.0.0.1\"\nport = 9\nsecurity = \"plaintext\"\npassword = { env = \"HOME\" }\n";
    let text = format!(
        "[me]\nname = \"Me\"\n\n[[account]]\nname = \"work\"\nemail = \"{ME}\"\n[account.imap]\n{server}[account.smtp]\n{server}"
    );
    let file = home.join("config.toml");
    std::fs::write(&file, text).unwrap();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::set_permissions(home.join("data"), std::fs::Permissions::from_mode(0o700)).unwrap();
}

/// The least of some runs of `work`, in milliseconds.
fn time<T>(what: &str, mut work: impl FnMut() -> T) {
    let mut best = Duration::MAX;
    let mut first = None;
    for _ in 0..5 {
        let started = Instant::now();
        std::hint::black_box(work());
        let took = started.elapsed();
        first.get_or_insert(took);
        best = best.min(took);
    }
    println!(
        "{what:<44} first {:8.2} ms   best {:8.2} ms",
        first.unwrap_or_default().as_secs_f64() * 1e3,
        best.as_secs_f64() * 1e3
    );
}

fn queries(file: &Path) {
    time("open the store", || Store::open(file).unwrap());
    let store = Store::open(file).unwrap();
    let now = jiff::Zoned::now();
    time("counters", || store.counters(&now, &WorkTime::default()).unwrap());
    time("Today, 200 rows", || store.today(&now, &WorkTime::default(), None, 200).unwrap());
    for counter in Counter::ALL {
        time(&format!("Today, only {}", counter.label()), || {
            store.today(&now, &WorkTime::default(), Some(counter), 80).unwrap()
        });
    }
    let contact = store.contacts(None, "person 17", None, 1, &now).unwrap()[0].id;
    time("a person's card", || store.contact_card(contact, &now, 300).unwrap());
    time("what is usual with them", || store.habits(contact, &now, &WorkTime::default()).unwrap());
    time("deals", || store.deals(None, now.date(), None, 2_000).unwrap());
    time("what is said at zero", || store.rest(&now).unwrap());
    time("colleagues", || store.colleagues().unwrap());
    time("folders", || store.folders().unwrap());
    let inbox = store.folders().unwrap().into_iter().find(|row| row.role == Some(Role::Inbox)).unwrap().id;
    time("inbox, first page of 100", || store.threads_in(inbox, None, 100).unwrap());
    let rows = store.threads_in(inbox, None, 100).unwrap();
    time("a thread's letters", || store.messages_of(rows[0].id).unwrap());
    time("contacts, first page", || store.contacts(None, "", None, 100, &now).unwrap());
    time("companies, first page", || store.companies("", None, 100).unwrap());
    let practice = Practice::default();
    for typed in [
        "offer",
        "пропозиція",
        "person17",
        "zamow",
        "krzeslo",
        "desk chair",
        "\"desk chair\" ",
        "from:person17 is:unread offer ",
        "in:inbox after:30d ",
        "is:unread ",
        "is:client not offer ",
        "is:flagged ",
        "is:bulk offer ",
        "tag:vip offer ",
        "amount:>1000 is:open ",
        "counter:unanswered offer ",
        "kind:contact person",
    ] {
        let query = Query::parse(typed);
        time(&format!("search {typed:?}"), || {
            store.find(&query, &Ask { cards: 5, ..Ask::first(&now, &practice, 100) }).unwrap()
        });
    }
}

fn commands(home: &Path) {
    let run = |arguments: &[&str]| {
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_postbook"))
            .args([
                "--config",
                home.join("config.toml").to_str().unwrap(),
                "--data-dir",
                home.join("data").to_str().unwrap(),
            ])
            .args(arguments)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "{arguments:?}");
    };
    for arguments in [&["status"][..], &["search", "offer"], &["contacts"], &["deals"]] {
        time(&format!("postbook {}", arguments.join(" ")), || run(arguments));
    }
}
