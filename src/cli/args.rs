//! The command line: every command of this version, with its help.
//!
//! What is typed becomes checked values here (addresses, times, kinds), so that a wrong one is a usage error (exit
//! code 2) before anything is opened.

mod activities;
mod archive;
mod away;
mod cards;
mod clients;
pub mod deals;
pub mod exchange;
pub mod follow_ups;
mod ignored;
mod links;
pub mod mailings;
mod reports;
mod search;
mod setup;

pub use activities::{Activities, Log, Which};
pub use archive::{Doctor, Export, Import};
pub use away::Away;
pub use cards::{
    AddCompany, AsOf, Companies, Contacts, EditCompany, EditContact, OfCard, OfCompany, OfContact, ShowCompany,
    ShowContact, Tagging,
};
pub use clients::{ConvertLead, MergeCompanies, MergeContacts, SplitContact};
pub use ignored::Ignored;
pub use links::with_links;
pub use reports::{Changes, Days, Report};
pub use search::{Search, Views};
pub use setup::{Place, Setup};

use crate::domain::activity;
use crate::domain::address::{Address, Mailbox};
use crate::domain::contact;
use crate::domain::id;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueHint};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::PathBuf;

/// A terminal mail client that knows your customers.
///
/// Without a command it opens the screens. Everything works offline: the network only fills the store and
/// drains the outbox.
#[derive(Debug, Parser)]
#[command(name = "postbook", version, propagate_version = true, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage.\nBegin with: postbook setup. Look around first, without an account: postbook demo"
)]
pub struct Args {
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
    /// What to do; nothing opens the screens.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options of every command that say where things are.
#[derive(Debug, Clone, clap::Args)]
pub struct Places {
    /// Configuration file, instead of config.toml in the platform's configuration folder
    #[arg(long, global = true, value_name = "FILE", env = "POSTBOOK_CONFIG", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Folder of the store and the log, instead of the platform's data folder
    #[arg(long, global = true, value_name = "DIR", env = "POSTBOOK_DATA_DIR", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look around in a bundled mailbox; nothing leaves the machine
    Demo {
        /// Folder for the demo's store; without it a temporary one, gone afterwards
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        dir: Option<PathBuf>,
    },
    /// Set up a mailbox: its servers are found, tried, and written into the configuration; then the first sync
    Setup(Box<Setup>),
    /// Fetch new mail, carry out wanted changes, send what is queued; once, or stay and watch
    Sync(Sync),
    /// Print a systemd user unit that keeps syncing in the background
    Unit {
        /// Write it to the place where systemd looks for user units, and say how to start it
        #[arg(long)]
        install: bool,
    },
    /// Show accounts, folders, what is on its way and what waits for you
    Status {
        /// One JSON document on standard output
        #[arg(long)]
        json: bool,
    },
    /// Find letters, contacts, companies, deals and activities
    Search(Search),
    /// List searches kept under a name; keep, rename or forget one
    Views {
        /// What to do; nothing lists them
        #[command(subcommand)]
        command: Option<Views>,
        /// One JSON document on standard output
        #[arg(long, global = true)]
        json: bool,
    },
    /// Read a letter (12) or a thread (t7)
    Show(Show),
    /// Answer a letter with a template
    Reply(Reply),
    /// Send a letter; its text comes from standard input
    Send(Send),
    /// Open a mailto: link as a letter in the screens; postbook mailto:… alone does the same
    Write {
        /// The link; it may say to whom, the subject and the text, and nothing is sent by itself
        #[arg(value_name = "LINK", value_parser = links::mailto)]
        link: String,
    },
    /// See and steer letters on their way out
    Outbox {
        /// What to do; nothing lists them
        #[command(subcommand)]
        command: Option<Outbox>,
        /// One JSON document on standard output
        #[arg(long, global = true)]
        json: bool,
    },
    /// Answer letters by themselves while you are away: postbook away until 2026-12-12, and postbook away off
    Away(Away),
    /// List people, leads and contacts; show, add, edit or remove one
    Contacts {
        /// What to do; nothing lists them
        #[command(subcommand)]
        command: Option<Contacts>,
        /// Only people whom this saved search finds
        #[arg(long, value_name = "NAME")]
        segment: Option<String>,
        /// One JSON document on standard output
        #[arg(long, global = true)]
        json: bool,
    },
    /// List, add and take away senders whose letters are hidden
    Ignored {
        /// What to do; nothing lists them
        #[command(subcommand)]
        command: Option<Ignored>,
        /// One JSON document on standard output
        #[arg(long, global = true)]
        json: bool,
    },
    /// List companies; show, add, edit or remove one
    Companies {
        /// What to do; nothing lists them
        #[command(subcommand)]
        command: Option<Companies>,
        /// One JSON document on standard output
        #[arg(long, global = true)]
        json: bool,
    },
    /// List deals, enter and change them, their offers and payments; the forecast; match a bank statement
    Deals(deals::Deals),
    /// List activities, planned and done; finish, move and remove them; calendar files and tables
    Activities {
        /// What to do; nothing lists them
        #[command(subcommand)]
        command: Option<Activities>,
        /// Which are listed
        #[command(flatten)]
        which: Which,
        /// One JSON document on standard output
        #[arg(long, global = true)]
        json: bool,
    },
    /// Enter an activity: something done with a client, or planned with --due
    Log(Box<Log>),
    /// Write everything about a client into a folder, for a colleague who covers for you
    Handover(exchange::Handover),
    /// What came and went, how fast it was answered, what was done and sold
    Report(Report),
    /// List what was done, newest first; each can be taken back
    Changes(Changes),
    /// Take back the newest thing that was done and still stands
    Undo {
        /// One JSON document on standard output
        #[arg(long)]
        json: bool,
    },
    /// Do again what was taken back last, if nothing was done since
    Redo {
        /// One JSON document on standard output
        #[arg(long)]
        json: bool,
    },
    /// Letters to many, one each: prepare, check, start and watch mailings; who wants none any more
    Mailings(mailings::Mailings),
    /// Letters that wait for an answer, and what follows when none comes
    FollowUps(follow_ups::FollowUps),
    /// List templates, or check that every short code in them is known
    Templates {
        /// What to do; nothing lists them
        #[command(subcommand)]
        command: Option<Templates>,
        /// One JSON document on standard output
        #[arg(long, global = true)]
        json: bool,
    },
    /// Store an account's password in the keyring; asks for it, or reads a line of standard input
    Password {
        /// The account's name in the configuration
        account: String,
        /// The password for sending, where it is not the one for reading
        #[arg(long)]
        smtp: bool,
        /// Take it out of the keyring instead
        #[arg(long)]
        delete: bool,
    },
    /// Sign an account in with OAuth 2.0 (Gmail, Microsoft 365); its tokens go into the keyring
    Login(Login),
    /// Bring letters in from files: mbox, Maildir, .eml, or folders of them
    Import(Import),
    /// Write letters out: mbox, .eml files or a Maildir
    Export(Export),
    /// Check configuration, passwords, connections, certificates, the store and its completeness
    Doctor(Doctor),
    /// Save what no server has: clients, deals, activities, decisions, drafts and the outbox
    Backup {
        /// File to write, instead of one in the folder backups beside the store
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        to: Option<PathBuf>,
        /// One JSON document on standard output
        #[arg(long)]
        json: bool,
    },
    /// Take a backup for the store; the store that is there is put aside. Letters come again by sync
    Restore {
        /// The backup; without it the backups there are get listed
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
        /// One JSON document on standard output
        #[arg(long)]
        json: bool,
    },
    /// Print the completions of a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Write a page for each command into this folder instead
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        dir: Option<PathBuf>,
    },
}

