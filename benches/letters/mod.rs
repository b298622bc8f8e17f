//! Letters for measuring: as many as wanted, the same for the same seed.
//!
//! About 10 KB on average and unevenly so, as mail is: most are plain text of two to six kilobytes, every third has an
//! HTML part, every twenty-fifth a file. Four languages in the charsets their writers use, conversations with
//! References, some thousand clients, bulk mail, and the folders of somebody who files.

mod charset;
mod maildir;
mod speech;

pub use maildir::{flag_some, write_maildir};

use charset::{Coding, encode_body, encode_header, parameters};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use speech::Speech;
use std::collections::VecDeque;
use std::fmt::Write as _;

/// My own address.
pub const ME: &str = "me@firma.example";
/// The first letter's date: Monday, 4 January 2021.
const FIRST: i64 = 1_609_750_800;
/// The last letter's: five years later.
const SPAN: i64 = 5 * 365 * 24 * 3600;
/// People who write or are written to.
const CLIENTS: u64 = 5_000;
/// Senders of bulk mail.
const NEWSLETTERS: u64 = 150;
/// Conversations that may still go on.
const OPEN: usize = 3_000;

/// The mailbox's folders as on the wire.
pub const FOLDERS: [&str; 12] = [
    "INBOX",
    "Sent",
    "Archive",
    "Newsletters",
    "Customers",
    "Customers.Acme",
    "Customers.Borealis",
    "Customers.Centrum",
    "Customers.Dnipro",
    "Customers.Elbrus",
    "Customers.Fabryka",
    "Customers.Gdansk",
];

/// One letter and where it lies.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its folder, one of [`FOLDERS`].
    pub folder: &'static str,
    /// Letters of Maildir: `S` seen, `R` answered, `F` flagged.
    pub flags: &'static str,
    /// When it arrived, seconds since 1970.
    pub arrived: i64,
    /// The letter with CRLF, as a server sends it.
    pub bytes: Vec<u8>,
}

/// SplitMix64: good enough for letters, and the same everywhere.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `0..limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// True in `percent` of a hundred cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Between 0 and 1.
    #[allow(clippy::cast_precision_loss)]
    pub fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of these.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap_or(0)]
    }

    /// Between `low` and `high`, small ones more often: as many below the geometric mean as above it.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn mostly_small(&mut self, low: f64, high: f64) -> usize {
        (low * (high / low).powf(self.fraction())) as usize
    }
}

/// Who writes.
#[derive(Debug, Clone)]
struct Person {
    name: String,
    address: String,
}

/// A conversation that may go on.
#[derive(Debug, Clone)]
struct Conversation {
    client: Person,
    speech: usize,
    subject: String,
    references: Vec<String>,
    last_inbound: bool,
    home: &'static str,
    quoted: String,
}

/// The letters of a mailbox, oldest first.
pub struct Letters {
    dice: Dice,
    seed: u64,
    count: u64,
    next: u64,
    open: VecDeque<Conversation>,
    speeches: [Speech; 4],
}

impl Letters {
    /// So many letters; others for another seed.
    pub fn new(seed: u64, count: u64) -> Self {
        Self { dice: Dice::new(seed), seed, count, next: 0, open: VecDeque::new(), speeches: Speech::all() }
    }

    fn client(&mut self) -> (Person, usize) {
        // Few write much, many write once.
        let number = (self.dice.mostly_small(1.0, 5_000.0) as u64).min(CLIENTS) - 1;
        let speech = [0, 1, 1, 2, 2, 3, 3, 0][usize::try_from(number % 8).unwrap_or(0)];
        let mut own = Dice::new(number ^ 0xc11e_4700);
        let name = self.speeches[speech].name(&mut own);
        // Four of five from a company of several people; the others from free mail.
        let domain = if number % 5 == 4 {
            (*own.one(&["gmail.com", "ukr.net", "mail.ru", "wp.pl", "o2.pl", "yandex.ru"])).to_owned()
        } else {
            format!("company{}.example", number / 5)
        };
        (
            Person {
                name,
                address: format!("{}.{number}@{domain}", own.one(&["sales", "office", "buh", "biuro", "info"])),
            },
            speech,
        )
    }

    fn letter(&mut self) -> Letter {
        let at = FIRST + SPAN * i64::try_from(self.next).unwrap_or(0) / i64::try_from(self.count.max(1)).unwrap_or(1);
        let arrived = at + i64::try_from(self.dice.below(120)).unwrap_or(0);
        if self.dice.percent(14) {
            return self.newsletter(arrived);
        }
        let mut talk = match self.open.len() {
            open if open > 0 && self.dice.percent(62) => {
                // Mostly a recent one.
                let back = self.dice.mostly_small(1.0, open as f64);
                self.open.remove(open.saturating_sub(back)).unwrap_or_else(|| unreachable!())
            }
            _ => self.begin(),
        };
        let outbound = if talk.references.is_empty() {
            self.dice.percent(25)
        } else {
            self.dice.percent(if talk.last_inbound { 45 } else { 10 })
        };
        let letter = self.write(&mut talk, outbound, arrived);
        if self.dice.percent(80) && talk.references.len() < 30 {
            self.open.push_back(talk);
        }
        if self.open.len() > OPEN {
            self.open.pop_front();
        }
        letter
    }

