//! What reports say, format by format.

use super::*;
use crate::domain::bounce::Reason;

fn report(groups: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{groups}\n--b--\n"
    )
}

#[test]
fn a_reason_without_a_code_is_found_below_the_address() {
    for (text, expected) in [
        ("The following address(es) failed:\n\n  gone@x.example\n    Unrouteable address\n", Reason::Gone),
        ("gone@x.example on Mon\n    The recipient name is not recognized\n", Reason::Gone),
        ("gone@x.example\n\nTechnical details of permanent failure:\nretry timeout exceeded\n", Reason::Late),
        (
            "postmaster@x.example\n\n --- Why ---\nThe number of messages in recipient's mailbox exceeded the limit.\n",
            Reason::Full,
        ),
        ("gone@x.example\n    550 Sender verify failed\n", Reason::Refused),
    ] {
        let letter = format!("From: MAILER-DAEMON@mx.example\nReturn-Path: <>\n\n{text}");
        let found =
            bounces(letter.as_bytes()).first().map(|bounce| (bounce.reason, bounce.recipient.domain().to_owned()));
        assert_eq!(found, Some((expected, "x.example".to_owned())), "{text}");
    }
}

#[test]
fn every_recipient_of_a_report_is_named() {
    let two = report(
        "Final-Recipient: rfc822; late@x.example\nAction: delayed\nStatus: 4.4.1\n\n\
         Final-Recipient: rfc822; gone@x.example\nAction: failed\nStatus: 5.1.1",
    );
    let exim = "From: MAILER-DAEMON@mx.example\nX-Failed-Recipients: one@x.example,\n two@x.example\n\n  one@x.example\n    Unrouteable address\n  two@x.example\n    mailbox full\n";
    for (letter, expected) in [
        (two.as_str(), ["gone@x.example gone", "late@x.example late"]),
        (exim, ["one@x.example gone", "two@x.example full"]),
    ] {
        let found: Vec<String> =
            bounces(letter.as_bytes()).iter().map(|b| format!("{} {}", b.recipient, b.reason.word())).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn reports_name_who_and_why() {
    let prose = |text: &str| format!("From: MAILER-DAEMON@mx.example\nReturn-Path: <>\n\n{text}\n");
    for (letter, expected) in [
        (
            report(
                "Final-Recipient: rfc822; Anna@Client.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1\n  No such user",
            ),
            Some(("anna@client.example", "5.1.1", "550 5.1.1 No such user", true)),
        ),
        (
            report("Final-Recipient: rfc822; <a@x.example>\nAction: delayed\nStatus: 4.4.7 (expired)"),
            Some(("a@x.example", "4.4.7", "", false)),
        ),
        (
            report(
                "Final-Recipient: rfc822; ok@x.example\nAction: delivered\nStatus: 2.0.0\n\n\
                 Final-Recipient: rfc822; late@x.example\nAction: delayed\nStatus: 4.0.0\n\n\
                 Original-Recipient: rfc822; gone@x.example\nAction: failed\nStatus: 5.0.0",
            ),
            Some(("gone@x.example", "5.0.0", "", true)),
        ),
        (
            prose("<gone@x.example>:\nRemote host said: 550 no mailbox here"),
            Some(("gone@x.example", "", "Remote host said: 550 no mailbox here", true)),
        ),
        (
            format!(
                "X-Failed-Recipients: gone@x.example\n{}",
                prose("  gone@x.example\n    host mx: 452 4.2.2 full")
            ),
            Some(("gone@x.example", "4.2.2", "host mx: 452 4.2.2 full", false)),
        ),
        (
            "From: MAILER-DAEMON <>\nTo: me@firma.example\n\nHi me@firma.example, no delivery to <gone@x.example>.\n\n552 5.2.2 full\n\n\
             Message headers follow.\n\nTo: other@x.example\n"
                .to_owned(),
            Some(("gone@x.example", "5.2.2", "552 5.2.2 full", true)),
        ),
        ("From: anna@x.example\n\n<gone@x.example>:\n550 no\n".to_owned(), None),
    ] {
        let found = bounces(letter.as_bytes());
        let found =
            found.first().map(|b| (b.recipient.as_str(), b.status.as_str(), b.answer.as_str(), b.permanent));
        assert_eq!(found, expected, "{letter}");
    }
}
