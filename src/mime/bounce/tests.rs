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

/// A letter with these head lines and words: who is named in it, how, and why.
fn told(head: &str, text: &str) -> Vec<String> {
    let letter = format!("{head}\nTo: me@firma.example\n\n{text}\n");
    let word = |bounce: &Bounce| {
        let fate = if bounce.permanent { "failed" } else { "late" };
        format!("{} {fate} {} {}", bounce.recipient, bounce.reason.word(), bounce.status.as_str()).trim_end().to_owned()
    };
    bounces(letter.as_bytes()).iter().map(word).collect()
}

const DAEMON: &str = "From: MAILER-DAEMON@mx.example\nReturn-Path: <>";
const GIVEN_BACK: &str = "From: me@firma.example\nTo: one@x.example, two@x.example\nSubject: Offer\n\nHello\n";

/// Each is named after the server that writes so.
#[test]
fn servers_that_write_prose_name_everybody() {
    for (server, head, text, expected) in [
        (
            "qmail",
            DAEMON,
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n<one@x.example>:\nRemote host said: 550 5.1.1 unknown\nGiving up on 192.0.2.1.\n\n\
             <two@x.example>:\nRemote host said: 552 5.2.2 full\n\n--- Below this line is a copy of the message.\n\nTo: three@x.example",
            &["one@x.example failed gone 5.1.1", "two@x.example failed full 5.2.2"][..],
        ),
        (
            "qmail with the command in the answer",
            DAEMON,
            "<one@x.example>:\nFrom: <me@firma.example> RCPT: <one@x.example> does not like recipient.\nRemote host said: 550 no such user",
            &["one@x.example failed gone"],
        ),
        (
            "Exchange 5.5",
            "From: System Administrator <postmaster@x.example>\nSubject: Undeliverable: Offer",
            "Your message\n\n  To:      me@firma.example\n  Subject: Offer\n\ndid not reach the following recipient(s):\n\n\
             one@x.example on Thu, 29 Apr 2007\n    The recipient name is not recognized\ntwo@x.example on Thu, 29 Apr 2007\n    The recipient name is not recognized",
            &["one@x.example failed gone", "two@x.example failed gone"],
        ),
        (
            "GMX",
            DAEMON,
            "The following address failed:\n\n\"one@x.example\":\nSMTP error from remote server after RCPT command:\nhost: mx.x.example\n5.2.1 <one@x.example>... User Unknown\n\
             \"two@x.example\":\nhost: mx.x.example\n5.2.2 <two@x.example>... Mailbox Full",
            &["one@x.example failed gone 5.2.1", "two@x.example failed full 5.2.2"],
        ),
        (
            "sendmail 5",
            DAEMON,
            "   ----- Transcript of session follows -----\n>>> MAIL From:<me@firma.example>\n<<< 501 <me@firma.example>... no access\n554 <one@x.example>... Remote protocol error\n\
             >>> RCPT To:<two@x.example>\n550 <two@x.example>... User unknown\n\n   ----- Unsent message follows -----\nTo: three@x.example",
            &["one@x.example failed refused", "two@x.example failed gone"],
        ),
        (
            "Notes",
            "From: POSTMASTER@x.example\nSubject: Undeliverable message",
            "------- Failure Reasons  --------\n\nUser  not listed in public Name & Address Book\none@x.example\n\n------- Returned Message --------\nReceived: from mx",
            &["one@x.example failed gone"],
        ),
        (
            "InterScan",
            "From: InterScan <postmaster@x.example>\nSubject: Mail",
            "Sent <<< RCPT TO:<one@x.example>\nReceived >>> 550 5.1.1 <one@x.example>... user unknown",
            &["one@x.example failed gone 5.1.1"],
        ),
        (
            "Verizon: only the letter given back says who",
            DAEMON,
            "Message could not be delivered to mobile.\nError: No valid recipients for this MM\n\nOriginal Message:\nFrom: me <me@firma.example>\nTo: 0000000000@x.example\nSubject: Hi",
            &["0000000000@x.example failed gone"],
        ),
        (
            "Gmail: a warning",
            DAEMON,
            "THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n     one@x.example\n\nMessage will be retried for 2 more day(s)",
            &["one@x.example late late"],
        ),
        (
            "PMDF without boundaries",
            DAEMON,
            "Your message cannot be delivered:\n\nAction: failed\nStatus: 5.0.0 (rejected)\nFinal-recipient: rfc822;one@x.example\nDiagnostic-code: smtp; 550 5.7.1 User Unknown: one@x.example",
            &["one@x.example failed gone 5.7.1"],
        ),
        (
            "a help desk is nobody who was missed",
            DAEMON,
            "The message could not be delivered to one or more destinations.\n\nFor further assistance, please contact <desk@mx.example>\n\n<one@x.example>: host mx said: 550 unknown user\n\n\
             If you have questions write to\ndesk@mx.example",
            &["one@x.example failed gone"],
        ),
        (
            "a list server",
            "From: admin@x.example\nX-MLServer: fml\nSubject: You are not member",
            "You are not a member of this mailing list <list@x.example>.",
            &["list@x.example failed refused"],
        ),
    ] {
        assert_eq!(told(head, text), expected, "{server}");
    }
}

