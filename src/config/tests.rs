#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
use super::*;
use crate::domain::account::Security;

const ONE: &str = r#"[[account]]
name = "work"
email = "You@Firma.example"
[account.imap]
host = "imap.firma.example"
password = { keyring = true }
[account.smtp]
host = "smtp.firma.example"
"#;

fn parse(text: &str) -> Result<Config> {
    Config::parse(text, Path::new("/nowhere/config.toml"))
}

#[test]
fn defaults_are_filled_in() {
    let config = parse(ONE).unwrap();
    let account = &config.accounts[0];
    assert_eq!((account.name.as_str(), account.email.as_str()), ("work", "you@firma.example"));
    assert_eq!(account.kind, Kind::Personal);
    assert_eq!(account.signature, Text::default());
    for (service, host, port) in
        [(Service::Imap, "imap.firma.example", 993), (Service::Smtp, "smtp.firma.example", 465)]
    {
        let server = account.server(service);
        let endpoint = Endpoint { host: host.to_owned(), port, security: Security::Tls, ca_file: None, pin: None };
        assert_eq!(server.endpoint, endpoint);
        assert_eq!(server.user, "you@firma.example");
        // SMTP's own entry would be work/smtp: without a password of its own it has IMAP's.
        assert_eq!(server.auth, Auth::Password(PasswordSource::Keyring { entry: "work/imap".to_owned() }));
    }
    assert_eq!((config.undo.as_secs(), config.sync_every.as_secs()), (10, 60));
    assert_eq!((config.theme, config.me, config.warnings), (Theme::Dark, Me::default(), Vec::new()));
}

#[test]
fn ports_follow_security() {
    for (security, imap, smtp) in [("tls", 993, 465), ("starttls", 143, 587), ("plaintext", 143, 587)] {
        let text = ONE.replace("host =", &format!("security = \"{security}\"\nhost ="));
        let config = parse(&text).unwrap();
        assert_eq!(config.accounts[0].imap.endpoint.port, imap, "{security}");
        assert_eq!(config.accounts[0].smtp.endpoint.port, smtp, "{security}");
        let warned = config.warnings.iter().map(Text::as_str).collect::<Vec<_>>().join("\n");
        // One sentence for both servers: the screen has room for one.
        assert_eq!(config.warnings.len(), usize::from(security == "plaintext"), "{warned}");
        assert_eq!(
            warned.contains("IMAP to ") && warned.contains(" and SMTP to "),
            security == "plaintext",
            "{warned}"
        );
    }
}

#[test]
fn notices_are_off_until_they_are_wanted() {
    assert!(!parse(ONE).unwrap().notices.any());
    let wanted = "[notices]\ndesktop = true\nbell = true\ncommand = \"tell 'my phone'\"\nquiet_hours = \"20:00-08:00\"\nweekdays = [\"mon\", \"Friday\"]\n";
    let channels = parse(&format!("{wanted}{ONE}")).unwrap().notices;
    assert!(channels.desktop && channels.bell);
    assert_eq!(channels.command, Some(("tell".to_owned(), vec!["my phone".to_owned()])));
    assert!(channels.hours.quiet.is_some());
    assert_eq!(channels.hours.weekdays.len(), 2);
}

#[test]
fn passwords_come_from_three_places() {
    let command = |program: &str, arguments: &[&str]| PasswordSource::Command {
        program: program.to_owned(),
        arguments: arguments.iter().map(|a| (*a).to_owned()).collect(),
    };
    for (written, source) in [
        ("{ keyring = true }", PasswordSource::Keyring { entry: "work/smtp".to_owned() }),
        ("{ env = \"SMTP_SECRET\" }", PasswordSource::Environment("SMTP_SECRET".to_owned())),
        ("{ command = \"pass show 'my mail'\" }", command("pass", &["show", "my mail"])),
    ] {
        let config = parse(&format!("{ONE}password = {written}\n")).unwrap();
        assert_eq!(config.accounts[0].smtp.auth, Auth::Password(source), "{written}");
        let keyring = PasswordSource::Keyring { entry: "work/imap".to_owned() };
        assert_eq!(config.accounts[0].imap.auth, Auth::Password(keyring));
    }
}

