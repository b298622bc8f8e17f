//! What happened, page by page: the timeline under its filter, and the files of letters.

use super::{Card, Holding, Section};
use crate::domain::contact::{FileRow, TimelineRow};
use crate::domain::figures::Figures;
use crate::domain::thread::PageKey;
use crate::domain::timeline::Show;
use crate::ui::effect::{Effect, Generation};
use crate::ui::state::Effects;

/// Rows of the timeline that come with the card, and of every further page.
pub const PAGE: usize = 100;
/// Letters of one page of files.
const FILE_LETTERS: usize = 100;
/// So many lines before the end the next page is asked for.
const AHEAD: usize = 60;

fn rows_of(holding: &Holding) -> &[TimelineRow] {
    match holding {
        Holding::Contact(card) => &card.timeline,
        Holding::Company(card) => &card.timeline,
        Holding::Deal(card) => &card.timeline,
    }
}

impl Card {
    /// Takes the first page that came with the card, or asks again for what is shown beyond it.
    pub(super) fn first_page(&mut self, holding: &Holding, last: &mut Generation, out: &mut Effects) {
        let rows = rows_of(holding);
        if self.show == Show::All && self.rows.len() <= PAGE {
            self.rows = rows.to_vec();
            self.after = rows.last().filter(|_| rows.len() >= PAGE).map(TimelineRow::page_key);
        } else {
            self.ask_page(None, self.rows.len().max(PAGE), last, out);
        }
        if self.files.value.is_some() {
            self.files_after = None;
            self.ask_files(last, out);
        }
    }

    /// Shows something else of the timeline.
    pub fn show_only(&mut self, show: Show, last: &mut Generation, out: &mut Effects) {
        self.show = show;
        // What is filtered is to be seen.
        if self.folded().contains(&Section::Timeline) {
            self.turned.retain(|section| *section != Section::Timeline);
        }
        self.wanted = Some(super::Item::Section(Section::Timeline));
        self.after = None;
        self.ask_page(None, PAGE, last, out);
    }

    /// What of the timeline is shown.
    #[must_use]
    pub fn shows(&self) -> &Show {
        &self.show
    }

    fn ask_page(&mut self, after: Option<PageKey>, limit: usize, last: &mut Generation, out: &mut Effects) {
        let Some(whose) = self.whose() else { return };
        self.continues = after.is_some();
        let generation = self.page.ask(last);
        out.push(Effect::LoadTimeline { generation, whose, show: self.show.clone(), after, limit });
    }

    /// A page of the timeline came; true when it was this card's.
    pub fn page_loaded(&mut self, generation: Generation, rows: &[TimelineRow], after: Option<PageKey>) -> bool {
        if !self.page.take(generation) {
            return false;
        }
        if !self.continues {
            self.rows.clear();
        }
        self.rows.extend_from_slice(rows);
        self.after = after;
        self.lay_again();
        true
    }

    /// Near the end of what is here the next page is asked for.
    pub fn go_on(&mut self, last: &mut Generation, out: &mut Effects) {
        let column = if self.two { &self.side } else { &self.doc };
        if column.left_below() > AHEAD {
            return;
        }
        if let Some(after) = self.after.take() {
            self.ask_page(Some(after), PAGE, last, out);
        }
        if self.files_after.is_some() && !self.folded().contains(&Section::Files) {
            self.ask_files(last, out);
        }
    }

    /// Asks for the files of letters: the first page, or the next one.
    pub(super) fn ask_files(&mut self, last: &mut Generation, out: &mut Effects) {
        let Some(whose) = self.whose() else { return };
        let after = self.files_after.take();
        self.files_continue = after.is_some();
        let generation = self.files.ask(last);
        out.push(Effect::LoadFiles { generation, whose, after, letters: FILE_LETTERS });
    }

    /// Files came; true when they were this card's.
    pub fn files_loaded(&mut self, generation: Generation, rows: &[FileRow], after: Option<PageKey>) -> bool {
        if !self.files.take(generation) {
            return false;
        }
        let mut all = self.files.value.take().filter(|_| self.files_continue).unwrap_or_default();
        all.extend_from_slice(rows);
        self.files.value = Some(all);
        self.files_after = after;
        self.lay_again();
        true
    }

    /// The numbers came; true when they were this card's.
    pub fn figures_loaded(&mut self, generation: Generation, figures: &Figures) -> bool {
        if !self.figures.take(generation) {
            return false;
        }
        self.figures.value = Some(figures.clone());
        self.lay_again();
        true
    }
}
