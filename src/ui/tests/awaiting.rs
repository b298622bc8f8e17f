//! Files that are still on the server.

use super::{Program, fixtures};
use crate::domain::id;
use crate::domain::text::Text;
use crate::ui::effect::{Awaited, Effect};
use crate::ui::event::{Changed, Event, FileNews};

#[test]
fn a_file_that_is_fetched_is_taken_once_it_is_here() {
    let mut program = Program::full(120, 40);
    let awaited = Awaited { message: id::Message(22), index: 1, save: true };
    let news = |online| FileNews { name: Text::own("plan.zip"), size: 31_000_000, online };
    for (online, told) in
        [(true, "plan.zip (31.0 MB) is being fetched"), (false, "fetched when the connection is back")]
    {
        program.event(Event::FileAwaited { awaited, news: Some(news(online)) });
        assert!(program.screen().contains(told), "{}", program.screen());
    }
    // Waking whoever talks to the server says nothing about the file.
    program.event(Event::Changed(Vec::new()));
    assert_eq!(program.asked(), []);
    program.event(Event::Changed(vec![Changed::Thread(id::Thread(4))]));
    assert_eq!(program.asked(), [Effect::TakeAwaited(awaited)], "asked for once, though it was wanted twice");
    program.event(Event::Changed(vec![Changed::Everything]));
    assert_eq!(program.asked(), [], "while it is being looked for, and when it was taken");
    program.event(Event::FileAwaited { awaited, news: None });
    program.event(Event::SyncEnded { account: Text::own("work"), problem: None });
    assert_eq!(program.asked(), [Effect::TakeAwaited(awaited)]);
}

#[test]
fn a_file_on_the_server_is_marked_in_words() {
    let mut store = fixtures::full();
    let mut view = fixtures::conversation();
    for letter in &mut view.messages {
        letter.parsed.attachments.iter_mut().skip(1).for_each(|file| file.on_server = true);
    }
    store.view = Some(view);
    let mut program = Program::start(120, 70, store);
    program.press("jjj<enter>");
    assert!(program.screen().contains(", on the server"), "{}", program.screen());
    program.press("S");
    assert!(program.screen().contains("on the server, "), "{}", program.screen());
}
