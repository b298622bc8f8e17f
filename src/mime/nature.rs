//! Who wrote a letter: a person, a list, a machine, or a mail server ("Human means" in PRODUCT.md).

use super::headers::Headers;
use super::parts::Parts;
use crate::domain::address::Mailbox;
use crate::domain::away::is_away_subject;
use crate::domain::message::Nature;

/// Decides by the headers, with what says so as evidence.
///
/// `X-Auto-Response-Suppress` alone says nothing: Exchange puts it on letters of people.
///
/// `text` is looked at in letters of postmasters and other robots alone: a report may have nothing in its head that says so.
pub(super) fn nature(headers: &Headers<'_>, from: &[Mailbox], parts: &Parts<'_>, text: &str) -> Nature {
    bounce(headers, from)
        .or_else(|| report_in_words(headers, from, parts, text))
        .map(Nature::Bounce)
        .or_else(|| answered_by_itself(headers).map(Nature::Automatic))
        .or_else(|| bulk(headers).map(Nature::Bulk))
        .or_else(|| machine(headers, from).map(Nature::Automatic))
        .unwrap_or(Nature::Human)
}

fn word(headers: &Headers<'_>, name: &str) -> Option<String> {
    let value = headers.unfolded(name)?.trim().to_ascii_lowercase();
    Some(value.split(|c: char| c == ';' || c == '(' || c.is_whitespace()).next().unwrap_or("").to_owned())
}

