//! Senders that are ignored: by address, by domain, by pattern; shown again; the counters follow at once.

use super::*;

fn desk() -> Desk {
    let desk = Desk::open();
    let acme = desk.company("Acme", &["acme.example"]);
    desk.contact("Anna", &["anna@acme.example"], Some(acme));
    desk.arrives(letter("a1", "anna@acme.example"));
    desk.arrives(letter("n1", "Newsletter <newsletter-7@shop.example>"));
    desk.arrives(letter("n2", "Newsletter <newsletter@other.example>"));
    desk.arrives(letter("d1", "Spam <deals@x.ads.example>"));
    desk.arrives(letter("d2", "Spam <win@x.ads.example>"));
    desk
}

#[test]
fn an_address_a_domain_and_a_pattern_and_back() {
    let desk = desk();
    desk.expect(&[("n1", ("Newsletter", "-", "lead"))], &[("unread", 5), ("unanswered", 5), ("new_leads", 4)]);
    desk.act_and_back(|acts| acts.ignore_pattern("deals@x.ads.example"));
    desk.expect(&[("d1", NOWHERE)], &[("unread", 4), ("unanswered", 4), ("new_leads", 3)]);
    desk.act_and_back(|acts| acts.ignore_pattern("*@X.ads.example"));
    desk.expect(&[("d2", NOWHERE)], &[("unread", 3), ("unanswered", 3), ("new_leads", 2)]);
    desk.act_and_back(|acts| acts.ignore_pattern("newsletter*@*"));
    desk.expect(&[("n1", NOWHERE), ("n2", NOWHERE)], &[("unread", 1), ("unanswered", 1)]);
    // New letters of theirs too, whatever the tag.
    desk.arrives(letter("n3", "newsletter-9@third.example"));
    desk.arrives(letter("d3", "deals+x@x.ads.example"));
    desk.expect(&[("n3", NOWHERE), ("d3", NOWHERE)], &[("unread", 1), ("unanswered", 1)]);
    let listed = desk.store.ignored().unwrap();
    let listed: Vec<(&str, u64)> = listed.iter().map(|row| (row.pattern.as_str(), row.letters)).collect();
    assert_eq!(listed, [("*@x.ads.example", 3), ("deals@x.ads.example", 2), ("newsletter*@*", 3)]);
    // Shown again: two patterns hid deals@, one of them is left.
    desk.act(|acts| acts.unignore("deals@x.ads.example"));
    desk.expect(&[("d1", NOWHERE)], &[("unread", 1), ("unanswered", 1)]);
    desk.act_and_back(|acts| acts.unignore("*@x.ads.example"));
    desk.expect(&[("d1", ("Spam", "-", "lead"))], &[("unread", 4), ("unanswered", 4), ("new_leads", 3)]);
    desk.act_and_back(|acts| acts.unignore("newsletter*@*"));
    desk.expect(
        &[("n3", ("newsletter-9@third.example", "-", "lead"))],
        &[("unread", 7), ("unanswered", 7), ("new_leads", 6)],
    );
    let now = now();
    let acts = Acts { store: &desk.store, own: &desk.own, now: &now };
    assert!(acts.unignore("newsletter*@*").is_err());
    assert!(acts.ignore_pattern("*@*").is_err());
}

#[test]
fn an_ignored_lead_is_gone_and_comes_back_and_a_client_keeps_the_history() {
    let desk = desk();
    let spam = desk.person("win@x.ads.example");
    desk.act_and_back(|acts| acts.ignore_sender(spam));
    desk.expect(&[("d2", NOWHERE)], &[("unread", 4), ("unanswered", 4), ("new_leads", 3)]);
    desk.act(|acts| acts.unignore("win@x.ads.example"));
    desk.expect(&[("d2", ("Spam", "-", "lead"))], &[("unread", 5), ("unanswered", 5), ("new_leads", 4)]);
    let anna = desk.person("anna@acme.example");
    desk.act_and_back(|acts| acts.ignore_sender(anna));
    desk.expect(&[("a1", ("Anna", "-", "address"))], &[("unread", 4), ("unanswered", 4), ("new_leads", 4)]);
    assert_eq!(desk.store.rows("SELECT count(*) FROM message"), ["5"], "nothing is deleted");
}

#[test]
fn an_ignored_letter_in_somebody_elses_conversation_hides_itself_only() {
    let desk = desk();
    desk.act(|acts| acts.ignore_pattern("win@x.ads.example"));
    desk.arrives(letter("w1", "win@x.ads.example").answers(&["a1"]));
    desk.expect(&[("w1", ("Anna", "-", "address"))], &[("unread", 4), ("unanswered", 4), ("new_leads", 3)]);
}
