//! Reports of servers that do not know RFC 3464: qmail, Exim, sendmail of old, Exchange 5.5, Domino, phone companies. Who was missed stands
//! at the start of a line, behind a label, in a sentence, or only in the letter that is given back; tried in this order.

use super::super::headers::Headers;
use super::super::mailboxes;
use super::super::parts::Parts;
use super::answer::{addresses_on, is_put_off, reply_code, shortened, status_in};
use super::{MOST_RECIPIENTS, original, says_little, topic};
use crate::domain::address::Address;
use crate::domain::bounce::{Bounce, Reason, reason};
use crate::domain::text::Text;

/// Lines of a report in prose that are looked at.
const MOST_LINES: usize = 500;
/// Lines below an address that are about it.
const MOST_OF_ONE: usize = 20;

/// A report taken apart.
struct Report<'x> {
    /// Its words, line by line, without the letter that it gives back.
    lines: Vec<&'x str>,
    /// Which of them goes on with what the line above says of somebody, and stands further in (Postfix).
    further: Vec<bool>,
    /// Whom it went to and whom the returned letter is from: I, and no one who was missed.
    mine: Vec<Address>,
    /// Who wrote the report.
    reporters: Vec<Address>,
    /// The server is still trying.
    is_put_off: bool,
}

/// Somebody who was missed, and the line that says so.
type Found = (Option<usize>, Address);

/// Who was missed. `named` is what a header of Exim's says of it.
pub(super) fn read(parts: &Parts<'_>, headers: &Headers<'_>, text: &str, named: Vec<Address>) -> Vec<Bounce> {
    let all: Vec<&str> = text.lines().map(str::trim_end).take(MOST_LINES).collect();
    let (words, rest) = all.split_at(original::begins(&all).min(all.len()));
    let original = original::read(parts, rest);
    let people = |name: &str| mailboxes::read(&headers.lists(name)).mailboxes.into_iter().map(|m| m.address);
    let mut mine = original.writers;
    for name in ["to", "delivered-to", "x-original-to", "envelope-to"] {
        // DragonFly's X-Original-To is whom the letter was for.
        mine.extend(people(name).filter(|address| name == "to" || !original.recipients.contains(address)));
    }
    mine.extend(words.iter().filter(|line| is_of_sender(line)).filter_map(|line| addresses_on(line).next()));
    let lines: Vec<&str> = words.iter().map(|line| line.trim()).collect();
    let subject = headers.text("subject").unwrap_or_default();
    let is_put_off = is_put_off(&lines.join(" ")) || is_warning(&subject);
    let further = further(words);
    let report = Report { lines, further, mine, reporters: people("from").collect(), is_put_off };
    let found: Vec<Found> = if named.is_empty() {
        report.missed(&subject, &original.recipients)
    } else {
        named.into_iter().map(|address| (report.place_of(&address), address)).collect()
    };
    let places: Vec<usize> = found.iter().filter_map(|(place, _)| *place).collect();
    let is_alone = found.len() == 1;
    let told = |(place, address): Found| {
        let end = places.iter().copied().filter(|other| place.is_some_and(|place| *other > place)).min();
        report.told(place, end, is_alone, address)
    };
    found.into_iter().map(told).collect()
}

/// `<anna@x.example>: host mx.x.example said: 550` / `    mailbox unavailable`: the lines below that stand further in.
fn further(lines: &[&str]) -> Vec<bool> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut head: Option<usize> = None;
    let mut found = Vec::with_capacity(lines.len());
    for line in lines {
        let goes_on = !line.trim().is_empty() && head.is_some_and(|head| indent(line) > head);
        if !goes_on {
            let is_of_somebody = line.split_whitespace().next().is_some_and(|word| addresses_on(word).next().is_some());
            head = is_of_somebody.then(|| indent(line));
        }
        found.push(goes_on);
    }
    found
}

