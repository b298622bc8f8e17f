//! The command line: arguments in, exit code out. One file for each command.

mod activities;
pub mod args;
mod as_of;
mod away;
mod backup;
mod bar;
mod cards;
mod changes;
mod clients;
mod contacts;
pub mod context;
mod deals;
mod deliver;
mod demo;
pub mod desk;
mod doctor;
mod exchange;
mod export;
mod follow_ups;
mod handover;
mod ignored;
mod import;
pub mod json;
mod lists;
mod log;
pub mod logging;
mod login;
mod mailings;
mod opt_outs;
mod outbox;
pub mod output;
mod packaging;
mod password;
mod progress;
mod rebuild;
mod reply;
mod report;
mod screen;
mod search;
mod send;
mod setup;
mod show;
mod status;
mod sync;
pub mod table;
mod templates;
mod unit;
mod views;

use crate::domain::field::Noun;
use crate::domain::problem::Result;
use args::{Args, Command, Companies, Contacts};
use context::Context;
use std::process::ExitCode;

/// Does what the command line says. 0 done, 1 failed, 2 wrong usage; what went wrong stands on standard error.
#[must_use]
pub fn run(args: Args) -> ExitCode {
    match dispatch(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            output::problem(&problem);
            ExitCode::from(problem.exit_code())
        }
    }
}

fn dispatch(args: Args) -> Result<()> {
    let places = &args.places;
    match args.command {
        None => screen::run(places, None),
        Some(Command::Write { link }) => screen::run(places, Some(link)),
        Some(Command::Demo { dir }) => demo::run(dir.as_deref()),
        Some(Command::Setup(setup)) => setup::run(places, &setup),
        Some(Command::Status { json }) => status::run(&Context::open(places)?, json),
        Some(Command::Sync(sync)) => sync::run(&Context::open(places)?, &sync),
        Some(Command::Unit { install }) => unit::run(places, install),
        Some(Command::Search(search)) => search::run(&Context::open(places)?, &search),
        Some(Command::Views { command, json }) => views::run(&Context::open(places)?, command.as_ref(), json),
        Some(Command::Show(show)) => show::run(&Context::open(places)?, &show),
        Some(Command::Reply(reply)) => reply::run(&Context::open(places)?, &reply),
        Some(Command::Send(send)) => send::run(&Context::open(places)?, &send),
        Some(Command::Outbox { command, json }) => outbox::run(&Context::open(places)?, command.as_ref(), json),
        Some(Command::Away(away)) => away::run(&Context::open(places)?, &away),
        Some(Command::Contacts { command, segment, json }) => {
            of_contacts(&Context::open(places)?, command.as_ref(), segment.as_deref(), json)
        }
        Some(Command::Companies { command, json }) => of_companies(&Context::open(places)?, command.as_ref(), json),
        Some(Command::Ignored { command, json }) => ignored::run(&Context::open(places)?, command.as_ref(), json),
        Some(Command::Deals(command)) => deals::run(&Context::open(places)?, &command),
        Some(Command::Handover(handover)) => handover::run(&Context::open(places)?, &handover),
        Some(Command::Activities { command, which, json }) => {
            activities::run(&Context::open(places)?, command, &which, json)
        }
        Some(Command::Log(log)) => log::run(&Context::open(places)?, &log),
        Some(Command::Report(report)) => report::run(&Context::open(places)?, &report),
        Some(Command::Changes(changes)) => changes::run(&Context::open(places)?, &changes),
        Some(Command::Undo { json }) => changes::undo(&Context::open(places)?, json),
        Some(Command::Redo { json }) => changes::redo(&Context::open(places)?, json),
        Some(Command::FollowUps(command)) => follow_ups::run(&Context::open(places)?, &command),
        Some(Command::Mailings(command)) => mailings::run(&Context::open(places)?, &command),
        Some(Command::Templates { command, json }) => templates::run(&Context::open(places)?, command, json),
        Some(Command::Import(import)) => import::run(&Context::open(places)?, &import),
        Some(Command::Export(export)) => export::run(&Context::open(places)?, &export),
        Some(Command::Doctor(doctor)) if doctor.rebuild => rebuild::run(&Context::open(places)?, doctor.json),
        Some(Command::Doctor(doctor)) => doctor::run(places, &doctor),
        Some(Command::Backup { to, json }) => backup::run(&Context::open(places)?, to.as_deref(), json),
        Some(Command::Restore { file: None, json }) => backup::list(&Context::open(places)?, json),
        Some(Command::Restore { file: Some(file), json }) => backup::restore(&Context::open(places)?, &file, json),
        Some(Command::Password { account, smtp, delete }) => password::run(places, &account, smtp, delete),
        Some(Command::Login(login)) => login::run(places, &login),
        Some(Command::Completions { shell }) => packaging::completions(shell),
        Some(Command::Man { dir }) => packaging::man(dir.as_deref()),
    }
}

fn of_contacts(context: &Context, command: Option<&Contacts>, segment: Option<&str>, json: bool) -> Result<()> {
    match command {
        None | Some(Contacts::List) => lists::contacts(context, segment, json),
        Some(Contacts::Show(of)) => cards::show_contact(context, of, json),
        Some(Contacts::Add(new)) => contacts::add(context, new, json),
        Some(Contacts::Edit(edits)) => cards::edit_contact(context, edits, json),
        Some(Contacts::Remove(of)) => cards::remove_contact(context, of, json),
        Some(Contacts::Import(list)) => exchange::import(context, Noun::Contact, list, json),
        Some(Contacts::Export(list)) => exchange::export(context, Noun::Contact, list),
        Some(command) => clients::run(context, command, json),
    }
}

fn of_companies(context: &Context, command: Option<&Companies>, json: bool) -> Result<()> {
    match command {
        None | Some(Companies::List) => lists::companies(context, json),
        Some(Companies::Show(of)) => cards::show_company(context, of, json),
        Some(Companies::Add(new)) => cards::add_company(context, new, json),
        Some(Companies::Edit(edits)) => cards::edit_company(context, edits, json),
        Some(Companies::Remove(of)) => cards::remove_company(context, of, json),
        Some(Companies::Duplicates) => clients::company_duplicates(context, json),
        Some(Companies::Merge(merge)) => clients::merge_companies(context, merge, json),
        Some(Companies::Import(list)) => exchange::import(context, Noun::Company, list, json),
        Some(Companies::Export(list)) => exchange::export(context, Noun::Company, list),
    }
}
