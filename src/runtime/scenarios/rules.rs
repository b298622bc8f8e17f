//! PRODUCT.md's rules of filing and of the counters, sentence by sentence, in stories that mix them: written from the words, not from
//! the program.

use super::*;
use crate::domain::duplicate::Pair;
use crate::domain::merge::Merge;

/// Anna and Bob at Acme; Jan by himself; no deals.
fn office() -> Desk {
    let desk = Desk::open();
    let acme = desk.company("Acme", &["acme.example"]);
    desk.contact("Anna", &["anna@acme.example"], Some(acme));
    desk.contact("Bob", &["bob@acme.example"], Some(acme));
    desk.contact("Jan", &["jan@gmail.com"], None);
    desk
}

const ANNA: (&str, &str, &str) = ("Anna", "-", "address");
const JAN: (&str, &str, &str) = ("Jan", "-", "address");

/// "Unknown human sender → a lead", "colleagues are hidden": what a colleague passes on is its writer's, in whatever program and language.
#[test]
fn a_colleague_forwards_in_every_program_and_language() {
    let desk = office();
    let heads = [
        "---------- Forwarded message ---------\nFrom: Anna N <anna@acme.example>\nDate: Mon, 23 Nov 2026 at 10:00\nSubject: Desks\nTo: <boss@firma.example>\n",
        "---------- Пересылаемое сообщение ---------\nОт: Anna N <anna@acme.example>\nДата: пн, 23 нояб. 2026 г. в 10:00\nТема: Desks\nКому: <boss@firma.example>\n",
        "---------- Переслане повідомлення ---------\nВід: Anna N <anna@acme.example>\nДата: пн, 23 лист. 2026 р. о 10:00\nТема: Desks\nКому: <boss@firma.example>\n",
        "---------- Treść przekazanej wiadomości ---------\nOd: Anna N <anna@acme.example>\nDate: pon., 23 lis 2026 o 10:00\nSubject: Desks\nTo: <boss@firma.example>\n",
        // Outlook, in which a rule is drawn only in HTML.
        "\nFrom: Anna N <anna@acme.example>\nSent: Monday, November 23, 2026 10:00 AM\nTo: boss@firma.example\nSubject: Desks\n",
        "\nОт: Anna N <anna@acme.example>\nОтправлено: понедельник, 23 ноября 2026 г. 10:00\nКому: boss@firma.example\nТема: Desks\n",
        "\nВід: Anna N <anna@acme.example>\nНадіслано: 23 листопада 2026 р. 10:00\nКому: boss@firma.example\nТема: Desks\n",
        "\nOd: Anna N <anna@acme.example>\nWysłane: poniedziałek, 23 listopada 2026 10:00\nDo: boss@firma.example\nTemat: Desks\n",
        "\nVon: Anna N <anna@acme.example>\nGesendet: Montag, 23. November 2026 10:00\nAn: boss@firma.example\nBetreff: Desks\n",
        "\n-----Original Message-----\nFrom: Anna N [mailto:anna@acme.example]\nSent: Monday, November 23, 2026 10:00 AM\nTo: boss@firma.example\nSubject: Desks\n",
        // Apple Mail.
        "Begin forwarded message:\n\n> From: Anna N <anna@acme.example>\n> Subject: Desks\n> Date: 23 November 2026 at 10:00:00 CET\n> To: boss@firma.example\n",
        "Начало переадресованного сообщения:\n\n> От: Anna N <anna@acme.example>\n> Тема: Desks\n> Дата: 23 ноября 2026 г. в 10:00:00\n> Кому: boss@firma.example\n",
        "Початок переадресованого повідомлення:\n\n> Від: Anna N <anna@acme.example>\n> Тема: Desks\n> Дата: 23 листопада 2026 р.\n> Кому: boss@firma.example\n",
        "Początek przekazywanej wiadomości:\n\n> Od: Anna N <anna@acme.example>\n> Temat: Desks\n> Data: 23 listopada 2026\n> Do: boss@firma.example\n",
        // Thunderbird, Yandex, Mail.ru.
        "-------- Forwarded Message --------\nSubject: \tDesks\nDate: \tMon, 23 Nov 2026 10:00:00 +0100\nFrom: \tAnna N <anna@acme.example>\nTo: \tboss@firma.example\n",
        "-------- Перенаправленное сообщение --------\nТема: \tDesks\nДата: \tMon, 23 Nov 2026\nОт: \tAnna N <anna@acme.example>\nКому: \tboss@firma.example\n",
        "-------- Przekazana wiadomość --------\nTemat: \tDesks\nData: \tMon, 23 Nov 2026\nNadawca: \tAnna N <anna@acme.example>\nAdresat: \tboss@firma.example\n",
        "-------- Переслане повідомлення --------\nТема: \tDesks\nДата: \tMon, 23 Nov 2026\nВід: \tAnna N <anna@acme.example>\nКому: \tboss@firma.example\n",
        "-------- Пересылаемое сообщение --------\n23.11.2026, 10:00, \"Anna N\" <anna@acme.example>:\n",
        "-------- Пересылаемое сообщение --------\nОт кого: Anna N <anna@acme.example>\nКому: boss@firma.example\nДата: Понедельник, 23 ноября 2026\nТема: Desks\n",
    ];
    for (number, head) in heads.iter().enumerate() {
        let name = format!("f{number}");
        desk.arrives(
            letter(&name, "boss@firma.example")
                .about("Fwd: Desks")
                .body(&format!("Please see to it.\n\n{head}\nHow much?")),
        );
        assert_eq!(desk.filed(&name).0, "Anna", "{head}");
    }
    // Nobody is made a lead, and a colleague's letters are hidden.
    desk.expect(&[("f0", ANNA)], &[]);
    // Somebody unknown is a lead, once, and their own letter afterwards comes to the same.
    desk.arrives(
        letter("e1", "boss@firma.example")
            .body("Od: Ewa Lis <ewa@nowa.example>\nWysłano: wtorek\nDo: boss@firma.example\nTemat: Pytanie\n\nIle?"),
    );
    desk.expect(&[("e1", ("Ewa Lis", "-", "lead"))], &[("new_leads", 1)]);
    desk.arrives(letter("e2", "ewa@nowa.example"));
    desk.expect(&[("e2", ("Ewa Lis", "-", "lead"))], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
}

/// "Messages of a known client in Junk"; "rescue, or confirm junk"; also when another program rescues it.
#[test]
fn a_client_in_junk_is_rescued_by_another_program() {
    let desk = office();
    desk.arrives(letter("a1", "anna@acme.example").into("Junk"));
    desk.arrives(letter("z1", "Zoe <zoe@start.example>").into("Junk"));
    desk.expect(&[("z1", NOWHERE)], &[("junk_watch", 1)]);
    desk.moved_elsewhere("a1", "INBOX");
    desk.expect(&[("a1", ANNA)], &[("unread", 1), ("unanswered", 1)]);
    // A stranger out of Junk is a stranger who wrote.
    desk.moved_elsewhere("z1", "INBOX");
    desk.expect(&[("z1", ("Zoe", "-", "lead"))], &[("unread", 2), ("unanswered", 2), ("new_leads", 1)]);
    // And into Junk again: watched, and nothing waits for an answer.
    desk.moved_elsewhere("a1", "Junk");
    desk.expect(&[("a1", ANNA)], &[("unread", 1), ("unanswered", 1), ("new_leads", 1), ("junk_watch", 1)]);
    desk.act_and_back(|acts| acts.confirm_junk(desk.thread("a1")));
    desk.expect(&[], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
}

/// "Messages of a known client": of people and of their programs; of an ignored sender never, of a lead never.
#[test]
fn junk_watch_counts_every_message_of_a_known_client() {
    let desk = office();
    desk.arrives(letter("o1", "no-reply@acme.example").about("Purchase order 17").into("Junk"));
    desk.expect(&[], &[("junk_watch", 1)]);
    desk.arrives(letter("o2", "anna@acme.example").header("Auto-Submitted: auto-replied").into("Junk"));
    desk.expect(&[], &[("junk_watch", 2)]);
    desk.arrives(letter("z1", "zoe@start.example"));
    desk.arrives(letter("z2", "zoe@start.example").into("Junk"));
    desk.expect(&[], &[("unread", 1), ("unanswered", 1), ("new_leads", 1), ("junk_watch", 2)]);
    desk.act_and_back(|acts| acts.ignore_pattern("no-reply@acme.example"));
    desk.expect(&[], &[("unread", 1), ("unanswered", 1), ("new_leads", 1), ("junk_watch", 1)]);
}

/// "Also when read on another device"; reading answers nobody.
#[test]
fn read_and_deleted_on_another_device() {
    let desk = office();
    desk.arrives(letter("a1", "anna@acme.example"));
    desk.arrives(letter("a2", "anna@acme.example").answers(&["a1"]));
    desk.arrives(letter("j1", "jan@gmail.com"));
    desk.expect(&[("a2", ANNA), ("j1", JAN)], &[("unread", 3), ("unanswered", 2)]);
    desk.seen_elsewhere("a1");
    desk.expect(&[], &[("unread", 2), ("unanswered", 2)]);
    desk.deleted_elsewhere("j1");
    desk.expect(&[], &[("unread", 1), ("unanswered", 1)]);
    desk.deleted_elsewhere("a2");
    desk.expect(&[], &[("unanswered", 1)]);
    desk.deleted_elsewhere("a1");
    desk.expect(&[], &[]);
}

/// "A reply that was sent", from whatever program; a letter that answers nothing clears nothing.
#[test]
fn my_answer_from_the_phone_is_found_in_sent() {
    let desk = office();
    desk.arrives(letter("a1", "anna@acme.example").about("Offer").seen());
    desk.arrives(letter("j1", "jan@gmail.com").seen());
    // The same subject, no reference: another conversation ("never subject alone").
    desk.arrives(letter("s0", ME).to("anna@acme.example").about("Re: Offer"));
    desk.expect(&[("s0", ANNA)], &[("unanswered", 2)]);
    desk.arrives(letter("s1", &format!("Me <{ME}>")).to("anna@acme.example").about("Re: Offer").answers(&["a1"]));
    desk.expect(&[("s1", ANNA)], &[("unanswered", 1)]);
    // With a tag behind my name it is mine too.
    desk.arrives(letter("s2", "me+phone@firma.example").to("jan@gmail.com").answers(&["j1"]).into("Sent").seen());
    desk.expect(&[], &[]);
    // To a colleague about the client: nobody was answered.
    desk.arrives(letter("j2", "jan@gmail.com").answers(&["j1", "s2"]).seen());
    desk.arrives(letter("s3", ME).to("boss@firma.example").answers(&["j2"]));
    desk.expect(&[("s3", JAN)], &[("unanswered", 1)]);
    // An automatic answer in my name answers nobody.
    desk.arrives(letter("s4", ME).to("jan@gmail.com").answers(&["j2"]).header("Auto-Submitted: auto-replied"));
    desk.expect(&[], &[("unanswered", 1)]);
    desk.arrives(letter("s5", ME).to("jan@gmail.com").answers(&["j2"]));
    desk.expect(&[], &[]);
}

/// My answer is in Sent before the letter that it answers is here: what counts is when they were written.
#[test]
fn the_answer_comes_before_the_question() {
    let letters = [
        letter("a1", "anna@acme.example").seen(),
        letter("s1", ME).answers(&["a1"]),
        letter("j1", "jan@gmail.com").seen(),
        letter("a2", "Auto <anna@acme.example>").answers(&["s1"]).header("Auto-Submitted: auto-replied").seen(),
        letter("s2", ME).to("jan@gmail.com").answers(&["j1"]),
        letter("j2", "jan@gmail.com").about("Something else").answers(&["s2"]).seen(),
    ];
    let desk = Desk::retold(office, &letters);
    desk.expect(&[("a2", ANNA), ("j2", JAN)], &[("unanswered", 1)]);
}

/// "Human means: not bulk, not automatic, not a bounce": they raise nothing, reopen nothing and clear nothing.
#[test]
fn machines_neither_wait_nor_answer() {
    let desk = office();
    desk.arrives(letter("s1", ME).to("anna@acme.example").body("Do you agree?"));
    desk.expect_at("2026-11-27T18:00[Europe/Warsaw]", &[("silent", 1)]);
    for (id, from, header) in [
        ("m1", "anna@acme.example", "Auto-Submitted: auto-replied"),
        ("m2", "anna@acme.example", "Precedence: bulk"),
        ("m3", "anna@acme.example", "List-Unsubscribe: <mailto:u@acme.example>"),
        ("m4", "anna@acme.example", "List-Id: <news.acme.example>"),
        ("m5", "anna@acme.example", "Return-Path: <>"),
        ("m6", "MAILER-DAEMON@mx.acme.example", "X-Failed-Recipients: anna@acme.example"),
        ("m7", "no-reply@acme.example", "X-Nothing: special"),
    ] {
        desk.arrives(letter(id, from).answers(&["s1"]).header(header));
        desk.expect_at("2026-11-27T18:00[Europe/Warsaw]", &[("silent", 1)]);
    }
    // Of strangers no leads.
    desk.arrives(letter("m8", "shop@news.example").header("List-Unsubscribe: <mailto:u@news.example>"));
    desk.arrives(letter("m9", "away@stranger.example").header("Auto-Submitted: auto-replied"));
    desk.arrives(letter("m10", "no-reply@stranger.example"));
    desk.expect(&[("m8", NOWHERE), ("m9", NOWHERE), ("m10", NOWHERE)], &[]);
    // A person ends the silence; an automatic answer behind it hides nothing.
    desk.arrives(letter("a1", "anna@acme.example").answers(&["s1"]));
    desk.arrives(letter("m11", "anna@acme.example").answers(&["s1"]).header("Auto-Submitted: auto-replied"));
    desk.expect_at("2026-11-27T18:00[Europe/Warsaw]", &[("unread", 1), ("unanswered", 1)]);
}

/// "Threads where they owe an answer past the follow-up time": three working days; "any inbound human message; follow up; drop".
#[test]
fn silence_and_what_ends_it() {
    let desk = office();
    // Friday 20 November, some minutes past nine in Warsaw.
    desk.arrives(letter("s1", ME).to("anna@acme.example").body("Do you agree?"));
    // A request is owed an answer as a question is; thanks are owed none.
    desk.arrives(letter("s2", ME).to("jan@gmail.com").body("Please confirm the date."));
    desk.arrives(letter("s0", ME).to("bob@acme.example").body("Thank you, all is clear."));
    desk.expect_at("2026-11-25T09:00[Europe/Warsaw]", &[]);
    desk.expect_at("2026-11-25T10:00[Europe/Warsaw]", &[("silent", 2)]);
    // In another conversation is an answer too.
    desk.arrives(letter("a1", "anna@acme.example").seen());
    desk.expect_at("2026-11-25T10:00[Europe/Warsaw]", &[("unanswered", 1), ("silent", 1)]);
    // Bob's letter is not Anna's, and Jan's silence stays Jan's.
    desk.act_and_back(|acts| acts.mark_done(&[desk.thread("s2")]));
    desk.expect_at("2026-11-25T10:00[Europe/Warsaw]", &[("unanswered", 1)]);
    // He writes after all, and I ask again: it begins anew.
    desk.arrives(letter("j1", "jan@gmail.com").answers(&["s2"]).seen());
    desk.expect(&[], &[("unanswered", 2)]);
    desk.arrives(letter("s3", ME).to("jan@gmail.com").answers(&["j1"]).body("And Friday?"));
    desk.expect_at("2026-11-25T11:00[Europe/Warsaw]", &[("unanswered", 1), ("silent", 1)]);
}

/// "Not snoozed. A new inbound message reopens it."
#[test]
fn a_snoozed_conversation_wakes_by_a_letter_or_by_the_hour() {
    let desk = office();
    desk.arrives(letter("a1", "anna@acme.example").seen());
    desk.arrives(letter("j1", "jan@gmail.com").seen());
    let friday = "2026-11-27T08:00:00Z".parse().unwrap();
    desk.act_and_back(|acts| acts.snooze(&[desk.thread("a1"), desk.thread("j1")], friday));
    desk.expect(&[], &[]);
    // What is no person's does not wake it.
    desk.arrives(letter("a2", "anna@acme.example").answers(&["a1"]).header("Auto-Submitted: auto-replied"));
    desk.expect(&[], &[]);
    desk.arrives(letter("a3", "anna@acme.example").answers(&["a1"]));
    desk.expect(&[("a3", ANNA)], &[("unread", 1), ("unanswered", 1)]);
    desk.expect_at("2026-11-27T09:00[Europe/Warsaw]", &[("unread", 1), ("unanswered", 2)]);
    // Somebody else in the conversation wakes it as well.
    desk.act(|acts| acts.snooze(&[desk.thread("a1")], friday));
    desk.expect(&[], &[]);
    desk.arrives(letter("b1", "bob@acme.example").answers(&["a3"]).seen());
    desk.expect(&[("b1", ANNA)], &[("unanswered", 1)]);
    // Until they answer.
    desk.act_and_back(|acts| acts.await_answer(&[desk.thread("a1")]));
    desk.expect_at("2027-03-01T09:00[Europe/Warsaw]", &[("unanswered", 1)]);
    desk.arrives(letter("a4", "anna@acme.example").answers(&["b1"]).seen());
    desk.expect(&[], &[("unanswered", 1)]);
}

/// "Threads can be merged and split by hand"; each half is done by itself.
#[test]
fn both_halves_of_a_split_are_done_one_by_one() {
    let desk = office();
    desk.deal("Desks", Some(desk.person("anna@acme.example")), None);
    for (id, names) in [("a1", &[][..]), ("a2", &["a1"]), ("a3", &["a1", "a2"])] {
        desk.arrives(letter(id, "anna@acme.example").answers(names).seen());
    }
    let in_desks = ("Anna", "Desks", "address");
    desk.expect(&[("a3", in_desks)], &[("unanswered", 1)]);
    desk.act_and_back(|acts| acts.split_from(desk.message("a2")));
    desk.expect(&[("a1", in_desks), ("a3", in_desks)], &[("unanswered", 2)]);
    desk.act_and_back(|acts| acts.mark_done(&[desk.thread("a1")]));
    desk.expect(&[], &[("unanswered", 1)]);
    desk.act_and_back(|acts| acts.mark_done(&[desk.thread("a3")]));
    desk.expect(&[], &[]);
    // A letter to the second half reopens the second half, one to the first the first.
    desk.arrives(letter("a4", "anna@acme.example").answers(&["a3"]).seen());
    assert_eq!(desk.thread("a4"), desk.thread("a2"));
    desk.expect(&[], &[("unanswered", 1)]);
    desk.arrives(letter("a5", "anna@acme.example").answers(&["a1"]).seen());
    assert_eq!(desk.thread("a5"), desk.thread("a1"));
    desk.expect(&[], &[("unanswered", 2)]);
    // Joined again, done at once.
    desk.act_and_back(|acts| acts.join(&[desk.thread("a1"), desk.thread("a2")]));
    desk.expect(&[], &[("unanswered", 1)]);
    desk.act(|acts| acts.mark_done(&[desk.thread("a1")]));
    desk.expect(&[], &[]);
}

/// "One message of a thread can be moved out", and what is moved out has a client of its own.
#[test]
fn one_letter_is_moved_out_to_another_client_and_back() {
    let desk = office();
    desk.arrives(letter("a1", "anna@acme.example").seen());
    desk.arrives(letter("k1", "Kim <kim@start.example>").answers(&["a1"]).seen());
    desk.expect(&[("k1", ANNA)], &[("unanswered", 1)]);
    desk.act_and_back(|acts| acts.move_out(desk.message("k1")));
    // By herself she is somebody unknown who wrote.
    desk.expect(&[("k1", ("Kim", "-", "lead")), ("a1", ANNA)], &[("unanswered", 2), ("new_leads", 1)]);
    desk.act_and_back(|acts| {
        acts.file_under_client(
            &[desk.thread("k1")],
            crate::domain::filing::Client::Contact(desk.person("jan@gmail.com")),
        )
    });
    desk.expect(&[("k1", ("Jan", "-", "mine")), ("a1", ANNA)], &[("unanswered", 2)]);
    desk.undo();
    desk.undo();
    desk.expect(&[("k1", ANNA)], &[("unanswered", 1)]);
}

/// "A reply belongs where its thread belongs": also of somebody who was only in Cc, also with another subject.
#[test]
fn somebody_in_cc_answers_with_another_subject() {
    let desk = office();
    desk.arrives(letter("d1", "Dora <dora@start.example>").cc("ben@start.example, jan@gmail.com").seen());
    // Rule 4 is before rule 6: the letter names somebody who is known.
    desk.expect(&[("d1", JAN)], &[("unanswered", 1)]);
    desk.arrives(letter("e1", "Eva <eva@other.example>").cc("ben@other.example").seen());
    desk.expect(&[("e1", ("Eva", "-", "lead"))], &[("unanswered", 2), ("new_leads", 1)]);
    desk.arrives(letter("b1", "Ben <ben@other.example>").answers(&["e1"]).about("Delivery instead").seen());
    desk.expect(&[("b1", ("Eva", "-", "lead"))], &[("unanswered", 2), ("new_leads", 1)]);
    assert!(!desk.is_known("ben@other.example"), "no second lead");
    // He writes by himself: now he is one.
    desk.arrives(letter("b2", "Ben <ben@other.example>").about("Delivery instead").seen());
    desk.expect(&[("b2", ("Ben", "-", "lead"))], &[("unanswered", 3), ("new_leads", 2)]);
}

/// "The thread" comes before "a deal tag"; "my own decision is never overridden by a rule".
#[test]
fn the_conversation_is_stronger_than_a_tag_and_my_word_stronger_than_both() {
    let desk = office();
    let (anna, acme) = (desk.person("anna@acme.example"), desk.store.company_by_domain("acme.example").unwrap());
    let desks = desk.deal("Desks", Some(anna), acme);
    desk.arrives(letter("a1", "anna@acme.example").seen());
    let chairs = desk.deal("Chairs", Some(anna), acme);
    desk.expect(&[("a1", ("Anna", "Desks", "address"))], &[("unanswered", 1)]);
    let tagged = format!("{} chairs", crate::domain::filing::tag_of(chairs));
    desk.arrives(letter("a2", "anna@acme.example").about(&tagged).answers(&["a1"]).seen());
    desk.expect(&[("a2", ("Anna", "Desks", "address"))], &[("unanswered", 1)]);
    desk.arrives(letter("b1", "bob@acme.example").about(&tagged).seen());
    desk.expect(&[("b1", ("Bob", "Chairs", "tag"))], &[("unanswered", 2)]);
    desk.act_and_back(|acts| acts.file_under(desk.thread("b1"), None));
    desk.arrives(letter("b2", "bob@acme.example").about(&tagged).answers(&["b1"]).seen());
    desk.expect(&[("b2", ("Bob", "-", "mine"))], &[("unanswered", 2)]);
    desk.close(desks);
    desk.expect(&[("b2", ("Bob", "-", "mine")), ("a1", ("Anna", "Desks", "address"))], &[("unanswered", 2)]);
}

/// "Exactly one open deal → filed there. Several → asked. None → contact only. Closed deals are never chosen by a rule."
#[test]
fn a_deal_is_won_and_the_next_begins() {
    let desk = office();
    let jan = desk.person("jan@gmail.com");
    let lamps = desk.deal("Lamps", Some(jan), None);
    desk.arrives(letter("j1", "jan@gmail.com").seen());
    desk.expect(&[("j1", ("Jan", "Lamps", "address"))], &[("unanswered", 1)]);
    desk.close(lamps);
    desk.arrives(letter("j2", "jan@gmail.com").seen());
    desk.expect(&[("j1", ("Jan", "Lamps", "address")), ("j2", JAN)], &[("unanswered", 2)]);
    // Two at once: what had none is asked, what was decided stays.
    desk.deal("Shades", Some(jan), None);
    desk.expect(&[("j2", ("Jan", "Shades", "address"))], &[("unanswered", 2)]);
    let bulbs = desk.deal("Bulbs", Some(jan), None);
    desk.arrives(letter("j3", "jan@gmail.com").seen());
    desk.expect(
        &[("j2", ("Jan", "Shades", "address")), ("j3", ("Jan?", "-", "address"))],
        &[("unanswered", 3), ("unfiled", 1)],
    );
    // A second letter in it is still one conversation without a decision; an answer of mine decides nothing.
    desk.arrives(letter("j4", "jan@gmail.com").answers(&["j3"]).seen());
    desk.arrives(letter("s1", ME).to("jan@gmail.com").answers(&["j4"]));
    desk.expect(&[], &[("unanswered", 2), ("unfiled", 1)]);
    desk.act_and_back(|acts| acts.file_under(desk.thread("j3"), Some(bulbs)));
    desk.expect(&[("j3", ("Jan", "Bulbs", "mine"))], &[("unanswered", 2)]);
    desk.close(bulbs);
    desk.arrives(letter("j5", "jan@gmail.com").answers(&["s1"]).seen());
    desk.expect(&[("j5", ("Jan", "Bulbs", "mine"))], &[("unanswered", 3)]);
}

/// Two cards become one and two again; letters come before, between and after.
#[test]
fn cards_are_merged_and_unmerged_while_letters_come() {
    let desk = office();
    let jan = desk.person("jan@gmail.com");
    let work = desk.contact("Jan at work", &["jan@works.example"], None);
    desk.deal("Lamps", Some(jan), None);
    desk.deal("Shelves", Some(work), None);
    desk.arrives(letter("j1", "jan@gmail.com").seen());
    desk.arrives(letter("w1", "jan@works.example").seen());
    let apart = [("j1", ("Jan", "Lamps", "address")), ("w1", ("Jan at work", "Shelves", "address"))];
    desk.expect(&apart, &[("unanswered", 2)]);
    let one = Merge { pair: Pair::Contacts(jan, work), take: Vec::new() };
    desk.act(|acts| acts.merge(&one));
    // What was decided is decided; the new letter's client has two open deals.
    desk.expect(&[("j1", ("Jan", "Lamps", "address")), ("w1", ("Jan", "Shelves", "address"))], &[("unanswered", 2)]);
    desk.arrives(letter("w2", "jan@works.example").seen());
    desk.arrives(letter("w3", "jan@works.example").answers(&["w1"]).seen());
    desk.expect(
        &[("w2", ("Jan?", "-", "address")), ("w3", ("Jan", "Shelves", "address"))],
        &[("unanswered", 3), ("unfiled", 1)],
    );
    let now = now();
    Acts { store: &desk.store, own: &desk.own, now: &now }.undo().unwrap().unwrap();
    desk.expect(&apart, &[("unanswered", 3)]);
    desk.expect(
        &[("w2", ("Jan at work", "Shelves", "address")), ("w3", ("Jan at work", "Shelves", "address"))],
        &[("unanswered", 3)],
    );
    desk.arrives(letter("w4", "jan@works.example").seen());
    desk.expect(&[("w4", ("Jan at work", "Shelves", "address"))], &[("unanswered", 4)]);
}

/// In a team's mailbox a colleague who answers has answered for me.
#[test]
fn a_colleague_answers_from_the_teams_mailbox() {
    let mut desk = office();
    desk.own = desk.own.clone().of_team();
    desk.arrives(letter("a1", "anna@acme.example").seen());
    desk.arrives(letter("z1", "Zoe <zoe@start.example>").seen());
    desk.expect(&[("z1", ("Zoe", "-", "lead"))], &[("unanswered", 2), ("new_leads", 1)]);
    // Among colleagues nobody is answered.
    desk.arrives(letter("c1", "boss@firma.example").to(ME).answers(&["a1"]));
    desk.expect(&[("c1", ANNA)], &[("unanswered", 2), ("new_leads", 1)]);
    desk.arrives(letter("c2", "boss@firma.example").to("anna@acme.example").cc(ME).answers(&["a1"]));
    desk.expect(&[("c2", ANNA)], &[("unanswered", 1), ("new_leads", 1)]);
    desk.arrives(letter("a2", "anna@acme.example").answers(&["c2"]).seen());
    desk.expect(&[], &[("unanswered", 2), ("new_leads", 1)]);
}

/// "Ignored senders are hidden": only their own letters, never a client's that names them.
#[test]
fn a_client_writes_beside_an_ignored_sender() {
    let desk = office();
    desk.arrives(letter("k1", "Kim <kim@noise.example>"));
    desk.expect(&[("k1", ("Kim", "-", "lead"))], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
    desk.act_and_back(|acts| acts.ignore_sender(desk.person("kim@noise.example")));
    desk.expect(&[("k1", NOWHERE)], &[]);
    desk.arrives(letter("a1", "anna@acme.example").cc("kim@noise.example"));
    desk.expect(&[("a1", ANNA)], &[("unread", 1), ("unanswered", 1)]);
    // Her answer to all raises nothing and does not count as the last word.
    desk.arrives(letter("s1", ME).answers(&["a1"]));
    desk.arrives(letter("k2", "kim@noise.example").answers(&["a1"]));
    desk.expect(&[("k2", ANNA)], &[("unread", 1)]);
}

/// Somebody I wrote to first answers; one of my letters alone makes nobody a lead.
#[test]
fn a_cold_letter_and_its_answer() {
    let desk = office();
    desk.arrives(letter("s1", ME).to("zoe@start.example").body("Would you like an offer?"));
    desk.expect(&[("s1", NOWHERE)], &[]);
    desk.arrives(letter("z1", "Zoe <zoe@start.example>").answers(&["s1"]));
    desk.expect(&[("z1", ("Zoe", "-", "lead"))], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
    desk.arrives(letter("s2", ME).to("zoe@start.example").answers(&["z1"]).body("When?"));
    desk.expect(&[], &[("unread", 1), ("new_leads", 1)]);
    desk.act_and_back(|acts| acts.keep_lead(desk.person("zoe@start.example")));
    desk.expect(&[], &[("unread", 1)]);
    desk.seen_elsewhere("z1");
    desk.expect(&[], &[]);
    desk.expect_at("2026-11-30T10:00[Europe/Warsaw]", &[("silent", 1)]);
}

#[test]
fn who_answers_has_seen_the_letter_and_those_before_it_but_not_what_came_since() {
    let desk = office();
    desk.arrives(letter("a1", "anna@acme.example"));
    desk.arrives(letter("a2", "anna@acme.example").answers(&["a1"]));
    desk.arrives(letter("b1", "jan@gmail.com"));
    let office = super::super::tests::writing_office_of(&desk.own);
    let now = now();
    let writer = super::super::writing::Writer { store: &desk.store, office: &office, now: &now };
    let answered = desk.message("a2");
    let written = writer.reply(answered, false).unwrap();
    desk.arrives(letter("a3", "anna@acme.example").answers(&["a2"]));
    desk.expect(&[], &[("unread", 4), ("unanswered", 2)]);
    writer.queue(&written, None, &[]).unwrap();
    desk.expect(&[], &[("unread", 2), ("unanswered", 2)]);
    let rows = desk.store.today(&now, &crate::domain::work_time::WorkTime::default(), None, 9).unwrap().0;
    let answered: Vec<_> = rows.iter().map(|row| (row.who.as_str(), row.on_its_way)).collect();
    assert_eq!(answered, [("Anna", true), ("Jan", false)]);
}
