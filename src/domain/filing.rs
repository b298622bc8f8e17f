//! Filing: how a thread finds its client. First match wins; the rule and its evidence are kept with the link.
//!
//! The rules and their order are PRODUCT.md's. Pure: the caller looks up what each rule needs ([`Facts`]). Which of several open
//! deals is meant is scored in [`deal_choice`].

mod deal_choice;
mod ledger;
mod likely;
mod tag;

pub use deal_choice::{Candidate, DealChoice, Scored, choose_deal, score};
pub use ledger::{Answer, ByHand, Client, ClientRow, Ignored, InSpite, LedgerLine, Question, Stranger};
pub use likely::{Compared, Likely, NEAR, likely};
pub use tag::{Claim, Proof, Tagged, tag_of, tags_in};

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

/// What my own decisions say about an address that is on no card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// Where I filed the last conversation that this address began.
    pub place: Place,
    /// When, in words.
    pub when: Text,
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
    /// Where I filed them by hand.
    pub learned: Option<Learned>,
}

impl Known {
    /// The company they belong to, by their card or by their domain.
    fn at(&self) -> Option<id::Company> {
        self.contact.and_then(|(_, company)| company).or_else(|| self.by_domain())
    }

    fn by_domain(&self) -> Option<id::Company> {
        self.company.filter(|_| !is_free_mail(self.address.domain()))
    }
}

/// Whose words a letter carries, where that is not its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// A colleague passed on a letter of somebody outside.
    ForwardedBy(Address),
    /// A shop's robot wrote it for a customer.
    OrderBy(Address),
}

impl Carried {
    fn in_words(&self) -> String {
        match self {
            Self::ForwardedBy(colleague) => format!("forwarded by {colleague}: "),
            Self::OrderBy(robot) => format!("ordered through {robot}: "),
        }
    }
}

/// What the rules look at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The thread's standing decision and who made it.
    pub standing: Option<(Rule, Place)>,
    /// Deals that the letter names by a tag or by one of our own Message-IDs, in its order.
    pub tags: Vec<Tagged>,
    /// Outside addresses in order of weight: an inbound letter's sender first, then To and Cc without us.
    pub outside: Vec<Known>,
    /// One of us wrote it, so a tag in it is ours.
    pub ours: bool,
    /// The first address is not the sender's.
    pub carried: Option<Carried>,
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
        /// Contact and company; of rule 3 also the deal, else that is chosen by [`choose_deal`].
        place: Place,
        /// What made the rule match.
        evidence: Text,
    },
    /// Make the first outside address a lead and file there.
    NewLead(Address),
    /// Nobody known and nobody to make a lead of.
    Nothing,
}

/// Applies the rules in order.
#[must_use]
pub fn decide(facts: &Facts) -> Decision {
    if let Some((rule, place)) = &facts.standing {
        // A lead's thread is not final: when a contact later owns the address, rule 4 files it anew.
        if *rule == Rule::Mine || place.contact.is_some() || place.company.is_some() {
            return Decision::Keep;
        }
    }
    by_tag(facts)
        .or_else(|| by_address(facts))
        .or_else(|| by_my_decision(facts))
        .or_else(|| by_domain(facts))
        .unwrap_or_else(|| match facts.outside.first() {
            Some(known) if facts.may_be_lead => Decision::NewLead(known.address.clone()),
            _ => Decision::Nothing,
        })
}

fn by_tag(facts: &Facts) -> Option<Decision> {
    let tagged = facts.tags.iter().find(|tagged| is_believed(tagged, facts))?;
    let belongs = |known: &&Known| is_of(known, tagged);
    let theirs = facts.outside.iter().filter(belongs).find_map(|known| known.contact);
    let (contact, company) = match theirs {
        Some((contact, company)) => (Some(contact), company),
        None => (tagged.contact, None),
    };
    let place = Place { contact, company: tagged.company.or(company), deal: Some(tagged.deal) };
    Some(Decision::File { rule: Rule::Tag, place, evidence: tagged.in_words() })
}

/// Anybody can write a tag into a subject: it is believed from the deal's own people and from us. Of a Message-ID the
/// checksum tells that it is ours.
fn is_believed(tagged: &Tagged, facts: &Facts) -> bool {
    match tagged.proof {
        Proof::MessageId => true,
        Proof::Subject => facts.ours || facts.outside.first().is_some_and(|sender| is_of(sender, tagged)),
    }
}

fn is_of(known: &Known, tagged: &Tagged) -> bool {
    let person = known.contact.is_some_and(|(contact, _)| tagged.contact == Some(contact));
    person || known.at().is_some_and(|company| tagged.company == Some(company))
}

