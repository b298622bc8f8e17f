//! The keymap as data: one table feeds the keys, the help of each screen and the palette.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Where an action can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum At {
    /// On every screen and page, but not while a letter is written.
    Everywhere,
    /// Everywhere, also while a letter is written.
    Always,
    /// Where a list or text is moved in.
    List,
    /// Where a conversation is chosen or read.
    Thread,
    /// Where a person is chosen.
    Person,
    /// Where the row or item is a lead.
    Lead,
    /// Where a conversation lies in Junk.
    Junk,
    /// Where something waits that can be cleared.
    Waiting,
    /// Where the row or item is an activity.
    Activity,
    /// Where the row or item is a payment.
    Payment,
    /// Where a conversation is chosen and a team shares a mailbox.
    Team,
    /// Where a row raises counters.
    Counted,
    /// The board of Today, with a row on it.
    Today,
    /// Where a person or a deal is chosen.
    Client,
    /// Where a client, a deal or a conversation is chosen.
    Assignable,
    /// Where conversations can be put elsewhere or marked.
    Handled,
    /// A list of conversations.
    Markable,
    /// A list with marked conversations.
    Marked,
    /// Where the folders are.
    Folder,
    /// The reader.
    Reader,
    /// A card, or the row of one.
    Card,
    /// A card that is read.
    CardInUse,
    /// A file on a card.
    File,
    /// Lists of clients.
    Clients,
    /// Lists with tabs.
    Tabs,
    /// The deals.
    Deals,
    /// The board of deals.
    Board,
    /// Where a deal is chosen, or its card is open.
    Deal,
    /// The reports.
    Reports,
    /// A letter in the outbox.
    Outgoing,
    /// A draft.
    Draft,
    /// A template.
    Template,
    /// The list of mailings.
    Mailings,
    /// A mailing.
    Mailing,
    /// A letter that waits for an answer, in the list of those.
    FollowUp,
    /// The built-in editor.
    Compose,
    /// The last look at a letter before it leaves.
    Review,
}

/// Groups of the help screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// What waits.
    Clear,
    /// Conversations in folders.
    Put,
    /// Deals.
    Sell,
    /// What is known of a client.
    Know,
    /// Letters.
    Write,
    /// The reader.
    Read,
    /// Moving about.
    Move,
    /// Screens and finding.
    Go,
    /// The program.
    Program,
}

impl Group {
    /// In the order of the help screen.
    pub const ALL: [Self; 9] =
        [Self::Clear, Self::Put, Self::Sell, Self::Know, Self::Write, Self::Read, Self::Move, Self::Go, Self::Program];

    /// Its heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Clear => "Clear what waits",
            Self::Put => "Put away and mark",
            Self::Sell => "Sell",
            Self::Know => "Cards",
            Self::Write => "Write",
            Self::Read => "Read",
            Self::Move => "Move",
            Self::Go => "Go and find",
            Self::Program => "Program",
        }
    }
}

/// What a key does, in words.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// What is done.
    pub action: Action,
    /// What it does, for help and palette.
    pub title: &'static str,
    /// One or two words for the line of hints.
    pub short: &'static str,
    /// Its keys, the first one is shown: `j`, `ctrl-s`, `g t`; none for what only the palette has.
    pub keys: &'static [&'static str],
    /// Where it can be used.
    pub at: At,
    /// Where the help shows it.
    pub group: Group,
}

macro_rules! bindings {
    ($($group:ident $at:ident { $($action:ident $short:literal $title:literal $($key:literal)*;)+ })+) => {
        /// Everything a key can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[doc = $title] $action,)+)+ }

        /// The table. Where two actions share a key, the one that stands first here and can be used wins.
        pub const BINDINGS: &[Binding] = &[$($(Binding {
            action: Action::$action,
            title: $title,
            short: $short,
            keys: &[$($key),*],
            at: At::$at,
            group: Group::$group,
        },)+)+];
    };
}

