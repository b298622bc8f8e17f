//! What stands behind the keys: each question that a screen asks the store, and each act, without the screen.

use crate::time;
use jiff::Zoned;
use postbook::domain::address::{Address, Own};
use postbook::domain::board::Filter;
use postbook::domain::client_filter::{ClientFilter, Order};
use postbook::domain::contact::{Kind, Whose};
use postbook::domain::counter::Counter;
use postbook::domain::filing::Client;
use postbook::domain::id;
use postbook::domain::name_split::propose;
use postbook::domain::practice::Practice;
use postbook::domain::promise;
use postbook::domain::query::Query;
use postbook::domain::report::Question;
use postbook::domain::report::period::{Period, Span};
use postbook::domain::text::Text;
use postbook::domain::timeline::Show;
use postbook::runtime::acts::Acts;
use postbook::runtime::{clients, filing, reading, searching};
use postbook::store::{Ask, Chosen, Store};
use std::path::Path;

/// A page of a list.
const PAGE: u32 = 100;

/// Asks everything once for the first time and a few times more.
pub fn measure(file: &Path) {
    let store = Store::open(file).unwrap();
    let (now, practice) = (Zoned::now(), Practice::default());
    today(&store, &now, &practice);
    mail(&store, &now, &practice);
    people(&store, &now);
    cards(&store, file, &now, &practice);
    deals(&store, &now, &practice);
    time("changes", || store.changes(200).unwrap());
    time("what waits for servers", || store.pending().unwrap());
    time("status", || store.status(&now, &practice.work).unwrap());
    for span in [Span::Week, Span::Month, Span::Year] {
        let question = Question::of(Period::of(span, now.date()));
        time(&format!("report of a {span:?}"), || store.report(&question, &practice, &now).unwrap());
    }
    acts(&store, &now, &practice);
    reading_letters(&now, &practice);
}

/// What is looked for in the text of each new letter of a person, and what of a name when it is shown to be split.
fn reading_letters(now: &Zoned, practice: &Practice) {
    let text = "Good morning,\nthank you for the offer. We will send the signed contract by Friday, and the drawings next week.\n\
        Пришлём подписанный договор до пятницы, чертежи на следующей неделе.\nWyślemy umowę do piątku, rysunki w przyszłym tygodniu.\n\
        The delivery goes to the warehouse as agreed, forty desks of oak with steel legs, and the chairs that we spoke about.\n"
        .repeat(6);
    let here = now.datetime();
    time(&format!("promises in a letter of {} KB, a hundred times", text.len() / 1000), || {
        (0..100).map(|_| promise::find(&text, here, &practice.work).len()).sum::<usize>()
    });
    let names =
        ["Anna Kowalska", "Сергей Ильич Дуров", "dr Jan Nowak (Acme sp. z o.o.)", "sales@acme.example"].map(Text::line);
    time("a name split, a hundred times", || {
        (0..25).flat_map(|_| &names).filter(|name| propose(name, None).person).count()
    });
}

fn today(store: &Store, now: &Zoned, practice: &Practice) {
    for view in ["is:client", "is:unread offer", "deal:deal amount:>1000", "tag:nobody"] {
        time(&format!("Today, the view {view:?}"), || {
            let ask = Ask::first(now, practice, 0);
            searching::today_of(store, &Query::parse(view), &ask, None, 200).unwrap()
        });
    }
    let (rows, _) = store.today(now, &practice.work, None, 200).unwrap();
    let mut threads = rows.iter().filter_map(|row| row.thread).cycle();
    time("Today: the letters of the next row", || {
        reading::thread_view(store, threads.next().unwrap(), now, &practice.work).unwrap()
    });
    let mut contacts = rows.iter().filter_map(|row| row.contact).cycle();
    time("Today: the card of the next row", || {
        reading::contact_card(store, contacts.next().unwrap(), now, &practice.work, PAGE).unwrap()
    });
    let mut threads = rows.iter().filter_map(|row| row.thread).cycle();
    time("Today: why", || store.why(threads.next().unwrap(), now, &practice.work).unwrap());
    let mut threads = rows.iter().filter_map(|row| row.thread).cycle();
    time("Today: the ledger", || filing::ledger(store, threads.next().unwrap(), now).unwrap());
    let unfiled = store.today(now, &practice.work, Some(Counter::Unfiled), 80).unwrap().0;
    let mut threads = unfiled.iter().filter_map(|row| row.thread).cycle();
    time("Today: which deal", || {
        postbook::sync::filing::deals_for(store, threads.next().unwrap(), now.timestamp()).unwrap()
    });
}

