//! Packs: templates in ordered steps, such as an offer, two follow-ups and a farewell.
//!
//! A template names its pack, its step and how long after the step before it leaves:
//!
//! ```text
//! pack: offer
//! step: 2
//! after: 3 working days
//! ```

use super::Template;
use crate::domain::problem::{Kind, Problem};
use crate::domain::text::Text;
use std::collections::BTreeMap;

/// The farthest a step may be from the one before it, in working days.
pub(super) const FARTHEST: u16 = 250;

/// Where a template stands in a pack, as its front matter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The pack's name.
    pub pack: String,
    /// Its step, from 1.
    pub step: u16,
    /// Working days after the step before it.
    pub after: u16,
}

/// Templates that follow one another while nobody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// What it is called.
    pub name: String,
    /// First to last, without a gap; never empty.
    pub steps: Vec<Step>,
}

/// One letter of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The template's name; which of its languages is written in is chosen for each client.
    pub template: String,
    /// Working days after the step before it; 0 for the first.
    pub after: u16,
    /// The letter asks for a score.
    pub survey: bool,
    /// The letter may leave without my approval.
    pub auto: bool,
}

impl Pack {
    /// The pack of this name, in whatever case it is written.
    #[must_use]
    pub fn named<'a>(packs: &'a [Self], name: &str) -> Option<&'a Self> {
        packs.iter().find(|pack| pack.name.to_lowercase() == name.to_lowercase())
    }
}

/// The packs that the templates make, by name, and what is wrong with the others: a pack with a gap or two templates
/// for one step is none, because a sequence would end in the middle of it.
#[must_use]
pub fn packs(templates: &[Template]) -> (Vec<Pack>, Vec<Problem>) {
    let mut found: BTreeMap<String, Vec<&Template>> = BTreeMap::new();
    for template in templates {
        if let Some(place) = &template.place {
            found.entry(place.pack.to_lowercase()).or_default().push(template);
        }
    }
    let (mut packs, mut problems) = (Vec::new(), Vec::new());
    for members in found.into_values() {
        match pack(&members) {
            Ok(pack) => packs.push(pack),
            Err(problem) => problems.push(problem),
        }
    }
    (packs, problems)
}

/// One pack from all templates that name it, in all languages.
fn pack(members: &[&Template]) -> Result<Pack, Problem> {
    let wrong = |name: &str, what: String, hint: &str| {
        Err(Problem::new(Kind::Input, format!("pack {}: {what}", Text::line(name))).hint(hint))
    };
    let mut steps: BTreeMap<u16, (&Template, &Place)> = BTreeMap::new();
    let mut name = "";
    for &template in members {
        let Some(place) = &template.place else { continue };
        name = if name.is_empty() { &place.pack } else { name };
        let Some((other, known)) = steps.get(&place.step).copied() else {
            let _ = steps.insert(place.step, (template, place));
            continue;
        };
        if !other.name.eq_ignore_ascii_case(&template.name) {
            let what = format!("step {} is there twice, in {} and in {}", place.step, other.file, template.file);
            return wrong(name, what, "give each template of a pack a step of its own");
        }
        if known.after != place.after || other.survey != template.survey || other.auto != template.auto {
            let what = format!("{} and {} are one step and say different things of it", other.file, template.file);
            return wrong(name, what, "after, survey and auto are the same in every language");
        }
    }
    let twice = members.iter().find_map(|template| {
        let place = template.place.as_ref()?;
        let elsewhere = members.iter().find(|other| {
            other.name.eq_ignore_ascii_case(&template.name)
                && other.place.as_ref().is_some_and(|p| p.step != place.step)
        })?;
        Some((template, elsewhere))
    });
    if let Some((one, other)) = twice {
        let what = format!("{} and {} are one template in two steps", one.file, other.file);
        return wrong(name, what, "a template stands in one step, the same in every language");
    }
    for (wanted, step) in (1..).zip(steps.keys()) {
        if wanted != *step {
            let what = format!("there is no step {wanted}, but a step {step}");
            return wrong(name, what, "steps are numbered 1, 2, 3 without a gap");
        }
    }
    let steps = steps.into_values().map(|(template, place)| Step {
        template: template.name.clone(),
        after: if place.step == 1 { 0 } else { place.after },
        survey: template.survey,
        auto: template.auto,
    });
    Ok(Pack { name: name.to_owned(), steps: steps.collect() })
}

