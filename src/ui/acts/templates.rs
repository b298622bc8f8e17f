//! Acts on the files of templates: new, edit, delete.

use super::{ask, say};
use crate::domain::id;
use crate::domain::text::Text;
use crate::ui::effect::{Effect, Generation, TemplateAct};
use crate::ui::event::{TemplateAnswer, TemplateRow};
use crate::ui::keymap::Action;
use crate::ui::overlays::{Overlay, TemplateEditor};
use crate::ui::state::{Effects, State};

/// What a new template begins with.
const SKELETON: &str = "---\nname: new\nlanguage: en\nsubject: \n---\nHello {{ contact.first_name or \"there\" }},\n\n\n\nKind regards,\n{{ me.name }}\n";

pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::NewTemplate => open(state, None, false, SKELETON, out),
        Action::EditTemplate => {
            if let Some(file) = state.outgoing.template().map(|row| row.file.to_string()) {
                if file.is_empty() {
                    say(state, "This says something of several files: mend the file it names.");
                } else {
                    out.push(Effect::Template(TemplateAct::Edit { file }));
                }
            }
        }
        Action::DeleteTemplate => delete(state),
        _ => return false,
    }
    true
}

fn delete(state: &mut State) {
    let Some(row) = state.outgoing.template().cloned() else { return };
    let TemplateRow { file, mine, .. } = row;
    if !mine {
        return say(state, "It comes with Postbook and stays; e makes a copy of your own.");
    }
    let question = format!("Delete your file {file}? A bundled template of that name shows again.");
    ask(state, &question, Some(Effect::Template(TemplateAct::Remove { file: file.to_string() })));
}

/// Opens the editor; the letter is shown for the client that is selected on Today.
pub(in crate::ui) fn open(state: &mut State, file: Option<String>, copied: bool, text: &str, out: &mut Effects) {
    let row = state.today.row();
    let about: (Option<id::Contact>, Option<id::Deal>) =
        (row.and_then(|row| row.contact), row.and_then(|row| row.deal));
    let mut editor = TemplateEditor::new(file, copied, text, about);
    editor.ask(&mut state.generation, out);
    state.overlays.push(Overlay::TemplateEditor(Box::new(editor)));
}

/// What became of a file.
pub(in crate::ui) fn answered(state: &mut State, answer: TemplateAnswer, out: &mut Effects) {
    match answer {
        TemplateAnswer::Opened { file, copied, text } => open(state, file, copied, &text, out),
        TemplateAnswer::Kept { file } => editor(state, |editor, _| editor.kept(&file)),
        TemplateAnswer::Back { text } => editor(state, |editor, last| editor.replaced(&text, last, out)),
    }
}

/// Does something with the template that is edited.
fn editor(state: &mut State, act: impl FnOnce(&mut TemplateEditor, &mut Generation)) {
    let mut last = state.generation;
    if let Some(Overlay::TemplateEditor(editor)) =
        state.overlays.iter_mut().rev().find(|overlay| matches!(overlay, Overlay::TemplateEditor(_)))
    {
        act(editor, &mut last);
    }
    state.generation = last;
}

/// Where a template stands among those that are chosen from: what is written by hand first, what is offered by itself when something
/// happens behind it, and last what only answers while I am away.
pub(in crate::ui) fn rank(rows: &[TemplateRow], name: &Text) -> u8 {
    let row = rows.iter().find(|row| row.name == *name);
    let purpose = row.map(|row| row.purpose.as_str()).unwrap_or_default();
    match name.as_str() {
        crate::domain::auto_reply::TEMPLATE => 2,
        _ => u8::from(!purpose.is_empty() && !purpose.contains("pack")),
    }
}
