//! Settings that a domain publishes in Thunderbird's format (`config-v1.1.xml`, draft-ietf-mailmaint-autoconfig).
//!
//! What is in it comes from outside: sizes and depth are capped, hosts are checked, plaintext is passed over.

use super::super::account::Security;
use super::super::address::Address;
use super::super::text::Text;
use super::{Server, Settings, SignIn, Source, host_name};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

/// No configuration is longer.
pub const LONGEST: usize = 256 * 1024;
/// No configuration is deeper.
const DEEPEST: usize = 32;
/// No value is longer.
const LONGEST_VALUE: usize = 1024;
/// Nobody has more servers.
const MOST_SERVERS: usize = 64;

/// One server as it is written.
#[derive(Debug, Default)]
struct Written {
    is_imap: bool,
    is_outgoing: bool,
    host: String,
    port: String,
    socket: String,
    user: Option<String>,
    ways: Vec<String>,
}

/// Everything of a file that is used.
#[derive(Debug, Default)]
struct File {
    servers: Vec<Written>,
    /// A page where IMAP is switched on.
    enable: String,
}

/// The settings that a file gives for an address; `None` when it is not such a file or has no servers we can use.
#[must_use]
pub fn settings(xml: &[u8], address: &Address, place: &str) -> Option<Settings> {
    let file = read(xml)?;
    let imap = choose(file.servers.iter().filter(|server| server.is_imap), address)?;
    let smtp = choose(file.servers.iter().filter(|server| server.is_outgoing), address)?;
    let only_oauth2 = |server: &Written| !server.ways.is_empty() && server.ways.iter().all(|way| way == "OAuth2");
    let sign_in = if only_oauth2(imap.1) { SignIn::OAuth2 } else { SignIn::Password };
    let page = if file.enable.starts_with("https://") { Text::line(&file.enable) } else { Text::default() };
    let hint = if page.is_empty() { "" } else { "The provider says that mail programs have to be allowed first." };
    Some(Settings {
        imap: imap.0,
        smtp: smtp.0,
        source: Source::Published(Text::line(place)),
        sign_in: vec![sign_in],
        hint: Text::line(hint),
        page,
        oauth_provider: Text::default(),
    })
}

/// The first server with TLS from the first byte, else the first with STARTTLS.
fn choose<'a>(servers: impl Iterator<Item = &'a Written>, address: &Address) -> Option<(Server, &'a Written)> {
    let usable = servers.filter_map(|written| Some((usable(written, address)?, written)));
    let usable: Vec<(Server, &Written)> = usable.collect();
    let tls = usable.iter().find(|(server, _)| server.security == Security::Tls);
    tls.or(usable.first()).cloned()
}

/// A server we can sign in to, in our own words.
fn usable(written: &Written, address: &Address) -> Option<Server> {
    // Ways to sign in that need something else than a password or a token.
    let foreign =
        |way: &String| matches!(way.as_str(), "GSSAPI" | "NTLM" | "TLS-client-cert" | "client-IP-address" | "none");
    if !written.ways.is_empty() && written.ways.iter().all(foreign) {
        return None;
    }
    let security = match written.socket.as_str() {
        "SSL" => Security::Tls,
        "STARTTLS" => Security::StartTls,
        _ => return None,
    };
    let user = written.user.as_ref().map_or_else(|| address.as_str().to_owned(), |user| filled(user, address));
    if user.is_empty() || user.chars().any(crate::domain::text::is_unsafe) {
        return None;
    }
    Some(Server {
        host: host_name(&filled(&written.host, address))?,
        port: written.port.parse().ok().filter(|port| *port != 0)?,
        security,
        user,
    })
}

/// The placeholders of the format.
fn filled(value: &str, address: &Address) -> String {
    value
        .replace("%EMAILADDRESS%", address.as_str())
        .replace("%EMAILLOCALPART%", address.local())
        .replace("%EMAILDOMAIN%", address.domain())
        .trim()
        .to_owned()
}

fn read(xml: &[u8]) -> Option<File> {
    if xml.len() > LONGEST {
        return None;
    }
    let mut reader = Reader::from_reader(xml);
    let mut file = File::default();
    let mut path: Vec<String> = Vec::new();
    let mut value = String::new();
    let mut server: Option<Written> = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                path.push(name(&start));
                value.clear();
                if path.len() > DEEPEST {
                    return None;
                }
                begin(&path, &start, &mut file, &mut server);
            }
            Event::Empty(start) => {
                path.push(name(&start));
                begin(&path, &start, &mut file, &mut server);
                path.pop();
            }
            Event::Text(text) => add(&mut value, &text.decode().ok()?),
            Event::CData(text) => add(&mut value, &text.decode().ok()?),
            Event::GeneralRef(entity) => {
                // Entities of its own are not expanded: they could grow without end.
                let character = entity.resolve_char_ref().ok()?;
                let named = entity.decode().ok()?;
                let known = resolve_predefined_entity(&named).map(str::to_owned);
                add(&mut value, &character.map(String::from).or(known).unwrap_or_default());
            }
            Event::End(_) => {
                end(&path, &value, &mut file, &mut server)?;
                path.pop();
                value.clear();
            }
            Event::Eof => return path.is_empty().then_some(file),
            _ => {}
        }
    }
}

fn name(start: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(start.local_name().as_ref()).into_owned()
}

fn add(value: &mut String, text: &str) {
    if value.len() + text.len() <= LONGEST_VALUE {
        value.push_str(text);
    }
}

/// Where we are, as one word of the places that matter.
fn place(path: &[String]) -> String {
    path.join("/")
}

const PROVIDER: &str = "clientConfig/emailProvider";

