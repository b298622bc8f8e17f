//! What Reports knows.

use crate::ui::state::Target;

/// The reports screen.
#[derive(Debug, Default)]
pub struct Reports {}

impl Reports {
    /// What an action would act on.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::default()
    }
}
