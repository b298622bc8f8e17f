//! Who signs in with what: asked for when needed first, kept until it ends or a server refuses it, and not tried again
//! after that until something has changed.
//!
//! Some servers lock an account after a few wrong passwords. So a refused secret is offered again only when its source
//! gives another one by now, or when the user says so ([`LoginSource::forget`]).

use crate::domain::account::{Login, Secret};
use crate::domain::oauth::Tokens;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use jiff::Timestamp;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a source gives.
#[derive(Debug, Clone)]
pub struct Given {
    /// Who signs in, with what.
    pub login: Login,
    /// When it ends; `None` when it does not, or nobody knows.
    pub until: Option<Timestamp>,
    /// What stays the same until the user does something: the password itself, or what new tokens are got with.
    pub origin: Secret,
    /// The source can make another one from the same origin, so that asking at once is not in vain.
    pub renewable: bool,
    /// What the user can do when a server refuses it for good: "sign in again: postbook login work".
    pub advice: Option<String>,
}

/// Asks a source; the argument is what a server has just refused. May block while a keyring is unlocked or a provider
/// answers.
type Ask = dyn Fn(Option<&Secret>) -> Result<Given> + Send + Sync;

/// Where the login for one server comes from. Clones share what they know.
#[derive(Clone)]
pub struct LoginSource {
    ask: Arc<Ask>,
    slot: Arc<Mutex<Slot>>,
    forgotten: Arc<AtomicBool>,
}

#[derive(Default)]
struct Slot {
    kept: Option<Given>,
    /// What was refused for good, by its origin, and how.
    refused: Option<(Secret, Problem)>,
}

impl LoginSource {
    /// A source that asks this way.
    pub fn new(ask: impl Fn(Option<&Secret>) -> Result<Given> + Send + Sync + 'static) -> Self {
        Self { ask: Arc::new(ask), slot: Arc::default(), forgotten: Arc::default() }
    }

    /// Who signs in now. Two threads ask the source once.
    ///
    /// # Errors
    /// The source gives nothing; or it gives what a server has refused already, and then no server is asked.
    pub fn login(&self) -> Result<Login> {
        self.current().map(|(given, _)| given.login)
    }

    /// Opens something with the login. Where the server refuses it and the source has another one by now, it is tried
    /// once more with that; else it counts as refused for good.
    ///
    /// # Errors
    /// As [`LoginSource::login`], and as `open`.
    pub fn with<T>(&self, mut open: impl FnMut(&Login) -> Result<T>) -> Result<T> {
        let (given, fresh) = self.current()?;
        let problem = match open(&given.login) {
            Err(problem) if problem.kind == Kind::Auth => problem,
            outcome => return outcome,
        };
        let Some(next) = self.after_refusal(&given, fresh)? else { return Err(self.refuse(&given, problem)) };
        open(&next.login).map_err(|problem| match problem.kind {
            Kind::Auth => self.refuse(&next, problem),
            _ => problem,
        })
    }

    /// Forgets everything, because the user wants it tried again: the next use asks anew. Never waits: a key of the user
    /// leads here, and the source may be asked at this moment.
    pub fn forget(&self) {
        self.forgotten.store(true, Ordering::Release);
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if self.forgotten.swap(false, Ordering::AcqRel) {
            *slot = Slot::default();
        }
        slot
    }

    /// What is kept, or what the source gives now; true when it was asked just now.
    fn current(&self) -> Result<(Given, bool)> {
        let mut slot = self.slot();
        let lasts = |given: &&Given| given.until.is_none_or(|until| until > Timestamp::now());
        if let Some(kept) = slot.kept.as_ref().filter(lasts) {
            return Ok((kept.clone(), false));
        }
        slot.kept = None;
        let given = (self.ask)(None)?;
        if let Some((origin, problem)) = &slot.refused {
            // The user may have wanted it tried again while the source was asked.
            if *origin == given.origin && !self.forgotten.swap(false, Ordering::AcqRel) {
                return Err(problem.clone());
            }
            slot.refused = None;
        }
        slot.kept = Some(given.clone());
        Ok((given, true))
    }

    /// Another login after this one was refused, when there is one.
    fn after_refusal(&self, refused: &Given, fresh: bool) -> Result<Option<Given>> {
        let mut slot = self.slot();
        if let Some(kept) = slot.kept.as_ref().filter(|kept| kept.login != refused.login) {
            // Another thread was here before.
            return Ok(Some(kept.clone()));
        }
        slot.kept = None;
        if fresh && !refused.renewable {
            return Ok(None);
        }
        let given = (self.ask)(Some(&refused.login.secret))?;
        if given.login == refused.login {
            return Ok(None);
        }
        slot.kept = Some(given.clone());
        Ok(Some(given))
    }

