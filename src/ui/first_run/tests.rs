//! Keys give effects; the screen looks as it should.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use super::*;
use crate::domain::account::Security;
use crate::domain::oauth::{Advice, Place};
use crate::domain::problem::Kind;
use crate::domain::provider::{Credential, Source, known};
use crate::ui::tests::{key, text_of};
use crate::ui::theme::Theme;

/// What the table of providers says.
fn advice() -> Vec<Advice> {
    let advice = |provider: &str, client: &str, page: &str, wants_secret| Advice {
        provider: provider.to_owned(),
        client: Text::line(client),
        page: Text::line(page),
        wants_secret,
        gives_codes: !wants_secret,
    };
    let google = "make a client of the type \"Desktop app\" at https://console.cloud.google.com/auth/clients";
    let microsoft = "register an app with the redirect URI http://localhost (mobile and desktop) at https://entra.microsoft.com, App \
                     registrations";
    vec![
        advice("google", google, "https://console.cloud.google.com/auth/clients", true),
        advice("microsoft", microsoft, "https://entra.microsoft.com", false),
    ]
}

struct Screen {
    state: State,
    effects: Vec<Effect>,
}

impl Screen {
    fn new(my_name: &str) -> Self {
        let setup = Setup { theme: Theme::None, my_name: Text::line(my_name), advice: advice() };
        Self { state: State::new(setup), effects: Vec::new() }
    }

    fn sized(mut self, (width, height): (u16, u16)) -> Self {
        self.event(Event::Resize { width, height });
        self
    }

    fn event(&mut self, event: Event) {
        self.effects.extend(update(&mut self.state, event));
    }

    /// Presses keys: letters, and names in angle brackets: `anna<enter>`.
    fn press(&mut self, keys: &str) -> &mut Self {
        let mut rest = keys;
        while let Some(first) = rest.chars().next() {
            let (name, after) = match rest.strip_prefix('<').and_then(|r| r.split_once('>')) {
                Some((name, after)) => (name.to_owned(), after),
                None => (first.to_string(), &rest[first.len_utf8()..]),
            };
            self.event(Event::Key(key(&name)));
            rest = after;
        }
        self
    }