/// Each mistake: what is replaced, by what, the line, words of the sentence, words of the hint.
#[test]
fn mistakes_name_the_line_the_key_and_what_to_write() {
    for (old, new, line, sentence, hint) in [
        ("name =", "nmae =", 2, "unknown key nmae", "did you mean name?"),
        ("host = \"smtp", "hots = \"smtp", 8, "unknown key hots", "did you mean host?"),
        ("keyring", "keyrng", 6, "unknown key keyrng", "did you mean keyring?"),
        ("[[account]]", "[scren]\n[[account]]", 1, "unknown key scren", "did you mean screen?"),
        ("[[account]]", "[[accounts]]", 4, "account: this is not", "the line [[account]]"),
        ("[[account]]", "[account]", 1, "account: this is not", "the line [[account]]"),
        ("[[account]]", "[[accounts]]\n[[account]]", 1, "unknown key accounts", "did you mean account?"),
        ("[account.imap]", "[account.imp]", 4, "unknown key imp", "did you mean imap?"),
        ("email =", "host = \"x\"\nemail =", 3, "unknown key host", "host belongs in [account.imap] or [account.smtp]"),
        ("email =", "colour = 1\nemail =", 3, "unknown key colour", "known here: name, email, kind"),
        ("email =", "\"a\\u001b]0;\" = 1\nemail =", 3, "unknown key", "known here"),
        ("name = \"work\"\n", "", 1, "this account has no name", "name = \"work\""),
        ("email = \"You@Firma.example\"\n", "", 1, "this account has no email", "email = "),
        ("host = \"imap.firma.example\"\n", "", 4, "[account.imap] of account work has no host", "host = "),
        (
            "password = { keyring = true }\n",
            "",
            4,
            "[account.imap] of account work has no password",
            "{ keyring = true }",
        ),
        ("[account.smtp]\nhost = \"smtp.firma.example\"\n", "", 1, "account work has no smtp", "[account.smtp]"),
        ("You@Firma.example", "you.firma", 3, "email: you.firma is not a mail address", "you@firma.example"),
        ("\"work\"", "\"\"", 2, "name: a name has 1 to 40", "name = \"work\""),
        ("\"work\"", "\"a/b\"", 2, "name: a name has 1 to 40", "name = \"work\""),
        ("\"work\"", "5", 2, "name: this is not a value", "write"),
        ("email =", "kind = \"team\"\nemail =", 3, "kind: \"team\" is not known", "\"shared\""),
        ("\"imap.firma.example\"", "\"imaps://imap.firma.example:993\"", 5, "host: imaps://", "host = "),
        ("[account.smtp]", "port = 70000\n[account.smtp]", 7, "port: this is not a value", "1 to 65535"),
        ("[account.smtp]", "port = \"993\"\n[account.smtp]", 7, "port: this is not a value", "1 to 65535"),
        ("[account.smtp]", "port = 0\n[account.smtp]", 7, "port: 0 is not a port", "1 to 65535"),
        ("[account.smtp]", "security = \"ssl\"\n[account.smtp]", 7, "security: \"ssl\" is not known", "\"starttls\""),
        (
            "[account.smtp]",
            "auth = \"oauth2\"\n[account.smtp]",
            6,
            "password: auth = \"oauth2\" takes a token",
            "keyring",
        ),
        (
            "[account.smtp]",
            "token = { env = \"X\" }\n[account.smtp]",
            7,
            "token: a token needs auth",
            "auth = \"oauth2\"",
        ),
        ("[account.smtp]", "certificate = \"sha1:00\"\n[account.smtp]", 7, "certificate: this is not", "sha256"),
        ("[account.smtp]", "[account.smtp]\nauth = \"oauth2\"", 7, "nothing says where tokens", "[account.oauth]"),
        (
            "[account.smtp]",
            "[account.oauth]\nprovider = \"yahoo\"\n[account.smtp]",
            8,
            "provider: \"yahoo\"",
            "\"google\"",
        ),
        (
            "[account.smtp]",
            "[account.oauth]\nprovider = \"google\"\n[account.smtp]",
            7,
            "has no client_id",
            "console.cloud.google.com",
        ),
        (
            "[account.smtp]",
            "[account.oauth]\nclient_id = \"x\"\ntoken_url = \"http://login.example/\"\n[account.smtp]",
            9,
            "token_url: http:// is not encrypted",
            "https://",
        ),
        (
            "[account.smtp]",
            "[account.oauth]\nclient_id = \"x\"\nauth_url = \"http://127.0.0.1/\"\n[account.smtp]",
            9,
            "security = \"plaintext\"",
            "https://",
        ),
        (
            "[account.smtp]",
            "[account.oauth]\nclient_secret = \"hunter\"\nclient_id = \"x\"\n[account.smtp]",
            8,
            "client_secret: a client secret does not stand",
            "{ command",
        ),
        ("[account.smtp]", "auth = \"ntlm\"\n[account.smtp]", 7, "auth: ntlm is not a way", "auth = \"password\""),
        ("[account.smtp]", "user = \"\"\n[account.smtp]", 7, "user: this is not", "leave the line out"),
        ("[account.smtp]", "ca_file = \"no.pem\"\n[account.smtp]", 7, "ca_file: cannot read /nowhere/no.pem", "PEM"),
        ("email =", "signature = \"no.md\"\nemail =", 3, "signature: cannot read /nowhere/no.md", "text file"),
        ("{ keyring = true }", "{ keyring = false }", 6, "password: keyring = false", "{ keyring = true }"),
        ("{ keyring = true }", "{ keyring = true, env = \"X\" }", 6, "password: give one source", "{ keyring = true }"),
        ("{ keyring = true }", "{}", 6, "password: the table is empty", "{ keyring = true }"),
        ("{ keyring = true }", "{ command = \"\" }", 6, "password: the command is empty", "{ command"),
        ("{ keyring = true }", "{ command = \"pass 'x\" }", 6, "password: the command has an open quote", "{ command"),
        ("{ keyring = true }", "{ env = \"A=b\" }", 6, "password: env is the name", "{ env"),
        ("[[account]]", "[sending]\nundo_seconds = 99999\n[[account]]", 2, "undo_seconds: 99999", "0 to 3600"),
        ("[[account]]", "[sync]\nevery_seconds = 1\n[[account]]", 2, "every_seconds: 1 second is out", "10 to 86400"),
        (
            "[[account]]",
            "[sync]\nlarge_attachments = \"10 KB\"\n[[account]]",
            2,
            "large_attachments: a letter of this size is not large",
            "10 MB",
        ),
        (
            "[[account]]",
            "[sync]\nlarge_attachments = \"ten\"\n[[account]]",
            2,
            "large_attachments: ten is not a size",
            "none",
        ),
        ("[[account]]", "[sync]\nlarge_attachments = \"1.2.3 MB\"\n[[account]]", 2, "is not a size", "none"),
        ("[[account]]", "[sync]\nevery_seconds = -1\n[[account]]", 2, "every_seconds: this is not", "10 to 86400"),
        ("[[account]]", "[notices]\nquiet_hours = \"late\"\n[[account]]", 2, "quiet_hours: late is not", "20:00-08:00"),
        (
            "[[account]]",
            "[notices]\nweekdays = [\"mon\", \"x\"]\n[[account]]",
            2,
            "weekdays: x is not a day",
            "\"fri\"",
        ),
        ("[[account]]", "[notices]\ncommand = \"a 'b\"\n[[account]]", 2, "command: it has an open quote", "script"),
        ("[[account]]", "[notices]\ncommand = \" \"\n[[account]]", 2, "command: it is empty", "script"),
        ("[[account]]", "[notices]\ndesktop = 1\n[[account]]", 2, "desktop: this is not", "desktop = true"),
        ("[[account]]", "[screen]\ntheme = \"blue\"\n[[account]]", 2, "theme: \"blue\"", "\"light\""),
        ("[[account]]", "[screen]\nzone = \"Mars/Base\"\n[[account]]", 2, "no zone \"Mars/Base\"", "Europe/Warsaw"),
        (
            "[[account]]",
            "[me]\nlanguages = [\"pl\", \"polish\"]\n[[account]]",
            2,
            "languages: polish",
            "[\"pl\", \"en\"]",
        ),
        ("name =", "name", 2, "this is not TOML", "quotes"),
        ("name =", "name = \"a\"\nname =", 3, "this is not TOML: duplicate key", "quotes"),
    ] {
        let text = ONE.replacen(old, new, 1);
        let problem = parse(&text).expect_err(new);
        assert!(problem.sentence.starts_with(&format!("/nowhere/config.toml, line {line}: ")), "{new}: {problem}");
        assert!(problem.sentence.contains(sentence), "{new}: {problem}");
        assert!(problem.hint.as_deref().unwrap_or_default().contains(hint), "{new}: {problem}");
        assert!(!problem.sentence.chars().any(crate::domain::text::is_unsafe), "{new}: {problem:?}");
    }
}