/// Delivery reports (RFC 3464), and what mail servers write in their own ways.
fn bounce(headers: &Headers<'_>, from: &[Mailbox]) -> Option<&'static str> {
    let content_type = headers.structured("content-type");
    if let Some(t) = content_type.filter(|t| t.value == "multipart/report") {
        match t.parameter("report-type").unwrap_or("").to_ascii_lowercase().as_str() {
            // Read, or called spam (RFC 5965): it did arrive.
            "disposition-notification" | "feedback-report" => {}
            _ => return Some("Content-Type: multipart/report"),
        }
    }
    // Return-Path is written by the receiving server; `<>` is the sender of reports (RFC 5321, 4.5.5), GMX leaves it empty.
    let is_null = |value: &[u8]| value.iter().all(|b| b.is_ascii_whitespace() || matches!(b, b'<' | b'>'));
    let writer = headers.unfolded("from").unwrap_or_default().to_ascii_lowercase();
    let is_daemon = writer.contains("mailer-daemon") || writer.contains("mail delivery");
    if headers.all("return-path").next().is_some_and(is_null) {
        // Out-of-office answers and read receipts have a null sender too.
        return answered_by_itself(headers).is_none_or(|_| is_daemon).then_some("Return-Path: <>");
    }
    if headers.has("x-failed-recipients") {
        return Some("X-Failed-Recipients");
    }
    // Sendmail: `Auto-Submitted: auto-generated (failure)`, with a null From.
    let submitted = headers.unfolded("auto-submitted").unwrap_or_default();
    if submitted.contains("(failure)") || submitted.contains("(warning-") {
        return Some("Auto-Submitted: auto-generated (failure)");
    }
    if is_daemon {
        return Some("From: MAILER-DAEMON");
    }
    let subject = headers.text("subject").unwrap_or_default().to_lowercase();
    let is_nobody = from.is_empty() && writer.contains("postmaster");
    let is_report = (is_nobody || is_office(from)) && REPORTS.iter().any(|report| subject.contains(report));
    is_report.then_some("Subject of a delivery report")
}

/// Subjects of reports, in the languages of the servers that write them; in lower case.
const REPORTS: &[&str] = &[
    "undeliver",
    "nondeliver",
    "non-deliver",
    "not deliver",
    "could not be delivered",
    "delivery fail",
    "delivery error",
    "delivery problem",
    "delivery status",
    "delivery notification",
    "delivery report",
    "mail delivery",
    "mail failed",
    "mail failure",
    "mail error",
    "message delayed",
    "returned mail",
    "returned to sender",
    "returning message",
    "bounce notification",
    "bounced mail",
    "bounced message",
    "failure notice",
    "failed mail",
    "unknown address",
    "user unknown",
    "не доставлено",
    "недоставлен",
    "не удается доставить",
    "не удалось доставить",
    "не вдалося доставити",
    "niedostarczon",
    "niedostarczaln",
    "nie można dostarczyć",
    "unzustellbar",
    "non remis",
    "no se puede entregar",
    "não entregue",
    "impossibile recapitare",
    "onbestelbaar",
    "配信不能",
    "メールエラー通知",
];

/// A mail server's own address: `postmaster`, `post_master`, `mail-daemon`, MDaemon.
fn is_office(from: &[Mailbox]) -> bool {
    const OFFICES: &[&str] = &["maildaemon", "mailerdaemon", "administrator", "systemadministrator", "mdaemon"];
    let plain = |local: &str| local.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    from.iter()
        .map(|m| plain(m.address.local()))
        .any(|local| local.starts_with("postmaster") || OFFICES.contains(&local.as_str()))
}

/// A report that only its words tell: of a postmaster (InterScan, Verizon), of a robot that gives the letter back (KDDI), of Amazon's
/// notification service.
fn report_in_words(headers: &Headers<'_>, from: &[Mailbox], parts: &Parts<'_>, text: &str) -> Option<&'static str> {
    let gives_back = || parts.all.iter().any(|part| part.media_type == "message/rfc822");
    let is_robot = || from.iter().any(|m| m.address.is_robot()) && gives_back() && !headers.has("list-unsubscribe");
    // The list server fml: "You are not member", "Loop Alert".
    let subject = || headers.text("subject").unwrap_or_default().to_lowercase();
    if headers.has("x-mlserver") && ["not member", "loop alert"].iter().any(|told| subject().contains(told)) {
        return Some("X-MLServer");
    }
    // A gateway under a name of its own (InterScan, McAfee, Symantec) says in the subject what it is, and gives the letter back.
    let is_named = || {
        let subject = subject();
        // A gateway that gives no letter back has at least no name as people have.
        let is_nameless = from.iter().all(|m| m.name.is_empty());
        let is_passed_on =
            ["re:", "fw:", "fwd:", "aw:", "wg:", "odp:"].iter().any(|mark| subject.trim_start().starts_with(mark));
        !is_passed_on
            && REPORTS.iter().any(|report| subject.contains(report))
            && (gives_back()
                || super::bounce::quotes_a_letter(text)
                || is_nameless && super::bounce::begins_as_report(text))
    };
    let is_topic = headers.has("x-amz-sns-message-id");
    let may_be =
        is_topic && super::bounce::is_topic(text) || !is_topic && (is_office(from) || is_robot() || is_named());
    // A mail server's own office may call its report an answer; an absent postmaster gives no letter back.
    let is_answer = answered_by_itself(headers).is_some() && !(is_office(from) && super::bounce::quotes_a_letter(text));
    (may_be && !is_answer && super::bounce::tells_of_failure(text)).then_some("Text of a delivery report")
}