fn by_address(facts: &Facts) -> Option<Decision> {
    let named = facts.outside.iter().find(|known| known.contact.is_some() && !known.address.is_shared());
    // info@ on somebody's card tells of the company; of the person only where nothing tells more.
    let shared = || {
        let mut shared = facts.outside.iter().filter(|known| known.contact.is_some());
        let company = facts.outside.iter().any(|known| known.contact.is_none() && known.by_domain().is_some());
        shared.find(|known| !company || facts.outside.first() == Some(known))
    };
    let known = named.or_else(shared)?;
    let (contact, company) = known.contact?;
    Some(Decision::File {
        rule: Rule::Address,
        place: Place { contact: Some(contact), company: company.or_else(|| known.by_domain()), deal: None },
        evidence: evidence(facts, known, &format!("{} is an address of this contact", known.address)),
    })
}

/// An address on no card goes where I filed it last by hand: my decision weighs more than its domain.
fn by_my_decision(facts: &Facts) -> Option<Decision> {
    let known = facts.outside.first()?;
    let learned = known.learned.as_ref()?;
    let mut place = Place { deal: None, ..learned.place.clone() };
    if known.address.is_shared() {
        place.contact = None;
    }
    (place.contact.is_some() || place.company.is_some()).then(|| Decision::File {
        rule: Rule::Address,
        place,
        evidence: evidence(facts, known, &format!("you filed {} here on {}", known.address, learned.when)),
    })
}

fn by_domain(facts: &Facts) -> Option<Decision> {
    let (known, company) = facts.outside.iter().find_map(|known| Some((known, known.by_domain()?)))?;
    Some(Decision::File {
        rule: Rule::Domain,
        place: Place { contact: None, company: Some(company), deal: None },
        evidence: evidence(facts, known, &format!("{} is a domain of this company", known.address.domain())),
    })
}

fn evidence(facts: &Facts, known: &Known, words: &str) -> Text {
    let carried = facts.carried.as_ref().filter(|_| facts.outside.first() == Some(known));
    Text::from(format!("{}{words}", carried.map(Carried::in_words).unwrap_or_default()))
}

/// Why an unknown person became a lead.
#[must_use]
pub fn lead_evidence(facts: &Facts, address: &Address, subject: &str) -> Text {
    match &facts.carried {
        Some(carried) => Text::from(format!("{}{address} was unknown, in “{subject}”", carried.in_words())),
        None => Text::from(format!("{address} was unknown and wrote “{subject}”")),
    }
}