/// The words of a report, whoever sent it: what a postmaster's letter has to say to be taken for one.
pub(in crate::mime) fn tells_of_failure(text: &str) -> bool {
    const SAID: &[&str] = &[
        "not be delivered",
        "not delivered",
        "unable to deliver",
        "undeliverable",
        "delivery failed",
        "delivery failure",
        "did not reach the following recipient",
        "returned to sender",
        "user unknown",
        "unknown user",
        "no such user",
        "invalid user address",
        "rcpt to:",
        "delivery errors",
        "failed recipient",
        "message was rejected",
        "email you sent was rejected",
        "mailbox unavailable",
        "送信できませんでした",
        "配信できません",
    ];
    let start: String = text.chars().take(4000).collect::<String>().to_lowercase();
    topic::is_bounce(text) || SAID.iter().any(|said| start.contains(said))
}

/// The words with which nothing but a report begins, and below them a line that is an address: who misses goods names a street.
pub(in crate::mime) fn begins_as_report(text: &str) -> bool {
    const SAID: &[&str] = &[
        "be delivered to the following",
        "not delivered to the following",
        "delivery to the following",
        "the following recipient",
        "the following address",
    ];
    let start: String = text.chars().take(400).collect::<String>().to_lowercase();
    let words = start.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_address = |line: &str| {
        let mut words = line.split_whitespace().peekable();
        words.peek().is_some() && words.all(|word| addresses_on(word).next().is_some())
    };
    SAID.iter().any(|said| words.contains(said))
        && ["message", "mail"].iter().any(|letter| words.contains(letter))
        && start.lines().any(is_address)
}