/// Out-of-office answers and other letters that answer a letter without a person (RFC 3834).
fn answered_by_itself(headers: &Headers<'_>) -> Option<&'static str> {
    if word(headers, "auto-submitted").is_some_and(|value| value.starts_with("auto-replied")) {
        return Some("Auto-Submitted: auto-replied");
    }
    if word(headers, "precedence").is_some_and(|value| value == "auto_reply") {
        return Some("Precedence: auto_reply");
    }
    for (name, evidence) in [
        ("x-autoreply", "X-Autoreply"),
        ("x-autorespond", "X-Autorespond"),
        ("x-auto-reply", "X-Auto-Reply"),
        ("x-mail-autoreply", "X-Mail-Autoreply"),
        ("x-autogenerated", "X-Autogenerated"),
    ] {
        if word(headers, name).is_some_and(|value| value != "no" && value != "false") {
            return Some(evidence);
        }
    }
    is_away_subject(&headers.text("subject").unwrap_or_default()).then_some("Subject of an automatic reply")
}

/// Mailing lists and newsletters.
fn bulk(headers: &Headers<'_>) -> Option<&'static str> {
    for (name, evidence) in [
        ("list-id", "List-Id"),
        ("list-unsubscribe", "List-Unsubscribe"),
        ("list-post", "List-Post"),
        ("feedback-id", "Feedback-ID"),
        ("x-mailgun-sid", "X-Mailgun-Sid"),
        ("x-campaign-id", "X-Campaign-Id"),
        ("x-mc-user", "X-MC-User"),
    ] {
        if headers.has(name) {
            return Some(evidence);
        }
    }
    match word(headers, "precedence").as_deref() {
        Some("bulk") => Some("Precedence: bulk"),
        Some("list") => Some("Precedence: list"),
        Some("junk") => Some("Precedence: junk"),
        _ => None,
    }
}

/// Shops, banks and other programs that expect no answer.
fn machine(headers: &Headers<'_>, from: &[Mailbox]) -> Option<&'static str> {
    if word(headers, "auto-submitted").is_some_and(|value| !value.is_empty() && value != "no") {
        return Some("Auto-Submitted");
    }
    let content_type = headers.structured("content-type");
    if content_type.is_some_and(|t| t.value == "multipart/report") {
        return Some("Content-Type: multipart/report");
    }
    from.iter().any(|m| m.address.is_robot()).then_some("From: a no-reply address")
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn people_lists_machines_and_servers_are_told_apart() {
        for (head, expected) in [
            ("From: anna@x.example", Nature::Human),
            ("From: anna@x.example\nAuto-Submitted: no", Nature::Human),
            ("From: anna@x.example\nX-Auto-Response-Suppress: All", Nature::Human),
            ("From: anna@x.example\nPrecedence: first-class", Nature::Human),
            ("From: anna@x.example\nReturn-Path: <anna@x.example>", Nature::Human),
            ("From: anna@x.example\nList-ID: <l.x.example>", Nature::Bulk("List-Id")),
            ("From: shop@x.example\nList-Unsubscribe: <mailto:u@x.example>", Nature::Bulk("List-Unsubscribe")),
            ("From: a@x.example\nPrecedence: Bulk", Nature::Bulk("Precedence: bulk")),
            ("From: a@x.example\nPrecedence: junk (spam)", Nature::Bulk("Precedence: junk")),
            ("From: a@x.example\nFeedback-ID: 1:2", Nature::Bulk("Feedback-ID")),
            ("From: a@x.example\nAuto-Submitted: auto-generated", Nature::Automatic("Auto-Submitted")),
            (
                "From: a@x.example\nReturn-Path: <>\nAuto-Submitted: auto-replied; owner-email=\"a@x.example\"",
                Nature::Automatic("Auto-Submitted: auto-replied"),
            ),
            (
                "From: a@x.example\nSubject: Automatic reply: Offer\nX-Auto-Response-Suppress: All",
                Nature::Automatic("Subject of an automatic reply"),
            ),
            ("From: a@x.example\nX-Autoreply: yes", Nature::Automatic("X-Autoreply")),
            ("From: No Reply <no-reply@x.example>", Nature::Automatic("From: a no-reply address")),
            ("From: a@x.example\nReturn-Path: < >", Nature::Bounce("Return-Path: <>")),
            ("From: MAILER-DAEMON@mx.example", Nature::Bounce("From: MAILER-DAEMON")),
            ("From: MAILER-DAEMON <>", Nature::Bounce("From: MAILER-DAEMON")),
            (
                "From: postmaster@mx.example\nSubject: Undeliverable: Offer",
                Nature::Bounce("Subject of a delivery report"),
            ),
            ("From: anna@x.example\nSubject: Re: Undeliverable: Offer", Nature::Human),
            ("From: a@x.example\nX-Failed-Recipients: b@y.example", Nature::Bounce("X-Failed-Recipients")),
            (
                "From: a@x.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b",
                Nature::Bounce("Content-Type: multipart/report"),
            ),
            (
                "From: a@x.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b",
                Nature::Automatic("Content-Type: multipart/report"),
            ),
        ] {
            assert_eq!(read(format!("{head}\n\nText\n").as_bytes()).nature, expected, "{head}");
        }
    }
}
