//! A letter being written.

use super::suggest::Suggest;
use crate::domain::account::Account;
use crate::domain::draft;
use crate::domain::guard::Concern;
use crate::domain::id;
use crate::domain::outbox::Letter;
use crate::domain::text::Text;
use crate::ui::widgets::field::Field;
use jiff::tz::TimeZone;
use ratatui::style::Style;
use ratatui_textarea::{CursorMove, TextArea, WrapMode};

/// The parts of a letter, in the order of Tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// To.
    To,
    /// Cc.
    Cc,
    /// Bcc; shown when there is one or when it is in use.
    Bcc,
    /// Subject.
    Subject,
    /// The text.
    Body,
}

impl Part {
    /// In order.
    pub const ALL: [Self; 5] = [Self::To, Self::Cc, Self::Bcc, Self::Subject, Self::Body];
}

/// The last look.
#[derive(Debug)]
pub struct Review {
    /// The letter as it would leave.
    pub letter: Letter,
    /// What the guard says, and whether I override it; `None` while it looks.
    pub concerns: Option<Vec<(Concern, bool)>>,
    /// The recipient's clock, as their letters tell it.
    pub their_zone: Option<TimeZone>,
    /// The chosen concern.
    pub at: usize,
    /// The first line on the screen.
    pub scroll: usize,
    /// It goes into the outbox.
    pub sending: bool,
}

impl Review {
    /// How many concerns still stand in the way.
    #[must_use]
    pub fn open_concerns(&self) -> usize {
        self.concerns.as_ref().map_or(0, |concerns| concerns.iter().filter(|(_, overridden)| !overridden).count())
    }
}

/// The editor.
#[derive(Debug)]
pub struct Compose {
    /// What the fields do not show: account, files, what it answers.
    pub base: Letter,
    /// To, as typed.
    pub to: Field,
    /// Cc, as typed.
    pub cc: Field,
    /// Bcc, as typed.
    pub bcc: Field,
    /// Subject, as typed.
    pub subject: Field,
    /// The text.
    pub body: TextArea<'static>,
    /// The part in use.
    pub part: Part,
    /// Its draft.
    pub draft: Option<id::Draft>,
    /// Something was typed since the draft was saved.
    pub dirty: bool,
    /// A draft is being saved.
    pub saving: bool,
    /// It closes when the draft is saved.
    pub closing: bool,
    /// The last look, when it is open.
    pub review: Option<Review>,
    /// Addresses offered while one is typed.
    pub suggest: Suggest,
    /// What was cut or copied last.
    pub clip: String,
}

impl Compose {
    /// Opens a letter.
    #[must_use]
    pub fn new(letter: Letter, draft: Option<id::Draft>) -> Self {
        let part = if letter.to.is_empty() || letter.redirects.is_some() {
            Part::To
        } else if letter.subject.trim().is_empty() {
            Part::Subject
        } else {
            Part::Body
        };
        Self {
            to: Field::new(&draft::mailbox_list(&letter.to)),
            cc: Field::new(&draft::mailbox_list(&letter.cc)),
            bcc: Field::new(&draft::mailbox_list(&letter.bcc)),
            subject: Field::new(&letter.subject),
            body: editor(&letter.text),
            base: letter,
            part,
            draft,
            dirty: false,
            saving: false,
            closing: false,
            review: None,
            suggest: Suggest::default(),
            clip: String::new(),
        }
    }

    /// Takes the letter that a template made of this one; its text can be taken back as anything that was typed.
    pub fn refill(&mut self, letter: Letter) {
        let mut body = std::mem::take(&mut self.body);
        body.select_all();
        body.insert_str(Text::block(letter.text.trim_end_matches('\n')).as_str());
        body.move_cursor(CursorMove::Top);
        let (draft, saving, clip) = (self.draft, self.saving, std::mem::take(&mut self.clip));
        *self = Self { body, saving, clip, dirty: true, part: Part::Body, ..Self::new(letter, draft) };
    }

    /// The field of a header.
    pub fn field_mut(&mut self, part: Part) -> Option<&mut Field> {
        match part {
            Part::To => Some(&mut self.to),
            Part::Cc => Some(&mut self.cc),
            Part::Bcc => Some(&mut self.bcc),
            Part::Subject => Some(&mut self.subject),
            Part::Body => None,
        }
    }

    /// The letter as it stands, for sending.
    ///
    /// # Errors
    /// The first address that is none, and its part.
    pub fn letter(&self) -> std::result::Result<Letter, (Part, crate::domain::problem::Problem)> {
        let read = |part, field: &Field| draft::mailboxes(field.text()).map_err(|problem| (part, problem));
        Ok(Letter {
            to: read(Part::To, &self.to)?,
            cc: read(Part::Cc, &self.cc)?,
            bcc: read(Part::Bcc, &self.bcc)?,
            ..self.words()
        })
    }

    /// The letter as it stands, for the draft: without addresses that are not finished. Those that stood there before would bring
    /// back somebody who was taken off.
    #[must_use]
    pub fn draft_letter(&self) -> Letter {
        let read = |field: &Field| draft::readable_mailboxes(field.text());
        Letter { to: read(&self.to), cc: read(&self.cc), bcc: read(&self.bcc), ..self.words() }
    }

    /// Only who gets it can be said: somebody else's letter goes on as it came.
    #[must_use]
    pub fn redirects(&self) -> bool {
        self.base.redirects.is_some()
    }

    fn words(&self) -> Letter {
        if self.redirects() {
            return self.base.clone();
        }
        Letter {
            subject: self.subject.text().trim().to_owned(),
            text: self.body.lines().join("\n"),
            ..self.base.clone()
        }
    }

    /// Who it is to, in a word or two.
    #[must_use]
    pub fn whom(&self) -> Text {
        self.draft_letter().to.first().map_or_else(|| Text::own("nobody yet"), crate::domain::address::Mailbox::short)
    }

    /// Leaves from this account.
    pub fn leave_from(&mut self, account: &Account, my_name: &Text) {
        self.base.account = account.id;
        self.base.from.address = account.email.clone();
        if self.base.from.name.is_empty() {
            self.base.from.name = my_name.clone();
        }
        self.dirty = true;
    }
}

/// The text in an editor, sanitised: a draft may come from another program.
fn editor(text: &str) -> TextArea<'static> {
    let safe = Text::block(text);
    let mut area = TextArea::new(safe.lines().map(str::to_owned).collect());
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.set_cursor_line_style(Style::new());
    area.set_max_histories(500);
    let line = u16::try_from(draft::my_first_line(safe.as_str())).unwrap_or(0);
    area.move_cursor(CursorMove::Jump(line, 0));
    area
}