impl Report<'_> {
    /// Whoever the report names, in the strongest way it names anybody.
    /// In the heads of lines; behind labels, where a transcript's answers do not name more ("RCPT To" is kept of the last host alone); in
    /// the answers.
    fn in_order(&self, fits: &dyn Fn(&Address) -> bool) -> Option<Vec<Found>> {
        let heads = self.at(fits, head);
        if !heads.is_empty() {
            return Some(heads);
        }
        let (labels, answers) = (self.at(fits, labelled), self.at(fits, refused));
        let are_answered = labels.iter().all(|(_, label)| answers.iter().any(|(_, address)| address == label));
        Some(if are_answered { answers } else { labels }).filter(|found| !found.is_empty())
    }

    fn missed(&self, subject: &str, recipients: &[Address]) -> Vec<Found> {
        let is_other = |address: &Address| !self.mine.contains(address) && !self.reporters.contains(address);
        let strong = |fits: &dyn Fn(&Address) -> bool| self.in_order(fits);
        let in_sentence = |fits: &dyn Fn(&Address) -> bool| self.at(fits, sentence).into_iter().next();
        let in_subject = || addresses_on(subject).find(|address| is_other(address) && !address.is_robot());
        let in_original =
            || recipients.iter().filter(|address| is_other(address)).map(|address| (None, address.clone()));
        // "postmaster@mx" is mostly whom to ask; where nobody else is named, it is who was missed. So it is with me.
        strong(&|address| is_other(address) && !address.is_robot())
            .or_else(|| Some(vec![in_sentence(&|address| is_other(address) && !address.is_robot())?]))
            .or_else(|| Some(vec![(None, in_subject()?)]))
            .or_else(|| Some(in_original().collect()).filter(|found: &Vec<Found>| !found.is_empty()))
            .or_else(|| strong(&is_other))
            .or_else(|| Some(vec![in_sentence(&is_other)?]))
            .or_else(|| strong(&|address| !self.reporters.contains(address) && !address.is_robot()))
            .or_else(|| Some(vec![self.at_home()?]))
            .unwrap_or_default()
    }

    /// Somebody of the reporter's own, who is named without a domain: "could not be delivered to the following recipients:" / "screenname".
    fn at_home(&self) -> Option<Found> {
        let domain = self.reporters.first()?.domain();
        let is_list = |line: &str| {
            let lower = line.to_lowercase();
            line.ends_with(':') && (lower.contains("following") || lower.contains("recipient"))
        };
        let at = self.lines.iter().position(|line| is_list(line))?;
        let below = (at + 1..self.lines.len()).take(3).find(|below| !self.line(*below).is_empty())?;
        let name = self.line(below);
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        Some((Some(below), Address::parse(&format!("{name}@{domain}")).filter(|_| is_name)?))
    }

    /// The addresses that lines give in one way, each once.
    fn at(&self, fits: &dyn Fn(&Address) -> bool, way: fn(&[&str], usize) -> Option<Address>) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for place in (0..self.lines.len()).filter(|place| !self.goes_on(*place)) {
            let Some(address) = way(&self.lines, place).filter(fits) else { continue };
            if found.len() < MOST_RECIPIENTS && found.iter().all(|(_, other)| *other != address) {
                found.push((Some(place), address));
            }
        }
        found
    }

    fn goes_on(&self, at: usize) -> bool {
        self.further.get(at).copied().unwrap_or(false)
    }

    fn place_of(&self, recipient: &Address) -> Option<usize> {
        self.lines.iter().position(|line| line.to_lowercase().contains(recipient.as_str()))
    }

    /// What the report tells of this recipient: its own lines first, then others that name it, then, where it is the only one, all.
    fn told(&self, place: Option<usize>, end: Option<usize>, is_alone: bool, recipient: Address) -> Bounce {
        let end = end.unwrap_or(self.lines.len());
        let start = place.unwrap_or(if is_alone { 0 } else { end });
        let own: Vec<usize> = (start..end).take(MOST_OF_ONE).collect();
        let names = |at: usize| self.line(at).to_lowercase().contains(recipient.as_str());
        let goes_on = |at: usize| {
            let line = self.line(at);
            !line.contains('@') && reply_code(line).is_none()
        };
        let others: Vec<usize> = (0..self.lines.len())
            .filter(|at| !own.contains(at))
            .filter(|at| names(*at) || goes_on(*at) && (at.saturating_sub(2)..*at).any(names))
            .collect();
        let before: Vec<usize> = (start.saturating_sub(4)..start).filter(|_| is_alone).collect();
        let rest: Vec<usize> = (0..self.lines.len()).filter(|_| is_alone).collect();
        let order: Vec<usize> = [own.as_slice(), &others, &before, &rest].concat();
        let telling = order.iter().copied().find(|at| is_telling(self.line(*at)));
        let status = order.iter().find_map(|at| status_in(self.line(*at))).unwrap_or_default();
        let code = telling.and_then(|at| reply_code(self.line(at)));
        let is_late = self.is_put_off || status.starts_with('4') || status.is_empty() && code == Some('4');
        let bare = |at: usize| without(self.line(at), &recipient);
        let reason_of = |line: &str| reason(&status, line, !is_late);
        // Exim's "Unrouteable address" stands without any code below the address, Gmail's and Exchange's reasons further down.
        let plain = || {
            order
                .iter()
                .map(|at| self.flowed(*at, end, bare(*at)))
                .filter(|line| line.chars().any(char::is_alphabetic) && !line.ends_with(':') && !is_aside(line))
        };
        let answer = telling
            .map(|at| self.sentence_at(at, end))
            .or_else(|| plain().find(|line| reason_of(line) != Reason::Refused))
            .or_else(|| plain().next())
            .unwrap_or_default();
        let reason = match reason_of(&answer) {
            // In a transcript each line has its own answer.
            Reason::Refused if says_little(&status) && telling.is_none_or(|at| Some(at) != place) => {
                let own = own.iter().chain(&others).chain(&before).map(|at| reason_of(&bare(*at)));
                own.into_iter().find(|reason| *reason != Reason::Refused).unwrap_or(Reason::Refused)
            }
            told => told,
        };
        Bounce { recipient, status: Text::from(status), answer: shortened(&answer), permanent: !is_late, reason }
    }

    fn line(&self, at: usize) -> &str {
        self.lines.get(at).copied().unwrap_or_default()
    }

    /// A line of prose, and the next one where its sentence goes on there in small letters: `Host not` / `found, try again`.
    fn flowed(&self, at: usize, end: usize, line: String) -> String {
        let next = self.line(at + 1);
        let goes_on =
            next.starts_with(char::is_lowercase) && !next.contains('@') && !line.ends_with(['.', '!', ':', ')', '?']);
        if goes_on && at + 1 < end && !line.is_empty() { format!("{line} {next}") } else { line }
    }

    /// The line, and the next one where the answer goes on there: `554 5.7.1 <anna@x.example>:` / `Relay access denied`.
    fn sentence_at(&self, at: usize, end: usize) -> String {
        let below =
            (at + 1..end).take(MOST_OF_ONE).take_while(|below| self.goes_on(*below)).map(|below| self.line(below));
        let below: Vec<&str> = below.collect();
        if !below.is_empty() && reply_code(self.line(at)).is_some() {
            return format!("{} {}", self.line(at), below.join(" "));
        }
        let (line, next) = (self.line(at), self.line(at + 1));
        let goes_on = line.ends_with([':', ',']) || line.len() > 60 && !line.ends_with(['.', ')', '!']);
        // The next line may be about the next recipient.
        let is_of_another = next.split_whitespace().next().is_some_and(|word| addresses_on(word).next().is_some());
        if goes_on && at + 1 < end && !next.is_empty() && !is_of_another {
            format!("{line} {next}")
        } else {
            line.to_owned()
        }
    }
}

