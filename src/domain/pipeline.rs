//! Pipelines: the stages a deal goes through, each with how likely it is to be won from there.

use super::text::Text;

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its name.
    pub name: Text,
    /// How likely a deal in it is won, in percent (0–100).
    pub probability: u8,
}

/// A row of stages, first to last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Its name.
    pub name: Text,
    /// Its stages; never empty.
    pub stages: Vec<Stage>,
    /// A deal in which nothing happened for so many days is stale.
    pub stale_days: u32,
}

/// Every pipeline; the first one takes deals that name none. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipelines(pub Vec<Pipeline>);

/// Days after which a deal is stale where the configuration says nothing.
pub const STALE_DAYS: u32 = 14;

impl Default for Pipelines {
    fn default() -> Self {
        let stage = |(name, probability)| Stage { name: Text::own(name), probability };
        Self(vec![Pipeline {
            name: Text::own("sales"),
            stages: [("new", 10), ("offer", 30), ("negotiation", 60), ("contract", 90)].map(stage).into(),
            stale_days: STALE_DAYS,
        }])
    }
}

impl Pipelines {
    /// The pipeline of this name; the first one where there is none of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Pipeline> {
        self.0.iter().find(|pipeline| pipeline.name.as_str() == name).or_else(|| self.0.first())
    }

    /// The configuration has a pipeline of this name; the empty name is the first one.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        name.is_empty() || self.0.iter().any(|pipeline| pipeline.name.as_str() == name)
    }

    /// True when a deal that says the pipeline `written` is shown in the pipeline `shown`: one that says none, or one that is
    /// gone, is shown in the first.
    #[must_use]
    pub fn is_in(&self, written: &str, shown: &str) -> bool {
        self.named(written).map(|pipeline| pipeline.name.as_str()) == Some(shown)
    }

    /// Where a stage stands: its pipeline's place, its own. Unknown stages come last in their pipeline.
    #[must_use]
    pub fn order(&self, pipeline: &str, stage: &str) -> (usize, usize) {
        let place = self.0.iter().position(|known| known.name.as_str() == pipeline).unwrap_or(0);
        let stages = self.0.get(place).map_or(&[][..], |pipeline| &pipeline.stages);
        (place, stages.iter().position(|known| known.name.as_str() == stage).unwrap_or(stages.len()))
    }

    /// How likely a deal in that stage is won, in percent; 0 in a stage that no pipeline knows.
    #[must_use]
    pub fn probability(&self, pipeline: &str, stage: &str) -> u8 {
        let stages = self.named(pipeline).map_or(&[][..], |pipeline| &pipeline.stages);
        stages.iter().find(|known| known.name.as_str() == stage).map_or(0, |stage| stage.probability)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_found_in_their_pipeline() {
        let pipelines = Pipelines::default();
        assert_eq!(pipelines.order("sales", "offer"), (0, 1));
        assert_eq!(pipelines.order("", "contract"), (0, 3));
        assert_eq!(pipelines.order("sales", "gone"), (0, 4));
        assert_eq!((pipelines.probability("sales", "offer"), pipelines.probability("sales", "gone")), (30, 0));
    }
}
