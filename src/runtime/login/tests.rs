//! Sources and keepers with invented servers and providers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use jiff::SignedDuration;
use std::sync::Mutex;

/// Answers that are given one after another, the last for ever, and how often they were asked for.
#[derive(Clone)]
struct Answers(Arc<Mutex<Script>>);

type Script = (Vec<Result<&'static str>>, usize);

impl Answers {
    fn new(answers: Vec<Result<&'static str>>) -> Self {
        Self(Arc::new(Mutex::new((answers, 0))))
    }

    fn next(&self) -> Result<&'static str> {
        let mut inner = self.0.lock().unwrap();
        inner.1 += 1;
        let at = (inner.1 - 1).min(inner.0.len() - 1);
        inner.0[at].clone()
    }

    fn asked(&self) -> usize {
        self.0.lock().unwrap().1
    }
}

fn source(answers: &Answers, renewable: bool) -> LoginSource {
    let answers = answers.clone();
    LoginSource::new(move |_| {
        let secret = Secret::new(answers.next()?.to_owned());
        let login = Login { user: "anna".to_owned(), secret: secret.clone() };
        let origin = if renewable { Secret::token("origin".to_owned()) } else { secret };
        Ok(Given { login, until: None, origin, renewable, advice: Some("do this".to_owned()) })
    })
}

/// A server that takes one password, and what it was offered.
struct Server {
    password: &'static str,
    offered: Vec<String>,
}

impl Server {
    fn open(&mut self, source: &LoginSource) -> Result<()> {
        source.with(|login| {
            self.offered.push(login.secret.reveal().to_owned());
            if login.secret.reveal() == self.password {
                return Ok(());
            }
            Err(Problem::new(Kind::Auth, "refused"))
        })
    }
}

fn server(password: &'static str) -> Server {
    Server { password, offered: Vec::new() }
}

#[test]
fn a_refused_password_is_not_offered_again() {
    let answers = Answers::new(vec![Ok("old")]);
    let source = source(&answers, false);
    let mut server = server("new");
    for _ in 0..5 {
        let problem = server.open(&source).unwrap_err();
        assert_eq!((problem.sentence.as_str(), problem.hint.as_deref()), ("refused", Some("do this")));
        assert_eq!(source.login().unwrap_err().sentence, "refused");
    }
    assert_eq!(server.offered, ["old"], "once, however often it is asked for");
    // The user presses sync: once more, whatever the source says.
    source.forget();
    assert!(server.open(&source).is_err());
    assert_eq!(server.offered, ["old", "old"]);
}

#[test]
fn pressing_sync_never_waits_for_a_source() {
    let (asked, was_asked) = std::sync::mpsc::channel();
    let (answer, to_answer) = std::sync::mpsc::channel::<&'static str>();
    let to_answer = Mutex::new(to_answer);
    let source = LoginSource::new(move |_| {
        asked.send(()).unwrap();
        let secret = Secret::new(to_answer.lock().unwrap().recv().unwrap().to_owned());
        let login = Login { user: "anna".to_owned(), secret: secret.clone() };
        Ok(Given { login, until: None, origin: secret, renewable: false, advice: None })
    });
    answer.send("old").unwrap();
    assert!(server("new").open(&source).is_err());
    was_asked.recv().unwrap();
    let beside = source.clone();
    let thread = std::thread::spawn(move || server("old").open(&beside));
    was_asked.recv().unwrap();
    // The source waits for somebody to unlock it; the key is answered all the same, and counts.
    source.forget();
    answer.send("old").unwrap();
    assert_eq!(thread.join().unwrap(), Ok(()));
}

#[test]
fn a_changed_password_is_taken_without_being_told() {
    let answers = Answers::new(vec![Ok("old"), Ok("old"), Ok("new")]);
    let source = source(&answers, false);
    let mut server = server("new");
    assert!(server.open(&source).is_err());
    assert!(server.open(&source).is_err());
    assert!(server.open(&source).is_ok());
    assert!(server.open(&source).is_ok());
    assert_eq!(server.offered, ["old", "new", "new"]);
    assert_eq!(answers.asked(), 3, "a good one is kept");
}

#[test]
fn a_kept_password_that_is_refused_is_asked_for_once_more_at_once() {
    let answers = Answers::new(vec![Ok("old"), Ok("new")]);
    let source = source(&answers, false);
    assert!(server("old").open(&source).is_ok());
    let mut changed = server("new");
    assert!(changed.open(&source).is_ok());
    assert_eq!(changed.offered, ["old", "new"]);
}

#[test]
fn only_a_refusal_counts_as_one() {
    let answers = Answers::new(vec![Ok("good"), Ok("other")]);
    let source = source(&answers, false);
    let lost: Result<()> = source.with(|_| Err(Problem::new(Kind::Network, "gone")));
    assert_eq!(lost.unwrap_err().kind, Kind::Network);
    assert!(server("good").open(&source).is_ok());
    let locked = Answers::new(vec![Err(Problem::new(Kind::Auth, "locked")), Ok("good")]);
    let source = self::source(&locked, false);
    assert_eq!(source.login().unwrap_err().sentence, "locked");
    assert!(source.login().is_ok(), "a source that had nothing is asked again");
}