#[test]
fn nothing_is_said_of_letters_that_are_no_reports() {
    let complaint =
        "From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b";
    let parts = "--b\n\nThis is spam: <one@x.example>\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: <one@x.example>\n--b--\n";
    for (what, head, text) in [
        ("a complaint", complaint, parts),
        (
            "an auto-reply",
            "From: anna@x.example\nAuto-Submitted: auto-replied\nReturn-Path: <>",
            "I am away. Write to <bob@x.example>. Your letter was not delivered to anybody.",
        ),
        (
            "a shop",
            "From: no-reply@shop.example\nSubject: Your parcel could not be delivered",
            "Your parcel could not be delivered. Write to <help@shop.example>, 550 Main Street.",
        ),
        ("a person", "From: anna@x.example\nSubject: Re: Undeliverable: Offer", "<one@x.example>:\n550 no such user"),
        (
            "forwarded by a person",
            "From: anna@x.example\nSubject: Fwd: Undelivered Mail",
            "--- Below this line is a copy of the message.\n\n<one@x.example>: 550 no such user",
        ),
    ] {
        assert_eq!(told(head, text), [""; 0], "{what}");
    }
}

#[test]
fn the_truer_code_is_the_other_servers() {
    let of = |status: &str, answer: &str| {
        let letter = report(&format!(
            "Final-Recipient: rfc822; one@x.example\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {answer}"
        ));
        bounces(letter.as_bytes()).first().map(|b| format!("{} {}", b.status.as_str(), b.reason.word())).unwrap()
    };
    assert_eq!(of("5.1.1", "552 5.2.2 Over quota"), "5.2.2 full");
    assert_eq!(of("5.1.1", "550 5.7.1 IP address blacklisted by recipient"), "5.7.1 refused");
    assert_eq!(of("5.0.0", "5.1.0 - Unknown address error 550-'5.7.1 Access'"), "5.7.1 gone");
    assert_eq!(of("4.4.7", "550 5.0.0 no"), "4.4.7 late");
}

#[test]
fn a_relay_wraps_a_report_into_one_of_its_own() {
    let inner = report("Final-Recipient: rfc822; one@x.example\nAction: failed\nStatus: 5.1.1")
        .replace("boundary=b", "boundary=i")
        .replace("--b", "--i");
    let letter = format!(
        "{DAEMON}\nTo: me@firma.example\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nThe following addresses had permanent delivery errors\n\n\
         --o\nContent-Type: message/rfc822\n\n{inner}\n--o--\n"
    );
    let found = bounces(letter.as_bytes());
    assert_eq!(found.iter().map(|b| b.recipient.as_str()).collect::<Vec<_>>(), ["one@x.example"]);
}

#[test]
fn amazon_tells_in_json() {
    let told_of = "{\"notificationType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"one@x.example\",\"status\":\"5.1.1\",\n\
         \"diagnosticCode\":\"smtp; 550 5.1.1 user unknown\"}]}}";
    let wrapped = format!("{{ \"Type\": \"Notification\", \"Message\": \"{}\" }}", told_of.replace('"', "\\\""));
    let head = "From: no-reply@sns.amazonaws.com\nFeedback-ID: 1\nx-amz-sns-message-id: 1";
    for text in [told_of, &wrapped] {
        assert_eq!(
            told(head, &format!("{text}\n\n--\nIf you wish to stop")),
            ["one@x.example failed gone 5.1.1"],
            "{text}"
        );
    }
    assert_eq!(told(head, &told_of.replace("Bounce\"", "Delivery\"")), [""; 0]);
}

#[test]
fn a_report_says_nothing_of_me() {
    let own = Own::new([Address::parse("me@firma.example").unwrap()]);
    let letter = report(
        "Final-Recipient: rfc822; me@firma.example\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; one@x.example\nAction: failed\nStatus: 5.1.1",
    );
    let found = bounces_of_others(letter.as_bytes(), &own);
    assert_eq!(found.iter().map(|b| b.recipient.as_str()).collect::<Vec<_>>(), ["one@x.example"]);
    let to_me = format!("{DAEMON}\nTo: me@firma.example\nContent-Type: message/rfc822\n\n{GIVEN_BACK}");
    assert!(bounces(to_me.as_bytes()).iter().all(|b| b.recipient.as_str() != "me@firma.example"));
}