bindings! {
    Write Review {
        Send "send" "Send the letter" "enter";
        FixConcern "fix" "Let Postbook fix the chosen concern" "f";
        Override "send anyway" "Send in spite of the chosen concern" "o";
        IfNoAnswer "if no answer" "What follows when nobody answers: working days, or a pack of templates" "n";
        SendLater "send later" "Send it later: Monday 9:00, tomorrow, 25.11 14:30" "l";
        AskReceipts "ask for receipts" "Ask the servers for a delivery report and their program to say that it was read; again takes it back" "v";
        ToggleHtml "HTML" "With an HTML alternative made from Markdown, or plain text alone" "h";
        BackToEditor "back" "Back to the letter" "esc";
        ReviewKeys "help" "The keys of the last look" "?";
        EditOutsideAgain "$EDITOR" "Edit in $VISUAL or $EDITOR" "ctrl-e";
    }
    Write Compose {
        Review "look and send" "Look at the letter once more, then send" "ctrl-s" "ctrl-enter";
        EditOutside "$EDITOR" "Edit in $VISUAL or $EDITOR" "ctrl-e";
        InsertTemplate "template" "Fill a template into the letter" "ctrl-t";
        AttachFile "attach" "Attach a file" "ctrl-o";
        DetachFile "detach" "Take the last attached file off" "ctrl-d";
        ChangeFrom "from" "Write from the next account" "ctrl-f";
        NextField "next field" "Next field" "tab";
        PreviousField "previous field" "Previous field" "shift-tab";
        LeaveLetter "leave" "Leave; the draft is kept" "esc";
        UndoText "undo" "Take back what was typed, a word at a time" "ctrl-z";
        RedoText "redo" "Type it again" "ctrl-y";
        SelectAll "select all" "Select all of this field or text; Shift with the arrows selects parts" "ctrl-a";
        CutText "cut" "Cut what is selected" "ctrl-x";
        CopyText "copy" "Copy what is selected" "ctrl-c";
        PasteText "paste" "Paste what was cut or copied in Postbook" "ctrl-v";
    }
    Write Outgoing {
        TakeBackThis "edit" "Take the letter back into the editor" "U";
        Resend "send again" "Send it again, or at once when it is held" "r";
        DiscardOutgoing "discard" "Throw the letter away" "x";
    }
    Write Draft {
        EditDraft "edit" "Go on writing" "enter";
        DiscardDraft "discard" "Throw the draft away" "x";
    }
    Write Mailing {
        OpenMailing "recipients" "The recipients, each with their letter and where it stands" "enter";
        CheckMailing "check" "Check everybody on the list who has no letter yet" "c";
        DryRun "dry run" "Make every letter as it would leave, and send none" "d";
        StartMailing "start" "Let the letters leave; a paused mailing goes on" "s";
        PauseMailing "pause" "Hold the mailing" "p";
        ForgetMailing "forget" "Forget a mailing of which nothing has left" "x";
    }
    Write Mailings {
        NewMailing "new mailing" "Prepare a mailing: one letter each to everybody a search finds" "N";
    }
    Write FollowUp {
        StopFollowing "stop" "Nothing is to follow this letter" "x";
    }
    Write Template {
        UseTemplate "use" "Write a new letter with this template" "enter" "t";
        EditTemplate "edit" "Edit this template; one that comes with Postbook as a copy of yours" "e";
        NewTemplate "new" "Write a new template" "a";
        DeleteTemplate "delete" "Delete this template of yours" "x";
    }
    Know File {
        OpenFile "open file" "Open this file" "o";
        SaveFile "save file" "Save this file" "S";
    }
    Know Card {
        EditFact "edit" "Edit the fact in this line, or choose which" "=";
        EditTags "tags" "Tags" "#";
        Watch "watch" "Watch, or no longer" "W";
        EditOwner "owner" "Who handles the client" "%";
        RemoveCard "delete card" "Delete a contact or company entered by mistake";
    }
    Know CardInUse {
        ShowPart "filter" "What of the timeline is shown" "v";
        NextSection "next section" "Next section of the card" "]";
        PreviousSection "previous section" "Previous section of the card" "[";
    }
    Know Clients {
        EnterCard "new client" "Enter a new contact, or a company among companies" "N";
        ByLast "order" "By last contact, or by name" "o";
    }
    Clear Waiting {
        Done "done" "Done: no reply needed, activity done, junk confirmed" "e";
        Snooze "snooze" "Snooze a conversation; move an activity or a payment" "z";
    }
    Clear Payment {
        Paid "paid" "Mark the payment paid today" "p";
    }
    Sell Deals {
        NewDeal "new deal" "Enter a new deal" "N";
    }
    Sell Deal {
        StageForward "next stage" "Move the deal to the next stage" ">";
        StageBack "stage back" "Move the deal to the stage before" "<";
        Won "won" "The deal is won" "Y";
        Lost "lost" "The deal is lost: asks why, and offers the farewell letter" "X";
        Reopen "reopen" "Open a closed deal again" "R";
        OfferLines "offer" "The offer lines: quantities, prices, discount, VAT" "\"";
        Payments "payments" "The payment schedule: enter, split, paid" "$";
    }
    Sell Person {
        NewDealWith "new deal" "Enter a new deal with this person";
    }
    Sell Everywhere {
        Statement "bank statement" "Match a bank statement with the payments that are due";
    }
    Clear Lead {
        Convert "make contact" "Make the lead a contact" "c";
        KeepLead "keep lead" "Keep as a lead" "K";
    }
    Clear Person {
        Ignore "ignore" "Ignore the sender" "I";
    }
    Clear Client {
        Duplicates "duplicates" "Cards that may be the same client" "D";
        Plan "plan" "Plan the next activity with this client" ",";
    }
    Clear Person {
        NoMailings "no mailings" "They want no mailings any more";
        MailingsAgain "mailings again" "They opted out and want mailings again: asks";
        SplitOff "split off" "Make a card of its own of one of their addresses";
    }
    Clear Assignable {
        Assign "assign" "Assign to a colleague" ";";
    }
    Clear Today {
        Skip "skip" "Skip: to the end of this round, nothing is changed" "-";
        NextRow "next" "The next row, with its conversation" ")";
        PreviousRow "previous" "The previous row, with its conversation" "(";
    }
    Clear Team {
        Claim "take" "Take it for yourself, so that colleagues see it; again gives it back" "T";
    }
    Clear Thread {
        Private "private" "Keep the conversation from colleagues, or no longer";
        File "file" "File under a deal, or no deal" "f";
        FileBest "best deal" "File under the likeliest of the open deals" "b";
        FileClient "client" "File under another client" "@";
        Join "join" "Join marked conversations, or a likely one" "&";
        Ledger "ledger" "Every decision about where this conversation belongs" "g f";
    }
    Put Handled {
        Archive "archive" "Archive" "E";
        Delete "delete" "Delete: into Trash, what is in Trash for good" "d" "delete";
        Move "move" "Move to a folder" "M" "v";
        Junk "junk" "It is junk; in Junk: it is none" "J";
        Flag "flag" "Flag, or take the flag off" "!";
    }
    Clear Activity {
        EditActivity "open activity" "Open the activity: all its fields, what led to it, what followed" "=";
        RemoveActivity "remove" "Remove the activity" "d" "delete";
    }
    Clear Everywhere {
        QuickEntry "quick entry" "Enter an activity in one line" "+";
        AddActivity "add activity" "New activity with all its fields" "A";
        SaveCalendar "as .ics" "Save as .ics: the activity, or what is planned with this client";
        SaveWholeCalendar "all as .ics" "Save everything that is planned as .ics";
    }
    Put Thread {
        ToggleRead "read" "Mark read or unread" "m";
    }
    Put Marked {
        Unmark "unmark" "Unmark all" "esc";
    }
    Put Markable {
        Mark "mark" "Mark or unmark, and go down" "space" "shift-down";
        MarkUp "mark up" "Mark or unmark, and go up" "shift-up";
        MarkAll "mark all" "Mark all that is shown, or none" "*";
    }
    Put Folder {
        RenameFolder "rename" "Rename this folder";
        EmptyFolder "empty" "Empty this folder: delete all of Trash or Junk for good";
    }
    Clear Junk {
        Rescue "not junk" "Rescue from Junk to the inbox" "i";
    }
    Clear Counted {
        Why "why" "Why it waits: the letters, the rule, the key" "w";
    }
    Write Thread {
        Reply "reply" "Reply" "r";
        ReplyAll "reply all" "Reply to everyone" "a";
        FollowLetter "follow up" "Follow your newest letter up when nobody answers it in time" "g n";
        Template "template" "Reply with a template" "t";
        Forward "forward" "Forward the letter" "F";
    }
    Write Person {
        WriteTo "write" "New letter to this person" "n";
        TemplateTo "template" "New letter from a template" "t";
    }
    Read Everywhere {
        Promises "promises" "Promises found in the open letter, or in the one you sent just now: make tasks of them" "B";
    }
    Write Everywhere {
        New "new" "New letter" "n";
        TakeBack "take back" "Take back the letter that is about to leave" "U";
    }
    Put Reader {
        SplitHere "split" "Take the conversation apart from this letter on" "|";
        MoveOut "move out" "Move this one letter out into a conversation of its own" "O";
        AddSender "add writer" "Add the letter's writer as a contact of the client" "y";
    }
    Read Reader {
        AnswerMeeting "invitation" "Answer the invitation in this letter: accept, perhaps, decline" "g y";
        NextLetter "next letter" "Next letter" "]";
        PreviousLetter "previous letter" "Previous letter" "[";
        Fold "fold" "Fold or unfold the letter" "enter" "l" "right";
        Quotes "quotes" "Show or fold quoted text" "x";
        OpenAttachment "open file" "Open an attachment" "o";
        SaveAttachment "save file" "Save an attachment" "S";
        Html "HTML" "The HTML part as text, or the plain text" "H";
        Raw "source" "The raw source, or the text" "R";
    }
    Read Thread {
        Card "card" "The client's card" "C";
    }
    Move List {
        Open "open" "Open" "enter";
        Down "down" "Down" "j" "down" "shift-down";
        Up "up" "Up" "k" "up" "shift-up";
        PageDown "page down" "A page down" "pgdn" "space" "ctrl-d" "ctrl-f";
        PageUp "page up" "A page up" "pgup" "ctrl-u" "ctrl-b";
        Top "top" "To the top" "g g" "home";
        Bottom "bottom" "To the bottom" "G" "end";
        NextPane "next pane" "Next pane" "tab";
        PreviousPane "previous pane" "Previous pane" "shift-tab";
        Back "back" "Back" "esc" "backspace";
    }
    Move Tabs {
        NextTab "next tab" "Next tab" "l" "right";
        PreviousTab "previous tab" "Previous tab" "h" "left";
    }
    Go Clients {
        Find "find" "Find a client by name, address, company, #tag, @owner, is:watched" "/";
    }
    Go Board {
        NextColumn "next stage" "Next column of the board" "l" "right";
        PreviousColumn "previous stage" "Previous column of the board" "h" "left";
    }
    Go Deals {
        Closed "won and lost" "Show or hide won and lost deals" "v";
        Shape "board or list" "Deals as a board, or as a list" "L";
        Forecast "forecast" "What the open deals will bring, by month" "F";
        ShowOnly "show only" "Show only mine, watched, stale, nothing planned, closing this month" "o";
        NextPipeline "next pipeline" "The next pipeline" "]";
        PreviousPipeline "previous pipeline" "The pipeline before" "[";
    }
    Go Reports {
        Earlier "earlier" "The period before" "[";
        Later "later" "The period after" "]";
        Period "period" "Another week, month, quarter, year, or any days" "p";
        Finer "by day" "By days, by weeks or by months" "v";
        NextAccount "account" "Letters of all accounts, or of the next one" "o";
        SaveReport "save CSV" "Write this table as CSV into the folder of downloads" "E";
    }
    Go Client {
        AsItWas "as it was" "The card as it was on a day" "Z";
        HandOver "hand over" "Hand the client over: a folder with everything, for a colleague who covers for you" "}";
    }
    Go Everywhere {
        Today "Today" "Today: what waits" "1" "g t";
        Mail "Mail" "Mail: folders and conversations" "2" "g m";
        Clients "Clients" "Clients: contacts, companies, leads" "3" "g c";
        Deals "Deals" "Deals by stage" "4" "g d";
        Outgoing "Outgoing" "Outgoing: outbox, drafts, templates, mailings, follow-ups" "5" "g o";
        Reports "Reports" "Reports: what came and went, how fast, for how much" "6" "g r";
        Pending "waiting" "What waits for the servers, and what they refused" "P" "g p";
        SplitNames "names" "Names to be split into given, patronymic and family name" "g l";
        AllDuplicates "duplicates" "Cards that may be one client" "g D";
        Accounts "accounts" "How each account stands with its servers" "g a";
        NewPassword "new password" "New password of an account, or sign in again";
        IgnoredSenders "ignored" "Senders that are ignored: list, add, show again" "g i";
        Away "away" "Letters are answered by themselves while you are away: until a day, or not any more" "g A";
        Changes "history" "What was done, and what u takes back" "g h";
        Search "search" "Search letters and cards" "/" "g /";
        Views "views" "Saved searches" "V" "g v";
        Palette "palette" "Every action by name" ":";
        Help "help" "Help for this screen" "?";
    }
    Write Thread {
        ForwardAsFile "as a file" "Forward the letter as a file, every byte of it as it came" "g F";
        EditAsNew "edit as new" "A new letter with the recipients, subject, text and files of this one" "g e";
        Redirect "redirect" "Redirect (bounce) the letter as it came to somebody else" "g b";
        WriteToLink "mailto:" "Write to a mailto: link in the letter" "g w";
    }
    Program Everywhere {
        Undo "undo" "Undo the last act" "u";
        Redo "redo" "Do again what was taken back last" "ctrl-r";
        Sync "sync" "Sync every account now" "s";
        Quit "quit" "Quit" "q" "ctrl-c";
    }
    Program Always {
        Redraw "redraw" "Draw and read everything anew" "ctrl-l" "f5";
        Suspend "suspend" "Back to the shell for a while (fg returns)" "ctrl-z";
        KeysHere "keys" "The keys that work here" "f1";
    }
}

