//! Filing: how a thread finds its client. First match wins; the rule and its evidence are kept with the link.
//!
//! The rules and their order are PRODUCT.md's. Pure: the caller looks up what each rule needs ([`Facts`]).

use super::address::{Address, is_free_mail};
use super::id;
use super::text::Text;

/// The rule that made a decision, in PRODUCT.md's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// 1. I decided; never overridden by a rule.
    Mine,
    /// 2. The thread was filed before: a reply belongs where its thread belongs.
    Thread,
    /// 3. A deal tag in the subject or in our own Message-ID.
    Tag,
    /// 4. The address belongs to a contact.
    Address,
    /// 5. The domain belongs to a company and is not free-mail.
    Domain,
    /// 6. An unknown person: a new lead.
    Lead,
}

super::contact::words!(
    Rule,
    Mine = "mine",
    Thread = "thread",
    Tag = "tag",
    Address = "address",
    Domain = "domain",
    Lead = "lead"
);

/// Where something is filed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The person.
    pub contact: Option<id::Contact>,
    /// The organisation.
    pub company: Option<id::Company>,
    /// The sale.
    pub deal: Option<id::Deal>,
}

/// What is known of one outside address of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The address.
    pub address: Address,
    /// Whose it is, and their company.
    pub contact: Option<(id::Contact, Option<id::Company>)>,
    /// The company its domain belongs to.
    pub company: Option<id::Company>,
}

/// What the rules look at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The thread's standing decision and who made it.
    pub standing: Option<(Rule, Place)>,
    /// Outside addresses in order of weight: an inbound letter's sender first, then To and Cc without us.
    pub outside: Vec<Known>,
    /// The letter is inbound, human and not from an ignored sender: an unknown one is a lead.
    pub may_be_lead: bool,
}

/// What the rules say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Leave what stands.
    Keep,
    /// File there; `evidence` in words.
    File {
        /// The rule that matched.
        rule: Rule,
        /// Contact and company; the deal is chosen by [`choose_deal`].
        place: Place,
        /// What made the rule match.
        evidence: Text,
    },
    /// Make the sender a lead and file there.
    NewLead(Address),
    /// Nobody known and nobody to make a lead of.
    Nothing,
}

/// Applies rules 1, 2, 4, 5 and 6 in order. (Rule 3 needs deal tags, which no letter carries yet.)
#[must_use]
pub fn decide(facts: &Facts) -> Decision {
    if let Some((rule, place)) = &facts.standing {
        // A lead's thread is not final: when a contact later owns the address, rule 4 files it anew.
        if *rule == Rule::Mine || place.contact.is_some() || place.company.is_some() {
            return Decision::Keep;
        }
    }
    for known in &facts.outside {
        if let Some((contact, company)) = known.contact {
            return Decision::File {
                rule: Rule::Address,
                place: Place { contact: Some(contact), company, deal: None },
                evidence: Text::from(format!("{} is an address of this contact", known.address)),
            };
        }
    }
    for known in &facts.outside {
        if let Some(company) = known.company.filter(|_| !is_free_mail(known.address.domain())) {
            return Decision::File {
                rule: Rule::Domain,
                place: Place { contact: None, company: Some(company), deal: None },
                evidence: Text::from(format!("{} is a domain of this company", known.address.domain())),
            };
        }
    }
    match facts.outside.first() {
        Some(known) if facts.may_be_lead => Decision::NewLead(known.address.clone()),
        _ => Decision::Nothing,
    }
}

/// Which deal a filed thread goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DealChoice {
    /// No open deal: contact only.
    None,
    /// Exactly one open deal.
    One(id::Deal),
    /// Several: asked, never guessed. Best first.
    Ask(Vec<id::Deal>),
}

/// An open deal with what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The deal.
    pub deal: id::Deal,
    /// Its title.
    pub title: Text,
    /// The contact of the deal takes part in the thread.
    pub participant: bool,
    /// Days since something happened in it.
    pub idle_days: i64,
}

