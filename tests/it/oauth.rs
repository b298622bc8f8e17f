//! Signing in with tokens: the real program, a real keyring, Dovecot's own OAuth 2.0, an SMTP server that takes tokens, and
//! an authorisation server, all on loopback.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use super::support::home::Output;
use super::support::provider::{CANARY, browse};
use super::support::*;

const ME: &str = "me@firma.example";
const BOTH: &str = "oauthbearer xoauth2";

struct Office {
    provider: Provider,
    dovecot: Dovecot,
    smtp: SmtpServer,
    keyring: Option<Keyring>,
    home: Home,
}

/// Servers that take tokens by these mechanisms, and a home whose configuration gets them in this way.
fn office(mechanisms: &str, sign_in: &str) -> Office {
    let identity = ca::certificate(CertKind::Good);
    let provider = Provider::start(ME, Some((&identity.cert, &identity.key)));
    let introspection = format!("{}/introspect", provider.url());
    let dovecot = Dovecot::builder().user(ME).tokens(mechanisms, &introspection).start();
    let smtp = SmtpServer::builder()
        .local(ME, dovecot.mail_dir(ME))
        .tokens(&mechanisms.to_uppercase(), &introspection)
        .start();
    let home = home();
    let url = provider.tls_url();
    let doors = format!(
        "[account.oauth]\nclient_id = \"postbook-test\"\nauth_url = \"{url}/authorize\"\ntoken_url = \"{url}/token\"\n\
         device_url = \"{url}/device\"\nscopes = [\"mail\"]\nca_file = \"test-ca.pem\"\n"
    );
    let server = |section: &str, port: u16, more: &str| {
        format!("[account.{section}]\nhost = \"localhost\"\nport = {port}\nca_file = \"test-ca.pem\"\n{more}\n")
    };
    let imap = server("imap", dovecot.imaps_port, &format!("auth = \"oauth2\"\n{sign_in}"));
    let smtp_section = server("smtp", smtp.tls_port, "");
    let (doors, imap) = if sign_in.is_empty() { (doors, imap) } else { (String::new(), imap) };
    home.write_config_text(&format!("[[account]]\nname = \"work\"\nemail = \"{ME}\"\n{doors}{imap}{smtp_section}"));
    // A browser that only tells which page it was sent to.
    let browser = home.write(
        "bin/xdg-open",
        "#!/bin/sh\nprintf '%s\\n' \"$1\" >\"$HOME/page.tmp\"\nmv \"$HOME/page.tmp\" \"$HOME/page\"\n",
    );
    std::fs::set_permissions(browser, PermissionsExt::from_mode(0o755)).unwrap();
    Office { provider, dovecot, smtp, keyring: None, home }
}

/// The same with a keyring.
fn office_with_keyring(mechanisms: &str) -> Office {
    let office = office(mechanisms, "");
    Office { keyring: Some(Keyring::start(&office.home)), ..office }
}

impl Office {
    fn env(&self) -> Vec<(&str, String)> {
        let path = format!("{}:{}", self.home.path().join("bin").display(), std::env::var("PATH").unwrap());
        let keyring = self.keyring.iter().map(|keyring| (keyring.env().0, keyring.env().1.to_owned()));
        // Everything that could be logged is.
        keyring.chain([("PATH", path), ("POSTBOOK_LOG", "trace".to_owned())]).collect()
    }

    #[track_caller]
    fn postbook(&self, arguments: &[&str], input: &[u8]) -> Output {
        let env = self.env();
        let env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let output = self.home.postbook_with(arguments, input, &env);
        for said in [&output.stdout, &output.stderr] {
            assert!(!said.contains(CANARY), "{arguments:?}: {said}");
        }
        output
    }

    /// Signs in through the browser.
    #[track_caller]
    fn login(&self) {
        let mut command = self.home.command(&["login", "work"]);
        command.envs(self.env()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let page = self.home.path().join("page");
        let url = poll_until(DEADLINE, "a page in the browser", || std::fs::read_to_string(&page).ok());
        std::fs::remove_file(&page).unwrap();
        let (status, text) = browse(url.trim(), Some(ca::ca_pem()));
        assert!(status == 200 && text.contains("close this window"), "{text}");
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("Account work is signed in") && !said.contains(CANARY), "{said}");
    }

    /// How often tokens were asked for.
    fn asked(&self) -> usize {
        self.provider.state().asked("/token").len()
    }