fn mail(store: &Store, now: &Zoned, practice: &Practice) {
    for folder in store.folders().unwrap() {
        let rows = store.threads_in(folder.id, None, PAGE).unwrap();
        let Some(last) = rows.last() else { continue };
        let end = postbook::domain::thread::PageKey { at: last.last_at, id: last.id.0 };
        time(&format!("{}, second page", folder.name), || store.threads_in(folder.id, Some(end), PAGE).unwrap());
        let mut threads = rows.iter().map(|row| row.id).cycle();
        time(&format!("{}, the next conversation", folder.name), || {
            reading::thread_view(store, threads.next().unwrap(), now, &practice.work).unwrap()
        });
    }
}

fn people(store: &Store, now: &Zoned) {
    for kind in [Kind::Contact, Kind::Lead] {
        for order in [Order::Name, Order::LastContact] {
            for typed in ["", "person 4499", "nobody at all", "@me", "is:watched", "is:supplier", "#vip"] {
                let filter = ClientFilter::parse(typed);
                time(&format!("{kind:?}s by {order:?} {typed:?}"), || {
                    store.people(kind, &filter, order, None, PAGE, now).unwrap()
                });
            }
        }
        let filter = ClientFilter::default();
        let rows = store.people(kind, &filter, Order::LastContact, None, PAGE, now).unwrap();
        if let Some(last) = rows.last() {
            let end = Store::people_end(last);
            time(&format!("{kind:?}s by last, second page"), || {
                store.people(kind, &filter, Order::LastContact, Some(end), PAGE, now).unwrap()
            });
        }
    }
    for typed in ["", "company 1499", "nobody at all"] {
        let filter = ClientFilter::parse(typed);
        time(&format!("companies {typed:?}"), || store.companies_narrowed(&filter, None, PAGE).unwrap());
    }
    for words in ["per", "person 17", "company", "nobody"] {
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        time(&format!("clients called {words:?}"), || store.find_clients(&words, 8).unwrap());
        let typed = words.join(" ");
        time(&format!("buyers called {typed:?}"), || {
            (store.contacts(None, &typed, None, 20, now).unwrap(), store.companies(&typed, None, 20).unwrap())
        });
    }
    time("names to be split", || store.names_waiting(None, 200).unwrap());
    time("duplicates", || clients::duplicates(store, None).unwrap());
    let lead = store.people(Kind::Lead, &ClientFilter::default(), Order::Name, None, 1, now).unwrap();
    if let Some(lead) = lead.first() {
        time("what a lead may become", || clients::proposal(store, lead.id, now).unwrap());
    }
    time("tags", || store.tags().unwrap());
    time("owners", || store.owners().unwrap());
}