fn begin(path: &[String], start: &BytesStart<'_>, file: &mut File, server: &mut Option<Written>) {
    let attribute = |name: &str| {
        let found = start.try_get_attribute(name).ok().flatten()?;
        Some(String::from_utf8_lossy(&found.value).into_owned())
    };
    let place = place(path);
    let Some(below) = place.strip_prefix(PROVIDER) else { return };
    let kind = attribute("type").unwrap_or_default().to_lowercase();
    match below {
        "/incomingServer" => *server = Some(Written { is_imap: kind == "imap", ..Written::default() }),
        "/outgoingServer" => *server = Some(Written { is_outgoing: kind == "smtp", ..Written::default() }),
        "/enable" => file.enable = attribute("visiturl").unwrap_or_default(),
        _ => {}
    }
}

fn end(path: &[String], value: &str, file: &mut File, server: &mut Option<Written>) -> Option<()> {
    let place = place(path);
    let Some(below) = place.strip_prefix(PROVIDER) else { return Some(()) };
    let value = value.trim();
    match (below.rsplit_once('/'), server.as_mut()) {
        (Some(("/incomingServer" | "/outgoingServer", key)), Some(server)) => match key {
            "hostname" => server.host = value.to_owned(),
            "port" => server.port = value.to_owned(),
            "socketType" => server.socket = value.to_owned(),
            "username" => server.user = Some(value.to_owned()),
            "authentication" if server.ways.len() < MOST_SERVERS => server.ways.push(value.to_owned()),
            _ => {}
        },
        (Some(("", "incomingServer" | "outgoingServer")), _) => {
            if file.servers.len() >= MOST_SERVERS {
                return None;
            }
            file.servers.extend(server.take());
        }
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const FILE: &str = r#"<?xml version="1.0"?>
<!-- two of each, the plain ones first -->
<clientConfig version="1.1">
  <emailProvider id="firma.pl">
    <domain>firma.pl</domain>
    <displayName>Firma &amp; Sp&#243;łka</displayName>
    <incomingServer type="pop3"><hostname>pop.firma.pl</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
    <incomingServer type="imap">
      <hostname>imap.firma.pl</hostname><port>143</port><socketType>STARTTLS</socketType>
      <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication>
    </incomingServer>
    <incomingServer type="imap">
      <hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
      <username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>smtp.firma.pl</hostname><port>587</port><socketType>STARTTLS</socketType>
      <username>%EMAILLOCALPART%+%EMAILDOMAIN%</username><authentication>password-cleartext</authentication>
    </outgoingServer>
    <enable visiturl="https://firma.pl/poczta"><instruction>Turn it on</instruction></enable>
  </emailProvider>
</clientConfig>"#;

    fn read(xml: &str) -> Option<Settings> {
        settings(xml.as_bytes(), &Address::parse("anna@firma.pl").unwrap(), "autoconfig.firma.pl")
    }

    #[test]
    fn tls_is_chosen_and_placeholders_are_filled() {
        let found = read(FILE).unwrap();
        assert_eq!(
            found.imap,
            Server { host: "imap.firma.pl".into(), port: 993, security: Security::Tls, user: "anna".into() }
        );
        assert_eq!(
            (found.smtp.port, found.smtp.security, found.smtp.user.as_str()),
            (587, Security::StartTls, "anna+firma.pl")
        );
        assert_eq!(found.page.as_str(), "https://firma.pl/poczta");
        assert_eq!(found.source.in_words(), "Found: published by autoconfig.firma.pl.");
        assert_eq!(found.sign_in, [SignIn::Password]);
    }

    #[test]
    fn only_what_can_be_used_is_taken() {
        for (old, new) in [
            (
                "<socketType>STARTTLS</socketType>\n      <username>%EMAILLOCALPART%+",
                "<socketType>plain</socketType>\n      <username>%EMAILLOCALPART%+",
            ),
            ("<hostname>smtp.firma.pl</hostname>", "<hostname>smtp firma</hostname>"),
            ("<hostname>smtp.firma.pl</hostname>", "<hostname>smtp.firma.pl\u{202e}</hostname>"),
            ("<port>587</port>", "<port>0</port>"),
            ("<port>587</port>", "<port>70000</port>"),
            ("type=\"smtp\"", "type=\"http\""),
            ("%EMAILLOCALPART%+%EMAILDOMAIN%", "a&#13;&#10;b"),
            ("</clientConfig>", ""),
            ("<emailProvider id", "<someProvider id"),
        ] {
            assert!(FILE.contains(old), "{old}");
            assert_eq!(read(&FILE.replacen(old, new, 1)), None, "{new:?}");
        }
        let tokens = FILE.replace("password-cleartext", "OAuth2");
        assert_eq!(read(&tokens).unwrap().sign_in, [SignIn::OAuth2]);
        assert!(read(&FILE.replace("password-cleartext", "GSSAPI")).is_none());
        assert!(read(&FILE.replace("https://firma.pl", "javascript:x")).unwrap().page.is_empty());
    }

    #[test]
    fn hostile_files_are_refused_at_once() {
        let deep = "<a>".repeat(200_000);
        let bomb = r#"<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><clientConfig>&b;</clientConfig>"#;
        let many = format!(
            "<clientConfig><emailProvider>{}</emailProvider></clientConfig>",
            "<incomingServer type='imap'></incomingServer>".repeat(5000)
        );
        for xml in [&deep, bomb, &many, "", "not xml", "<html><body>404</body></html>", "<clientConfig", "\0\u{1}"] {
            assert_eq!(read(xml), None);
        }
        let long = format!("{FILE}{}", " ".repeat(LONGEST));
        assert_eq!(read(&long), None);
    }
}