/// The binding of an action.
#[must_use]
pub fn binding(action: Action) -> Option<&'static Binding> {
    BINDINGS.iter().find(|binding| binding.action == action)
}

/// What a key does here: `pending` is the first key of a pair. Where nothing fits, `None`.
#[must_use]
pub fn lookup(key: &str, pending: Option<&str>, at: impl Fn(At) -> bool) -> Option<Action> {
    let wanted = pending.map_or_else(|| key.to_owned(), |first| format!("{first} {key}"));
    BINDINGS.iter().find(|b| at(b.at) && b.keys.contains(&wanted.as_str())).map(|b| b.action)
}

/// True when some pair of keys begins with this one.
#[must_use]
pub fn begins_pair(key: &str, at: impl Fn(At) -> bool) -> bool {
    BINDINGS.iter().any(|b| at(b.at) && b.keys.iter().any(|k| k.split_once(' ').is_some_and(|(first, _)| first == key)))
}

/// A key as a person reads it: `Enter`, `Ctrl-S`, `g t`.
#[must_use]
pub fn shown(key: &str) -> String {
    match key {
        "enter" => "Enter".to_owned(),
        "esc" => "Esc".to_owned(),
        "tab" => "Tab".to_owned(),
        "shift-tab" => "Shift-Tab".to_owned(),
        "pgdn" => "PgDn".to_owned(),
        "pgup" => "PgUp".to_owned(),
        "home" => "Home".to_owned(),
        "end" => "End".to_owned(),
        "delete" => "Del".to_owned(),
        "shift-down" => "Shift-↓".to_owned(),
        "shift-up" => "Shift-↑".to_owned(),
        "f1" => "F1".to_owned(),
        "f5" => "F5".to_owned(),
        "space" => "Space".to_owned(),
        "backspace" => "Backspace".to_owned(),
        "up" => "↑".to_owned(),
        "down" => "↓".to_owned(),
        "left" => "←".to_owned(),
        "right" => "→".to_owned(),
        "ctrl-enter" => "Ctrl-Enter".to_owned(),
        _ => key.strip_prefix("ctrl-").map_or_else(|| key.to_owned(), |k| format!("Ctrl-{}", k.to_uppercase())),
    }
}