#[test]
fn a_password_in_the_file_is_refused_and_not_shown() {
    for written in [
        "password = \"hunter-7f3a\"",
        "password = [\"hunter-7f3a\"]",
        "password = 'hunter-7f3a'",
        "password = hunter-7f3a",
        "password = \"hunter-7f3a",
        "password = hunter-7f3a\"",
        "password = { keyring = \"hunter-7f3a\" }",
        "password = { keyring = true, \"env\" = [\"hunter-7f3a\"] }",
        "port = \"hunter-7f3a\"",
        "secret = \"hunter-7f3a\"",
        "password.plain = \"hunter-7f3a\"",
    ] {
        let problem = parse(&ONE.replacen("password = { keyring = true }", written, 1)).expect_err(written);
        assert!(problem.sentence.contains("line 6"), "{written}: {problem}");
        assert!(!format!("{problem:?}").contains("hunter"), "{written}: {problem:?}");
    }
    let problem = parse(&ONE.replacen("{ keyring = true }", "\"hunter-7f3a\"", 1)).unwrap_err();
    assert!(problem.sentence.contains("a password does not stand in this file"), "{problem}");
    assert!(problem.hint.unwrap().contains("{ keyring = true }"));
}

#[test]
fn tokens_come_from_a_provider_or_a_command() {
    let with_token = ONE.replace("password = { keyring = true }", "auth = \"oauth2\"");
    let google = "[account.oauth]\nprovider = \"google\"\nclient_id = \"mine\"\nclient_secret = { env = \"X\" }\n";
    let config = parse(&format!("{with_token}{google}")).unwrap();
    let account = &config.accounts[0];
    // SMTP has IMAP's way.
    assert_eq!((&account.imap.auth, &account.smtp.auth), (&Auth::OAuth, &Auth::OAuth));
    let oauth = account.oauth.as_ref().unwrap();
    assert_eq!(oauth.client_secret, Some(PasswordSource::Environment("X".to_owned())));
    assert_eq!(
        (oauth.client.client_id.as_str(), oauth.client.scopes[0].as_str()),
        ("mine", "https://mail.google.com/")
    );
    assert_eq!(oauth.client.login_hint.as_deref(), Some("you@firma.example"));
    assert_eq!(oauth.client.device_url, None);

    let own = "[account.oauth]\nclient_id = \"mine\"\nauth_url = \"https://a.example/\"\ntoken_url = \"http://127.0.0.1:5/t\"\n\
               device_url = \"https://a.example/d\"\nscopes = [\"mail\"]\nsecurity = \"plaintext\"\n";
    let config = parse(&format!("{with_token}{own}")).unwrap();
    let client = &config.accounts[0].oauth.as_ref().unwrap().client;
    assert_eq!((client.token_url.as_str(), client.plaintext), ("http://127.0.0.1:5/t", true));
    assert_eq!((client.redirect_host.as_str(), client.scopes.as_slice()), ("127.0.0.1", &["mail".to_owned()][..]));

    let command =
        ONE.replace("password = { keyring = true }", "auth = \"oauth2\"\ntoken = { command = \"oama access x\" }");
    let config = parse(&command).unwrap();
    let Auth::Token(PasswordSource::Command { program, arguments }) = &config.accounts[0].smtp.auth else { panic!() };
    assert_eq!((program.as_str(), arguments.len()), ("oama", 2));
    let mixed = parse(&format!("{command}password = {{ env = \"X\" }}\n")).unwrap();
    assert!(matches!(mixed.accounts[0].smtp.auth, Auth::Password(_)), "SMTP may differ");
}