/// The line has the other server's answer.
fn is_telling(line: &str) -> bool {
    !line.starts_with(">>>") && (status_in(line).is_some() || reply_code(line).is_some())
}

/// The line without the address, which would be no reason.
fn without(line: &str, recipient: &Address) -> String {
    let lower = line.to_lowercase();
    let bare = lower.find(recipient.as_str()).and_then(|at| {
        let (before, rest) = (line.get(..at)?, line.get(at + recipient.as_str().len()..)?);
        Some(format!(
            "{} {}",
            before.trim_end_matches(['<', '"', '(', ':', ' ']),
            rest.trim_start_matches(['>', '"', ')', ':', ' '])
        ))
    });
    bare.unwrap_or_else(|| line.to_owned()).trim().to_owned()
}

/// A greeting, or `(generated from anna@x.example)`.
fn is_aside(line: &str) -> bool {
    let lower = line.to_lowercase();
    ["(generated", "(expanded", "(ultimately", "hello", "hi.", "hi!", "hi,", "dear "]
        .iter()
        .any(|greeting| lower.starts_with(greeting))
}

/// A line about me: `>>> MAIL From:<me@firma.example>`, `From: me@firma.example`.
fn is_of_sender(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    ["from:", "from ", "sender:", "reply-to:", "return-path:"].iter().any(|field| lower.starts_with(field))
        || lower.contains("mail from")
        || lower.contains("envelope-from")
        || lower.contains("sender address")
}

/// A line that says whom to ask, and not who was missed.
fn is_of_help(line: &str) -> bool {
    const HELP: &[&str] = &[
        "連絡",
        "問い合わせ",
        "contact",
        "assist",
        "help",
        "support",
        "question",
        "write to",
        "report ",
        "reply to",
        "e-mail to",
        "please",
        "postmaster at",
        "http",
        "further information",
        "unblock",
        "whitelist",
    ];
    // An address or a host may have such a name: contact@x.example.
    let is_name = |word: &&str| {
        word.contains('@') || !word.contains("//") && word.trim_matches(|c: char| !c.is_alphanumeric()).contains('.')
    };
    let words: Vec<&str> = line.split_whitespace().filter(|word| !is_name(word)).collect();
    let lower = words.join(" ").to_lowercase();
    HELP.iter().any(|word| lower.contains(word))
}

/// A line that names a letter, and no person.
fn is_of_letter(line: &str) -> bool {
    let lower = line.to_lowercase();
    lower.starts_with("message-id")
        || lower.contains("message-id:")
        || lower.contains("message-id <")
        || lower.contains("message id")
        || lower.contains("queue-id")
}