    #[track_caller]
    fn send(&self, subject: &str) {
        self.postbook(&["send", "--to", ME, "--subject", subject, "--yes"], b"Hello\n").success();
    }

    /// Fails when a token, code or verifier is in a file that the program keeps.
    #[track_caller]
    fn nothing_leaked(&self) {
        let mut folders = vec![self.home.data_dir()];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                seen += 1;
                assert!(!holds(&path, CANARY), "a token is in {}", path.display());
            }
        }
        assert!(seen >= 2, "a store and a log were looked at");
    }
}

fn holds(path: &Path, secret: &str) -> bool {
    std::fs::read(path).unwrap().windows(secret.len()).any(|window| window == secret.as_bytes())
}

#[test]
fn a_browser_signs_in_and_the_tokens_are_renewed_in_the_middle() {
    for mechanisms in [BOTH, "xoauth2"] {
        let office = office_with_keyring(mechanisms);
        let before = office.postbook(&["sync"], b"");
        assert!(before.stderr.contains("sign in: postbook login work"), "{}", before.stderr);
        office.login();
        assert_eq!(office.asked(), 1);
        office.postbook(&["sync"], b"").success();
        office.send("First");
        assert_eq!(office.smtp.wait_accepted(1)[0].user.as_deref(), Some(ME), "{mechanisms}");
        office.postbook(&["doctor"], b"").success();
        assert_eq!(office.asked(), 1, "the kept token is good for all of it");

        // The token ends before its time: both servers refuse it, and it is renewed without a word.
        office.provider.state().end_access();
        office.postbook(&["sync"], b"").success();
        assert_eq!(office.asked(), 2, "{mechanisms}");
        // The provider changes the refresh token each time from now on.
        office.provider.state().rotates = true;
        for round in 0..2 {
            office.provider.state().end_access();
            office.send(&format!("Round {round}"));
            assert_eq!(office.asked(), 3 + round, "{mechanisms}");
        }
        assert_eq!(office.smtp.wait_accepted(3).len(), 3);

        // The user took it back at the provider.
        office.provider.state().end_everything();
        let refused = office.postbook(&["sync"], b"");
        assert_eq!(refused.status.code(), Some(1));
        assert!(refused.stderr.contains("sign in again: postbook login work"), "{}", refused.stderr);
        assert!(refused.stderr.contains("invalid_grant"), "{}", refused.stderr);
        assert_eq!(office.asked(), 5, "the dead token is offered once");
        let doctor = office.postbook(&["doctor"], b"");
        assert_eq!(doctor.status.code(), Some(1));
        assert!(doctor.stdout.contains("sign in again: postbook login work"), "{}", doctor.stdout);
        office.login();
        office.postbook(&["sync"], b"").success();

        office.postbook(&["login", "work", "--delete"], b"").success();
        let gone = office.postbook(&["sync"], b"");
        assert!(gone.stderr.contains("has not signed in yet"), "{}", gone.stderr);
        office.nothing_leaked();
    }
}

#[test]
fn a_machine_without_a_browser_signs_in_with_a_code() {
    let office = office_with_keyring(BOTH);
    let waits = (400, "{\"error\":\"authorization_pending\"}".to_owned());
    office.provider.state().answers.push_back(waits);
    let output = office.postbook(&["login", "work", "--device"], b"").success();
    assert!(output.stdout.contains("WDJB-MJHT") && output.stdout.contains("within 15 minutes"), "{}", output.stdout);
    office.dovecot.deliver(ME, "INBOX", b"From: <a@x.example>\r\nSubject: Offer\r\n\r\nHello\r\n", "");
    office.postbook(&["sync"], b"").success();
    let found = office.postbook(&["search", "Offer", "--json"], b"").success().json();
    assert_eq!(found["total"], 1, "{found}");
    office.nothing_leaked();
}

#[test]
fn a_token_command_is_run_anew_when_its_token_was_refused() {
    let office = office(BOTH, "token = { command = \"sh -c 'echo run >>runs; cat token'\" }");
    let runs = || std::fs::read_to_string(office.home.path().join("runs")).unwrap_or_default().lines().count();
    office.home.write("token", format!("{}\n", office.provider.state().issue()));
    office.postbook(&["sync"], b"").success();
    office.send("With a token of somebody else's");
    office.smtp.wait_accepted(1);
    office.provider.state().end_access();
    let before = runs();
    let refused = office.postbook(&["sync"], b"");
    assert!(refused.stderr.contains("refused user me@firma.example and the token"), "{}", refused.stderr);
    assert_eq!(runs(), before + 1, "a token that was fetched just now is not fetched again");
    office.home.write("token", format!("{}\n", office.provider.state().issue()));
    office.postbook(&["sync"], b"").success();
    let login = office.postbook(&["login", "work"], b"");
    assert!(login.stderr.contains("does not sign in with OAuth 2.0"), "{}", login.stderr);
    office.nothing_leaked();
}