    /// Remembers that this was refused for good; gives the problem with what the user can do.
    fn refuse(&self, given: &Given, problem: Problem) -> Problem {
        let problem = match &given.advice {
            Some(advice) => and_hint(problem, advice),
            None => problem,
        };
        let mut slot = self.slot();
        if slot.kept.as_ref().is_none_or(|kept| kept.login == given.login) {
            *slot = Slot { kept: None, refused: Some((given.origin.clone(), problem.clone())) };
        }
        problem
    }
}

/// The problem with one more thing to do about it.
fn and_hint(problem: Problem, more: &str) -> Problem {
    let hint = problem.hint.as_ref().map_or_else(|| more.to_owned(), |hint| format!("{hint}; {more}"));
    problem.hint(hint)
}

/// Keeps an account's tokens: in memory for this run, in the keyring for the next and for other Postbooks.
///
/// Both servers of an account share one keeper. A provider may take a refresh token once only, so it is never used
/// twice at a time, and what another Postbook got meanwhile is looked for before and after.
pub struct Keeper {
    account: Text,
    /// What the user types to sign in again.
    sign_in: String,
    ways: Ways,
    state: Mutex<State>,
    forgotten: AtomicBool,
}

/// Reads the keyring.
pub type Load = Box<dyn Fn() -> Result<Option<Tokens>> + Send + Sync>;
/// Writes it.
pub type Save = Box<dyn Fn(&Tokens) -> Result<()> + Send + Sync>;
/// Asks the provider for new tokens.
pub type Renew = Box<dyn Fn(&Secret) -> Result<Tokens> + Send + Sync>;

/// What a keeper does its work with.
pub struct Ways {
    /// The tokens that are kept.
    pub load: Load,
    /// Keeps others.
    pub store: Save,
    /// Gets others.
    pub refresh: Renew,
}

#[derive(Default)]
struct State {
    tokens: Option<Tokens>,
    /// A refresh token that the provider refused, and how.
    dead: Option<(Secret, Problem)>,
}

impl Keeper {
    /// A keeper for the account of this name.
    #[must_use]
    pub fn new(account: Text, sign_in: String, ways: Ways) -> Self {
        Self { account, sign_in, ways, state: Mutex::default(), forgotten: AtomicBool::new(false) }
    }

    /// Tokens whose access token is good for now and is not `refused`: kept ones, or new ones from the provider.
    ///
    /// # Errors
    /// [`Kind::Auth`] when the user has to sign in (again); else why the keyring or the provider cannot be asked.
    pub fn tokens(&self, refused: Option<&Secret>) -> Result<Tokens> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.forgotten.swap(false, Ordering::AcqRel) {
            *state = State::default();
        }
        let good = |tokens: &Tokens| tokens.last(Timestamp::now()) && refused != Some(&tokens.access);
        if let Some(tokens) = state.tokens.as_ref().filter(|tokens| good(tokens)) {
            return Ok(tokens.clone());
        }
        let kept = self.load()?;
        let tokens = if good(&kept) { kept } else { self.renewed(&kept, &mut state)? };
        state.tokens = Some(tokens.clone());
        Ok(tokens)
    }

    /// Forgets what the provider refused, because the user wants it tried again. Never waits, as [`LoginSource::forget`].
    pub fn forget(&self) {
        self.forgotten.store(true, Ordering::Release);
    }

    fn load(&self) -> Result<Tokens> {
        (self.ways.load)()?.ok_or_else(|| {
            Problem::new(Kind::Auth, format!("account {} has not signed in yet", self.account))
                .hint(format!("sign in: {}", self.sign_in))
        })
    }

    fn renewed(&self, kept: &Tokens, state: &mut State) -> Result<Tokens> {
        let Some(token) = &kept.refresh else {
            let sentence =
                format!("the sign-in of account {} has ended, and the provider gave no way to renew it", self.account);
            return Err(self.sign_in_again(Problem::new(Kind::Auth, sentence)));
        };
        if let Some((_, problem)) = state.dead.as_ref().filter(|(dead, _)| dead == token) {
            return Err(problem.clone());
        }
        let tokens = match (self.ways.refresh)(token) {
            Err(problem) if problem.kind == Kind::Auth => {
                let now = self.load()?;
                if now.refresh.as_ref() != Some(token) && now.last(Timestamp::now()) {
                    // Another Postbook was quicker, and the provider takes a refresh token once only.
                    return Ok(now);
                }
                let problem =
                    self.sign_in_again(problem.at(format!("the sign-in of account {} has ended", self.account)));
                state.dead = Some((token.clone(), problem.clone()));
                return Err(problem);
            }
            outcome => outcome?,
        };
        if let Err(problem) = (self.ways.store)(&tokens) {
            // They are good for this run; the next one may have to sign in again.
            tracing::warn!(account = %self.account, %problem, "new tokens cannot be kept");
        }
        Ok(tokens)
    }

    fn sign_in_again(&self, problem: Problem) -> Problem {
        and_hint(problem, &format!("sign in again: {}", self.sign_in))
    }
}

#[cfg(test)]
mod tests;
