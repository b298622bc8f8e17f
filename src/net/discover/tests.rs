//! Against a nameserver, a web server and mail servers that say what a test tells them to, all on loopback.

use super::*;
use crate::domain::account::Security;
use crate::domain::text::Text;
use crate::net::script::{self, Server as Scripted, Step, certificate, hear, identity, say};
use simple_dns::rdata::{MX, RData, SRV};
use simple_dns::{CLASS, Name, Packet, PacketFlag, RCODE, ResourceRecord};
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};

/// How the nameserver behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Honest,
    /// First three answers that must not be believed: another number, another question, no answer at all.
    Forged,
    /// Nothing fits into its packets.
    Cut,
    Silent,
    Failing,
}

/// Records by question: `MX firma.pl`.
type Zone = &'static [(&'static str, &'static [(u16, u16, &'static str)])];

fn nameserver(manner: Manner, zone: Zone) -> SocketAddr {
    let (udp, tcp) = loop {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        // The same port for TCP may be somebody else's: then another one.
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()) {
            break (udp, tcp);
        }
    };
    let address = udp.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut packet = [0; 1024];
        while let Ok((length, from)) = udp.recv_from(&mut packet) {
            for answer in answers(&packet[..length], manner, zone, false) {
                udp.send_to(&answer, from).unwrap();
            }
        }
    });
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = tcp.accept() {
            let mut length = [0; 2];
            stream.read_exact(&mut length).unwrap();
            let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
            stream.read_exact(&mut query).unwrap();
            for answer in answers(&query, manner, zone, true) {
                let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
                // In two pieces, as networks do.
                stream.write_all(&length).unwrap();
                stream.write_all(&answer).unwrap();
            }
        }
    });
    address
}

fn answers(query: &[u8], manner: Manner, zone: Zone, whole: bool) -> Vec<Vec<u8>> {
    let query = Packet::parse(query).unwrap();
    assert!(query.has_flags(PacketFlag::RECURSION_DESIRED));
    let question = query.questions[0].clone();
    let name = question.qname.to_string();
    let asked = format!("{:?} {name}", question.qtype);
    let records = zone.iter().find(|(key, _)| {
        let (kind, zone_name) = key.split_once(' ').unwrap();
        asked.contains(kind) && name == zone_name
    });
    let mut answer = Packet::new_reply(query.id());
    answer.questions.push(question.clone());
    for (first, port, target) in records.map_or(&[][..], |(_, records)| records) {
        let target = Name::new(target).unwrap();
        let data = if asked.contains("MX") {
            RData::MX(MX { preference: *first, exchange: target })
        } else {
            RData::SRV(SRV { priority: *first, weight: 0, port: *port, target })
        };
        answer.answers.push(ResourceRecord::new(question.qname.clone(), CLASS::IN, 60, data));
    }
    let bytes = |packet: &Packet<'_>| packet.build_bytes_vec().unwrap();
    match manner {
        Manner::Honest => vec![bytes(&answer)],
        Manner::Silent => Vec::new(),
        Manner::Failing => {
            *answer.rcode_mut() = RCODE::ServerFailure;
            answer.answers.clear();
            vec![bytes(&answer)]
        }
        Manner::Cut if !whole => {
            answer.answers.clear();
            answer.set_flags(PacketFlag::TRUNCATION);
            vec![bytes(&answer)]
        }
        Manner::Cut => vec![bytes(&answer)],
        Manner::Forged => {
            let mut other_id = evil(&answer);
            other_id.set_id(query.id().wrapping_add(1));
            let mut other_question = evil(&answer);
            other_question.questions[0].qname = Name::new("evil.pl").unwrap();
            let mut no_answer = evil(&answer);
            no_answer.remove_flags(PacketFlag::RESPONSE);
            let rubbish = vec![0xff; 40];
            vec![bytes(&other_id), bytes(&other_question), bytes(&no_answer), rubbish, bytes(&answer)]
        }
    }
}