/// `sync`
#[derive(Debug, clap::Args)]
pub struct Sync {
    /// Stay and sync whenever something happens, until interrupted
    #[arg(long)]
    pub watch: bool,
    /// Only this account
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// A line of JSON for each event, the last a summary
    #[arg(long)]
    pub json: bool,
}

/// `show`
#[derive(Debug, clap::Args)]
pub struct Show {
    /// Letter (12) or thread (t7), as search names them
    #[arg(value_parser = target)]
    pub id: Target,
    /// One JSON document on standard output
    #[arg(long, conflicts_with_all = ["raw", "text"])]
    pub json: bool,
    /// The letter as it came, byte by byte
    #[arg(long, conflicts_with = "text")]
    pub raw: bool,
    /// Only the text of its body
    #[arg(long)]
    pub text: bool,
}

/// `reply`
#[derive(Debug, clap::Args)]
pub struct Reply {
    /// Letter (12), or thread (t7) for its newest letter
    #[arg(value_parser = target)]
    pub id: Target,
    /// Name of the template
    #[arg(long, value_name = "NAME")]
    pub template: String,
    /// What follows when nobody answers: working days ("3"), or a pack of templates; "" for nothing. Without it the template's pack
    #[arg(long, value_name = "AFTER")]
    pub follow_up: Option<String>,
    /// Do not ask, also where the guard warns
    #[arg(long)]
    pub yes: bool,
    /// One JSON document on standard output
    #[arg(long)]
    pub json: bool,
}