/// Scores open deals by words shared with the thread, participants and recency. Closed deals are not candidates.
#[must_use]
pub fn choose_deal(candidates: &[Candidate], subject_and_text: &str) -> DealChoice {
    match candidates {
        [] => DealChoice::None,
        [only] => DealChoice::One(only.deal),
        several => {
            let text = super::query::words(subject_and_text);
            let mut scored: Vec<(i64, id::Deal)> = several.iter().map(|c| (score(c, &text), c.deal)).collect();
            scored.sort_by_key(|(score, deal)| (-score, deal.0));
            DealChoice::Ask(scored.into_iter().map(|(_, deal)| deal).collect())
        }
    }
}

fn score(candidate: &Candidate, text: &[String]) -> i64 {
    let words = super::query::words(candidate.title.as_str());
    let shared =
        words.iter().filter(|word| word.chars().count() > 2 && text.iter().any(|t| shares_stem(word, t))).count();
    let shared = i64::try_from(shared).unwrap_or(0);
    shared * 10 + i64::from(candidate.participant) * 5 + (30 - candidate.idle_days.clamp(0, 30)) / 6
}

/// Two words with the same beginning: endings change with case and number in all our languages.
fn shares_stem(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let shorter = a.chars().count().min(b.chars().count());
    common >= 4.max(shorter.saturating_sub(2)) || (shorter >= 3 && a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(address: &str, contact: Option<i64>, company: Option<i64>) -> Known {
        Known {
            address: Address::parse(address).unwrap(),
            contact: contact.map(|c| (id::Contact(c), company.map(id::Company))),
            company: company.map(id::Company),
        }
    }

    fn rule_and_place(decision: Decision) -> (Option<Rule>, Place) {
        match decision {
            Decision::File { rule, place, .. } => (Some(rule), place),
            _ => (None, Place::default()),
        }
    }

    #[test]
    fn the_first_rule_that_matches_wins() {
        let mine = Facts {
            standing: Some((Rule::Mine, Place::default())),
            outside: vec![known("anna@acme.example", Some(1), Some(2))],
            may_be_lead: true,
        };
        assert_eq!(decide(&mine), Decision::Keep);

        let thread = Facts {
            standing: Some((Rule::Address, Place { contact: Some(id::Contact(9)), ..Place::default() })),
            ..mine.clone()
        };
        assert_eq!(decide(&thread), Decision::Keep);

        // The address in Cc is a contact: that is stronger than the sender's domain.
        let address = Facts {
            standing: None,
            outside: vec![known("new@acme.example", None, Some(2)), known("anna@acme.example", Some(1), Some(2))],
            may_be_lead: true,
        };
        let (rule, place) = rule_and_place(decide(&address));
        assert_eq!((rule, place.contact), (Some(Rule::Address), Some(id::Contact(1))));

        let domain =
            Facts { standing: None, outside: vec![known("new@acme.example", None, Some(2))], may_be_lead: true };
        let (rule, place) = rule_and_place(decide(&domain));
        assert_eq!((rule, place.company, place.contact), (Some(Rule::Domain), Some(id::Company(2)), None));

        let free = Facts { standing: None, outside: vec![known("jan@gmail.com", None, Some(2))], may_be_lead: true };
        assert_eq!(decide(&free), Decision::NewLead(Address::parse("jan@gmail.com").unwrap()));

        let newsletter = Facts { may_be_lead: false, ..free };
        assert_eq!(decide(&newsletter), Decision::Nothing);
    }

    fn candidate(deal: i64, title: &str, participant: bool, idle_days: i64) -> Candidate {
        Candidate { deal: id::Deal(deal), title: Text::line(title), participant, idle_days }
    }

    #[test]
    fn several_deals_are_asked_best_first() {
        assert_eq!(choose_deal(&[], "x"), DealChoice::None);
        assert_eq!(choose_deal(&[candidate(1, "Desks", false, 90)], "coffee"), DealChoice::One(id::Deal(1)));
        let deals = [candidate(1, "Столы для офиса", true, 1), candidate(2, "Кофемашины", false, 40)];
        assert_eq!(choose_deal(&deals, "вопрос по кофемашинам"), DealChoice::Ask(vec![id::Deal(2), id::Deal(1)]));
        assert_eq!(choose_deal(&deals, "добрый день"), DealChoice::Ask(vec![id::Deal(1), id::Deal(2)]));
    }
}