#[test]
fn without_a_keyring_nobody_is_asked_to_sign_in() {
    let office = office(BOTH, "");
    let login = office.postbook(&["login", "work"], b"");
    assert_eq!(login.status.code(), Some(1));
    assert!(login.stderr.contains("keyring") && login.stderr.contains("token = { command ="), "{}", login.stderr);
    assert!(office.provider.state().requests.is_empty());
    assert!(!office.home.path().join("page").exists(), "no page was opened");
}

#[test]
fn passwords_go_into_the_keyring_and_out_of_it() {
    let dovecot = Dovecot::start(&[ME]);
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    home.write_config(&[Account::new("work", ME, &dovecot, &smtp)]);
    let config = std::fs::read_to_string(home.config_file()).unwrap();
    home.write_config_text(&config.replace(&format!("{{ env = {PASSWORD_VARIABLE:?} }}"), "{ keyring = true }"));
    let keyring = Keyring::start(&home);
    let run = |arguments: &[&str], input: &str| home.postbook_with(arguments, input.as_bytes(), &[keyring.env()]);
    let missing = run(&["sync"], "");
    assert!(missing.stderr.contains("store it with: postbook password work"), "{}", missing.stderr);
    run(&["password", "work"], "Wrong-Canary-40962\n").success();
    run(&["password", "work", "--smtp"], &format!("{PASSWORD}\n")).success();
    let wrong = run(&["sync"], "");
    assert!(wrong.stderr.contains("store another with: postbook password work"), "{}", wrong.stderr);
    assert!(!wrong.stderr.contains("Canary"), "{}", wrong.stderr);
    run(&["password", "work"], &format!("{PASSWORD}\n")).success();
    run(&["sync"], "").success();
    run(&["send", "--to", ME, "--subject", "Hello", "--yes"], "Hello\n").success();
    assert_eq!(smtp.wait_accepted(1)[0].user.as_deref(), Some(ME));
    for more in [&[][..], &["--smtp"]] {
        run(&[&["password", "work", "--delete"], more].concat(), "").success();
        // What is not there is not there: no error.
        run(&[&["password", "work", "--delete"], more].concat(), "").success();
    }
    let gone = run(&["sync"], "");
    assert!(gone.stderr.contains("the keyring has no entry work/imap"), "{}", gone.stderr);
}

#[test]
fn a_pinned_certificate_is_enough_for_both_servers() {
    let dovecot = Dovecot::builder().user(ME).certificate(CertKind::WrongHost).start();
    let smtp = SmtpServer::builder().users_of(&dovecot).certificate(CertKind::WrongHost).start();
    for security in [Security::Tls, Security::StartTls] {
        let home = home();
        home.write_config(&[Account::new("work", ME, &dovecot, &smtp).secured(security, &dovecot, &smtp)]);
        let doctor = home.postbook(&["doctor"]);
        assert_eq!(doctor.status.code(), Some(1));
        let shown: Vec<&str> = doctor
            .stdout
            .match_indices("certificate = \"sha256:")
            .map(|(at, _)| {
                let pin = &doctor.stdout[at + "certificate = \"".len()..];
                pin.split('"').next().unwrap()
            })
            .collect();
        assert_eq!(shown.len(), 2, "{security:?}: {}", doctor.stdout);
        assert_eq!(shown[0], shown[1], "both servers show one certificate");
        assert!(doctor.stdout.contains("it belongs to another host"), "{}", doctor.stdout);
        let config = std::fs::read_to_string(home.config_file()).unwrap();
        let pinned = format!("certificate = \"{}\"", shown[0]);
        home.write_config_text(&config.replace("ca_file = \"test-ca.pem\"", &pinned));
        home.postbook(&["doctor"]).success();
        let digits = shown[0].strip_prefix("sha256:").unwrap();
        let other = digits.chars().rev().collect::<String>();
        home.write_config_text(&config.replace("ca_file = \"test-ca.pem\"", &pinned.replace(digits, &other)));
        let refused = home.postbook(&["sync"]);
        assert!(refused.stderr.contains("is not the one that is pinned"), "{}", refused.stderr);
    }
}