/// `<anna@x.example>:`, `anna@x.example on Mon`, `"anna@x.example"`, `1. anna@x.example`: a line about somebody starts with the address.
fn head(lines: &[&str], at: usize) -> Option<Address> {
    let line = lines.get(at)?;
    let start = line.trim_start_matches(|c: char| !c.is_alphanumeric()).trim_start();
    let start = start
        .strip_prefix(|c: char| c.is_ascii_digit())
        .and_then(|rest| rest.strip_prefix(['.', ')']))
        .unwrap_or(start);
    let start = start.trim_start_matches(|c: char| !c.is_alphanumeric());
    let first = start.split_whitespace().next().filter(|word| word.contains('@'))?;
    // "For help write to" / "desk@mx.example": the sentence of the line above goes on.
    let below = lines.get(at + 1).copied().unwrap_or_default();
    let above = at.checked_sub(1).and_then(|above| lines.get(above)).copied().unwrap_or_default();
    let goes_on = !above.is_empty() && !above.ends_with([':', '.', '-']) && is_of_help(above)
        || is_of_help_itself(start)
        || !start.contains(' ') && is_of_help(below) && !below.contains('@') && reply_code(below).is_none();
    if goes_on || line.starts_with(">>>") || line.starts_with("<<<") {
        return None;
    }
    addresses_on(first).next()
}

/// `<desk@mx.example> for further assistance`
fn is_of_help_itself(start: &str) -> bool {
    start.contains(' ') && is_of_help(start) && reply_code(start).is_none() && status_in(start).is_none()
}

/// `RCPT TO: <anna@x.example>`, `Recipient address: anna@x.example`, `Could not be delivered to: <anna@x.example>`.
fn labelled(lines: &[&str], at: usize) -> Option<Address> {
    const LABELS: &[&str] = &[
        "rcpt to",
        "recipient:",
        "recipient address",
        "recipients:",
        "failed recipient",
        "failed address",
        "final-recipient",
        "delivered to:",
        "addressee",
        "to address",
        "message to:",
        "mailbox:",
        "user:",
        "user unknown:",
        "unknown user:",
        "unknown recipient:",
        "undeliverable to",
        "undelivered to",
        "delivery to",
        "unable to deliver message to",
        "unable to deliver to",
        "not be sent to:",
    ];
    let line = lines.get(at)?;
    let lower = line.to_lowercase();
    let label = LABELS.iter().find_map(|label| lower.find(label).map(|place| place + label.len()))?;
    let rest = lower.get(label..)?;
    if is_of_sender(line) || is_of_letter(line) {
        return None;
    }
    let here = addresses_on(rest).next();
    // The address may stand on the next line.
    here.or_else(
        || if rest.trim_matches([':', ' ']).is_empty() { addresses_on(lines.get(at + 1)?).next() } else { None },
    )
}

/// `550 <anna@x.example>... User unknown`: what the other server said in a transcript.
fn refused(lines: &[&str], at: usize) -> Option<Address> {
    let line = lines.get(at)?.trim_start_matches("<<< ");
    let is_answer = line.starts_with(['4', '5']) && line.bytes().take(3).all(|b| b.is_ascii_digit());
    (is_answer && !is_of_sender(line)).then(|| addresses_on(line).next()).flatten()
}

fn sentence(lines: &[&str], at: usize) -> Option<Address> {
    let line = lines.get(at)?;
    let lower = line.to_lowercase();
    let is_field = ["to:", "cc:", "date:", "subject:"].iter().any(|field| lower.starts_with(field));
    if is_field || is_of_sender(line) || is_of_letter(line) || is_of_help(line) {
        return None;
    }
    addresses_on(line).next()
}

/// The subject of a report about a letter that is only late.
fn is_warning(subject: &str) -> bool {
    let lower = subject.to_lowercase();
    ["delayed", "(delay)", "warning: message", "warning: could not send", "still being retried", "delay notification"]
        .iter()
        .any(|late| lower.contains(late))
}
