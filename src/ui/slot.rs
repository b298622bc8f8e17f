//! What was asked of the store and what came back: stale answers are dropped, questions are not asked twice.

use super::effect::Generation;
use crate::domain::problem::Problem;

/// A value that is loaded, shown, and loaded again when it changed.
#[derive(Debug, Clone)]
pub struct Slot<T> {
    /// What is shown.
    pub value: Option<T>,
    /// Why the last load failed.
    pub problem: Option<Problem>,
    asked: Option<Generation>,
    again: bool,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { value: None, problem: None, asked: None, again: false }
    }
}

impl<T> Slot<T> {
    /// With a value that need not be loaded.
    #[must_use]
    pub fn with(value: T) -> Self {
        Self { value: Some(value), ..Self::default() }
    }

    /// A new question: whatever is still on its way is no longer wanted. What is shown stays until the answer.
    pub fn ask(&mut self, last: &mut Generation) -> Generation {
        *last += 1;
        self.asked = Some(*last);
        self.again = false;
        *last
    }

    /// The same question again. While one is on its way it is only noted, so that a burst of changes costs two
    /// loads and not a hundred.
    pub fn refresh(&mut self, last: &mut Generation) -> Option<Generation> {
        if self.asked.is_some() {
            self.again = true;
            return None;
        }
        Some(self.ask(last))
    }

    /// This answer is the awaited one.
    #[must_use]
    pub fn is_awaited(&self, generation: Generation) -> bool {
        self.asked == Some(generation)
    }

    /// Takes an answer if it is the awaited one.
    pub fn take(&mut self, generation: Generation) -> bool {
        let awaited = self.asked == Some(generation);
        if awaited {
            self.asked = None;
            self.problem = None;
        }
        awaited
    }

    /// Takes an answer with its value if it is the awaited one.
    pub fn fill(&mut self, generation: Generation, value: &T)
    where
        T: Clone,
    {
        if self.take(generation) {
            self.value = Some(value.clone());
        }
    }

    /// Takes a failure if it is the awaited one.
    pub fn fail(&mut self, generation: Generation, problem: &Problem) -> bool {
        let awaited = self.asked == Some(generation);
        if awaited {
            self.asked = None;
            self.again = false;
            self.problem = Some(problem.clone());
        }
        awaited
    }

    /// True once when the question was asked again while the answer was on its way.
    pub fn wants_again(&mut self) -> bool {
        self.asked.is_none() && std::mem::take(&mut self.again)
    }

    /// Something is on its way.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// Nothing yet, and something is on its way.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.asked.is_some() && self.value.is_none()
    }

    /// An answer is on its way, whatever is shown meanwhile.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.asked.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_answers_are_dropped_and_bursts_coalesce() {
        let mut last = 0;
        let mut slot: Slot<u8> = Slot::default();
        let first = slot.ask(&mut last);
        let second = slot.ask(&mut last);
        assert!(!slot.take(first));
        assert_eq!(slot.refresh(&mut last), None);
        assert_eq!(slot.refresh(&mut last), None);
        assert!(slot.take(second));
        assert!(slot.wants_again());
        assert!(!slot.wants_again());
        assert!(slot.refresh(&mut last).is_some());
    }
}