/// `send`
#[derive(Debug, clap::Args)]
pub struct Send {
    /// To whom: an address, or "Name <address>"; may be repeated
    #[arg(long, required_unless_present = "mailto", value_name = "ADDRESS", value_parser = mailbox, value_hint = ValueHint::EmailAddress)]
    pub to: Vec<Mailbox>,
    /// Keep the letter that a mailto: link asks for as a draft; nothing is sent
    #[arg(long, value_name = "LINK", value_parser = links::mailto, conflicts_with_all = ["to", "cc", "bcc", "subject", "attach", "yes"])]
    pub mailto: Option<String>,
    /// Copy to; may be repeated
    #[arg(long, value_name = "ADDRESS", value_parser = mailbox, value_hint = ValueHint::EmailAddress)]
    pub cc: Vec<Mailbox>,
    /// Copy that the others do not see; may be repeated
    #[arg(long, value_name = "ADDRESS", value_parser = mailbox, value_hint = ValueHint::EmailAddress)]
    pub bcc: Vec<Mailbox>,
    /// Subject
    #[arg(long, default_value = "")]
    pub subject: String,
    /// File to attach; may be repeated
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub attach: Vec<PathBuf>,
    /// Account to send from; without it the first in the configuration
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Send it then and not now: "monday 9:00", "tomorrow", "25.11 14:30", by this machine's clock
    #[arg(long, value_name = "WHEN")]
    pub at: Option<String>,
    /// What follows when nobody answers: working days ("3"), or a pack of templates ("offer", "offer 5")
    #[arg(long, value_name = "AFTER")]
    pub follow_up: Option<String>,
    /// Do not ask, also where the guard warns
    #[arg(long)]
    pub yes: bool,
    /// One JSON document on standard output
    #[arg(long)]
    pub json: bool,
}

/// `login`
#[derive(Debug, clap::Args)]
pub struct Login {
    /// The account's name in the configuration
    pub account: String,
    /// Agree on another device, by typing a code there: for machines without a browser
    #[arg(long)]
    pub device: bool,
    /// Take the tokens out of the keyring instead
    #[arg(long, conflicts_with = "device")]
    pub delete: bool,
}

/// `outbox …`
#[derive(Debug, Subcommand)]
pub enum Outbox {
    /// List letters on their way out
    List,
    /// Send a refused or uncertain letter again
    Resend {
        /// Its number in the outbox
        #[arg(value_parser = number)]
        id: i64,
    },
    /// Take a letter out of the outbox; it is not sent
    Discard {
        /// Its number in the outbox
        #[arg(value_parser = number)]
        id: i64,
    },
}

/// `contacts add`
#[derive(Debug, clap::Args)]
pub struct AddContact {
    /// First name
    #[arg(long, value_name = "NAME", required_unless_present = "family_name")]
    pub given_name: Option<String>,
    /// Patronymic
    #[arg(long, value_name = "NAME")]
    pub patronymic: Option<String>,
    /// Family name
    #[arg(long, value_name = "NAME")]
    pub family_name: Option<String>,
    /// Mail address; may be repeated
    #[arg(long, required = true, value_name = "ADDRESS", value_parser = address, value_hint = ValueHint::EmailAddress)]
    pub address: Vec<Address>,
    /// Phone; may be repeated
    #[arg(long, value_name = "PHONE")]
    pub phone: Vec<String>,
    /// Company, made when it is new
    #[arg(long, value_name = "NAME")]
    pub company: Option<String>,
    /// What they are to you
    #[arg(long, default_value = "client", value_parser = roles())]
    pub role: contact::Role,
    /// Language you write to them in, such as pl
    #[arg(long, value_name = "CODE")]
    pub language: Option<String>,
    /// Tag; may be repeated
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Position in the company
    #[arg(long, value_name = "TEXT")]
    pub position: Option<String>,
    /// Birthday: 11-30 or 30.11
    #[arg(long, value_name = "DAY")]
    pub birthday: Option<String>,
    /// What every card takes.
    #[command(flatten)]
    pub card: OfCard,
}

/// `templates …`
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Templates {
    /// List them
    List,
    /// Check them all
    Check,
}

/// What `show` and `reply` are about. On the command line and in JSON a thread's number has a `t` before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A letter: `12`.
    Message(id::Message),
    /// A thread: `t7`.
    Thread(id::Thread),
}

/// A time as typed: absolute, or in the zone of the configuration, which is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// With its offset: `2026-11-23T14:00+01:00`.
    Absolute(Timestamp),
    /// Without: `2026-11-23 14:00`, or a day alone, which begins at midnight.
    Local(jiff::civil::DateTime),
}