#[test]
fn each_recipient_of_a_list_has_an_answer_of_its_own() {
    let groups = "Final-Recipient: rfc822; one@x.example\nAction: failed\nStatus: 5.0.0\n\n\
                  Final-Recipient: rfc822; two@x.example\nAction: failed\nStatus: 5.0.0";
    let lines = "one@x.example: 550 5.1.1 <one@x.example>: Recipient address rejected: User unknown here\n\
                 two@x.example: 552 5.2.2 <two@x.example>: Recipient address rejected: Mailbox full";
    let letter = report(groups).replace("Sorry.", lines);
    let found: Vec<String> =
        bounces(letter.as_bytes()).iter().map(|b| format!("{} {}", b.recipient, b.reason.word())).collect();
    assert_eq!(found, ["one@x.example gone", "two@x.example full"]);
}

#[test]
fn names_and_reasons_are_found_where_servers_hide_them() {
    for (what, head, text, expected) in [
        (
            "an answer that goes on in small letters",
            DAEMON,
            "<gone@x.example>: Name service error for domain x.example: Host not\n    found, try again",
            "gone@x.example failed late",
        ),
        (
            "a name without a domain",
            "From: MAILER-DAEMON@aol.example",
            "Sorry. Your mail to the following recipients could not be delivered:\n\tscreenname",
            "screenname@aol.example failed refused",
        ),
        (
            "a rule that announces nobody's letter",
            DAEMON,
            "-------- Message not delivered to the following addresses:\n\n    gone@x.example\n\n-------- Unsent Message below:\n\nTo: other@y.example",
            "gone@x.example failed refused",
        ),
        (
            "a letter that begins with its name",
            "From: postmaster@mx.example\nSubject: Undeliverable: Offer",
            "gone@x.example on Fri\n    The recipient name is not recognized\n\nMessage-ID: <1@firma.example>\nFrom: me@firma.example\nTo: Desk\n <desk@z.example>\nSubject: Offer\nDate: Fri, 18 Oct 2002 09:25:07 -0600\n",
            "gone@x.example failed gone",
        ),
        (
            "a gateway's notice that gives no letter back",
            "From: Gateway@x.example\nSubject: Delivery failure notification",
            "Your message could not be delivered to the following recipients:\n\nlate@x.example\n\nDelivery attempts will continue to be made for 5 day(s).",
            "late@x.example late late",
        ),
        (
            "an office that calls its report an answer",
            "From: postmaster@mx.example\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: email bounce notification",
            "The email you sent was rejected.\nreject reason: Mailbox full\ntarget mail address: gone@x.example\n---\nbounced E-Mail:\n\nFrom: me@firma.example\nTo: gone@x.example",
            "gone@x.example failed full",
        ),
        (
            "an address that asks for help by its name",
            DAEMON,
            "<contact@x.example>: host\n    help.mx.x.example[192.0.2.1] said: 554 5.7.1\n    <contact@x.example>: Recipient address rejected: user\n    contact@x.example does not exist (in reply to RCPT TO command)",
            "contact@x.example failed gone 5.7.1",
        ),
        (
            "an answer in several lines",
            DAEMON,
            "<gone@x.example>: host mx.x.example[192.0.2.1] said: 550\n    mailbox gone@x.example unavailable (in reply to\n    RCPT TO command)",
            "gone@x.example failed gone",
        ),
        (
            "an answer in several lines, one of which begins with another address",
            DAEMON,
            "<gone@x.example>: host\n    mx.x.example[192.0.2.1] said: 550 5.1.1\n    <bounces+1@firma.example>: unauthorized sender (in\n    reply to RCPT TO command)",
            "gone@x.example failed gone 5.1.1",
        ),
        (
            "a reason in brackets",
            DAEMON,
            "This message was created automatically.\n\n  gone@x.example\n    (sa) this mailbox is over quota\n",
            "gone@x.example failed full",
        ),
    ] {
        assert_eq!(told(head, text), [expected], "{what}");
    }
    let encoded = report("Final-Recipient: RFC822; =?utf-8?Q?anna+=C3=A9?=@x.example\nAction: failed\nStatus: 5.1.1");
    assert_eq!(
        bounces(encoded.as_bytes()).first().map(|b| b.recipient.as_str().to_owned()),
        Some("anna+é@x.example".to_owned())
    );
}

#[test]
fn a_person_who_writes_of_a_failure_writes_no_report() {
    for (head, text) in [
        ("From: anna@x.example\nSubject: Delivery failure notification", "I got this. What does it mean?\n\nAnna"),
        (
            "From: anna@x.example\nSubject: Delivery problem",
            "Our machines were not delivered to the following address:\nul. Prosta 1, Warszawa\nPlease mail me when they come: anna@x.example",
        ),
        (
            "From: Anna Lis <anna@x.example>\nSubject: Delivery problem",
            "My message could not be delivered to the following address:\n\nsales@y.example\n\nIs it right?\nAnna",
        ),
        (
            "From: anna@x.example\nSubject: Re: Delivery failure notification",
            "could not be delivered to the following recipients:\none@x.example",
        ),
        (
            "From: postmaster@x.example\nSubject: Automatic reply: Offer\nAuto-Submitted: auto-replied",
            "Your message was rejected? No: I am away.",
        ),
    ] {
        assert_eq!(told(head, text), [""; 0], "{head}");
    }
}
