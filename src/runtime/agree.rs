//! Signing in at a provider of OAuth 2.0: in the browser where there is one, else with a code on another device. `postbook login`,
//! `postbook setup`, the first-run screen and the screens all do it this way.

use crate::config::{OAuth, secrets};
use crate::domain::oauth::{self as known, Client, Tokens};
use crate::domain::problem::Result;
use crate::domain::provider::Unsaved;
use crate::domain::text::Text;
use crate::net::oauth::{self, Prompt};
use std::cell::Cell;

/// Shows the user what to do; never waited for.
pub type Show<'a> = dyn FnMut(known::Prompt) + 'a;
/// Asked several times a second: true ends the flow.
pub type Cancelled<'a> = dyn Fn() -> bool + 'a;

/// Asks the user to agree, and gives the tokens; they are not kept yet. Before anybody is asked it is made sure that they can be.
///
/// # Errors
/// No keyring; the provider or the user says no, or nobody agrees in time.
pub fn sign_in(
    account: &Text,
    oauth: &OAuth,
    with_code: bool,
    show: &mut Show<'_>,
    cancelled: &Cancelled<'_>,
) -> std::result::Result<Tokens, Unsaved> {
    secrets::keyring_for_tokens(account).map_err(Unsaved::NoKeyring)?;
    secrets::client(oauth, account)
        .and_then(|client| agree(&client, with_code, show, cancelled))
        .map_err(|problem| Unsaved::Failed(problem.at(format!("account {account}"))))
}

fn agree(client: &Client, with_code: bool, show: &mut Show<'_>, cancelled: &Cancelled<'_>) -> Result<Tokens> {
    if !with_code {
        // Without a browser the page would have to be opened on this machine by hand: a code is easier, where there are codes.
        let other_way = Cell::new(false);
        let outcome = oauth::in_browser(
            client,
            &mut |asked| {
                let prompt = prompt(asked);
                other_way.set(!prompt.opened && client.device_url.is_some());
                if !other_way.get() {
                    show(prompt);
                }
            },
            &|| other_way.get() || cancelled(),
        );
        if !other_way.get() || cancelled() {
            return outcome;
        }
    }
    oauth::with_code(client, &mut |asked| show(prompt(asked)), cancelled)
}

/// Opens the browser where that is asked; gives what there is to show.
fn prompt(asked: Prompt<'_>) -> known::Prompt {
    match asked {
        Prompt::Browse { url } => {
            let opened = open::that_detached(url).is_ok();
            known::Prompt { page: Text::line(url), code: None, minutes: 0, opened }
        }
        Prompt::Type { url, code, good_for } => known::Prompt {
            page: Text::line(url),
            code: Some(Text::line(code)),
            minutes: good_for.as_secs() / 60,
            opened: false,
        },
    }
}
