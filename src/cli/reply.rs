//! `postbook reply`: an answer from a template, filled from the client's card.

use super::args::{self, Target};
use super::context::Context;
use super::deliver::{Manner, deliver};
use super::desk::Desk;
use super::follow_ups;
use crate::domain::problem::{Kind, Problem, Result};
use crate::runtime::writing::Filling;

/// Writes the answer and lets it go.
///
/// # Errors
/// No such letter or template; a value of the template is missing (which, and on whose card); as [`deliver`].
pub fn run(context: &Context, args: &args::Reply) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let writer = desk.writer(&now);
    let message = match args.id {
        Target::Message(message) => message,
        Target::Thread(thread) => writer.newest_to_answer(thread)?,
    };
    let letter = writer.reply(message, false)?;
    match writer.fill(&args.template, None, letter, None)? {
        Filling::Letter(mut letter) => {
            if let Some(typed) = &args.follow_up {
                letter.follow_up = follow_ups::read(&desk, typed, Some(&args.template))?;
            }
            deliver(&desk, &letter, Manner { yes: args.yes, json: args.json })
        }
        Filling::Holes(holes) => {
            let holes: Vec<String> = holes.iter().map(|hole| String::from(hole.sentence())).collect();
            Err(Problem::new(Kind::Input, "the letter was not sent: the template needs what nobody has entered")
                .hint(holes.join("\n")))
        }
    }
}
