//! What happens on the server is on the screen at once, whatever the server can and whatever breaks.

use std::time::{Duration, Instant};

use super::*;

/// Slower than this is not "at once" even on a loaded machine; the regular look comes only after ten seconds or more.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Screens over a server whose mail is all here, and that is watched.
#[track_caller]
fn watched(office: &Office) -> Terminal {
    let terminal = office.open();
    terminal.wait_for_text("All clear");
    poll_until(DEADLINE, "a first sync", || {
        (office.json(&["status"])["accounts"][0]["state"] == "online").then_some(())
    });
    // The watching connection is open when the server has two of ours.
    poll_until(DEADLINE, "a second connection", || {
        (office.dovecot.log().matches("Login: user").count() >= 2).then_some(())
    });
    terminal
}

/// How long a letter takes from the server's folder to the screen.
#[track_caller]
fn time_to_screen(office: &Office, terminal: &Terminal, number: usize, deliver: impl Fn(&[u8])) -> Duration {
    let subject = format!("Price list {number}");
    let bytes = letter(&format!("live{number}"), &subject, "Please send it.");
    let started = Instant::now();
    deliver(&bytes);
    terminal.wait_for_text(&subject);
    let took = started.elapsed();
    assert!(office.dovecot.count(ME, "INBOX") > 0 || took < DEADLINE);
    took
}

#[test]
fn a_letter_is_on_the_screen_within_a_second_of_its_delivery() {
    let office = office(0);
    let terminal = watched(&office);
    let mut times: Vec<Duration> = (0..5)
        .map(|number| {
            time_to_screen(&office, &terminal, number, |bytes| drop(office.dovecot.deliver(ME, "INBOX", bytes, "")))
        })
        .collect();
    times.sort();
    println!("from delivery to screen: {times:?}");
    // Dovecot itself waits half a second to collect changes before it tells (NOTIFY_DELAY_MSECS).
    assert!(times[2] < AT_ONCE, "{times:?}");
    drop(terminal);
}

#[test]
fn a_letter_in_another_folder_is_on_the_screen_at_once_where_the_server_tells() {
    let office = office(0);
    office.dovecot.create_folder(ME, "Klienci");
    let terminal = watched(&office);
    let took = time_to_screen(&office, &terminal, 1, |bytes| office.dovecot.append(ME, "Klienci", bytes, &[]));
    println!("from another folder to screen: {took:?}");
    assert!(took < AT_ONCE, "{took:?}");
    // Read on another device.
    wait_counter(&terminal, "unread", Some(1));
    let started = Instant::now();
    office.dovecot.store(ME, "Klienci", "1", "+FLAGS (\\Seen)");
    wait_counter(&terminal, "unread", None);
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
}

#[test]
fn a_server_that_tells_nothing_is_looked_at() {
    let dovecot =
        Dovecot::builder().user(ME).without(&["IDLE", "NOTIFY", "LIST-STATUS", "CONDSTORE", "QRESYNC"]).start();
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    home.write_config(&[Account::new("work", ME, &dovecot, &smtp)]);
    let office = Office { dovecot, smtp, home }.configured("[sync]\nevery_seconds = 10");
    let watcher = Watcher::start(&office.home, &["--json"]);
    watcher.wait_told("\"state\":\"online\"");
    office.dovecot.append(ME, "Archive", &letter("p1", "Price list", "Please."), &[]);
    watcher.wait_told("\"new\":1");
    let sessions = office.dovecot.log().matches("Login: user").count();
    assert!(sessions <= 4, "one connection is kept, not one made for each look: {}", office.dovecot.log());
}

#[test]
fn a_server_that_goes_and_comes_back_is_watched_again() {
    let mut office = office(0);
    let terminal = watched(&office);
    office.dovecot.kill();
    terminal.wait_for("trouble", DEADLINE, |screen| screen.contains("Sync:"));
    let state = office.json(&["status"])["accounts"][0].clone();
    assert_eq!((state["online"].as_bool(), state["state"].as_str()), (Some(false), Some("waiting")), "{state}");
    assert!(state["last_error"].is_string(), "{state}");
    office.dovecot.restart();
    terminal.wait_gone("Sync:");
    poll_until(DEADLINE, "a new second connection", || {
        let log = office.dovecot.log();
        let after = log.rsplit("starting up").next().unwrap_or_default().to_owned();
        (after.matches("Login: user").count() >= 2).then_some(())
    });
    let took = time_to_screen(&office, &terminal, 1, |bytes| drop(office.dovecot.deliver(ME, "INBOX", bytes, "")));
    assert!(took < AT_ONCE, "{took:?}");
}

#[test]
fn a_server_that_hangs_up_at_once_is_left_in_peace() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let accepted = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&accepted);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            drop(stream);
        }
    });
    let office = office(0);
    let account = Account { imap_port: port, ..Account::new("work", ME, &office.dovecot, &office.smtp) };
    office.home.write_config(&[account]);
    let started = Instant::now();
    let mut watcher = Watcher::start(&office.home, &["--json"]);
    poll_until(DEADLINE, "a third try", || (accepted.load(std::sync::atomic::Ordering::SeqCst) >= 6).then_some(()));
    // Two threads, pauses of at least 1 and 2 seconds.
    assert!(started.elapsed() > Duration::from_millis(2_500), "{:?}", started.elapsed());
    watcher.wait_told("\"state\":\"waiting\"");
    watcher.signal("TERM");
    assert!(watcher.wait_exit().success());
}
