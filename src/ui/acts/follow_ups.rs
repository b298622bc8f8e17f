//! What keys do about letters that wait for an answer.

use crate::domain::sequence::FollowUp;
use crate::ui::effect::{Effect, FollowUpAct};
use crate::ui::event::FollowUpAnswer;
use crate::ui::keymap::Action;
use crate::ui::overlays::{Form, Overlay};
use crate::ui::screens::outgoing;
use crate::ui::state::{Effects, State};

/// Takes an action; true when it was one of these.
pub fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::FollowLetter => {
            let Some(thread) = state.target().thread else { return false };
            let usual = FollowUp::reminder(u16::try_from(state.setup.practice.work.follow_up_days).unwrap_or(3));
            state.overlays.push(Overlay::Form(Box::new(Form::follow_letter(thread, &usual.typed()))));
        }
        Action::StopFollowing => {
            let Some(row) = state.outgoing.follow_up() else { return false };
            out.push(Effect::FollowUp(FollowUpAct::Stop(row.id)));
        }
        _ => return false,
    }
    true
}

/// What was asked.
pub fn answered(state: &mut State, answer: FollowUpAnswer, out: &mut Effects) {
    match answer {
        FollowUpAnswer::Read(follow_up) => crate::ui::compose::follow_up(state, follow_up),
        FollowUpAnswer::Wrong(act, problem) => {
            let form = match act {
                FollowUpAct::Read { typed, template } => Form::if_no_answer(template, &typed),
                FollowUpAct::Start { thread, typed } => Form::follow_letter(thread, &typed),
                FollowUpAct::Stop(_) => return state.bar.problem(problem, state.now),
            };
            state.overlays.push(Overlay::Form(Box::new(form)));
            state.bar.problem(problem, state.now);
        }
        FollowUpAnswer::Listed { generation, rows } => outgoing::follow_ups_loaded(state, generation, rows, out),
    }
}