#[test]
fn the_bundled_providers_can_be_used() {
    let providers = sign_in::providers();
    assert_eq!(providers.keys().collect::<Vec<_>>(), ["google", "microsoft"]);
    for (name, provider) in providers {
        for url in [&provider.auth_url, &provider.token_url].into_iter().chain(&provider.device_url) {
            assert_eq!(crate::domain::oauth::endpoint_fault(url, false), None, "{name}: {url}");
        }
        assert!(!provider.scopes.is_empty() && provider.client.contains("https://"), "{name}");
    }
}

#[test]
fn accounts_are_told_apart() {
    for (second, sentence) in [
        (
            ONE.replace("You@Firma", "other@firma").replace("\"work\"", "\"Work\""),
            "line 10: name: two accounts have the name Work",
        ),
        (ONE.replace("\"work\"", "\"home\""), "line 11: email: the accounts work and home have the same address"),
    ] {
        let problem = parse(&format!("{ONE}{second}")).unwrap_err();
        assert!(problem.sentence.contains(sentence), "{problem}");
    }
    let none = parse("[me]\nname = \"Anna\"\n").unwrap_err();
    assert_eq!(none.sentence, "/nowhere/config.toml has no account");
    let config = parse(ONE).unwrap();
    assert_eq!(config.account("WORK").unwrap().name.as_str(), "work");
    assert_eq!(config.account("you@firma.example").unwrap().name.as_str(), "work");
    assert!(config.account("home").unwrap_err().hint.unwrap().contains("work"));
}

