//! Every outcome against a scripted server.

use super::*;
use crate::domain::account::Secret;
use crate::net::sasl::TokenMechanism;
use crate::net::script::{Server, Step, certificate, hear, impatient, login, patient, say};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn hello(offers: &[&str]) -> Vec<Step> {
    let mut steps = vec![say("220 mail.firma.example ESMTP"), hear("EHLO ")];
    let mut lines = vec!["mail.firma.example greets you"];
    lines.extend(offers);
    let last = lines.pop().unwrap();
    steps.extend(lines.into_iter().map(|line| say(&format!("250-{line}"))));
    steps.push(say(&format!("250 {last}")));
    steps
}

/// Up to the place where the letter is awaited.
fn up_to_data() -> Vec<Step> {
    let mut steps = hello(&["8BITMIME", "SIZE 1000"]);
    steps.extend([
        hear("MAIL FROM:<me@firma.example> SIZE="),
        say("250 ok"),
        hear("RCPT TO:<anna@client.example>"),
        say("250 2.1.5 ok"),
        hear("DATA"),
    ]);
    steps
}

fn letter_sent(answer: Vec<Step>) -> Vec<Step> {
    let mut steps = up_to_data();
    steps.extend([say("354 go on"), Step::HearLetter]);
    steps.extend(answer);
    steps
}

const LETTER: &[u8] = b"Subject: x\r\n\r\nhello\r\n";

fn send_to(server: &Server, to: &[&str], bytes: &[u8], timeouts: &Timeouts) -> Report {
    let to: Vec<Address> = to.iter().map(|text| address(text)).collect();
    send(&server.endpoint(), None, &address("me@firma.example"), &to, bytes, timeouts, &mut || Ok(()))
}

/// The outcome of a letter to Anna, as a word and the server's or our words.
fn outcome(steps: Vec<Step>) -> (&'static str, String) {
    let server = Server::play(steps);
    let report = send_to(&server, &["anna@client.example"], LETTER, &impatient());
    server.heard();
    assert_eq!(report.refused, []);
    word(report.outcome)
}

fn word(outcome: Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Accepted(text) => ("accepted", text.into()),
        Outcome::TryLater(text) => ("try later", text.into()),
        Outcome::Refused(text) => ("refused", text.into()),
        Outcome::Unknown(text) => ("unknown", text.into()),
    }
}

#[test]
fn the_answer_to_the_final_dot_decides() {
    for (answer, expected, words) in [
        (vec![say("250 2.0.0 queued as 7"), hear("QUIT"), say("221 bye")], "accepted", "queued as 7"),
        (vec![say("250-two"), say("250 lines"), hear("QUIT"), say("221 bye")], "accepted", "two lines"),
        (vec![say("250"), hear("QUIT"), say("221 bye")], "accepted", "250"),
        (vec![say("250 ok"), Step::Close], "accepted", "250 ok"),
        (vec![say("250 ok"), hear("QUIT"), say("500 what?")], "accepted", "250 ok"),
        (vec![say("250 ok"), hear("QUIT"), Step::Hold], "accepted", "250 ok"),
        (vec![say("451 4.3.0 try again")], "try later", "451"),
        (vec![say("554 5.7.1 spam \u{1b}[31m")], "refused", "spam ␛[31m"),
        (vec![Step::Close], "unknown", "closed"),
        (vec![Step::Hold], "unknown", "in time"),
        (vec![Step::Say(b"250-half".to_vec()), Step::Close], "unknown", "closed"),
        (vec![Step::Say(b"250-half\r\n250".to_vec()), Step::Hold], "unknown", "in time"),
        (vec![Step::Say(b"25".to_vec()), Step::Close], "unknown", "closed"),
        (vec![say("hello?")], "unknown", "not SMTP"),
        (vec![say("354 go on")], "unknown", "354"),
        (vec![say("250-ok"), say("550 no")], "unknown", "not SMTP"),
        (vec![say(&"250-essay".repeat(20_000))], "unknown", ""),
        (vec![Step::Drip(b"250 ok\r\n".to_vec()), hear("QUIT")], "accepted", "250 ok"),
    ] {
        let shown = format!("{answer:?}");
        let (word, text) = outcome(letter_sent(answer));
        assert!(word == expected && text.contains(words), "{:.200}: {word} {text}", shown);
    }
}