/// Of somebody as anybody, of whom most was written with, and of the company and the deal of the most.
fn cards(store: &Store, file: &Path, now: &Zoned, practice: &Practice) {
    let sql = rusqlite::Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let most = |column: &str| -> i64 {
        let of = format!(
            "SELECT f.{column} FROM filing f JOIN thread t ON t.id = f.thread_id WHERE f.superseded_at IS NULL AND f.{column} IS NOT NULL
             GROUP BY 1 ORDER BY sum(t.message_count) DESC LIMIT 1"
        );
        sql.query_row(&of, [], |row| row.get(0)).unwrap_or(1)
    };
    let (contact, company, deal) =
        (id::Contact(most("contact_id")), id::Company(most("company_id")), id::Deal(most("deal_id")));
    time("a busy person's card", || reading::contact_card(store, contact, now, &practice.work, PAGE).unwrap());
    time("a busy company's card", || store.company_card(company, now, PAGE).unwrap());
    time("a busy deal's card", || store.deal_card(deal, now.date(), PAGE).unwrap());
    for (what, whose) in
        [("person", Whose::Contact(contact)), ("company", Whose::Company(company)), ("deal", Whose::Deal(deal))]
    {
        time(&format!("figures of a busy {what}"), || store.figures(whose, &practice.work, now).unwrap());
        time(&format!("timeline of a busy {what}"), || store.timeline(whose, None, PAGE).unwrap());
        for show in [Show::LettersIn, Show::Calls, Show::Files] {
            time(&format!("timeline of a busy {what}, {show:?}"), || {
                store.timeline_of(whose, &show, None, PAGE).unwrap()
            });
        }
    }
    time("deals with offers like this", || store.offers_like(deal, now.date(), 40).unwrap());
}

fn deals(store: &Store, now: &Zoned, practice: &Practice) {
    for filter in Filter::ALL {
        let chosen = Chosen { pipelines: &practice.pipelines, filter, me: "Me" };
        for closed in [false, true] {
            time(&format!("board, {filter:?}, closed {closed}"), || {
                store.board(&chosen, "", closed, now, |_| 50).unwrap()
            });
        }
    }
    time("forecast", || store.forecast_slices(now.date()).unwrap());
}

fn acts(store: &Store, now: &Zoned, practice: &Practice) {
    let own = Own::new([Address::parse(crate::ME).unwrap()]);
    let acts = Acts { store, own: &own, now };
    let rows = |counter| store.today(now, &practice.work, Some(counter), 200).unwrap().0;
    let waiting: Vec<id::Thread> = rows(Counter::Unanswered).iter().filter_map(|row| row.thread).collect();
    let mut next = waiting.iter().copied();
    time("act: done", || acts.mark_done(&[next.next().unwrap()]).unwrap());
    time("act: undo", || acts.undo().unwrap().unwrap());
    time("act: redo", || store.redo(now.timestamp()).unwrap().unwrap());
    let later = now.timestamp() + jiff::SignedDuration::from_hours(20);
    time("act: snooze", || acts.snooze(&[next.next().unwrap()], later).unwrap());
    time("act: until they answer", || acts.await_answer(&[next.next().unwrap()]).unwrap());
    time("act: fifty done", || acts.mark_done(&next.by_ref().take(30).collect::<Vec<_>>()).unwrap());
    let unfiled: Vec<id::Thread> = rows(Counter::Unfiled).iter().filter_map(|row| row.thread).collect();
    let mut next = unfiled.iter().copied();
    time("act: file under the best deal", || next.next().map(|thread| acts.file_under_best(thread).unwrap()));
    let mut company = 10;
    time("act: file under another client", || {
        company += 1;
        next.next().map(|thread| acts.file_under_client(&[thread], Client::Company(id::Company(company))).unwrap())
    });
    let leads: Vec<id::Contact> = store
        .people(Kind::Lead, &ClientFilter::default(), Order::Name, None, 40, now)
        .unwrap()
        .iter()
        .map(|row| row.id)
        .collect();
    let mut next = leads.iter().copied();
    time("act: keep as lead", || next.next().map(|lead| acts.keep_lead(lead).unwrap()));
    time("act: ignore the sender", || next.next().map(|lead| acts.ignore_sender(lead).unwrap()));
    let mut deal = 5;
    time("act: a deal is won", || {
        deal += 5;
        acts.deal(&postbook::ui::deal_act::DealAct::Won(id::Deal(deal))).unwrap()
    });
    for _ in 0..20 {
        time_once("act: undo again", || acts.undo().unwrap());
    }
}

fn time_once<T>(what: &str, work: impl FnOnce() -> T) {
    let started = std::time::Instant::now();
    std::hint::black_box(work());
    let took = started.elapsed().as_secs_f64() * 1e3;
    if took > 5.0 {
        println!("{what:<44} {took:8.2} ms");
    }
}
