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
        let said = self.run_and_agree(&["login", "work"]);
        assert!(said.contains("Account work is signed in"), "{said}");
    }

    /// Agrees in the browser that the program opens.
    #[track_caller]
    fn agree(&self) {
        let page = self.home.path().join("page");
        let url = poll_until(DEADLINE, "a page in the browser", || std::fs::read_to_string(&page).ok());
        std::fs::remove_file(&page).unwrap();
        let (status, text) = browse(url.trim(), Some(ca::ca_pem()));
        assert!(status == 200 && text.contains("close this window"), "{text}");
    }

    /// Runs a command during which the user agrees; gives what it said.
    #[track_caller]
    fn run_and_agree(&self, arguments: &[&str]) -> String {
        let mut command = self.home.command(arguments);
        command.envs(self.env()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        self.agree();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(!said.contains(CANARY), "{said}");
        said
    }

    fn terminal(&self, arguments: &[&str], columns: u16, lines: u16) -> pty::Terminal {
        let env = self.env();
        let env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.home.terminal_with(arguments, &env, columns, lines)
    }

    fn config(&self) -> Option<String> {
        std::fs::read_to_string(self.home.config_file()).ok()
    }

    /// The options of a setup at this provider.
    fn setup(&self) -> Vec<String> {
        let url = self.provider.tls_url();
        let (imap, smtp) = (self.dovecot.imaps_port, self.smtp.tls_port);
        let options = format!(
            "setup {ME} --name Anna --account work --imap localhost:{imap} --smtp localhost:{smtp} --ca-file test-ca.pem \
             --client-id postbook-test --auth-url {url}/authorize --token-url {url}/token --device-url {url}/device --scope mail"
        );
        options.split_whitespace().map(str::to_owned).collect()
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

/// As [`office_with_keyring`], before anything was configured.
fn newcomer() -> Office {
    let office = office_with_keyring(BOTH);
    std::fs::remove_file(office.home.config_file()).unwrap();
    office.dovecot.deliver(ME, "INBOX", b"From: <a@x.example>\r\nSubject: The very first letter\r\n\r\nHello\r\n", "");
    office
}

#[test]
fn setup_signs_in_in_the_browser_and_saves_what_works() {
    let office = newcomer();
    let options = office.setup();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    // The provider says no: nothing is saved.
    office.provider.state().answers.push_back((400, "{\"error\":\"invalid_client\"}".to_owned()));
    let mut command = office.home.command(&options);
    let child = command.envs(office.env()).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    office.agree();
    let refused = child.wait_with_output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{}", String::from_utf8_lossy(&refused.stderr));
    assert_eq!(office.config(), None);
    // It agrees, but what it gives opens no mailbox: nothing is saved either.
    office
        .provider
        .state()
        .answers
        .push_back((200, "{\"access_token\":\"Canary-Token-x\",\"token_type\":\"Bearer\"}".to_owned()));
    let mut command = office.home.command(&options);
    let child = command.envs(office.env()).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    office.agree();
    let refused = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("reading mail (IMAP)") && !said.contains(CANARY), "{said}");
    assert_eq!(office.config(), None);

    let said = office.run_and_agree(&options);
    assert!(said.contains("Account work is in"), "{said}");
    let config = office.config().unwrap();
    assert!(config.contains("client_id = \"postbook-test\"") && !config.contains(CANARY), "{config}");
    let found = office.postbook(&["search", "very first", "--json"], b"").success().json();
    assert_eq!(found["total"], 1, "{found}");
    office.send("With tokens from setup");
    office.smtp.wait_accepted(1);
    office.nothing_leaked();
}

#[test]
fn a_dialogue_signs_in_and_esc_stops_the_waiting() {
    let office = newcomer();
    let options = office.setup();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let mut terminal = office.terminal(&options, 100, 60);
    terminal.wait_for_text("Waiting for you to agree there");
    terminal.type_keys("\x1b");
    terminal.wait_for_text("a again, c with a code on another device, s other servers, q give up [a]:");
    assert!(terminal.screen().contains("called off"), "{}", terminal.screen());
    assert_eq!(office.config(), None);
    let _ = std::fs::remove_file(office.home.path().join("page"));
    terminal.type_keys("c\n");
    terminal.wait_for_text("WDJB-MJHT");
    terminal.wait_for_text("Open the screens with: postbook");
    assert!(terminal.wait_exit().success());
    assert!(office.config().unwrap().contains("auth = \"oauth2\""));
    office.nothing_leaked();
}

#[test]
fn without_a_keyring_setup_takes_a_token_command() {
    let office = office(BOTH, "token = { command = \"none\" }");
    std::fs::remove_file(office.home.config_file()).unwrap();
    office.home.write("token", format!("{}\n", office.provider.state().issue()));
    let options = office.setup();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let mut terminal = office.terminal(&options, 100, 60);
    terminal.wait_for_text("Command that prints an access token");
    assert!(office.provider.state().asked("/authorize").is_empty(), "nobody is asked for what cannot be kept");
    terminal.type_keys("cat token\n");
    terminal.wait_for_text("Open the screens with: postbook");
    assert!(terminal.wait_exit().success());
    assert!(office.config().unwrap().contains("token = { command = \"cat token\" }"), "{:?}", office.config());
}

#[test]
fn the_first_run_screen_signs_in_in_the_browser() {
    let office = newcomer();
    let ca_file = office.home.path().join("test-ca.pem").display().to_string();
    let mut terminal = office.terminal(&[], 100, 30);
    terminal.wait_for_text("Postbook: your first mailbox");
    terminal.type_keys("me@localhost\r");
    terminal.wait_for_text("Nothing was found about localhost");
    let write = |value: &str| terminal.type_keys(&format!("\x15{value}\x1b[B"));
    for port in [office.dovecot.imaps_port, office.smtp.tls_port] {
        write("localhost");
        write(&port.to_string());
        terminal.type_keys("\x1b[B");
        write(ME);
    }
    terminal.type_keys(&ca_file);
    terminal.wait_for_text("test-ca.pem");
    terminal.type_keys("\r");
    terminal.wait_for_text("Ctrl-B by browser");
    terminal.type_keys("\x02");
    terminal.wait_for_text("page to agree");
    let url = office.provider.tls_url();
    terminal
        .type_keys(&format!("Marek Nowak\x1b[Bpostbook-test\x1b[B{url}/authorize\x1b[B{url}/token\x1b[B\x1b[Bmail\r"));
    terminal.wait_for_text("Waiting for you to agree");
    terminal.wait_for("the page's address and a mouse that selects", DEADLINE, |screen| {
        screen.contains("/authorize?response_type=code") && !terminal.mouse_on()
    });
    office.agree();
    terminal.wait_for_text("The very first letter");
    assert!(terminal.mouse_on());
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    terminal.assert_restored();
    office.nothing_leaked();
}

#[test]
fn an_account_that_was_shut_out_signs_in_again_on_the_screen() {
    let office = office_with_keyring(BOTH);
    office.login();
    office.provider.state().end_everything();
    office.dovecot.deliver(ME, "INBOX", b"From: <a@x.example>\r\nSubject: The very first letter\r\n\r\nHello\r\n", "");
    let mut terminal = office.terminal(&[], 100, 30);
    terminal.wait_for_text("work: cannot sign in · g a");
    terminal.type_keys("ga");
    terminal.wait_for_text("> work");
    terminal.type_keys("\r");
    terminal.wait_for_text("Enter opens the provider's page");
    terminal.type_keys("\r");
    terminal.wait_for_text("Waiting for you to agree");
    office.agree();
    terminal.wait_gone("Waiting for you to agree");
    terminal.type_keys("\x1b");
    terminal.wait_gone("> work");
    terminal.type_keys("2");
    terminal.wait_for_text("The very first letter");
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    office.nothing_leaked();
}

#[test]
fn a_refused_password_is_asked_for_anew_on_the_screen() {
    let dovecot = Dovecot::start(&[ME]);
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    home.write_config(&[Account::new("work", ME, &dovecot, &smtp)]);
    let config = std::fs::read_to_string(home.config_file()).unwrap();
    home.write_config_text(&config.replace(&format!("{{ env = {PASSWORD_VARIABLE:?} }}"), "{ keyring = true }"));
    let keyring = Keyring::start(&home);
    let env = [keyring.env()];
    home.postbook_with(&["password", "work"], b"Wrong-Canary\n", &env).success();
    dovecot.deliver(ME, "INBOX", b"From: <a@x.example>\r\nSubject: The very first letter\r\n\r\nHello\r\n", "");
    let mut terminal = home.terminal_with(&[], &env, 100, 30);
    terminal.wait_for_text("work: password refused · g a");
    terminal.type_keys("ga");
    terminal.wait_for_text("> work");
    terminal.type_keys("\r");
    terminal.wait_for_text("New password of work");
    terminal.type_keys(PASSWORD);
    terminal.wait_for_text("•••");
    assert!(!terminal.screen().contains(PASSWORD));
    terminal.type_keys("\r");
    terminal.wait_gone("New password of work");
    terminal.type_keys("\x1b");
    terminal.wait_gone("> work");
    terminal.type_keys("2");
    terminal.wait_for_text("The very first letter");
    assert!(!terminal.screen().contains("password refused"));
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    home.postbook_with(&["sync"], b"", &env).success();
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