#[test]
fn before_the_final_dot_nothing_is_unknown() {
    let after = |mut steps: Vec<Step>, then: Vec<Step>| {
        steps.extend(then);
        steps
    };
    let greeted = || vec![say("220 hi"), hear("EHLO ")];
    let mail = || after(hello(&[]), vec![hear("MAIL")]);
    let rcpt = || after(mail(), vec![say("250 ok"), hear("RCPT")]);
    for (steps, expected, words) in [
        (vec![Step::Close], "try later", "closed"),
        (vec![Step::Hold], "try later", "in time"),
        (vec![say("421 busy")], "try later", "busy"),
        (vec![say("554 not you")], "refused", "not you"),
        (vec![say("SSH-2.0-OpenSSH")], "try later", "not SMTP"),
        (after(greeted(), vec![Step::Close]), "try later", "closed"),
        (after(greeted(), vec![say("502 no EHLO")]), "refused", "EHLO"),
        (after(mail(), vec![say("451 greylisted")]), "try later", "greylisted"),
        (after(mail(), vec![say("550 not your sender")]), "refused", "not your sender"),
        (after(mail(), vec![Step::Close]), "try later", "closed"),
        (after(rcpt(), vec![say("450 greylisted"), hear("QUIT")]), "try later", "anna@client.example: 450"),
        (after(rcpt(), vec![say("550 unknown user"), hear("QUIT")]), "refused", "unknown user"),
        (after(rcpt(), vec![Step::Close]), "try later", "closed"),
        (after(up_to_data(), vec![say("451 later")]), "try later", "later"),
        (after(up_to_data(), vec![say("554 no")]), "refused", "no"),
        (after(up_to_data(), vec![say("250 what?")]), "try later", "250"),
        (after(up_to_data(), vec![Step::Close]), "try later", "closed"),
    ] {
        let shown = format!("{steps:?}");
        let (word, text) = outcome(steps);
        assert!(word == expected && text.contains(words), "{shown}: {word} {text}");
    }
}

#[test]
fn a_letter_cut_off_in_the_middle_is_tried_again() {
    // More than any socket buffers, so that writing fails before the end is reached.
    let huge = b"x\r\n".repeat(20_000_000);
    let mut steps = hello(&[]);
    steps.extend([hear("MAIL"), say("250 ok"), hear("RCPT"), say("250 ok"), hear("DATA"), say("354 go on")]);
    steps.extend([Step::HearBytes(100_000), Step::Close]);
    let server = Server::play(steps);
    let report = send_to(&server, &["anna@client.example"], &huge, &patient());
    assert_eq!(word(report.outcome).0, "try later");
    server.heard();
}

#[test]
fn no_connection_is_tried_again() {
    let server = Server::play(vec![]);
    let endpoint = server.endpoint();
    drop(std::net::TcpStream::connect((endpoint.host.as_str(), endpoint.port)));
    server.heard();
    let me = address("me@firma.example");
    let report = send(&endpoint, None, &me, std::slice::from_ref(&me), LETTER, &impatient(), &mut || Ok(()));
    assert_eq!(word(report.outcome).0, "try later");
}

#[test]
fn the_letter_arrives_as_it_was_written() {
    let letter = b"Subject: x\n\n.\n..two\r\nbare\rcr\n\xd0\xb9 last";
    let mut steps = hello(&["8bitmime"]);
    steps.extend([
        hear("MAIL FROM:<me@firma.example> BODY=8BITMIME\r\n"),
        say("250 ok"),
        hear("RCPT"),
        say("251 forwarded"),
        hear("DATA"),
        say("354 go on"),
        Step::HearLetter,
        say("250 ok"),
        hear("QUIT"),
    ]);
    let server = Server::play(steps);
    let report = send_to(&server, &["anna@client.example", "anna@client.example"], letter, &patient());
    assert_eq!(word(report.outcome).0, "accepted");
    let heard = server.heard();
    let sent = heard.split("DATA\r\n").nth(1).unwrap();
    assert_eq!(sent, "Subject: x\r\n\r\n..\r\n...two\r\nbare\r\ncr\r\nй last\r\n.\r\nQUIT\r\n");
}

