//! The support must hold before anything can stand on it: its servers, its faults, its terminal and its cleaning up.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{SmtpTransport, Transport};

use super::support::*;

const ANNA: &str = "anna@firma.example";
const JAN: &str = "jan@klient.example";

fn letter(subject: &str) -> Vec<u8> {
    format!("From: <{ANNA}>\r\nTo: <{JAN}>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@x>\r\n\r\n.dot\r\nBye.\r\n")
        .into_bytes()
}

fn tls(port: u16, trust: bool) -> Result<native_tls::TlsStream<TcpStream>, String> {
    let mut builder = native_tls::TlsConnector::builder();
    if trust {
        builder.add_root_certificate(native_tls::Certificate::from_pem(ca::ca_pem().as_bytes()).unwrap());
    }
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    builder.build().unwrap().connect("localhost", stream).map_err(|error| error.to_string())
}

#[test]
fn dovecot_speaks_tls_under_our_authority() {
    let dovecot = Dovecot::start(&[ANNA]);
    for host in ["localhost", "127.0.0.1"] {
        let mut builder = native_tls::TlsConnector::builder();
        builder.add_root_certificate(native_tls::Certificate::from_pem(ca::ca_pem().as_bytes()).unwrap());
        let stream = TcpStream::connect(("127.0.0.1", dovecot.imaps_port)).unwrap();
        let stream = builder.build().unwrap().connect(host, stream).unwrap();
        let mut client = imap::Client::new(stream);
        client.read_greeting().unwrap();
        let mut session = client.login(ANNA, PASSWORD).map_err(|(error, _)| error).unwrap();
        assert_eq!(session.select("INBOX").unwrap().exists, 0);
    }
    let mut plain = imap::Client::new(TcpStream::connect(("127.0.0.1", dovecot.imap_port)).unwrap());
    plain.read_greeting().unwrap();
    assert!(plain.capabilities().unwrap().has_str("STARTTLS"));
    let started = Instant::now();
    let (error, _) = plain.login(ANNA, "wrong").unwrap_err();
    assert!(error.to_string().contains("AUTHENTICATIONFAILED"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(1), "a wrong password is answered at once");
    assert!(tls(dovecot.imaps_port, false).is_err(), "without our authority nobody trusts it");
}

#[test]
fn bad_certificates_are_refused_by_imap_and_smtp() {
    for kind in [CertKind::Expired, CertKind::WrongHost, CertKind::SelfSigned] {
        let dovecot = Dovecot::builder().user(ANNA).certificate(kind).start();
        let smtp = SmtpServer::builder().certificate(kind).start();
        for port in [dovecot.imaps_port, smtp.tls_port] {
            let error = tls(port, true).unwrap_err();
            let expected = match kind {
                CertKind::Expired => "expired",
                CertKind::WrongHost => "ostname mismatch",
                _ => "self",
            };
            assert!(error.contains(expected), "{kind:?}: {error}");
        }
    }
}

#[test]
fn mail_survives_kill_and_stop() {
    let mut dovecot = Dovecot::start(&[ANNA]);
    let ports = (dovecot.imap_port, dovecot.imaps_port);
    dovecot.append(ANNA, "INBOX", &letter("one"), &["\\Seen"]);
    let before = (dovecot.uid_validity(ANNA, "INBOX"), dovecot.flags(ANNA, "INBOX"));
    let mut open = dovecot.imap(ANNA);
    dovecot.kill();
    assert!(open.noop().is_err(), "an open connection breaks");
    assert!(TcpStream::connect(("127.0.0.1", ports.0)).is_err(), "nobody listens any more");
    dovecot.restart();
    assert_eq!((dovecot.imap_port, dovecot.imaps_port), ports);
    assert_eq!((dovecot.uid_validity(ANNA, "INBOX"), dovecot.flags(ANNA, "INBOX")), before);
    dovecot.stop();
    dovecot.restart();
    assert_eq!(dovecot.messages(ANNA, "INBOX"), [letter("one")]);
}

#[test]
fn a_thousand_letters_are_delivered_in_order_and_at_once() {
    let dovecot = Dovecot::start(&[ANNA]);
    let started = Instant::now();
    for number in 0..1000 {
        dovecot.deliver(ANNA, "INBOX", &letter(&format!("n{number}")), ["", "S", "RS", "F"][number % 4]);
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    dovecot.deliver_at(ANNA, "Klienci.Nowi", &letter("old"), "S", long_ago);
    assert_eq!(dovecot.count(ANNA, "INBOX"), 1000);
    let flags = dovecot.flags(ANNA, "INBOX");
    let expected: [&[&str]; 4] = [&[], &["\\Seen"], &["\\Answered", "\\Seen"], &["\\Flagged"]];
    for (index, (uid, flags)) in flags.iter().enumerate() {
        assert_eq!((*uid as usize, flags.as_slice()), (index + 1, &expected[index % 4].map_owned()[..]));
    }
    assert_eq!(dovecot.messages(ANNA, "INBOX")[999], letter("n999"));
    assert!(dovecot.folders(ANNA).contains(&"Klienci.Nowi".to_owned()));
    let mut session = dovecot.imap(ANNA);
    session.examine("Klienci.Nowi").unwrap();
    let fetched = session.fetch("1", "INTERNALDATE").unwrap();
    assert_eq!(fetched.iter().next().unwrap().internal_date().unwrap().timestamp(), 1_000_000_000);
}

/// `["a"]` as `vec!["a".to_owned()]`, for comparing.
trait MapOwned {
    fn map_owned(&self) -> Vec<String>;
}

impl MapOwned for &[&str] {
    fn map_owned(&self) -> Vec<String> {
        self.iter().map(|&text| text.to_owned()).collect()
    }
}

#[test]
fn another_client_can_change_everything() {
    let mut dovecot = Dovecot::start(&[ANNA]);
    for subject in ["a", "b", "c"] {
        dovecot.append(ANNA, "INBOX", &letter(subject), &[]);
    }
    dovecot.store(ANNA, "INBOX", "2", "+FLAGS (\\Flagged)");
    dovecot.expunge(ANNA, "INBOX", "1");
    assert_eq!(dovecot.flags(ANNA, "INBOX"), [(2, vec!["\\Flagged".to_owned()]), (3, vec![])]);
    dovecot.create_folder(ANNA, "Umowy");
    dovecot.move_to(ANNA, "INBOX", "3", "Umowy");
    assert_eq!(dovecot.find(ANNA, "Umowy", "<c@x>"), [1]);
    assert_eq!(dovecot.find(ANNA, "INBOX", "<c@x>"), [0; 0]);
    let before = dovecot.uid_validity(ANNA, "INBOX");
    dovecot.reset_uid_validity(ANNA, "INBOX");
    assert_ne!(dovecot.uid_validity(ANNA, "INBOX"), before);
    assert_eq!(dovecot.messages(ANNA, "INBOX"), [letter("b")]);
    let (uid, flags) = &dovecot.flags(ANNA, "INBOX")[0];
    assert_eq!((*uid, flags.as_slice()), (1, &["\\Flagged".to_owned()][..]), "the flags are in the file's name");
}

#[test]
fn a_poorer_server_announces_less() {
    let poor = ["CONDSTORE", "QRESYNC", "MOVE", "UIDPLUS", "SPECIAL-USE", "IDLE"];
    let dovecot = Dovecot::builder().user(ANNA).without(&poor).separator('/').max_connections(2).start();
    let rich = Dovecot::start(&[ANNA]);
    let (mut session, mut rich_session) = (dovecot.imap(ANNA), rich.imap(ANNA));
    let (less, all) = (session.capabilities().unwrap(), rich_session.capabilities().unwrap());
    for capability in poor {
        assert!(!less.has_str(capability), "{capability} is still announced");
        assert!(all.has_str(capability), "{capability} is not announced by default");
    }
    assert_eq!(all.len() - less.len(), poor.len(), "nothing else is missing");
    let names = |session: &mut mailbox::Session| {
        let names = session.list(None, Some("*")).unwrap();
        names.iter().map(|name| format!("{:?} {:?}", name.delimiter(), name.attributes())).collect::<String>()
    };
    assert!(!names(&mut session).contains("Sent"), "no folder tells its use");
    assert!(names(&mut rich_session).contains("Sent"));
    assert!(names(&mut session).contains("\"/\""));
    dovecot.deliver(ANNA, "Klienci/Nowi", &letter("x"), "");
    // Not by a helper: its connection, closed but not yet missed by the server, would count.
    assert_eq!(session.examine("Klienci/Nowi").unwrap().exists, 1);
    let _second = dovecot.imap(ANNA);
    let stream = TcpStream::connect(("127.0.0.1", dovecot.imap_port)).unwrap();
    let mut third = imap::Client::new(stream);
    third.read_greeting().unwrap();
    assert!(third.login(ANNA, PASSWORD).is_err(), "a third connection is refused");
}

fn transport(smtp: &SmtpServer, security: Security, password: &str) -> SmtpTransport {
    let authority = Certificate::from_pem(ca::ca_pem().as_bytes()).unwrap();
    let parameters = TlsParameters::builder("localhost".to_owned()).add_root_certificate(authority).build().unwrap();
    let (port, tls) = match security {
        Security::Tls => (smtp.tls_port, Tls::Wrapper(parameters)),
        Security::StartTls => (smtp.starttls_port, Tls::Required(parameters)),
        Security::Plaintext => (smtp.plaintext_port, Tls::None),
    };
    let credentials = Credentials::new(ANNA.to_owned(), password.to_owned());
    SmtpTransport::builder_dangerous("localhost").port(port).tls(tls).credentials(credentials).build()
}

fn envelope(from: Option<&str>, to: &[&str]) -> Envelope {
    let to = to.iter().map(|address| address.parse().unwrap()).collect();
    Envelope::new(from.map(|address| address.parse().unwrap()), to).unwrap()
}

#[test]
fn what_smtp_accepts_is_remembered_and_delivered() {
    let dovecot = Dovecot::start(&[ANNA, JAN]);
    let smtp = SmtpServer::start(&dovecot);
    for (number, security) in [Security::Tls, Security::StartTls, Security::Plaintext].into_iter().enumerate() {
        let sent = letter(&format!("s{number}"));
        let to = envelope(Some(ANNA), &[JAN, "far@away.example"]);
        // lettre ends every letter with one more CRLF, so it gets this one without its last.
        transport(&smtp, security, PASSWORD).send_raw(&to, sent.strip_suffix(b"\r\n").unwrap()).unwrap();
        let accepted = smtp.accepted().pop().unwrap();
        assert_eq!((accepted.from.as_str(), accepted.bytes), (ANNA, sent));
        assert_eq!(accepted.to, [JAN, "far@away.example"]);
        assert_eq!(accepted.user.as_deref(), Some(ANNA));
        assert_eq!(accepted.encrypted, security != Security::Plaintext, "{security:?}");
        assert!(accepted.at.elapsed().unwrap() < DEADLINE);
    }
    let inbox = dovecot.messages(JAN, "INBOX");
    assert_eq!(inbox.len(), 3);
    let first = String::from_utf8(inbox[0].clone()).unwrap();
    assert!(first.starts_with(&format!("Return-Path: <{ANNA}>\r\nReceived: from ")), "{first}");
    assert!(first.ends_with(&String::from_utf8(letter("s0")).unwrap()), "{first}");
    assert_eq!(dovecot.count(ANNA, "INBOX"), 0);

    transport(&smtp, Security::Tls, PASSWORD).send_raw(&envelope(None, &[ANNA]), &letter("bounce")).unwrap();
    assert_eq!(smtp.accepted()[3].from, "", "the null sender");
    let refused = transport(&smtp, Security::Tls, "wrong").send_raw(&envelope(Some(ANNA), &[JAN]), b"x\r\n");
    assert_eq!(u16::from(refused.unwrap_err().status().unwrap()), 535);
}

/// A client that speaks line by line, to stand at each phase.
struct Line(BufReader<TcpStream>);

impl Line {
    fn connect(smtp: &SmtpServer) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", smtp.plaintext_port)).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        Self(BufReader::new(stream))
    }

    /// The last line of an answer; empty when the connection was closed.
    fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            // A connection that breaks and one that ends are the same here.
            let _ = self.0.read_line(&mut line);
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    fn say(&mut self, line: &str) -> String {
        let _ = self.0.get_mut().write_all(format!("{line}\r\n").as_bytes());
        self.answer()
    }

    /// Sends one letter to Jan; what the server says last, be it early or late.
    fn send(&mut self) -> String {
        let mut answer = self.answer();
        let recipient = format!("RCPT TO:<{JAN}>");
        let steps = ["EHLO test", "MAIL FROM:<a@b.example>", &recipient, "DATA", "Subject: x\r\n\r\nHi\r\n."];
        for step in steps {
            if !answer.starts_with(['2', '3']) {
                return answer;
            }
            answer = self.say(step);
        }
        answer
    }
}

/// An SMTP server without users, so that sessions are short, which delivers Jan's mail.
fn open_smtp(dovecot: &Dovecot) -> SmtpServer {
    SmtpServer::builder().local(JAN, dovecot.mail_dir(JAN)).start()
}

#[test]
fn each_phase_can_refuse_or_close() {
    let dovecot = Dovecot::start(&[JAN]);
    let smtp = open_smtp(&dovecot);
    let mut accepted = 0;
    for phase in [Phase::Banner, Phase::Mail, Phase::Rcpt, Phase::Data, Phase::EndOfData, Phase::Acknowledgement] {
        let reached = usize::from(phase == Phase::Acknowledgement);
        smtp.fail(&Fault::Answer(phase, 451, "4.3.0 zażółć \u{1b}[31m".to_owned()));
        assert_eq!(Line::connect(&smtp).send(), "451 4.3.0 zażółć \u{1b}[31m", "{phase:?}");
        smtp.clear();
        smtp.fail(&Fault::Close(phase));
        assert_eq!(Line::connect(&smtp).send(), "", "{phase:?}");
        smtp.clear();
        accepted += 2 * reached;
        assert_eq!(smtp.accepted().len(), accepted, "{phase:?}");
        assert!(Line::connect(&smtp).send().starts_with("250"), "a cleared fault is gone");
        accepted += 1;
        assert_eq!(smtp.accepted().len(), accepted);
    }
    assert_eq!(dovecot.count(JAN, "INBOX"), accepted, "accepted is delivered, even when nobody was told");
}

#[test]
fn faults_are_counted_by_session_and_recipient() {
    let dovecot = Dovecot::start(&[ANNA, JAN]);
    let smtp = SmtpServer::start(&dovecot);
    let send = |to: &[&str]| {
        let sent = transport(&smtp, Security::Tls, PASSWORD).send_raw(&envelope(Some(ANNA), to), &letter("x"));
        sent.map_err(|error| error.status().map(u16::from))
    };
    smtp.fail_next(2, &Fault::Answer(Phase::Auth, 454, "4.7.0 later".to_owned()));
    assert_eq!(send(&[JAN]).unwrap_err(), Some(454));
    assert_eq!(send(&[JAN]).unwrap_err(), Some(454));
    assert!(send(&[JAN]).is_ok(), "two sessions, no more");
    assert_eq!(smtp.sessions(), 3);
    smtp.fail(&Fault::RefuseRecipient("Jan@Klient.Example".to_owned(), 550, "5.1.1 no such user".to_owned()));
    assert_eq!(send(&[JAN]).unwrap_err(), Some(550));
    assert!(send(&[ANNA]).is_ok());
    smtp.clear();
    smtp.fail_next(1, &Fault::Close(Phase::Acknowledgement));
    assert_eq!(send(&[JAN]).unwrap_err(), None, "fate unknown");
    assert_eq!(smtp.accepted().len(), 3);
    assert_eq!(dovecot.count(JAN, "INBOX"), 2);
}

#[test]
fn stalls_take_their_time_and_leaving_leaves_nothing() {
    let dovecot = Dovecot::start(&[JAN]);
    let smtp = open_smtp(&dovecot);
    for phase in [Phase::Banner, Phase::EndOfData, Phase::Acknowledgement] {
        smtp.fail_next(1, &Fault::Stall(phase, Duration::from_millis(300)));
        let started = Instant::now();
        assert!(Line::connect(&smtp).send().starts_with("250"), "{phase:?}");
        assert!(started.elapsed() >= Duration::from_millis(300), "{phase:?}");
    }
    assert_eq!(smtp.accepted().len(), 3);
    smtp.fail_next(1, &Fault::Stall(Phase::EndOfData, Duration::from_secs(600)));
    let mut impatient = Line::connect(&smtp);
    impatient.0.get_mut().set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert_eq!(impatient.send(), "", "no answer in time");
    drop(impatient);
    poll_until(DEADLINE, "the server to see the client leave", || smtp.log().contains("onnection lost").then_some(()));
    assert_eq!(smtp.accepted().len(), 3);
}

#[test]
fn smtp_has_a_size_limit_and_remembers_across_a_restart() {
    let dovecot = Dovecot::start(&[ANNA, JAN]);
    let mut smtp = SmtpServer::builder().users_of(&dovecot).size_limit(2000).start();
    let to = envelope(Some(ANNA), &[JAN]);
    let big = [letter("big"), b"0123456789\r\n".repeat(400)].concat();
    let refused = transport(&smtp, Security::StartTls, PASSWORD).send_raw(&to, &big).unwrap_err();
    assert_eq!(u16::from(refused.status().unwrap()), 552);
    transport(&smtp, Security::StartTls, PASSWORD).send_raw(&to, &letter("before")).unwrap();
    let port = smtp.tls_port;
    smtp.stop();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    assert_eq!(smtp.accepted().len(), 1);
    smtp.restart();
    transport(&smtp, Security::Tls, PASSWORD).send_raw(&to, &letter("after")).unwrap();
    let accepted = smtp.wait_accepted(2);
    assert!(accepted[0].text().contains("before") && accepted[1].text().contains("after"));
}

/// Runs this very test once more in a process that aborts with its servers running.
#[test]
fn nothing_outlives_a_killed_test() {
    const ABORT: &str = "POSTBOOK_TEST_ABORT";
    if std::env::var_os(ABORT).is_some() {
        let dovecot = Dovecot::start(&[ANNA]);
        let smtp = SmtpServer::start(&dovecot);
        println!("left {} {}", dovecot.mail_dir(ANNA).ancestors().nth(3).unwrap().display(), dovecot.imap_port);
        println!("left {} {}", smtp.dir().display(), smtp.tls_port);
        std::process::abort();
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "servers::nothing_outlives_a_killed_test", "--nocapture"])
        .env(ABORT, "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut printed = String::new();
    child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    child.wait().unwrap();
    let left: Vec<&str> = printed.lines().filter_map(|line| Some(line.split_once("left ")?.1)).collect();
    assert_eq!(left.len(), 2, "{printed}");
    for line in left {
        let (dir, port) = line.split_once(' ').unwrap();
        let port: u16 = port.parse().unwrap();
        poll_until(DEADLINE, line, || {
            (!Path::new(dir).exists() && TcpStream::connect(("127.0.0.1", port)).is_err()).then_some(())
        });
    }
}

#[test]
fn a_terminal_shows_types_resizes_and_tells_what_is_left() {
    let home = home();
    let path = home.path().display().to_string();
    // A full-screen program in small: asks where the cursor is, shows the size at each change, leaves at `q`.
    let script = r#"
        stty raw -echo; printf '\033[?1049h\033[?25l\033[?1000h\033[?2004h\033]2;Title\007\033[6n'
        trap 'printf "size %s\r\n" "$(stty size)"' WINCH
        printf 'cursor at %s\r\n' "$(dd bs=1 count=6 2>/dev/null | tail -c 5)"
        while key=$(dd bs=1 count=1 2>/dev/null); [ "$key" != q ]; do printf 'key %s\r\n' "$key"; done
        printf '\033[?1000l\033[?2004l\033[?25h\033[?1049l'; stty sane; exit 3"#;
    let mut terminal = Terminal::spawn(&["sh", "-c", script], &[("HOME", &path)], 40, 12);
    terminal.wait_for_text("cursor at [1;1R");
    assert!(terminal.alternate_screen() && !terminal.cursor_visible() && terminal.raw_mode());
    assert!(terminal.mouse_on() && terminal.bracketed_paste());
    assert_eq!(terminal.titles(), ["Title"]);
    terminal.type_keys("ab");
    terminal.wait_for_text("key a\nkey b");
    terminal.resize(100, 30);
    terminal.type_keys("c");
    terminal.wait_for_text("size 30 100");
    assert!(terminal.raw_output().starts_with(b"\x1b[?1049h\x1b[?25l"));
    terminal.type_keys("q");
    assert_eq!(terminal.wait_exit().exit_code(), 3);
    terminal.assert_restored();
    assert_eq!(terminal.screen(), "", "the alternate screen took everything with it");
}

#[test]
fn a_terminal_kills_and_complains_with_its_screen() {
    let mut terminal = Terminal::spawn(&["sh", "-c", "stty raw; printf hello; exec sleep 600"], &[], 40, 12);
    terminal.wait_for_text("hello");
    let complaint = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        terminal.wait_for("a farewell", Duration::from_millis(50), |screen| screen.contains("bye"));
    }));
    let complaint = *complaint.unwrap_err().downcast::<String>().unwrap();
    assert!(complaint.contains("a farewell") && complaint.contains("|hello"), "{complaint}");
    assert!(terminal.is_running());
    assert_eq!(terminal.kill9().signal(), Some("Killed"));
    assert!(terminal.raw_mode(), "a killed program restores nothing");
}

#[test]
fn the_program_runs_in_its_own_home() {
    let dovecot = Dovecot::start(&[ANNA]);
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    let account = Account::new("work", ANNA, &dovecot, &smtp).secured(Security::StartTls, &dovecot, &smtp);
    home.write_config(&[account]);
    let config = std::fs::read_to_string(home.config_file()).unwrap();
    assert!(config.contains("[account.imap]\nhost = \"localhost\"\n"), "{config}");
    assert!(!config.contains(PASSWORD), "{config}");
    home.postbook(&["--help"]).success();
}