/// What else came into question for a letter: tags that were not believed, for the ledger.
#[must_use]
pub fn doubts(facts: &Facts) -> Vec<Text> {
    let sender = facts.outside.first().map_or("nobody", |known| known.address.as_str());
    let doubted = facts.tags.iter().filter(|tagged| !is_believed(tagged, facts));
    doubted
        .map(|tagged| {
            Text::from(format!("{}; {sender} is nobody of that deal, so it decides nothing", tagged.in_words()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(address: &str, contact: Option<i64>, company: Option<i64>) -> Known {
        Known {
            address: Address::parse(address).unwrap(),
            contact: contact.map(|c| (id::Contact(c), company.map(id::Company))),
            company: company.map(id::Company),
            learned: None,
        }
    }

    fn rule_and_place(decision: Decision) -> (Option<Rule>, Place) {
        match decision {
            Decision::File { rule, place, .. } => (Some(rule), place),
            _ => (None, Place::default()),
        }
    }

    fn from_outside(outside: Vec<Known>) -> Facts {
        Facts { outside, may_be_lead: true, ..Facts::default() }
    }

    #[test]
    fn the_first_rule_that_matches_wins() {
        let mine = Facts {
            standing: Some((Rule::Mine, Place::default())),
            outside: vec![known("anna@acme.example", Some(1), Some(2))],
            may_be_lead: true,
            ..Facts::default()
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
            ..Facts::default()
        };
        let (rule, place) = rule_and_place(decide(&address));
        assert_eq!((rule, place.contact), (Some(Rule::Address), Some(id::Contact(1))));

        let domain = from_outside(vec![known("new@acme.example", None, Some(2))]);
        let (rule, place) = rule_and_place(decide(&domain));
        assert_eq!((rule, place.company, place.contact), (Some(Rule::Domain), Some(id::Company(2)), None));

        let free = from_outside(vec![known("jan@gmail.com", None, Some(2))]);
        assert_eq!(decide(&free), Decision::NewLead(Address::parse("jan@gmail.com").unwrap()));

        let newsletter = Facts { may_be_lead: false, ..free };
        assert_eq!(decide(&newsletter), Decision::Nothing);
    }

    fn tag(proof: Proof) -> Tagged {
        let title = Text::own("Desks");
        Tagged { deal: id::Deal(7), title, contact: Some(id::Contact(1)), company: Some(id::Company(2)), proof }
    }

    #[test]
    fn a_tag_is_believed_from_the_deals_own_people_and_from_us() {
        let by = |outside: Known, proof: Proof, ours: bool| {
            let facts = Facts { tags: vec![tag(proof)], ours, ..from_outside(vec![outside]) };
            let (rule, place) = rule_and_place(decide(&facts));
            (rule, place.contact.map(|c| c.0), place.deal.map(|d| d.0), doubts(&facts).len())
        };
        let anna = || known("anna@acme.example", Some(1), Some(2));
        let colleague = || known("bob@acme.example", Some(5), Some(2));
        let unknown_there = || known("new@acme.example", None, Some(2));
        let other_client = || known("eve@other.example", Some(3), Some(4));
        let stranger = || known("evil@x.example", None, None);
        for (outside, proof, ours, expected) in [
            (anna(), Proof::Subject, false, (Some(Rule::Tag), Some(1), Some(7), 0)),
            (colleague(), Proof::Subject, false, (Some(Rule::Tag), Some(5), Some(7), 0)),
            (unknown_there(), Proof::Subject, false, (Some(Rule::Tag), Some(1), Some(7), 0)),
            (other_client(), Proof::Subject, false, (Some(Rule::Address), Some(3), None, 1)),
            (stranger(), Proof::Subject, false, (None, None, None, 1)),
            (stranger(), Proof::Subject, true, (Some(Rule::Tag), Some(1), Some(7), 0)),
            (stranger(), Proof::MessageId, false, (Some(Rule::Tag), Some(1), Some(7), 0)),
        ] {
            assert_eq!(by(outside.clone(), proof, ours), expected, "{} {proof:?}", outside.address);
        }
    }

    #[test]
    fn a_shared_address_tells_of_the_company() {
        // info@acme.example stands on Anna's card.
        let info = || known("info@acme.example", Some(1), Some(2));
        let (rule, place) =
            rule_and_place(decide(&from_outside(vec![known("new@acme.example", None, Some(2)), info()])));
        assert_eq!((rule, place.contact, place.company), (Some(Rule::Domain), None, Some(id::Company(2))));
        let (rule, place) = rule_and_place(decide(&from_outside(vec![info()])));
        assert_eq!((rule, place.contact), (Some(Rule::Address), Some(id::Contact(1))));
        let (rule, _) = rule_and_place(decide(&from_outside(vec![known("info@acme.example", None, Some(2))])));
        assert_eq!(rule, Some(Rule::Domain));
        let unknown = known("info@new.example", None, None);
        assert_eq!(decide(&from_outside(vec![unknown.clone()])), Decision::NewLead(unknown.address));
    }

    #[test]
    fn my_decision_teaches_where_an_address_belongs() {
        let learned = |contact: Option<i64>, company: Option<i64>| Learned {
            place: Place {
                contact: contact.map(id::Contact),
                company: company.map(id::Company),
                deal: Some(id::Deal(1)),
            },
            when: Text::own("12 Nov 2026"),
        };
        let taught = |address: &str, learned: Learned, company| Known {
            learned: Some(learned),
            ..known(address, None, company)
        };
        let anna = taught("anna@new.example", learned(Some(4), None), None);
        match decide(&from_outside(vec![anna])) {
            Decision::File { rule: Rule::Address, place, evidence } => {
                assert_eq!(place, Place { contact: Some(id::Contact(4)), ..Place::default() });
                assert_eq!(evidence.as_str(), "you filed anna@new.example here on 12 Nov 2026");
            }
            other => panic!("{other:?}"),
        }
        // It weighs more than the domain; info@ teaches no person.
        let (_, place) =
            rule_and_place(decide(&from_outside(vec![taught("a@acme.example", learned(Some(4), None), Some(2))])));
        assert_eq!(place.contact, Some(id::Contact(4)));
        let info = taught("info@acme.example", learned(Some(4), Some(9)), Some(2));
        assert_eq!(rule_and_place(decide(&from_outside(vec![info]))).1.company, Some(id::Company(9)));
        let unplaced = taught("info@new.example", learned(Some(4), None), None);
        assert!(matches!(decide(&from_outside(vec![unplaced])), Decision::NewLead(_)));
        // Who has a card is filed by it.
        let owner = Known { learned: Some(learned(Some(4), None)), ..known("anna@acme.example", Some(1), Some(2)) };
        assert_eq!(rule_and_place(decide(&from_outside(vec![owner]))).1.contact, Some(id::Contact(1)));
    }

    #[test]
    fn the_evidence_names_who_passed_it_on() {
        let boss = Carried::ForwardedBy(Address::parse("boss@firma.example").unwrap());
        let facts = Facts { carried: Some(boss), ..from_outside(vec![known("anna@acme.example", Some(1), Some(2))]) };
        let Decision::File { evidence, .. } = decide(&facts) else { panic!("not filed") };
        assert_eq!(
            evidence.as_str(),
            "forwarded by boss@firma.example: anna@acme.example is an address of this contact"
        );
        let words = lead_evidence(&facts, &Address::parse("x@y.example").unwrap(), "Hello");
        assert_eq!(words.as_str(), "forwarded by boss@firma.example: x@y.example was unknown, in “Hello”");
    }
}