#[test]
fn some_recipients_refused() {
    let rcpt = |answers: [&str; 3]| {
        let mut steps = hello(&[]);
        steps.extend([hear("MAIL"), say("250 ok")]);
        for (answer, name) in answers.iter().zip(["<a@", "<b@", "<c@"]) {
            steps.extend([Step::Hear(name), say(answer)]);
        }
        steps
    };
    let everyone = ["a@x.example", "b@x.example", "c@x.example"];
    let with_letter = |answers, end| {
        let mut steps = rcpt(answers);
        steps.extend([hear("DATA"), say("354 go on"), Step::HearLetter]);
        steps.extend(end);
        Server::play(steps)
    };
    let refused_b = vec![(address("b@x.example"), Text::line("550 no such user"))];

    let server = with_letter(["250 ok", "550 no such user", "250 ok"], vec![say("250 ok"), hear("QUIT")]);
    let report = send_to(&server, &everyone, LETTER, &impatient());
    assert_eq!((word(report.outcome).0, report.refused), ("accepted", refused_b.clone()));
    server.heard();

    let server = with_letter(["250 ok", "550 no such user", "250 ok"], vec![Step::Close]);
    let report = send_to(&server, &everyone, LETTER, &impatient());
    assert_eq!((word(report.outcome).0, report.refused), ("unknown", refused_b));
    server.heard();

    let mut steps = rcpt(["550 no", "551 nor here", "553 never"]);
    steps.push(hear("QUIT"));
    let server = Server::play(steps);
    let report = send_to(&server, &everyone, LETTER, &impatient());
    let (word, text) = word(report.outcome);
    assert!(word == "refused" && text.contains("b@x.example: 551 nor here"), "{text}");
    assert!(!server.heard().contains("DATA"));

    let mut steps = hello(&[]);
    steps.extend([hear("MAIL"), say("250 ok"), hear("<a@"), say("250 ok"), hear("<b@"), say("452 full"), hear("QUIT")]);
    let server = Server::play(steps);
    let report = send_to(&server, &everyone, LETTER, &impatient());
    assert!(matches!(report.outcome, Outcome::TryLater(text) if text.as_str().contains("b@x.example: 452 full")));
    assert!(!server.heard().contains("DATA"));
}

#[test]
fn what_the_server_cannot_take_is_refused_in_words() {
    for (offers, to, letter, words) in [
        (&[][..], "anna@client.example", "Subject: x\r\n\r\nй\r\n", "8BITMIME"),
        (&["8BITMIME"], "anna@client.example", "Subject: й\r\n\r\nx\r\n", "SMTPUTF8"),
        (&["8BITMIME"], "анна@пошта.укр", "Subject: x\r\n\r\nx\r\n", "SMTPUTF8"),
        (&["SIZE 5"], "anna@client.example", "Subject: x\r\n\r\nx\r\n", "up to"),
    ] {
        let mut steps = hello(offers);
        steps.push(Step::Hold);
        let server = Server::play(steps);
        let report = send_to(&server, &[to], letter.as_bytes(), &impatient());
        let (word, text) = word(report.outcome);
        assert!(word == "refused" && text.contains(words), "{text}");
        assert!(!server.heard().contains("MAIL"));
    }
    let mut steps = hello(&["8BITMIME", "SMTPUTF8", "SIZE"]);
    steps.extend([hear(" SMTPUTF8 BODY=8BITMIME"), say("550 enough"), Step::Hold]);
    let server = Server::play(steps);
    send_to(&server, &["анна@пошта.укр"], "Subject: й\r\n\r\nx\r\n".as_bytes(), &impatient());
    server.heard();
}