    fn begin(&mut self) -> Conversation {
        let (client, speech) = self.client();
        let words = 2 + usize::try_from(self.dice.below(5)).unwrap_or(0);
        let subject =
            format!("{} {}", self.speeches[speech].words(&mut self.dice, words), 1000 + self.dice.below(9000));
        let home = match self.dice.below(100) {
            0..62 => "INBOX",
            62..84 => "Archive",
            _ => *self.dice.one(&FOLDERS[4..]),
        };
        Conversation {
            client,
            speech,
            subject,
            references: Vec::new(),
            last_inbound: false,
            home,
            quoted: String::new(),
        }
    }

    fn write(&mut self, talk: &mut Conversation, outbound: bool, arrived: i64) -> Letter {
        let me = Person { name: "Me Myself".to_owned(), address: ME.to_owned() };
        let (from, to) = if outbound { (&me, &talk.client) } else { (&talk.client, &me) };
        let coding = Coding::of(talk.speech, outbound, &mut self.dice);
        let msg_id =
            format!("{:x}.{:x}@{}", self.next, self.seed, from.address.rsplit('@').next().unwrap_or("x.example"));
        let subject = if talk.references.is_empty() { talk.subject.clone() } else { format!("Re: {}", talk.subject) };
        let mut head = String::new();
        if !outbound {
            self.received(&mut head, &from.address, arrived);
        }
        let _ = write!(
            head,
            "Date: {}\r\nFrom: {} <{}>\r\nTo: {} <{}>\r\nMessage-ID: <{msg_id}>\r\nSubject: {}\r\nMIME-Version: 1.0\r\nUser-Agent: {}\r\n",
            date(arrived - 3),
            encode_header(&from.name, coding),
            from.address,
            encode_header(&to.name, coding),
            to.address,
            encode_header(&subject, coding),
            self.dice.one(&[
                "Mozilla Thunderbird",
                "Microsoft Outlook 16.0",
                "Apple Mail (2.3774.600.62)",
                "The Bat! (v11.0.1)"
            ]),
        );
        if let Some(last) = talk.references.last() {
            let _ = write!(head, "In-Reply-To: <{last}>\r\nReferences:");
            for known in talk.references.iter().rev().take(12).rev() {
                let _ = write!(head, " <{known}>\r\n");
            }
        }
        let mut text = self.text(talk.speech, 45.0, 560.0);
        let _ = write!(
            text,
            "\r\n-- \r\n{}\r\n{}\r\n+48 22 555 {:04}\r\n",
            from.name,
            from.address,
            self.dice.below(10_000)
        );
        let quote = talk.quoted.lines().fold(String::new(), |quote, line| quote + "> " + line + "\r\n");
        let whole = if quote.is_empty() { text.clone() } else { format!("{text}\r\n{} wrote:\r\n{quote}", to.name) };
        let files = match self.dice.below(100) {
            0..4 => 1 + self.dice.below(4) / 3,
            _ => 0,
        };
        let html = self.dice.percent(30);
        let bytes = self.assemble(head, &whole, coding, html, files);
        talk.references.push(msg_id);
        talk.last_inbound = !outbound;
        // Few quote everything.
        talk.quoted = whole
            .lines()
            .take(if self.dice.percent(30) { 40 } else { 10 })
            .fold(String::new(), |all, line| all + line + "\r\n");
        let flags = match self.dice.below(20) {
            0..2 if !outbound => "",
            0..7 if !outbound => "RS",
            7 => "FS",
            _ => "S",
        };
        Letter { folder: if outbound { "Sent" } else { talk.home }, flags, arrived, bytes }
    }

    fn newsletter(&mut self, arrived: i64) -> Letter {
        let number = self.dice.below(NEWSLETTERS);
        let speech = usize::try_from(number % 4).unwrap_or(0);
        let address = format!("news@shop{number}.example");
        let coding = Coding::Utf8QuotedPrintable;
        let subject = self.speeches[speech].words(&mut self.dice, 6);
        let mut head = String::new();
        self.received(&mut head, &address, arrived);
        let _ = write!(
            head,
            "Date: {}\r\nFrom: {} <{address}>\r\nTo: <{ME}>\r\nMessage-ID: <{:x}.{:x}@shop{number}.example>\r\nSubject: {}\r\n\
             MIME-Version: 1.0\r\nList-Id: <news.shop{number}.example>\r\nList-Unsubscribe: <mailto:leave@shop{number}.example>\r\nPrecedence: bulk\r\n",
            date(arrived - 40),
            encode_header(&self.speeches[speech].words(&mut Dice::new(number), 2), coding),
            self.next,
            self.seed,
            encode_header(&subject, coding),
        );
        let text = self.text(speech, 100.0, 600.0);
        let bytes = self.assemble(head, &text, coding, true, 0);
        let folder = if self.dice.percent(30) { "Newsletters" } else { "INBOX" };
        Letter { folder, flags: if self.dice.percent(60) { "S" } else { "" }, arrived, bytes }
    }

