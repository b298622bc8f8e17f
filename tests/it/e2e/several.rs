//! Several accounts: one that fails never stops the others, and an answer leaves from where the letter came.

use super::*;
use crate::support::free_port;

const SALES: &str = "sales@firma.example";
const HOME: &str = "me@home.example";

fn to(address: &str, id: &str, subject: &str) -> Vec<u8> {
    String::from_utf8(letter(id, subject, "What do they cost?")).unwrap().replace(ME, address).into_bytes()
}

/// Three accounts of one program: fine, with a wrong password, with a server that is down.
fn three() -> Office {
    let dovecot = Dovecot::start(&[ME, SALES, ANNA]);
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    let wrong = Account { user: "nobody-there".to_owned(), ..Account::new("wrong", HOME, &dovecot, &smtp) };
    let down = Account { imap_port: free_port(), ..Account::new("down", SALES, &dovecot, &smtp) };
    home.write_config(&[wrong, down, Account::new("fine", ME, &dovecot, &smtp)]);
    Office { dovecot, smtp, home }
}

#[track_caller]
fn state_of(office: &Office, name: &str) -> Value {
    let status = office.json(&["status"]);
    let accounts = status["accounts"].as_array().unwrap();
    accounts.iter().find(|account| account["name"] == name).unwrap().clone()
}

#[test]
fn one_that_fails_never_stops_the_others() {
    let office = three();
    office.dovecot.deliver(ME, "INBOX", &letter("q1", "Offer for desks", "What do they cost?"), "");
    let all = office.home.postbook(&["sync"]);
    assert_eq!(all.status.code(), Some(1), "{}", all.stderr);
    assert!(all.stdout.contains("fine/INBOX: 1 new"), "{}", all.stdout);
    assert!(all.stderr.contains("2 accounts of 3 could not be synced: wrong, down"), "{}", all.stderr);
    let (wrong, down, fine) = (state_of(&office, "wrong"), state_of(&office, "down"), state_of(&office, "fine"));
    assert_eq!((wrong["state"].as_str(), wrong["online"].as_bool()), (Some("refused"), Some(false)), "{wrong}");
    assert!(wrong["hint"].as_str().unwrap().contains("password"), "{wrong}");
    assert_eq!(down["state"], "waiting", "{down}");
    assert!(down["last_error"].as_str().unwrap().contains("no connection"), "{down}");
    assert_eq!((fine["state"].as_str(), fine["last_error"].as_str()), (Some("closed"), None), "{fine}");
    let words = office.home.postbook(&["status"]).success().stdout;
    assert!(words.contains("check user and password"), "{words}");
    office.home.postbook(&["sync", "--account", "fine"]).success();
    assert_eq!(office.home.postbook(&["sync", "--account", "down"]).status.code(), Some(1));

    let mut terminal = office.open();
    terminal.wait_for_text("Offer for desks");
    let named = |screen: &str| screen.contains("account down") || screen.contains("account wrong");
    terminal.wait_for("the names of the accounts that fail", DEADLINE, named);
    terminal.type_keys("ga");
    let screen = terminal.wait_for("the accounts", DEADLINE, |screen| {
        ["needs you", "not reached, tried again at", "connected; synced just now", "What to do: check user"]
            .iter()
            .all(|words| screen.contains(words))
    });
    assert!(screen.contains("fine") && screen.contains("never synced"), "{screen}");
    terminal.type_keys(ESC);
    terminal.wait_gone("What to do");
    // And new letters come for the one that works.
    office.dovecot.deliver(ME, "INBOX", &letter("q2", "Chairs", "And chairs?"), "");
    terminal.wait_for_text("Chairs");
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
}

#[test]
fn an_answer_leaves_from_the_account_that_received_the_letter() {
    let dovecot = Dovecot::start(&[ME, SALES, ANNA]);
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    home.write("sales.md", "The sales team\n");
    home.write("me.md", "Me alone\n");
    let mine = Account { more: "signature = \"me.md\"".to_owned(), ..Account::new("work", ME, &dovecot, &smtp) };
    let team = Account {
        kind: "shared".to_owned(),
        more: "signature = \"sales.md\"".to_owned(),
        ..Account::new("sales", SALES, &dovecot, &smtp)
    };
    home.write_config(&[mine, team]);
    let office = Office { dovecot, smtp, home }.configured("[sending]\nundo_seconds = 0");
    office.dovecot.deliver(SALES, "INBOX", &to(SALES, "t1", "Offer for desks"), "");
    let terminal = office.open();
    terminal.wait_for_text("Offer for desks");
    terminal.type_keys("r");
    terminal.wait_for_text("Ctrl-S look and send");
    terminal.wait_for_text("The sales team");
    terminal.type_keys("Ten each.");
    send(&terminal);
    let accepted = office.smtp.wait_accepted(1);
    assert_eq!((accepted[0].from.as_str(), accepted[0].user.as_deref()), (SALES, Some(SALES)));
    let text = accepted[0].text();
    assert!(
        text.contains(&format!("<{SALES}>")) && text.contains("The sales team") && !text.contains("Me alone"),
        "{text}"
    );
    let id = message_id(&text);
    poll_until(DEADLINE, "a copy in the team's Sent", || {
        (office.dovecot.find(SALES, "Sent", &id).len() == 1).then_some(())
    });
    assert_eq!(office.dovecot.count(ME, "Sent"), 0);

    // A colleague answers a client from an address of their own, with a copy to the team: it is answered.
    office.dovecot.deliver(SALES, "INBOX", &to(SALES, "t2", "Lamps"), "");
    wait_counter(&terminal, "unanswered", Some(1));
    let answer = format!(
        "From: Jan <jan@firma.example>\r\nTo: <{ANNA}>\r\nCc: <{SALES}>\r\nSubject: Re: Lamps\r\nMessage-ID: <j1@firma.example>\r\n\
         In-Reply-To: <t2@klient.example>\r\nDate: Mon, 16 Nov 2026 11:00:00 +0100\r\n\r\nFive each.\r\n"
    );
    office.dovecot.deliver(SALES, "INBOX", answer.as_bytes(), "");
    wait_counter(&terminal, "unanswered", None);
}