impl Moment {
    /// The moment; `None` only at the ends of time.
    #[must_use]
    pub fn timestamp(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Absolute(at) => Some(at),
            Self::Local(at) => zone.to_timestamp(at).ok(),
        }
    }
}

fn moment(typed: &str) -> Result<Moment, String> {
    let typed = typed.trim();
    if let Ok(at) = typed.parse::<Timestamp>() {
        return Ok(Moment::Absolute(at));
    }
    typed.parse().map(Moment::Local).map_err(|_| "write it as 2026-11-23 14:00".to_owned())
}

fn number(typed: &str) -> Result<i64, String> {
    match typed.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("write the number that lists show, such as 12".to_owned()),
    }
}

fn target(typed: &str) -> Result<Target, String> {
    let read = match typed.strip_prefix('t') {
        Some(thread) => number(thread).map(|n| Target::Thread(id::Thread(n))),
        None => number(typed).map(|n| Target::Message(id::Message(n))),
    };
    read.map_err(|_| "write a letter's number, such as 12, or a thread's, such as t7".to_owned())
}

fn address(typed: &str) -> Result<Address, String> {
    Address::parse(typed).ok_or_else(|| "that is not a mail address".to_owned())
}

/// `anna@x.example`, or `Anna Kowalska <anna@x.example>`.
fn mailbox(typed: &str) -> Result<Mailbox, String> {
    let (name, address) = match typed.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"'), address),
        None => ("", typed),
    };
    // A line break in a name would begin a header of its own.
    if name.chars().any(char::is_control) {
        return Err("a name has no control characters".to_owned());
    }
    Mailbox::new(name, address).ok_or_else(|| "that is not a mail address".to_owned())
}

fn kinds() -> impl TypedValueParser<Value = activity::Kind> {
    PossibleValuesParser::new(activity::Kind::EACH.iter().map(|kind| kind.word()))
        .try_map(|word| activity::Kind::from_word(&word).ok_or("unknown kind"))
}