    fn received(&mut self, head: &mut String, from: &str, arrived: i64) {
        let domain = from.rsplit('@').next().unwrap_or("x.example");
        let _ = write!(head, "Return-Path: <{from}>\r\nDelivered-To: {ME}\r\n");
        for (by, of) in [("mx.firma.example", domain), ("relay.provider.example", domain)] {
            let _ = write!(
                head,
                "Received: from smtp.{of} (smtp.{of} [192.0.2.{}])\r\n\tby {by} (Postfix) with ESMTPS id {:012X}\r\n\tfor <{ME}>; {}\r\n",
                self.dice.below(255),
                self.dice.next() & 0xffff_ffff_ffff,
                date(arrived)
            );
        }
        let _ = write!(
            head,
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=mail;\r\n\th=from:to:subject:date;\r\n"
        );
        for (begin, lines) in [("\tbh=", 1), ("\tb=", 4)] {
            head.push_str(begin);
            for _ in 0..lines {
                for _ in 0..4 {
                    let _ = write!(head, "{:016x}", self.dice.next());
                }
                head.push_str("\r\n\t ");
            }
            head.truncate(head.len() - 4);
            head.push_str(";\r\n");
        }
    }

    /// Paragraphs of so many words, wrapped at 72 columns.
    fn text(&mut self, speech: usize, low: f64, high: f64) -> String {
        let words = self.dice.mostly_small(low, high);
        self.speeches[speech].paragraphs(&mut self.dice, words)
    }

    fn assemble(&mut self, head: String, text: &str, coding: Coding, html: bool, files: u64) -> Vec<u8> {
        let mark = format!("=_{:016x}", self.dice.next());
        let mut bytes = head.into_bytes();
        let part = |bytes: &mut Vec<u8>, kind: &str, content: &str| {
            bytes.extend_from_slice(format!("Content-Type: {kind}; {}\r\n\r\n", parameters(coding)).as_bytes());
            encode_body(bytes, content, coding);
        };
        if !html && files == 0 {
            part(&mut bytes, "text/plain", text);
            return bytes;
        }
        let kind = if files > 0 { "mixed" } else { "alternative" };
        bytes.extend_from_slice(
            format!("Content-Type: multipart/{kind};\r\n boundary=\"{mark}\"\r\n\r\n--{mark}\r\n").as_bytes(),
        );
        part(&mut bytes, "text/plain", text);
        if html {
            bytes.extend_from_slice(format!("\r\n--{mark}\r\n").as_bytes());
            let page = self.page(text);
            part(&mut bytes, "text/html", &page);
        }
        for number in 0..files {
            let size = self.dice.mostly_small(8_000.0, 250_000.0);
            bytes.extend_from_slice(
                format!(
                    "\r\n--{mark}\r\nContent-Type: application/pdf; name=\"offer-{number}.pdf\"\r\nContent-Disposition: attachment; \
                     filename=\"offer-{number}.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                )
                .as_bytes(),
            );
            let content: Vec<u8> =
                std::iter::repeat_with(|| self.dice.next().to_le_bytes()).take(size / 8).flatten().collect();
            charset::base64_lines(bytes.as_mut(), &content);
        }
        bytes.extend_from_slice(format!("\r\n--{mark}--\r\n").as_bytes());
        bytes
    }

    fn page(&mut self, text: &str) -> String {
        let mut page = String::from(
            "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html\"><style>p.MsoNormal, li.MsoNormal \
             {margin:0cm; font-size:11.0pt; font-family:\"Calibri\",sans-serif;} a:link {color:#0563C1; text-decoration:underline;}\
             </style></head>\r\n<body lang=\"EN-GB\" link=\"#0563C1\" vlink=\"#954F72\">\r\n<table width=\"100%\"><tr><td>\r\n",
        );
        for paragraph in text.split("\r\n\r\n") {
            let _ = write!(
                page,
                "<p class=\"MsoNormal\" style=\"margin-bottom:12.0pt\"><span style=\"font-size:10.0pt;color:#1F497D\">{}</span></p>\r\n",
                paragraph.replace('>', "&gt;").replace("\r\n", "<br>\r\n")
            );
            if self.dice.percent(20) {
                let _ = write!(page, "<a href=\"https://shop.example/c?u={:x}\">&raquo;</a><br>\r\n", self.dice.next());
            }
        }
        page.push_str("</td></tr></table></body></html>\r\n");
        page
    }
}

impl Iterator for Letters {
    type Item = Letter;

    fn next(&mut self) -> Option<Letter> {
        if self.next >= self.count {
            return None;
        }
        let letter = self.letter();
        self.next += 1;
        Some(letter)
    }
}

fn date(seconds: i64) -> String {
    let at = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC);
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
