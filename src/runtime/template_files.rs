//! Templates in the editor: opened, shown as they come out for a client, kept in my folder, deleted.

use super::clerk::Clerk;
use super::offering::About;
use super::templates;
use super::writing::{Filling, Writer};
use crate::domain::filing::Place;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::template::Template;
use crate::domain::text::Text;
use crate::ui::effect::{Effect, PreviewOf, TemplateAct};
use crate::ui::event::{Changed, Event, Previewed, TemplateAnswer};

impl Clerk {
    /// Does what is asked of template files; `None` when the effect asks something else.
    pub(super) fn template_files(&self, effect: &Effect) -> Option<Result<Vec<Event>>> {
        let folder = &self.office.templates_dir;
        let Effect::Template(act) = effect else { return None };
        Some(match act {
            TemplateAct::Edit { file } => templates::source(folder, file).map(|(text, mine)| {
                vec![Event::Template(TemplateAnswer::Opened { file: Some(file.clone()), copied: !mine, text })]
            }),
            TemplateAct::Keep { file, text } => templates::keep(folder, file.as_deref(), text).map(|kept| {
                vec![
                    Event::Template(TemplateAnswer::Kept { file: kept.file }),
                    Event::Told(Text::line(&kept.words)),
                    Event::Changed(vec![Changed::Everything]),
                ]
            }),
            TemplateAct::Remove { file } => templates::remove(folder, file).map(|()| {
                let title = Text::line(&format!("Deleted {file}"));
                vec![Event::Told(title), Event::Changed(vec![Changed::Everything])]
            }),
            // The screen's own: see runtime/screen.rs.
            TemplateAct::Outside { .. } => return None,
        })
    }

    /// What a template comes to.
    pub(super) fn preview_template(&self, template: &PreviewOf) -> Result<Previewed> {
        match template {
            PreviewOf::Named { name, to } => {
                let filling = self.filling(name, None, to.clone())?;
                Ok(previewed(Text::default(), filling))
            }
            PreviewOf::Text { file, text, contact, deal } => {
                let mut template = match Template::parse(file, text) {
                    Ok(template) => template,
                    Err(problem) => {
                        return Ok(Previewed {
                            problems: vec![Text::line(&problem.to_string())],
                            ..Previewed::default()
                        });
                    }
                };
                template.attach.clear();
                self.preview_of(template, *contact, *deal)
            }
        }
    }

    /// For this client, else for the one whose conversation is the newest.
    fn preview_of(
        &self,
        template: Template,
        contact: Option<id::Contact>,
        deal: Option<id::Deal>,
    ) -> Result<Previewed> {
        let mut office = (*self.writing_office()).clone();
        let (name, language) = (template.name.clone(), template.language.clone());
        office.templates = vec![template];
        let now = self.now();
        let writer = Writer { store: &self.store, office: &office, now: &now };
        let contact = match contact {
            Some(contact) => Some(contact),
            None => self.store.newest_client()?,
        };
        let letter = match deal {
            Some(deal) => writer.new_letter_about(deal, contact)?,
            None => writer.new_letter(contact)?,
        };
        let place = Place { contact, company: None, deal: deal.or(self.only_deal(contact)?) };
        let whom = letter.to.first().map(crate::domain::address::Mailbox::short).unwrap_or_default();
        let filling = writer.fill_about(&name, Some(&language), letter, &place, &About::default())?;
        Ok(previewed(whom, filling))
    }

    /// Their open deal, where there is one alone.
    fn only_deal(&self, contact: Option<id::Contact>) -> Result<Option<id::Deal>> {
        let Some(contact) = contact else { return Ok(None) };
        let company = self.store.contact_company(contact)?;
        let deals = self.store.open_deals_of(Some(contact), company, self.now().timestamp())?;
        Ok(match deals.as_slice() {
            [only] => Some(only.deal),
            _ => None,
        })
    }
}

fn previewed(whom: Text, filling: Filling) -> Previewed {
    match filling {
        Filling::Letter(letter) => Previewed {
            whom,
            problems: Vec::new(),
            letter: Some((Text::line(&letter.subject), Text::block(&letter.text))),
        },
        Filling::Holes(holes) => {
            let problems = holes.iter().map(|hole| hole.sentence()).collect();
            Previewed { whom, problems, letter: None }
        }
    }
}