#[test]
fn a_token_is_renewed_once_and_then_given_up() {
    let answers = Answers::new(vec![Ok("t1"), Ok("t2"), Ok("t3"), Ok("t4")]);
    let source = source(&answers, true);
    let mut server = server("never");
    for _ in 0..5 {
        assert!(server.open(&source).is_err());
    }
    assert_eq!(server.offered, ["t1", "t2"]);
    let mut willing = self::server("t2");
    let source = self::source(&Answers::new(vec![Ok("t1"), Ok("t2")]), true);
    assert!(willing.open(&source).is_ok(), "an access token that ended early is renewed in the middle");
    assert_eq!(willing.offered, ["t1", "t2"]);
}

fn tokens(access: &str, refresh: Option<&str>, seconds: i64) -> Tokens {
    Tokens {
        access: Secret::token(access.to_owned()),
        expires_at: Some(Timestamp::now() + SignedDuration::from_secs(seconds)),
        refresh: refresh.map(|token| Secret::token(token.to_owned())),
    }
}

/// A keyring, a provider that takes one refresh token once, and a keeper with both.
struct Provider {
    keyring: Arc<Mutex<Option<Tokens>>>,
    asked: Arc<Mutex<Vec<String>>>,
    takes: Arc<Mutex<Option<&'static str>>>,
    keeper: Keeper,
}

fn provider(kept: Option<Tokens>, takes: Option<&'static str>) -> Provider {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let (keyring, takes) = (Arc::new(Mutex::new(kept)), Arc::new(Mutex::new(takes)));
    let (read, write, note, taken) =
        (Arc::clone(&keyring), Arc::clone(&keyring), Arc::clone(&asked), Arc::clone(&takes));
    let ways = Ways {
        load: Box::new(move || Ok(read.lock().unwrap().clone())),
        store: Box::new(move |tokens| {
            *write.lock().unwrap() = Some(tokens.clone());
            Ok(())
        }),
        refresh: Box::new(move |token| {
            let mut note = note.lock().unwrap();
            note.push(token.reveal().to_owned());
            match taken.lock().unwrap().take() {
                Some(good) if good == token.reveal() => Ok(tokens(&format!("access {}", note.len()), Some("r2"), 3600)),
                _ => Err(Problem::new(Kind::Auth, "gives no token (invalid_grant)")),
            }
        }),
    };
    let keeper = Keeper::new(Text::own("work"), "postbook login work".to_owned(), ways);
    Provider { keyring, asked, takes, keeper }
}

#[test]
fn good_tokens_are_used_and_ended_ones_renewed_and_kept() {
    let good = provider(Some(tokens("a", Some("r1"), 3600)), None);
    assert_eq!(good.keeper.tokens(None).unwrap().access.reveal(), "a");
    assert!(good.asked.lock().unwrap().is_empty());
    for (seconds, refused) in [(30, None), (3600, Some(Secret::token("a".to_owned())))] {
        let ended = provider(Some(tokens("a", Some("r1"), seconds)), Some("r1"));
        assert_eq!(ended.keeper.tokens(refused.as_ref()).unwrap().access.reveal(), "access 1");
        // The rotated refresh token is in the keyring.
        let kept = ended.keyring.lock().unwrap().clone().unwrap();
        assert_eq!((kept.access.reveal(), kept.refresh.unwrap().reveal()), ("access 1", "r2"));
        assert_eq!(ended.keeper.tokens(refused.as_ref()).unwrap().access.reveal(), "access 1");
        assert_eq!(*ended.asked.lock().unwrap(), ["r1"]);
    }
}

#[test]
fn a_refused_refresh_token_is_not_used_again() {
    let refused = provider(Some(tokens("a", Some("r1"), 0)), None);
    for _ in 0..4 {
        let problem = refused.keeper.tokens(None).unwrap_err();
        assert_eq!(problem.kind, Kind::Auth);
        assert!(problem.sentence.contains("account work has ended"), "{problem}");
        assert_eq!(problem.hint.as_deref(), Some("sign in again: postbook login work"));
    }
    assert_eq!(*refused.asked.lock().unwrap(), ["r1"], "nothing loops");
    // The user signs in again, elsewhere.
    *refused.keyring.lock().unwrap() = Some(tokens("b", Some("r9"), 3600));
    assert_eq!(refused.keeper.tokens(None).unwrap().access.reveal(), "b");
    // Or presses sync.
    let pressed = provider(Some(tokens("a", Some("r1"), 0)), None);
    assert!(pressed.keeper.tokens(None).is_err());
    pressed.keeper.forget();
    *pressed.takes.lock().unwrap() = Some("r1");
    assert_eq!(pressed.keeper.tokens(None).unwrap().access.reveal(), "access 2");
}

#[test]
fn who_never_signed_in_is_told_how() {
    for (kept, words) in [(None, "has not signed in yet"), (Some(tokens("a", None, 0)), "no way to renew it")] {
        let problem = provider(kept, None).keeper.tokens(None).unwrap_err();
        assert!(problem.sentence.contains(words), "{problem}");
        assert!(problem.hint.unwrap().contains("postbook login work"));
    }
}

#[test]
fn another_postbook_may_be_quicker() {
    let keyring = Arc::new(Mutex::new(tokens("a", Some("r1"), 0)));
    let (read, other) = (Arc::clone(&keyring), Arc::clone(&keyring));
    let ways = Ways {
        load: Box::new(move || Ok(Some(read.lock().unwrap().clone()))),
        store: Box::new(|_| Ok(())),
        refresh: Box::new(move |_| {
            *other.lock().unwrap() = tokens("theirs", Some("r2"), 3600);
            Err(Problem::new(Kind::Auth, "invalid_grant"))
        }),
    };
    let keeper = Keeper::new(Text::own("work"), String::new(), ways);
    assert_eq!(keeper.tokens(None).unwrap().access.reveal(), "theirs");
}