#[test]
fn nobody_and_impossible_addresses_are_refused_without_a_connection() {
    let endpoint =
        Endpoint { host: "localhost".to_owned(), port: 1, security: Security::Tls, ca_file: None, pin: None };
    for to in [vec![], vec![address("two..dots@x.example")]] {
        let report = send(&endpoint, None, &address("me@firma.example"), &to, LETTER, &impatient(), &mut || Ok(()));
        assert_eq!(word(report.outcome).0, "refused", "{to:?}");
    }
}

fn signing_in(offers: &[&str], steps: Vec<Step>) -> (&'static str, String, String) {
    let mut all = hello(offers);
    all.extend(steps);
    let server = Server::play(all);
    let me = address("me@firma.example");
    let report =
        send(&server.endpoint(), Some(&login()), &me, std::slice::from_ref(&me), LETTER, &impatient(), &mut || Ok(()));
    let (word, text) = word(report.outcome);
    assert!(!text.contains("canary") && !text.contains("AGFub"), "{text}");
    (word, text, server.heard())
}

#[test]
fn signing_in_before_sending() {
    let token = "AUTH PLAIN AGFubmEAY2FuYXJ5LTQ3MTE=";
    for (offers, steps, expected, words) in [
        (
            &["AUTH PLAIN LOGIN"][..],
            vec![hear(token), say("535 5.7.8 bad credentials"), Step::Hold],
            "refused",
            "bad cred",
        ),
        (&["AUTH PLAIN"], vec![hear(token), say("454 4.7.0 later"), Step::Hold], "try later", "later"),
        (
            &["AUTH PLAIN"],
            vec![hear(token), say("535 AUTH PLAIN AGFubmEAY2FuYXJ5LTQ3MTE="), Step::Hold],
            "refused",
            "not shown",
        ),
        (&["AUTH PLAIN"], vec![hear(token), say("535 canary-4711 is wrong"), Step::Hold], "refused", "not shown"),
        (&["AUTH PLAIN"], vec![hear(token), Step::Close], "try later", "closed"),
        (&["AUTH CRAM-MD5"], vec![Step::Hold], "refused", "no way to sign in"),
        (&[], vec![Step::Hold], "refused", "no way to sign in"),
        (
            &["auth=login"],
            vec![
                hear("AUTH LOGIN"),
                say("334 VXNlcjo="),
                hear("YW5uYQ=="),
                say("334 what else?"),
                hear("Y2FuYXJ5LTQ3MTE="),
                say("235 welcome"),
                hear("MAIL"),
                say("451 enough"),
                Step::Hold,
            ],
            "try later",
            "enough",
        ),
    ] {
        let (word, text, heard) = signing_in(offers, steps);
        assert!(word == expected && text.contains(words), "{offers:?}: {word} {text}");
        assert!(word != "refused" || !heard.contains("MAIL"), "{heard}");
    }
}

#[test]
fn starttls_is_begun_or_the_attempt_ends() {
    for (offers, steps, expected, words) in [
        (&[][..], vec![Step::Hold], "refused", "does not offer STARTTLS"),
        (&["STARTTLS"], vec![hear("STARTTLS"), say("454 not now"), Step::Hold], "try later", "not now"),
        (
            &["STARTTLS"],
            vec![hear("STARTTLS"), say("220 go\r\n250 injected"), Step::Hold],
            "refused",
            "before TLS began",
        ),
        (&["STARTTLS"], vec![hear("STARTTLS"), say("220 go"), Step::Close], "try later", "TLS handshake"),
    ] {
        let mut all = hello(offers);
        all.extend(steps);
        let server = Server::play(all);
        let endpoint = Endpoint { security: Security::StartTls, ..server.endpoint() };
        let me = address("me@firma.example");
        let report =
            send(&endpoint, Some(&login()), &me, std::slice::from_ref(&me), LETTER, &impatient(), &mut || Ok(()));
        let (word, text) = word(report.outcome);
        assert!(word == expected && text.contains(words), "{offers:?}: {word} {text}");
        assert!(!server.heard().contains("AUTH"));
    }
}