/// The name of a pressed key as the table spells it; letters of a Cyrillic layout become the Latin ones of
/// the same place on the keyboard.
#[must_use]
pub fn name(key: KeyEvent) -> Option<String> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    if key.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::META) {
        return None;
    }
    let name = match key.code {
        KeyCode::Char(' ') => "space".to_owned(),
        KeyCode::Char(c) if control => latin(c).to_ascii_lowercase().to_string(),
        KeyCode::Char(c) => latin(c).to_string(),
        KeyCode::Enter => "enter".to_owned(),
        KeyCode::Esc => "esc".to_owned(),
        KeyCode::Tab if key.modifiers.contains(KeyModifiers::SHIFT) => "shift-tab".to_owned(),
        KeyCode::BackTab => return Some("shift-tab".to_owned()),
        KeyCode::Tab => "tab".to_owned(),
        KeyCode::PageDown => "pgdn".to_owned(),
        KeyCode::PageUp => "pgup".to_owned(),
        KeyCode::Home => "home".to_owned(),
        KeyCode::End => "end".to_owned(),
        KeyCode::Delete => "delete".to_owned(),
        KeyCode::Up if key.modifiers.contains(KeyModifiers::SHIFT) => "shift-up".to_owned(),
        KeyCode::Down if key.modifiers.contains(KeyModifiers::SHIFT) => "shift-down".to_owned(),
        KeyCode::Up => "up".to_owned(),
        KeyCode::Down => "down".to_owned(),
        KeyCode::Left => "left".to_owned(),
        KeyCode::Right => "right".to_owned(),
        KeyCode::Backspace => "backspace".to_owned(),
        KeyCode::F(number) => format!("f{number}"),
        _ => return None,
    };
    Some(if control { format!("ctrl-{name}") } else { name })
}

