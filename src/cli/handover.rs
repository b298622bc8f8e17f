//! `postbook handover`: everything about a client as a folder, for a colleague who covers for me.

use super::args::exchange::Handover as Args;
use super::context::Context;
use super::desk::Desk;
use super::log::{contact_called, deal_called};
use super::output;
use crate::domain::contact::Whose;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::runtime::handover::Handover;
use serde_json::json;

/// Writes the folder.
///
/// # Errors
/// There is no such client; the folder is there already or cannot be written.
pub fn run(context: &Context, args: &Args) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let whose = match (&args.contact, &args.company, &args.deal) {
        (Some(contact), None, None) => Whose::Contact(contact_called(&desk, contact, &now)?),
        (None, Some(company), None) => Whose::Company(company_called(&desk, company)?),
        (None, None, Some(deal)) => Whose::Deal(deal_called(&desk, deal, &now)?.0),
        _ => return Err(Problem::new(Kind::Usage, "say whom: --contact, --company or --deal")),
    };
    let handover = Handover { store: &desk.store, practice: &desk.config.practice, now: &now };
    let done = handover.write(whose, &args.to)?;
    if args.json {
        let document = json!({
            "folder": Text::line(&done.folder.to_string_lossy()).as_str(), "letters": done.written(),
            "missing": done.letters.missing, "on_server": done.letters.on_server, "private_left_out": done.private,
        });
        return output::json(&document).map(drop);
    }
    output::print(&done.told()).map(drop)
}

/// A company by number or by name.
fn company_called(desk: &Desk, written: &str) -> Result<id::Company> {
    let found = match written.trim().parse().map(id::Company) {
        Ok(number) => desk.store.company_row(number)?.map(|row| row.id),
        Err(_) => desk.store.company_called(written)?,
    };
    found.ok_or_else(|| {
        Problem::new(Kind::NotFound, format!("there is no company {}", Text::line(written)))
            .hint("name a number or a name that postbook companies lists")
    })
}