/// A web server with these files: path and query, answer. What it was asked for comes back in the channel.
fn web(files: Vec<(&'static str, String)>) -> (u16, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, asked) = channel();
    std::thread::spawn(move || {
        let acceptor = native_tls::TlsAcceptor::new(identity("good")).unwrap();
        while let Ok((stream, _)) = listener.accept() {
            // A client that does not trust us goes away.
            let Ok(mut tls) = acceptor.accept(stream) else { continue };
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && tls.read(&mut byte).is_ok_and(|read| read == 1) {
                request.push(byte[0]);
            }
            let request = String::from_utf8_lossy(&request).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            let answer =
                files.iter().find(|(file, _)| path == *file).map_or("HTTP/1.1 404 No\r\n\r\n", |(_, answer)| answer);
            let _ = tell.send(path);
            let _ = tls.write_all(answer.replace("PORT", &port.to_string()).as_bytes());
            let _ = tls.shutdown();
        }
    });
    (port, asked)
}

fn found(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

const PUBLISHED: &str = "<clientConfig><emailProvider id='firma.pl'>\
<incomingServer type='imap'><hostname>imap.firma.pl</hostname><port>993</port><socketType>SSL</socketType></incomingServer>\
<outgoingServer type='smtp'><hostname>smtp.firma.pl</hostname><port>465</port><socketType>SSL</socketType></outgoingServer>\
</emailProvider></clientConfig>";

/// Nowhere; each test adds what it is about.
fn places() -> Places {
    Places {
        published: Vec::new(),
        nameservers: Vec::new(),
        imap_guesses: Vec::new(),
        smtp_guesses: Vec::new(),
        ca_file: Some(certificate("authority")),
        limit: Duration::from_secs(20),
    }
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn find_firma(places: &Places) -> Option<Settings> {
    find(&address("anna@firma.pl"), places).unwrap()
}

const FIRMA: Zone = &[
    ("MX firma.pl", &[(20, 0, "mx2.firma.pl"), (10, 0, "aspmx.l.google.com")]),
    ("SRV _imaps._tcp.firma.pl", &[(0, 993, "imap.firma.pl")]),
    ("SRV _submissions._tcp.firma.pl", &[(0, 465, "smtp.firma.pl")]),
];

fn resolver(servers: Vec<SocketAddr>) -> Resolver {
    Resolver { servers, deadline: Instant::now() + Duration::from_secs(20) }
}

#[test]
fn a_nameserver_is_asked_and_forgeries_are_not_believed() {
    let silent = nameserver(Manner::Silent, FIRMA);
    let failing = nameserver(Manner::Failing, FIRMA);
    for manner in [Manner::Honest, Manner::Forged, Manner::Cut] {
        let server = nameserver(manner, FIRMA);
        for servers in [vec![server], vec![failing, server], vec![silent, server]] {
            let resolver = resolver(servers);
            assert_eq!(resolver.mx("firma.pl"), ["aspmx.l.google.com", "mx2.firma.pl"]);
        }
        let srv = resolver(vec![server]).srv("_imaps._tcp.firma.pl");
        assert_eq!((srv[0].port, srv[0].target.as_str()), (993, "imap.firma.pl"));
        assert!(resolver(vec![server]).mx("other.pl").is_empty());
    }
    assert!(resolver(vec![failing]).mx("firma.pl").is_empty());
    assert!(resolver(Vec::new()).mx("firma.pl").is_empty());
    assert!(resolver(vec![failing]).mx(&"a".repeat(300)).is_empty(), "a name that cannot be asked for");
    let hurried = Resolver { servers: vec![silent], deadline: Instant::now() + Duration::from_millis(100) };
    assert!(hurried.mx("firma.pl").is_empty());
    assert!(Instant::now() < hurried.deadline + Duration::from_secs(5), "the deadline holds");
}

#[test]
fn the_provider_behind_a_domain_is_known_by_who_receives_its_mail() {
    let places = Places { nameservers: vec![nameserver(Manner::Honest, FIRMA)], ..places() };
    let settings = find_firma(&places).unwrap();
    assert_eq!(settings.imap.host, "imap.gmail.com");
    assert_eq!(settings.source, Source::KnownByMx(Text::own("Gmail"), Text::own("aspmx.l.google.com")));
    assert_eq!(settings.imap.user, "anna@firma.pl");
}

#[test]
fn records_are_used_where_nobody_better_is_known() {
    const ZONE: Zone = &[
        ("MX firma.pl", &[(10, 0, "mx.firma.pl")]),
        ("SRV _imaps._tcp.firma.pl", &[(0, 0, ".")]),
        ("SRV _imap._tcp.firma.pl", &[(0, 143, "imap.firma.pl")]),
        ("SRV _submissions._tcp.firma.pl", &[(0, 465, "smtp.firma.pl")]),
    ];
    let places = Places { nameservers: vec![nameserver(Manner::Honest, ZONE)], ..places() };
    let settings = find_firma(&places).unwrap();
    assert_eq!(settings.source, Source::Records);
    assert_eq!((settings.imap.port, settings.imap.security), (143, Security::StartTls));
}

#[test]
fn what_a_domain_publishes_is_fetched_over_https() {
    let (port, asked) = web(vec![("/mail/config-v1.1.xml?emailaddress=anna%2Bx%40localhost", found(PUBLISHED))]);
    let host = format!("localhost:{port}");
    let published = vec![
        format!("https://{host}/none.xml"),
        format!("https://{{domain}}:{port}/mail/config-v1.1.xml?emailaddress={{address}}"),
    ];
    let places = Places { published, ..places() };
    let settings = find(&address("anna+x@localhost"), &places).unwrap().unwrap();
    assert_eq!(settings.source, Source::Published(Text::line(&host)));
    assert_eq!(settings.imap.host, "imap.firma.pl");
    assert!(asked.try_iter().count() >= 1);
    // Without the authority nothing is believed.
    assert_eq!(find(&address("anna+x@localhost"), &Places { ca_file: None, ..places }).unwrap(), None);
}

#[test]
fn redirects_and_sizes_have_their_limits() {
    let go =
        |to: &str| format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let (port, _) = web(vec![
        ("/good.xml", found(PUBLISHED)),
        ("/moved", go("/good.xml")),
        ("/plain", go("http://localhost:PORT/good.xml")),
        ("/round", go("/round")),
        ("/huge", found(&format!("{PUBLISHED}{}", " ".repeat(300_000)))),
        ("/page", found("<html>sorry</html>")),
    ]);
    for (path, is_found) in
        [("good.xml", true), ("moved", true), ("plain", false), ("round", false), ("huge", false), ("page", false)]
    {
        let places = Places { published: vec![format!("https://localhost:{port}/{path}")], ..places() };
        assert_eq!(find_firma(&places).is_some(), is_found, "{path}");
    }
    let places = Places { published: vec![format!("http://localhost:{port}/good.xml")], ..places() };
    assert_eq!(find_firma(&places), None, "only over HTTPS");
}

fn guess(server: &Scripted) -> Guess {
    Guess { prefix: "", port: server.endpoint().port, security: Security::Tls }
}

#[test]
fn guesses_count_when_the_right_server_answers_with_a_certificate_to_trust() {
    let deaf = Scripted::play(vec![Step::Close]);
    let imap = Scripted::play(vec![Step::Tls("good"), say("* OK ready"), Step::Hold]);
    let smtp = Scripted::play(vec![Step::Tls("good"), say("220 ready"), hear("EHLO"), say("250 hello"), Step::Hold]);
    let wrong = Scripted::play(vec![Step::Tls("elsewhere"), say("220 ready"), Step::Hold]);
    let places = Places {
        imap_guesses: vec![guess(&deaf), guess(&imap)],
        smtp_guesses: vec![guess(&wrong), guess(&smtp)],
        ..places()
    };
    let settings = find(&address("anna@localhost"), &places).unwrap().unwrap();
    assert_eq!(settings.source, Source::Reached);
    assert_eq!(settings.imap.port, imap.endpoint().port);
    assert_eq!((settings.smtp.host.as_str(), settings.smtp.port), ("localhost", smtp.endpoint().port));
    for server in [deaf, imap, smtp, wrong] {
        server.heard();
    }
}

#[test]
fn an_untrusted_or_foreign_server_is_no_guess() {
    for steps in [vec![Step::Tls("expired"), Step::Hold], vec![Step::Tls("good"), say("220 I am SMTP"), Step::Close]] {
        let server = Scripted::play(steps);
        let smtp =
            Scripted::play(vec![Step::Tls("good"), say("220 ready"), hear("EHLO"), say("250 hello"), Step::Hold]);
        let places = Places { imap_guesses: vec![guess(&server)], smtp_guesses: vec![guess(&smtp)], ..places() };
        assert_eq!(find(&address("anna@localhost"), &places).unwrap(), None);
        server.heard();
        smtp.heard();
    }
}

#[test]
fn a_place_that_says_nothing_does_not_hold_up_the_rest() {
    let stalled = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = stalled.local_addr().unwrap().port();
    let server = nameserver(Manner::Honest, &FIRMA[1..]);
    let limit = script::impatient().read;
    let places =
        Places { published: vec![format!("https://localhost:{port}/")], nameservers: vec![server], ..places() };
    let begin = Instant::now();
    let settings = find_firma(&Places { limit, ..places }).unwrap();
    assert_eq!(settings.source, Source::Records);
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn known_domains_are_not_asked_about_and_their_lack_is_told() {
    let places = Places { nameservers: vec![nameserver(Manner::Silent, FIRMA)], ..places() };
    assert_eq!(find(&address("anna@ukr.net"), &places).unwrap().unwrap().imap.host, "imap.ukr.net");
    assert!(find(&address("anna@tuta.com"), &places).is_err());
    let usual = Places::usual(&address("anna@localhost"), None);
    assert!(usual.published.is_empty() && usual.nameservers.is_empty());
    assert!(!Places::usual(&address("anna@firma.pl"), None).nameservers.is_empty());
}

fn evil<'a>(answer: &Packet<'a>) -> Packet<'a> {
    let mut evil = answer.clone();
    for record in &mut evil.answers {
        if let RData::MX(mx) = &mut record.rdata {
            mx.exchange = Name::new("evil.google.com").unwrap();
        }
    }
    evil
}
