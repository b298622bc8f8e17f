//! Invitations are answered.

use crate::domain::meeting::Answer;
use crate::domain::text::Text;
use crate::ui::effect::Effect;
use crate::ui::overlays::{Choice, Choose, Overlay, Pick};
use crate::ui::state::State;

/// Asks what I say to the invitation in the letter under the cursor.
pub(super) fn ask(state: &mut State) {
    let letter = state.reader().and_then(|reader| reader.letter());
    let invitation = letter.and_then(|letter| Some((letter.id, letter.parsed.invitation.as_ref()?)));
    let Some((message, meeting)) = invitation else {
        return state.bar.news("This letter holds no invitation.", state.now);
    };
    let when = meeting.starts_at.map(|at| state.clock().full(at)).unwrap_or_default();
    let title = format!("{} {when}", meeting.summary);
    let choice = |answer: Answer| Choice {
        left: Text::own(answer.title()),
        right: Text::default(),
        pick: Pick::Effect(Effect::AnswerMeeting { message, answer }),
    };
    let choices = Answer::ALL.map(choice).to_vec();
    state.overlays.push(Overlay::Choose(Box::new(Choose::new(title, choices))));
}