    fn asked(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Types an address and answers the search.
    fn find(&mut self, email: &str, outcome: Result<Option<Settings>>) -> &mut Self {
        self.press(&format!("{email}<enter>"));
        let [Effect::Find { generation, address }] = &self.asked()[..] else { panic!("no search") };
        assert_eq!(address.as_str(), email);
        let generation = *generation;
        self.event(Event::Found { generation, outcome });
        self
    }

    fn tried(&mut self) -> (Generation, Settings, NewAccount) {
        match &self.asked()[..] {
            [Effect::Try { generation, settings, account }] => (*generation, *settings.clone(), *account.clone()),
            other => panic!("{other:?}"),
        }
    }

    fn text(&self) -> String {
        text_of(self.state.width, self.state.height, |frame| view(&self.state, frame))
    }

    fn look(&self, name: &str) {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let name = format!("first_run_{name}_{}x{}", self.state.width, self.state.height);
        settings.bind(|| insta::assert_snapshot!(name, self.text()));
    }
}

fn known_settings(email: &str) -> Settings {
    known::by_domain(&Address::parse(email).unwrap()).unwrap().unwrap()
}

const GMAIL: &str = "anna@gmail.com";
const FIRMA: &str = "anna@firma.example";

fn gmail(screen: &mut Screen) -> &mut Screen {
    screen.find(GMAIL, Ok(Some(known_settings(GMAIL))))
}

#[test]
fn a_known_provider_asks_for_address_and_password_only() {
    let mut screen = Screen::new("Anna Nowak");
    gmail(&mut screen).press("abcd efgh<enter>");
    let (generation, settings, account) = screen.tried();
    assert_eq!(settings, known_settings(GMAIL));
    assert_eq!(account.credential, Credential::Keyring(crate::domain::account::Secret::new("abcd efgh".to_owned())));
    assert_eq!((account.my_name.as_str(), account.imap.host.as_str()), ("Anna Nowak", "imap.gmail.com"));
    screen.event(Event::Tried { generation, outcome: Ok(settings) });
    let [Effect::Save { generation, account: saved }] = &screen.asked()[..] else { panic!("not saved") };
    assert_eq!(**saved, account);
    let generation = *generation;
    screen.event(Event::Saved { generation, outcome: Ok(Text::own("gmail")) });
    assert_eq!(screen.asked(), [Effect::Done]);
}

#[test]
fn the_name_is_asked_where_the_computer_does_not_know_it() {
    let mut screen = Screen::new("");
    gmail(&mut screen).press("Anna Nowak<enter>secret<enter>");
    assert_eq!(screen.tried().2.my_name.as_str(), "Anna Nowak");
}

#[test]
fn nothing_is_asked_with_an_address_that_is_none_or_without_a_password() {
    let mut screen = Screen::new("Anna");
    screen.press("anna<enter>");
    assert_eq!(screen.asked(), []);
    assert!(screen.text().contains("This is not a mail address"));
    screen.press("@gmail.com");
    assert!(!screen.text().contains("This is not a mail address"));
    let mut screen = Screen::new("Anna");
    gmail(&mut screen).press("<enter>");
    assert_eq!(screen.asked(), []);
    assert!(screen.text().contains("Without a password"));
}

#[test]
fn a_password_is_never_shown() {
    let mut screen = Screen::new("Anna");
    gmail(&mut screen).press("hunterX<backspace>");
    screen.event(Event::Paste("-7f3a\nsecond line".to_owned()));
    assert!(!screen.text().contains("hunter") && screen.text().contains("•••••••••••"));
    assert!(!format!("{:?}", screen.state).contains("hunter"));
    screen.press("<enter>");
    let (generation, settings, account) = screen.tried();
    assert!(matches!(&account.credential, Credential::Keyring(secret) if secret.reveal() == "hunter-7f3a"));
    let effect = Effect::Try { generation, settings: Box::new(settings), account: Box::new(account) };
    assert!(!format!("{effect:?}").contains("hunter"));
    screen.press("<esc><ctrl-u>x<enter>");
    assert!(matches!(screen.tried().2.credential, Credential::Keyring(secret) if secret.reveal() == "x"));
}

#[test]
fn a_search_that_was_called_off_changes_nothing_when_it_ends() {
    let mut screen = Screen::new("Anna");
    screen.press("anna@gmail.com<enter>x");
    assert!(screen.text().contains("Looking for the servers of gmail.com … 0 s"));
    screen.event(Event::Tick);
    assert!(screen.text().contains("… 1 s"));
    screen.press("<esc>");
    screen.asked();
    screen.event(Event::Found { generation: 1, outcome: Ok(Some(known_settings(GMAIL))) });
    assert!(screen.text().contains("mail address"), "{}", screen.text());
    screen.press("<enter>");
    assert!(matches!(screen.asked()[..], [Effect::Find { generation: 2, .. }]));
    screen.event(Event::Found { generation: 1, outcome: Ok(None) });
    assert!(screen.text().contains("Looking"), "an old answer is not the new one");
}

#[test]
fn what_went_wrong_is_shown_and_can_be_corrected() {
    let mut screen = Screen::new("Anna");
    gmail(&mut screen).press("wrong<enter>");
    let (generation, ..) = screen.tried();
    let refused = Problem::new(Kind::Auth, "imap.gmail.com:993 refused user and password").hint("make an app password");
    screen.event(Event::Tried { generation, outcome: Err(refused) });
    assert!(screen.text().contains("refused user and password") && screen.text().contains("make an app password"));
    screen.press("<ctrl-u>right<enter>");
    let (_, _, account) = screen.tried();
    assert!(matches!(account.credential, Credential::Keyring(secret) if secret.reveal() == "right"));
}

#[test]
fn servers_are_written_by_hand_when_nothing_was_found() {
    let mut screen = Screen::new("Anna");
    screen.find(FIRMA, Ok(None));
    assert!(screen.text().contains("Nothing was found about firma.example"));
    assert!(screen.text().contains("imap.firma.example"));
    // Host stays; STARTTLS brings its port along; the user is shortened; SMTP gets a port of its own.
    screen.press("<down><down><right><down><ctrl-u>anna<down><down><ctrl-u>2525<down><right>");
    screen.press("<down><down>ca.pem<enter>secret<enter>");
    let (_, settings, account) = screen.tried();
    assert_eq!((settings.imap.port, settings.imap.security), (143, Security::StartTls));
    assert_eq!((settings.imap.user.as_str(), settings.imap.host.as_str()), ("anna", "imap.firma.example"));
    assert_eq!((settings.smtp.port, settings.smtp.security), (2525, Security::StartTls));
    assert_eq!(settings.source, Source::Hand);
    assert_eq!(account.ca_file.unwrap().to_str(), Some("ca.pem"));
}

#[test]
fn what_is_written_by_hand_is_checked() {
    for (keys, words) in [
        ("<ctrl-u>imap firma", "not the name of a server"),
        ("<down><ctrl-u>0", "A port is a number"),
        ("<down><ctrl-u>70000", "A port is a number"),
        ("<down><down><down><ctrl-u>", "Who signs in?"),
    ] {
        let mut screen = Screen::new("Anna");
        screen.find(FIRMA, Ok(None)).press(keys).press("<enter>");
        assert!(screen.text().contains(words), "{keys}: {}", screen.text());
        assert_eq!(screen.asked(), []);
    }
}

#[test]
fn found_servers_can_be_corrected_and_the_password_stays() {
    let mut screen = Screen::new("Anna");
    gmail(&mut screen).press("secret<ctrl-e><ctrl-u>imap.other.example<enter><enter>");
    let (_, settings, account) = screen.tried();
    assert_eq!((settings.imap.host.as_str(), settings.source), ("imap.other.example", Source::Hand));
    assert!(matches!(account.credential, Credential::Keyring(secret) if secret.reveal() == "secret"));
}

#[test]
fn without_a_keyring_the_password_comes_from_elsewhere() {
    let mut screen = Screen::new("Anna");
    gmail(&mut screen).press("secret<enter>");
    let (generation, settings, _) = screen.tried();
    screen.event(Event::Tried { generation, outcome: Ok(settings) });
    screen.asked();
    let generation = screen.state.generation;
    let none = Problem::new(Kind::Auth, "there is no keyring here");
    screen.event(Event::Saved { generation, outcome: Err(Unsaved::NoKeyring(none)) });
    assert!(screen.text().contains("there is no keyring here"));
    screen.press("<enter>");
    assert!(screen.text().contains("Which command prints the password"));
    screen.press("pass show gmail<enter>");
    let (generation, settings, account) = screen.tried();
    assert_eq!(account.credential, Credential::Command("pass show gmail".to_owned()));
    screen.event(Event::Tried { generation, outcome: Ok(settings) });
    assert!(
        matches!(&screen.asked()[..], [Effect::Save { account, .. }] if account.credential == Credential::Command("pass show gmail".to_owned()))
    );
    screen.state.wait = None;
    screen.press("<tab>X<enter>");
    assert!(screen.text().contains("not both"));
}

const OUTLOOK: &str = "anna@outlook.com";

fn prompt(code: Option<&str>) -> Prompt {
    let page = Text::own("https://login.example/authorize?response_type=code&client_id=1234-abcd&state=Qx81");
    Prompt { page, code: code.map(Text::line), minutes: 15, opened: code.is_none() }
}

fn given() -> Tokens {
    let token = |text: &str| crate::domain::account::Secret::token(text.to_owned());
    Tokens { access: token("Canary-access"), expires_at: None, refresh: Some(token("Canary-refresh")) }
}

impl Screen {
    /// The provider's sign-in that was asked for: its number, the account, and whether with a code.
    fn agreeing(&mut self) -> (Generation, NewAccount, bool) {
        match &self.asked()[..] {
            [Effect::SignIn { generation, account, with_code }] => (*generation, *account.clone(), *with_code),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_provider_without_passwords_takes_its_own_sign_in() {
    let mut screen = Screen::new("Anna");
    screen.find(OUTLOOK, Ok(Some(known_settings(OUTLOOK)))).press("<ctrl-b><enter>");
    let said = screen.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("which client id") && said.contains("https://entra.microsoft.com"), "{said}");
    screen.press("1234-abcd<enter>");
    let (generation, account, with_code) = screen.agreeing();
    assert!(!with_code);
    let Credential::OAuth2 { client, tokens: None } = &account.credential else { panic!("{account:?}") };
    assert_eq!((client.provider.as_str(), client.client_id.as_str()), ("microsoft", "1234-abcd"));
    screen.event(Event::Prompted { generation, prompt: prompt(None) });
    screen.event(Event::Tick);
    assert!(screen.text().contains("Waiting for you to agree … 1 s") && screen.text().contains("=Qx81"));
    screen.event(Event::SignedIn { generation, outcome: Ok(given()) });
    let (generation, settings, account) = screen.tried();
    assert!(matches!(&account.credential, Credential::OAuth2 { tokens: Some(tokens), .. } if *tokens == given()));
    assert!(!format!("{:?}", screen.state).contains("Canary"));
    // A server that cannot be asked says nothing about the tokens; one that refuses them does.
    let away = Problem::new(Kind::Network, "no answer");
    screen.event(Event::Tried { generation, outcome: Err(away) });
    screen.press("<enter>");
    let (generation, ..) = screen.tried();
    screen.event(Event::Tried { generation, outcome: Err(Problem::new(Kind::Auth, "refused")) });
    screen.press("<ctrl-k>");
    let (generation, _, with_code) = screen.agreeing();
    assert!(with_code);
    screen.event(Event::SignedIn { generation, outcome: Ok(given()) });
    let (generation, ..) = screen.tried();
    screen.event(Event::Tried { generation, outcome: Ok(settings) });
    let [Effect::Save { generation, account }] = &screen.asked()[..] else { panic!("not saved") };
    assert!(matches!(&account.credential, Credential::OAuth2 { tokens: Some(_), .. }));
    let generation = *generation;
    screen.event(Event::Saved { generation, outcome: Ok(Text::own("outlook")) });
    assert_eq!(screen.asked(), [Effect::Done]);
}

#[test]
fn a_sign_in_that_was_called_off_changes_nothing_when_it_ends() {
    let mut screen = Screen::new("Anna");
    screen.find(OUTLOOK, Ok(Some(known_settings(OUTLOOK)))).press("1234<enter>");
    let (generation, ..) = screen.agreeing();
    screen.event(Event::Prompted { generation, prompt: prompt(None) });
    assert!(screen.state.shows_address());
    screen.press("<ctrl-o>");
    assert_eq!(screen.asked(), [Effect::OpenPage(prompt(None).page)]);
    screen.press("<esc>");
    assert_eq!(screen.asked(), [Effect::StopSignIn]);
    screen.event(Event::SignedIn { generation, outcome: Ok(given()) });
    assert!(screen.asked().is_empty() && !screen.state.shows_address());
    assert!(screen.text().contains("> client id"));
}

#[test]
fn google_wants_a_secret_and_it_stays_out_of_the_configuration() {
    let mut screen = Screen::new("Anna");
    gmail(&mut screen).press("<ctrl-b>1234<enter>");
    assert!(screen.text().contains("Which command prints the client's secret"));
    screen.press("pass show mail/client<tab><right><enter>");
    let (_, account, _) = screen.agreeing();
    let Credential::OAuth2 { client, .. } = account.credential else { panic!() };
    assert_eq!(client.secret, Some(Place::Command("pass show mail/client".to_owned())));
    assert_eq!(account.kind, crate::domain::account::Kind::Shared);
    screen.press("<esc>");
    screen.press("<ctrl-k>");
    assert_eq!(screen.asked(), [Effect::StopSignIn], "Google gives no codes for mail");
}

#[test]
fn a_provider_of_ones_own_is_written_by_hand() {
    let mut screen = Screen::new("Anna");
    screen.find(FIRMA, Ok(None)).press("<enter><ctrl-b>mine<enter>");
    assert!(screen.text().contains("It looks like https://"));
    screen
        .press("https://login.firma.example/agree<tab>https://login.firma.example/token<tab><tab>mail  offline_access");
    screen.press("<enter>");
    let (_, account, _) = screen.agreeing();
    let Credential::OAuth2 { client, .. } = account.credential else { panic!() };
    assert_eq!(client.token_url, "https://login.firma.example/token");
    assert_eq!((client.provider.as_str(), client.scopes), ("", vec!["mail".to_owned(), "offline_access".to_owned()]));
}

#[test]
fn without_a_keyring_tokens_come_from_another_program() {
    let mut screen = Screen::new("Anna");
    screen.find(OUTLOOK, Ok(Some(known_settings(OUTLOOK)))).press("1234<enter>");
    let (generation, ..) = screen.agreeing();
    let none = Problem::new(Kind::Auth, "there is no keyring here");
    screen.event(Event::SignedIn { generation, outcome: Err(Unsaved::NoKeyring(none)) });
    assert!(screen.text().contains("(oama") && !screen.text().contains("or variable"));
    screen.press("oama access anna<enter>");
    assert_eq!(screen.tried().2.credential, Credential::TokenCommand("oama access anna".to_owned()));
}

#[test]
fn where_both_are_possible_one_key_changes_the_way() {
    let mut screen = Screen::new("Anna");
    gmail(&mut screen).press("<ctrl-b>");
    assert!(screen.text().contains("client id"));
    screen.press("<ctrl-b>secret<enter>");
    screen.tried();
}

#[test]
fn the_page_opens_and_the_demo_and_the_way_out_are_there() {
    let mut screen = Screen::new("Anna");
    screen.press("<ctrl-d>");
    assert_eq!(screen.asked(), [Effect::Demo]);
    gmail(&mut screen).press("<ctrl-o>");
    assert_eq!(screen.asked(), [Effect::OpenPage(Text::own("https://myaccount.google.com/apppasswords"))]);
    screen.press("<esc><esc>");
    assert_eq!(screen.asked(), [Effect::Quit]);
}

#[test]
fn looks() {
    for size in [(40, 12), (80, 24), (160, 48)] {
        let screen = Screen::new("Anna Nowak").sized(size);
        screen.look("address");
        let mut screen = Screen::new("Anna Nowak").sized(size);
        screen.press("anna@firma.example<enter>");
        screen.event(Event::Tick);
        screen.look("looking");
        let mut screen = Screen::new("Anna Nowak").sized(size);
        gmail(&mut screen).press("abcdabcd");
        screen.look("gmail");
        screen.press("<enter>");
        let (generation, ..) = screen.tried();
        let refused = Problem::new(
            Kind::Auth,
            "reading (IMAP): imap.gmail.com:993 refused user anna@gmail.com and the password: [AUTHENTICATIONFAILED] Invalid credentials",
        )
        .hint("check user and password; many providers want a password made for this program (app password)");
        screen.event(Event::Tried { generation, outcome: Err(refused) });
        screen.look("refused");
        let mut screen = Screen::new("Anna Nowak").sized(size);
        screen.find(OUTLOOK, Ok(Some(known_settings(OUTLOOK))));
        screen.look("browser");
        screen.press("1234-abcd<enter>");
        let (generation, ..) = screen.agreeing();
        screen.event(Event::Prompted { generation, prompt: prompt(None) });
        screen.look("agreeing");
        screen.event(Event::Prompted { generation, prompt: prompt(Some("WDJB-MJHT")) });
        screen.look("code");
        let none =
            Problem::new(Kind::Auth, "there is no keyring here").hint("tokens are kept in a keyring and nowhere else");
        screen.event(Event::SignedIn { generation, outcome: Err(Unsaved::NoKeyring(none)) });
        screen.look("token_elsewhere");
        let mut screen = Screen::new("Anna Nowak").sized(size);
        gmail(&mut screen).press("<ctrl-b>");
        screen.look("gmail_browser");
        let mut screen = Screen::new("Anna Nowak").sized(size);
        screen.find(FIRMA, Ok(None)).press("<enter><ctrl-b>");
        screen.look("own_provider");
        let mut screen = Screen::new("Anna Nowak").sized(size);
        screen.find(FIRMA, Ok(None));
        screen.look("hand");
        let mut screen = Screen::new("Анна Новак").sized(size);
        let mut records = Settings::blank(&Address::parse(FIRMA).unwrap());
        (records.source, records.imap.host) = (Source::Records, "mail.hoster.example".to_owned());
        screen.find(FIRMA, Ok(Some(records)));
        screen.look("records");
        screen.press("x<enter>");
        let (generation, settings, _) = screen.tried();
        screen.event(Event::Tried { generation, outcome: Ok(settings) });
        let generation = screen.state.generation;
        let none = Problem::new(Kind::Auth, "there is no keyring here").hint("on a machine without a desktop …");
        screen.event(Event::Saved { generation, outcome: Err(Unsaved::NoKeyring(none)) });
        screen.look("elsewhere");
    }
}