/// The Latin letter on the key where the Russian or Ukrainian layout has this one.
fn latin(c: char) -> char {
    const CYRILLIC: &str = "йцукенгшщзхъїфыівапролджэєячсмитьбю";
    const LATIN: &str = "qwertyuiop[]]assdfghjkl;''zxcvbnm,.";
    let lower = c.to_lowercase().next().unwrap_or(c);
    // "ы" and "і" share a key, as do "ъ" and "ї", "э" and "є".
    let place = CYRILLIC.chars().zip(LATIN.chars()).find(|(cyrillic, _)| *cyrillic == lower);
    match place {
        Some((_, latin)) if c == lower => latin,
        Some((_, latin)) => latin.to_ascii_uppercase(),
        None => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cyrillic_layout_gives_the_same_keys() {
        for (typed, latin_keys) in [
            ("йцукенгшщзхъ", "qwertyuiop[]"),
            ("фывапролджэ", "asdfghjkl;'"),
            ("ячсмитьбю", "zxcvbnm,."),
            ("іїє", "s]'"),
            ("КФУ", "RAE"),
            ("jk1/?:", "jk1/?:"),
        ] {
            assert_eq!(typed.chars().map(latin).collect::<String>(), latin_keys);
        }
        let control = KeyEvent::new(KeyCode::Char('ы'), KeyModifiers::CONTROL);
        assert_eq!(name(control).as_deref(), Some("ctrl-s"));
    }

    #[test]
    fn no_two_actions_share_a_key_in_one_place() {
        for (index, binding) in BINDINGS.iter().enumerate() {
            for other in BINDINGS.iter().skip(index + 1).filter(|other| other.at == binding.at) {
                for key in binding.keys {
                    assert!(!other.keys.contains(key), "{key}: {:?} and {:?}", binding.action, other.action);
                }
            }
        }
    }

    #[test]
    fn the_keys_that_counters_name_are_true() {
        use crate::domain::counter::Counter;
        for counter in Counter::ALL {
            for part in counter.cleared_by().split(['.', ';', ',', ':']) {
                let Some(key) = part.split_whitespace().next().filter(|word| word.chars().count() == 1) else {
                    continue;
                };
                assert!(BINDINGS.iter().any(|b| b.keys.contains(&key)), "{counter:?}: {key}");
            }
        }
    }
}