#[test]
fn after_starttls_the_offers_are_asked_for_again() {
    let mut steps = hello(&["STARTTLS", "AUTH LOGIN", "SIZE 1"]);
    steps.extend([hear("STARTTLS"), say("220 go"), Step::Tls("good")]);
    steps.extend([hear("EHLO"), say("250-again"), say("250 AUTH PLAIN"), hear("AUTH PLAIN "), say("235 ok")]);
    steps.extend([hear("MAIL FROM:<me@firma.example>\r\n"), say("250 ok"), hear("RCPT"), say("250 ok")]);
    steps.extend([hear("DATA"), say("354 go"), Step::HearLetter, say("250 ok"), hear("QUIT")]);
    let server = Server::play(steps);
    let ca_file = Some(certificate("authority"));
    let endpoint = Endpoint { security: Security::StartTls, ca_file, ..server.endpoint() };
    let me = address("me@firma.example");
    let report = send(&endpoint, Some(&login()), &me, std::slice::from_ref(&me), LETTER, &patient(), &mut || Ok(()));
    assert_eq!(word(report.outcome), ("accepted", "250 ok".to_owned()));
    server.heard();
}

#[test]
fn an_untrusted_certificate_is_refused() {
    let server = Server::play(vec![Step::Tls("expired"), Step::Hold]);
    let ca_file = Some(certificate("authority"));
    let endpoint = Endpoint { security: Security::Tls, ca_file, ..server.endpoint() };
    let me = address("me@firma.example");
    let report = send(&endpoint, Some(&login()), &me, std::slice::from_ref(&me), LETTER, &patient(), &mut || Ok(()));
    let (word, text) = word(report.outcome);
    assert!(word == "refused" && text.contains("expired") && text.contains("ca_file"), "{text}");
    server.heard();
}

/// One sign-in with this token against these steps; the problem, and what the server heard.
fn with_token(token: String, offers: &[&str], steps: Vec<Step>) -> (problem::Result<()>, String, Endpoint) {
    let mut all = hello(offers);
    all.extend(steps);
    let server = Server::play(all);
    let endpoint = server.endpoint();
    let login = Login { secret: Secret::token(token), ..login() };
    let outcome = check(&endpoint, &login, &patient());
    (outcome, server.heard(), endpoint)
}

#[test]
fn signing_in_with_a_token() {
    let welcome = || vec![hear("AUTH "), say("235 welcome"), hear("QUIT"), say("221 bye")];
    for (offers, mechanism) in [
        (&["AUTH LOGIN PLAIN XOAUTH2 OAUTHBEARER"][..], TokenMechanism::OAuthBearer),
        (&["AUTH LOGIN XOAUTH2"], TokenMechanism::XOAuth2),
    ] {
        let (outcome, heard, endpoint) = with_token("canary-4711".to_owned(), offers, welcome());
        outcome.unwrap();
        let login = Login { secret: Secret::token("canary-4711".to_owned()), ..login() };
        let message = STANDARD.encode(mechanism.message(&login, &endpoint));
        assert!(heard.contains(&format!("AUTH {} {message}\r\n", mechanism.name())), "{heard}");
    }
    // RFC 4954, 4: what makes the command too long goes after it. Microsoft's tokens have two thousand characters.
    let long = vec![hear("AUTH XOAUTH2\r\n"), say("334 "), hear("="), say("235 in"), hear("QUIT"), say("221 bye")];
    let (outcome, heard, _) = with_token("t".repeat(2000), &["AUTH XOAUTH2"], long);
    outcome.unwrap();
    assert!(heard.lines().any(|line| line.len() > 2000), "{heard:.200}");
}

