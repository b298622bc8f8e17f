//! What the text keys do in the part in use: undo by words, selecting, cutting, copying, pasting.

use super::state::{Compose, Part};
use super::suggest;
use crate::ui::acts;
use crate::ui::keymap::Action;
use crate::ui::state::{Effects, State};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui_textarea::{CursorMove, TextArea};

/// Lines that a page key goes.
const PAGE: usize = 15;
/// Letters of one word that an undo takes back at once, at most.
const LONGEST_WORD: usize = 60;

/// Takes a text key.
pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) {
    let Some(writing) = &mut state.writing else { return };
    if action == Action::PasteText {
        let clip = writing.clip.clone();
        if clip.is_empty() {
            let words = "Nothing was cut or copied here. What another program copied is pasted by the terminal: Shift-Insert, or its menu.";
            return state.bar.news(words, state.now);
        }
        super::paste_text(state, &clip);
        return suggest::ask(state, out);
    }
    let area = area(writing);
    // With nothing selected it means what it means in every terminal.
    if action == Action::CopyText && area.selection_range().is_none() {
        return acts::quit(state, out);
    }
    let changed = match action {
        Action::UndoText => undo(area),
        Action::RedoText => redo(area),
        Action::SelectAll => {
            area.select_all();
            false
        }
        Action::CutText => area.cut(),
        _ => {
            area.copy();
            false
        }
    };
    if matches!(action, Action::CutText | Action::CopyText) {
        writing.clip = self::area(writing).yank_text();
    }
    writing.dirty |= changed;
    suggest::ask(state, out);
}

fn area(writing: &mut Compose) -> &mut TextArea<'static> {
    match writing.part {
        Part::To => writing.to.area(),
        Part::Cc => writing.cc.area(),
        Part::Bcc => writing.bcc.area(),
        Part::Subject => writing.subject.area(),
        Part::Body => &mut writing.body,
    }
}

/// A key that is typed into the text.
pub(super) fn key(area: &mut TextArea<'static>, key: KeyEvent) -> bool {
    match (key.code, key.modifiers) {
        // The editor's own page keys scroll the text away from under the cursor.
        (KeyCode::PageDown, _) => walk(area, CursorMove::Down),
        (KeyCode::PageUp, _) => walk(area, CursorMove::Up),
        (KeyCode::End, KeyModifiers::CONTROL) => {
            area.move_cursor(CursorMove::Bottom);
            area.move_cursor(CursorMove::End);
            false
        }
        (KeyCode::Home, KeyModifiers::CONTROL) => {
            area.move_cursor(CursorMove::Top);
            area.move_cursor(CursorMove::Head);
            false
        }
        // As everywhere in a terminal; the editor's own meaning of it is to take back.
        (KeyCode::Char('u'), KeyModifiers::CONTROL) => area.delete_line_by_head(),
        _ => area.input(key),
    }
}

fn walk(area: &mut TextArea<'static>, to: CursorMove) -> bool {
    (0..PAGE).for_each(|_| area.move_cursor(to));
    false
}

/// Takes back the letters of one word with the space before it; anything larger alone.
pub fn undo(area: &mut TextArea<'static>) -> bool {
    step(area, TextArea::undo, TextArea::redo, true)
}

/// Does it again.
pub fn redo(area: &mut TextArea<'static>) -> bool {
    step(area, TextArea::redo, TextArea::undo, false)
}

/// Goes letter by letter to the end of a word. `with_space`: the space that comes then belongs to it, else it is given back.
fn step(
    area: &mut TextArea<'static>,
    go: fn(&mut TextArea<'static>) -> bool,
    back: fn(&mut TextArea<'static>) -> bool,
    with_space: bool,
) -> bool {
    let (mut gone, mut moved, mut grows) = (0, false, None);
    let size = |lines: &[String]| lines.iter().map(String::len).sum::<usize>();
    while gone < LONGEST_WORD {
        let before = area.lines().to_vec();
        if !go(area) {
            break;
        }
        // What was deleted is one thing, what was typed another.
        let grew = size(area.lines()) > size(&before);
        if *grows.get_or_insert(grew) != grew {
            back(area);
            break;
        }
        match letter_between(&before, area.lines()) {
            Some(letter) if !letter.is_whitespace() => gone += 1,
            // A space before the first letter.
            Some(_) if gone == 0 => moved = true,
            Some(_) if with_space => return true,
            Some(_) => {
                back(area);
                break;
            }
            // An empty page between two texts is nothing to stop at.
            None if gone == 0 && !moved => {
                let empty = area.lines().iter().all(String::is_empty);
                let _ = empty && go(area);
                return true;
            }
            None => {
                back(area);
                break;
            }
        }
    }
    gone > 0 || moved
}

/// The one letter by which two texts differ; `None` when they differ by more, or by a line.
fn letter_between(one: &[String], other: &[String]) -> Option<char> {
    if one.len() != other.len() {
        return None;
    }
    let mut lines = one.iter().zip(other).filter(|(a, b)| a != b);
    let (a, b) = lines.next()?;
    let (longer, shorter) = if a.len() > b.len() { (a, b) } else { (b, a) };
    let at = longer.chars().zip(shorter.chars()).take_while(|(a, b)| a == b).count();
    let letter = longer.chars().nth(at)?;
    let same = longer.chars().skip(at + 1).eq(shorter.chars().skip(at));
    (lines.next().is_none() && same).then_some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(words: &str) -> TextArea<'static> {
        let mut area = TextArea::default();
        words.chars().for_each(|c| area.insert_char(c));
        area
    }

    #[test]
    fn undo_goes_word_by_word_and_back() {
        let mut area = typed("Добрый день, Anna");
        let mut seen = Vec::new();
        while undo(&mut area) {
            seen.push(area.lines().join("|"));
        }
        assert_eq!(seen, ["Добрый день,", "Добрый", ""]);
        seen.clear();
        while redo(&mut area) {
            seen.push(area.lines().join("|"));
        }
        assert_eq!(seen, ["Добрый", "Добрый день,", "Добрый день, Anna"]);
    }

    #[test]
    fn what_was_pasted_or_cut_goes_alone() {
        let mut area = typed("one ");
        area.insert_str("two\nthree");
        area.insert_char('!');
        assert!(undo(&mut area));
        assert_eq!(area.lines(), ["one two", "three"]);
        assert!(undo(&mut area));
        assert_eq!(area.lines(), ["one "]);
    }

    #[test]
    fn a_deletion_is_taken_back_alone() {
        let mut area = typed("abc def");
        area.delete_char();
        assert!(undo(&mut area));
        assert_eq!(area.lines(), ["abc def"]);
        assert!(undo(&mut area));
        assert_eq!(area.lines(), ["abc"]);
    }

    #[test]
    fn page_keys_keep_the_text_in_sight() {
        let mut area = typed("one");
        assert!(!key(&mut area, KeyEvent::new(KeyCode::PageDown, KeyModifiers::NONE)));
        assert_eq!(area.cursor().0, 0);
    }
}