fn roles() -> impl TypedValueParser<Value = contact::Role> {
    PossibleValuesParser::new(contact::Role::EACH.iter().map(|role| role.word()))
        .try_map(|word| contact::Role::from_word(&word).ok_or("unknown role"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(shell_words::split(&format!("postbook {line}")).unwrap())
    }

    #[test]
    fn the_tree_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_documented_line_is_understood() {
        for line in [
            "",
            "--config c.toml --data-dir d",
            "demo",
            "demo --dir d",
            "setup",
            "setup anna@firma.pl --name 'Anna Nowak' --account work --password-command 'pass show mail' --no-sync",
            "setup anna@firma.pl --imap mail.firma.pl:143 --imap-security starttls --smtp mail.firma.pl --ca-file ca.pem",
            "setup anna@firma.pl --password-stdin --user anna --smtp-user anna@firma.pl --autoconfig https://x/c.xml",
            "setup anna@firma.pl --client-id 1234",
            "sync --watch --account work --json",
            "status --json --data-dir d",
            "search offer desks --limit 5 --json",
            "search 'anna@x.example'",
            "show 12 --json",
            "show t7 --text",
            "show 12 --raw",
            "reply 12 --template offer --yes --json",
            "send --to 'Anna <a@x.example>' --to b@x.example --subject Hi --attach a.pdf --account work --yes",
            "outbox",
            "outbox --json",
            "outbox list --json",
            "outbox resend 3",
            "outbox discard 3 --json",
            "contacts --json",
            "contacts add --given-name Anna --family-name Nowak --address a@x.example --phone 1 --tag vip",
            "contacts convert 3 4 --json",
            "contacts convert 3 --family-name Nowak --company Acme --with-domain --deal Desks --amount 1200 --currency PLN",
            "contacts names --json",
            "contacts duplicates",
            "contacts merge 3 4 --take position --take name",
            "contacts split 3 anna@x.example",
            "companies --json",
            "deals --stale --pipeline sales --json",
            "deals --state won --stage offer --no-next",
            "deals show 3 --json",
            "deals add --title Desks --amount '12 400,50 zl' --contact a@x.example --close 15.12 --stage offer",
            "deals edit 3 --amount '€1200' --no-close",
            "deals move 3 contract --pipeline sales",
            "deals won 3",
            "deals lost Desks --reason price",
            "deals reopen 3",
            "deals lines 3 --line 'Desk | 2.5 | 1850 | 10 | 23' --amount",
            "deals payments 3 --split 30/70 --due +14 --for Desks",
            "deals payments 3 --paid 7 --on 20.11 --part 100",
            "deals forecast --json",
            "deals bank statement.csv --columns date=1,amount=4 --encoding windows-1250 --dry-run",
            "activities --json",
            "log call --contact a@x.example --duration 25m --result 'will order'",
            "log group_meeting --duration 90 --at '2026-11-23 14:00'",
            "log task --subject 'Send offer' --due 2026-11-25",
            "log call --phone '+48 22 123 45 67' --lead --direction in --key 17 --trigger 3 --with Jan --company Firma",
            "activities --planned --kind call --contact 3 --deal Desks --from 2026-11-01 --to 2026-12-01",
            "activities list --done --json",
            "activities show 3 --json",
            "activities done 3 --result agreed --duration 1h30m",
            "activities move 3 tomorrow 14:00",
            "activities remove 3",
            "activities export --ics plan.ics --contact a@x.example",
            "activities import sms.csv --map Numer=phone --kind chat --dry-run",
            "templates",
            "templates check --json",
            "report",
            "report --from 2026-11-01 --to 2026-11-15 --json",
            "report --period 'last month' --by client --csv",
            "report --from 2026-09 --by week --account work",
            "changes --limit 5 --since 2026-11-01 --json",
            "changes 12",
            "undo",
            "redo --json",
            "password work --smtp",
            "doctor",
            "doctor --deep --json",
            "doctor --repair",
            "doctor --rebuild",
            "import a.mbox Maildir --account work --folder 'Old mail' --json",
            "export --mbox all.mbox --folder INBOX",
            "export --eml out --query offer --contact a@x.example --deal 3",
            "export --maildir out --account work --json",
            "backup",
            "backup --to b.db --json",
            "restore",
            "restore b.db --json",
            "completions zsh",
            "man --dir pages",
        ] {
            if let Err(error) = parse(line) {
                panic!("{line}: {error}");
            }
        }
    }

    #[test]
    fn wrong_usage_exits_with_2() {
        for line in [
            "serach x",
            "search",
            "setup nobody",
            "setup a@x.example --imap imaps://x",
            "setup a@x.example --imap x:0",
            "setup a@x.example --imap x --imap-security ssl",
            "setup a@x.example --imap-security tls",
            "setup a@x.example --password-env A --password-stdin",
            "search x --limit 0",
            "show",
            "show x",
            "show 12 --raw --json",
            "show 12 --raw --text",
            "show 12 --text --json",
            "show -- -3",
            "reply 12",
            "send --subject x",
            "send --to nobody",
            "send --to \"A\nB <a@x.example>\"",
            "outbox resend",
            "contacts add --given-name Anna",
            "contacts add --address a@x.example",
            "contacts convert",
            "contacts convert 3 --amount 5",
            "contacts merge 3",
            "contacts split 3 nobody",
            "log lunch",
            "log call --duration long",
            "log call --duration=-5",
            "log call --at yesterday",
            "log task --due 2026-11-25 --result x",
            "report --from soon",
            "report --by moon",
            "report --json --csv",
            "report --period week --from 2026-11-01",
            "changes --limit 0",
            "log call --phone 1 --contact 2",
            "log call --lead",
            "activities --planned --done",
            "activities export",
            "activities move 3",
            "password",
            "import",
            "export",
            "export --mbox a --eml b",
            "doctor --repair --rebuild",
            "completions tcsh9",
        ] {
            assert_eq!(parse(line).map(|_| ()).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn what_is_typed_is_read() {
        let zone = TimeZone::get("Europe/Warsaw").unwrap();
        for (typed, at) in [
            ("2026-11-23 14:00", "2026-11-23T13:00:00Z"),
            ("2026-11-23T14:00+02:00", "2026-11-23T12:00:00Z"),
            ("2026-11-23", "2026-11-22T23:00:00Z"),
        ] {
            assert_eq!(moment(typed).unwrap().timestamp(&zone), Some(at.parse().unwrap()), "{typed}");
        }
        for (typed, read) in [
            ("a@x.example", "a@x.example"),
            ("Anna Nowak <A@x.example>", "Anna Nowak <a@x.example>"),
            ("\"Nowak, Anna\" <a@x.example>", "Nowak, Anna <a@x.example>"),
            ("<a@x.example>", "a@x.example"),
        ] {
            assert_eq!(mailbox(typed).unwrap().to_string(), read, "{typed}");
        }
        assert_eq!(target("t7"), Ok(Target::Thread(id::Thread(7))));
        assert_eq!(target("7"), Ok(Target::Message(id::Message(7))));
    }
}