#[test]
fn a_refused_token_is_said_and_its_error_answered() {
    for (offers, answer) in [("AUTH OAUTHBEARER", "AQ==\r\n"), ("AUTH XOAUTH2", "\r\n")] {
        let steps = vec![
            hear("AUTH "),
            say("334 eyJzdGF0dXMiOiI0MDAifQ=="),
            Step::Hear(answer),
            say("535 canary-4711?"),
            Step::Hold,
        ];
        let (outcome, heard, _) = with_token("canary-4711".to_owned(), &[offers], steps);
        let problem = outcome.unwrap_err();
        assert_eq!(problem.kind, Kind::Auth, "{problem}");
        assert!(
            problem.sentence.contains("and the token") && !format!("{problem:?}").contains("canary"),
            "{problem:?}"
        );
        assert!(heard.ends_with(&format!("\r\n{}", answer.trim_start())), "{heard:?}");
    }
    let (outcome, heard, _) = with_token("canary-4711".to_owned(), &["AUTH PLAIN LOGIN"], vec![Step::Hold]);
    assert!(outcome.unwrap_err().sentence.contains("no way to sign in with a token"));
    assert!(!heard.contains("AUTH"), "a token is not tried as a password");
    for (answer, kind) in [("454 4.7.0 later", Kind::Network), ("421 busy", Kind::Network), ("504 no", Kind::Auth)] {
        let steps = vec![hear("AUTH "), say(answer), Step::Hold];
        assert_eq!(with_token("x".to_owned(), &["AUTH XOAUTH2"], steps).0.unwrap_err().kind, kind, "{answer}");
    }
}

/// How an automatic answer begins.
const AUTO_REPLY: &[u8] = b"Auto-Submitted: auto-replied\r\nSubject: Auto: x\r\n\r\nhello\r\n";

#[test]
fn an_automatic_answer_has_no_sender() {
    for offers in [&["8BITMIME"][..], &["8BITMIME", "DSN"]] {
        let mut steps = hello(offers);
        steps.extend([
            hear("MAIL FROM:<>"),
            say("250 ok"),
            hear("RCPT TO:<anna@client.example>\r\n"),
            say("250 ok"),
            hear("DATA"),
            say("354 go on"),
            Step::HearLetter,
            say("250 ok"),
            hear("QUIT"),
            say("221 bye"),
        ]);
        let server = Server::play(steps);
        let report = send_to(&server, &["anna@client.example"], AUTO_REPLY, &impatient());
        server.heard();
        assert!(matches!(report.outcome, Outcome::Accepted(_)), "{report:?}");
    }
}

#[test]
fn a_server_that_wants_a_sender_gets_one_and_is_asked_for_no_report() {
    for (offers, recipient) in [
        (&["8BITMIME"][..], "RCPT TO:<anna@client.example>\r\n"),
        (&["8BITMIME", "DSN"], "RCPT TO:<anna@client.example> NOTIFY=NEVER\r\n"),
    ] {
        let mut steps = hello(offers);
        steps.extend([
            hear("MAIL FROM:<>"),
            say("553 5.7.1 sender not owned by user"),
            hear("MAIL FROM:<me@firma.example>"),
            say("250 ok"),
            hear(recipient),
            say("250 ok"),
            hear("DATA"),
            say("354 go on"),
            Step::HearLetter,
            say("250 ok"),
            hear("QUIT"),
            say("221 bye"),
        ]);
        let server = Server::play(steps);
        let report = send_to(&server, &["anna@client.example"], AUTO_REPLY, &impatient());
        server.heard();
        assert!(matches!(report.outcome, Outcome::Accepted(_)), "{report:?}");
    }
    // Busy is no refusal of the sender.
    let mut steps = hello(&["8BITMIME"]);
    steps.extend([hear("MAIL FROM:<>"), say("451 later")]);
    let server = Server::play(steps);
    let report = send_to(&server, &["anna@client.example"], AUTO_REPLY, &impatient());
    assert!(matches!(report.outcome, Outcome::TryLater(_)), "{report:?}");
}

#[test]
fn somebody_elses_automatic_answer_that_i_redirect_has_my_name() {
    let mut steps = hello(&["8BITMIME"]);
    steps.extend([hear("MAIL FROM:<me@firma.example>"), say("451 later")]);
    let server = Server::play(steps);
    let redirected = [b"Resent-From: me@firma.example\r\n", AUTO_REPLY].concat();
    send_to(&server, &["anna@client.example"], &redirected, &impatient());
    server.heard();
}