#[test]
fn the_example_is_a_configuration() {
    let example = include_str!("../../config.example.toml");
    let config = parse(example).unwrap();
    assert_eq!(config.zone.iana_name(), Some("Europe/Warsaw"));
    assert_eq!(config.me.languages, ["pl", "en"]);
    // Every known key stands in it, also those that are commented out.
    for (_, key, _) in mistake::KEYS {
        let named = example.contains(&format!("{key} =")) || example.contains(&format!("{key}]"));
        assert!(named, "{key} is not in config.example.toml");
    }
}

#[test]
fn files_are_found_beside_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(folder.path().join("signature.md"), "Anna\x1b[31m\nFirma\n\n").unwrap();
    std::fs::write(folder.path().join("ca.pem"), "").unwrap();
    let text = ONE.replacen("email =", "signature = \"signature.md\"\nemail =", 1) + "ca_file = \"ca.pem\"\n";
    std::fs::write(&path, text).unwrap();
    let config = Config::load(&path).unwrap();
    assert_eq!(config.accounts[0].signature.as_str(), "Anna␛[31m\nFirma");
    assert_eq!(config.accounts[0].smtp.endpoint.ca_file, Some(folder.path().join("ca.pem")));
    assert_eq!(config.accounts[0].imap.endpoint.ca_file, None);

    let missing = Config::load(&folder.path().join("other.toml")).unwrap_err();
    assert!(missing.sentence.contains("other.toml"), "{missing}");
    assert!(missing.hint.unwrap().contains("postbook demo"));
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_warned_about() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, ONE).unwrap();
    for (mode, warnings) in [(0o600, 0), (0o640, 1), (0o604, 1)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(Config::load(&path).unwrap().warnings.len(), warnings, "{mode:o}");
    }
}

#[test]
fn how_letters_of_an_account_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("s.html", b"<b>Anna on time</b> {photo}");
    write("me.png", b"\x89PNG....");
    write("evil.html", b"<b onclick = 'x()'>Anna</b>");
    write("far.html", b"<img src=\"https://t.example/p.png\">");
    write("big.jpg", &vec![0xff; 60 * 1024]);
    write("text.jpg", b"hello");
    let read = |keys: &str| {
        let text = ONE.replacen("email =", &format!("{keys}\nemail ="), 1);
        Config::parse(&text, &folder.path().join("config.toml")).map(|config| config.accounts[0].style.clone())
    };
    let style = read("signature_html = \"s.html\"\nsignature_photo = \"me.png\"\nanswer = \"below\"\nsignature_place = \"above\"\nquote = false\nhtml = true").unwrap();
    assert!(style.html && style.below_quote && style.signature_above && !style.quote);
    assert_eq!(style.signature_html, "<b>Anna on time</b> {photo}");
    assert_eq!(style.photo.unwrap().media_type, "image/png");
    for (keys, sentence) in [
        ("signature_html = \"evil.html\"", "nothing in a letter may run"),
        ("signature_html = \"far.html\"", "nothing in a letter may run"),
        ("signature_photo = \"big.jpg\"", "has 60 KB, and the photo goes with every letter: up to 50 KB"),
        ("signature_photo = \"text.jpg\"", "is no JPEG, PNG or GIF picture"),
        ("answer = \"beside\"", "\"beside\" is not known here"),
    ] {
        let problem = read(keys).unwrap_err().to_string();
        assert!(problem.contains(sentence), "{problem}");
    }
}