/// Working days as written: `3 working days`, `1 working day`, `3`.
pub(super) fn working_days(value: &str) -> Option<u16> {
    let value = value.to_lowercase();
    let number = value.trim_end_matches("working days").trim_end_matches("working day").trim();
    number.parse().ok().filter(|days| (1..=FARTHEST).contains(days))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn step(file: &str, lines: &str) -> Template {
        Template::parse(file, &format!("---\nsubject: x\n{lines}\n---\nText\n")).unwrap()
    }

    #[test]
    fn steps_are_in_order_and_languages_are_one_step() {
        let templates = [
            step("b.en.md", "pack: Offer\nstep: 2\nafter: 3 working days\nsurvey: true"),
            step("a.en.md", "pack: offer\nstep: 1"),
            step("b.pl.md", "pack: offer\nstep: 2\nafter: 3\nsurvey: yes"),
            step("other.en.md", "language: en"),
        ];
        let (packs, problems) = packs(&templates);
        assert_eq!(problems, []);
        let made = |template: &str, after, survey| Step { template: template.to_owned(), after, survey, auto: false };
        assert_eq!(packs, [Pack { name: "Offer".to_owned(), steps: vec![made("a", 0, false), made("b", 3, true)] }]);
        assert!(Pack::named(&packs, "OFFER").is_some() && Pack::named(&packs, "x").is_none());
    }

    #[test]
    fn a_pack_with_a_gap_or_a_double_step_is_none() {
        for (first, second, third, problem) in [
            (
                ("a.en.md", "pack: p\nstep: 1"),
                ("b.en.md", "pack: p\nstep: 3\nafter: 1"),
                ("c.en.md", "pack: p\nstep: 4\nafter: 1"),
                "pack p: there is no step 2, but a step 3",
            ),
            (
                ("a.en.md", "pack: p\nstep: 2\nafter: 1"),
                ("b.en.md", "pack: p\nstep: 3\nafter: 1"),
                ("c.en.md", ""),
                "pack p: there is no step 1, but a step 2",
            ),
            (
                ("a.en.md", "pack: p\nstep: 1"),
                ("b.en.md", "pack: p\nstep: 2\nafter: 1"),
                ("c.en.md", "pack: p\nstep: 2\nafter: 1"),
                "pack p: step 2 is there twice, in b.en.md and in c.en.md",
            ),
            (
                ("a.en.md", "pack: p\nstep: 1"),
                ("b.en.md", "pack: p\nstep: 2\nafter: 1"),
                ("b.pl.md", "pack: p\nstep: 2\nafter: 2"),
                "pack p: b.en.md and b.pl.md are one step and say different things of it",
            ),
            (
                ("a.en.md", "pack: p\nstep: 1"),
                ("a.pl.md", "pack: p\nstep: 2\nafter: 1"),
                ("c.en.md", ""),
                "pack p: a.en.md and a.pl.md are one template in two steps",
            ),
        ] {
            let (packs, problems) = packs(&[first, second, third].map(|(file, lines)| step(file, lines)));
            assert_eq!(packs, [], "{problem}");
            assert_eq!(problems.iter().map(|p| p.sentence.as_str()).collect::<Vec<_>>(), [problem]);
        }
    }

    #[test]
    fn the_bundled_pack_goes_from_the_offer_to_the_farewell() {
        let (packs, problems) = packs(&super::super::bundled());
        assert_eq!(problems, []);
        let offer = Pack::named(&packs, "offer").unwrap();
        let steps: Vec<_> = offer.steps.iter().map(|s| (s.template.as_str(), s.after, s.survey)).collect();
        assert_eq!(
            steps,
            [("offer", 0, false), ("follow-up", 3, false), ("follow-up-2", 5, false), ("farewell", 10, true)]
        );
    }
}
