//! Who would get the letter, and who should not.

use super::lookalike::{Look, look, mixes_scripts};
use super::{Concern, Context, Fix, Kind, is_answer};
use crate::domain::address::{Address, Mailbox, is_free_mail};
use crate::domain::draft::forwarded_people;
use crate::domain::outbox::Letter;
use crate::domain::text::{Text, fold};

pub(super) fn check(letter: &Letter, context: &Context) -> Vec<Concern> {
    let recipients = letter.recipients();
    if recipients.is_empty() {
        let concern = Concern::new(Kind::NoRecipient, "the letter has no recipient", "", Fix::AddRecipient);
        return vec![concern.blocking()];
    }
    let mut concerns: Vec<Concern> = recipients.iter().filter_map(|r| stranger(r, context)).collect();
    concerns.extend(recipients.iter().filter_map(|r| opted_out(r, letter, context)));
    concerns.extend(recipients.iter().filter_map(|r| unreachable(r, context)));
    concerns.extend(letter.to.iter().chain(&letter.cc).chain(&letter.bcc).filter_map(|m| masked(m, context)));
    concerns.extend(two_clients(letter, &recipients, context));
    concerns.extend(passed_on(letter, &recipients, context));
    if is_answer(letter) {
        concerns.extend(hidden_copy(letter, context));
        concerns.extend(mixed(letter, context));
    }
    concerns
}

/// The strongest of what can be strange about one recipient; several alarms about one address are noise.
fn stranger(recipient: &Address, context: &Context) -> Option<Concern> {
    if context.own.is_us(recipient) {
        return None;
    }
    deceiver(recipient, context).or_else(|| outsider(recipient, context)).or_else(|| new_domain(recipient, context))
}

/// A look-alike of a known domain. Silent for known contacts and domains written to before. Not for people of the
/// thread: whoever imitates a client writes into the client's thread.
fn deceiver(recipient: &Address, context: &Context) -> Option<Concern> {
    let domain = recipient.domain();
    let is_contact = context.companies.iter().any(|(address, _)| address == recipient);
    if is_contact || context.people.contains(recipient) || is_free_mail(domain) {
        return None;
    }
    let known = context.client_domains.iter().chain(&context.written_to).chain(&context.domains).map(String::as_str);
    let known: Vec<&str> = known.chain(context.own.domains()).collect();
    let reason = match look(domain, &known)? {
        Look::Like(like) => format!("{domain} looks like {like} and is another domain"),
        Look::Mixed => format!("{domain} mixes letters of two alphabets"),
    };
    let fix = Fix::RemoveRecipient(recipient.clone());
    Some(Concern::new(Kind::LookAlike, reason, recipient.as_str(), fix))
}

/// A name in which letters of two alphabets stand in one word, as only deceivers write. Silent for known contacts.
fn masked(recipient: &Mailbox, context: &Context) -> Option<Concern> {
    let (name, address) = (recipient.name.as_str(), &recipient.address);
    let is_contact = context.companies.iter().any(|(known, _)| known == address) || context.people.contains(address);
    if is_contact || context.own.is_us(address) || !name.split(|c: char| !c.is_alphabetic()).any(mixes_scripts) {
        return None;
    }
    let reason = format!("the name {name} mixes letters of two alphabets: somebody may imitate whom you know");
    Some(Concern::new(Kind::LookAlike, reason, address.as_str(), Fix::RemoveRecipient(address.clone())))
}

/// Somebody outside the deal, company and thread. Silent when the letter belongs to none, and for people who share
/// a company's domain with somebody inside.
fn outsider(recipient: &Address, context: &Context) -> Option<Concern> {
    let others = || context.people.iter().chain(&context.thread).filter(|a| !context.own.is_us(a));
    if others().next().is_none() && context.domains.is_empty() {
        return None;
    }
    let domain = recipient.domain();
    // Whose order a shop's program wrote stands in no header of it.
    if context.named_in_deal.contains(recipient) || context.answered.contains(recipient) {
        return None;
    }
    let shared = !is_free_mail(domain)
        && (context.domains.iter().any(|d| d == domain) || others().any(|a| a.domain() == domain));
    if shared || others().any(|a| a.base() == recipient.base()) {
        return None;
    }
    let evidence = match new_domain(recipient, context) {
        Some(_) => format!("nobody in this conversation is at {domain}, and it would be the first letter there"),
        None if context.thread.is_empty() => "no contact of this deal or company".to_owned(),
        None => "not named in any letter of this conversation, and no contact of this deal or company".to_owned(),
    };
    let around = if context.thread.is_empty() { "deal and company" } else { "deal, company and conversation" };
    let reason = format!("{recipient} is outside this {around}");
    Some(Concern::new(Kind::Outsider, reason, evidence, Fix::RemoveRecipient(recipient.clone())))
}

/// The first letter to a domain. Silent for whoever wrote to us, for known contacts and for free-mail domains.
fn new_domain(recipient: &Address, context: &Context) -> Option<Concern> {
    let domain = recipient.domain();
    let known = context.written_to.is_empty()
        || is_free_mail(domain)
        || context.written_to.iter().chain(&context.domains).chain(&context.client_domains).any(|d| d == domain)
        || context.thread.iter().chain(&context.answered).chain(&context.people).any(|a| a.domain() == domain)
        || context.companies.iter().any(|(address, _)| address == recipient);
    (!known).then(|| {
        let reason = format!("this is the first letter to {domain}");
        Concern::new(Kind::NewDomain, reason, recipient.as_str(), Fix::RemoveRecipient(recipient.clone()))
    })
}

/// They asked not to be written to. A personal answer to a letter of theirs can be sent all the same, with my word.
fn opted_out(recipient: &Address, letter: &Letter, context: &Context) -> Option<Concern> {
    let (_, why) = context.opted_out.iter().find(|(address, _)| address == recipient)?;
    let answer = is_answer(letter) && context.answered.contains(recipient);
    let reason = if answer {
        format!("{recipient} opted out of mailings; this answers a letter of theirs")
    } else {
        format!("{recipient} asked for no more letters")
    };
    Some(Concern::new(Kind::OptedOut, reason, why.as_str(), Fix::RemoveRecipient(recipient.clone())))
}

fn unreachable(recipient: &Address, context: &Context) -> Option<Concern> {
    let fix = || Fix::RemoveRecipient(recipient.clone());
    if let Some((_, why)) = context.unreachable.iter().find(|(address, _)| address == recipient) {
        let reason = format!("{recipient} should not be written to");
        return Some(Concern::new(Kind::Unreachable, reason, why.as_str(), fix()));
    }
    recipient.is_robot().then(|| {
        let reason = format!("nobody reads {recipient}");
        Concern::new(Kind::Unreachable, reason, "the address of a machine", fix())
    })
}

/// Contacts of two client companies would see each other. Silent when I wrote to people of all these companies in this conversation
/// before: then I have decided it once.
fn two_clients(letter: &Letter, recipients: &[Address], context: &Context) -> Option<Concern> {
    let clients: Vec<(&Address, &Text)> =
        recipients.iter().filter_map(|r| Some((r, company_of(r, context)?))).collect();
    let (_, first) = clients.first()?;
    let (_, second) = clients.iter().find(|(_, name)| !same(name, first))?;
    let decided = context.wrote_to.iter().any(|people| {
        let wrote_to =
            |name: &Text| people.iter().any(|a| company_of(a, context).is_some_and(|known| same(known, name)));
        clients.iter().all(|(_, name)| wrote_to(name))
    });
    if decided {
        return None;
    }
    // The one to take off is who was not there before, the last one named first; where all were, who did not write it.
    let in_thread = |r: &Address| context.thread.contains(r) || context.answered.contains(r);
    let answered = letter.to.first().and_then(|m| company_of(&m.address, context)).unwrap_or(first);
    let from_behind = || clients.iter().rev();
    let (new, _) =
        from_behind().find(|(r, _)| !in_thread(r)).or_else(|| from_behind().find(|(_, name)| !same(name, answered)))?;
    let people: Vec<String> = clients.iter().map(|(r, name)| format!("{r} ({name})")).collect();
    let reason = format!("two clients in one letter: {first} and {second}");
    Some(Concern::new(Kind::TwoClients, reason, people.join(", "), Fix::RemoveRecipient((*new).clone())))
}

/// A client's letter passed on to another client. Silent for whoever is named in that letter.
fn passed_on(letter: &Letter, recipients: &[Address], context: &Context) -> Option<Concern> {
    let mut named = forwarded_people(&letter.text);
    named.extend(context.passed_on.iter().cloned());
    let owner = named.iter().find_map(|a| company_of(a, context))?;
    let reader = recipients.iter().find(|r| {
        let other = company_of(r, context).is_some_and(|name| !same(name, owner));
        other && !named.contains(r)
    })?;
    let reason = format!("it passes a letter of {owner} on to {}", company_of(reader, context)?);
    let evidence = format!("that letter names {}", list(named.iter().filter(|a| !context.own.is_us(a))));
    Some(Concern::new(Kind::TwoClients, reason, evidence, Fix::RemoveRecipient(reader.clone())))
}

/// The company of a client.
fn company_of<'a>(address: &Address, context: &'a Context) -> Option<&'a Text> {
    if context.no_clients.contains(address) {
        return None;
    }
    context.companies.iter().find(|(known, _)| known == address).map(|(_, name)| name)
}

fn same(one: &Text, other: &Text) -> bool {
    fold(one.as_str()) == fold(other.as_str())
}

/// I got the letter in Bcc: who answers everybody tells them so.
fn hidden_copy(letter: &Letter, context: &Context) -> Option<Concern> {
    let confidants = context.hidden_from_all_but.as_ref()?;
    let strangers: Vec<&str> = letter
        .to
        .iter()
        .chain(&letter.cc)
        .map(|m| &m.address)
        .filter(|a| !confidants.contains(a) && !context.own.is_us(a))
        .map(Address::as_str)
        .collect();
    (!strangers.is_empty()).then(|| {
        let reason = "you got that letter in Bcc: the others would learn that you have it";
        let evidence =
            format!("no address of yours stands in its To or Cc; this answer goes to {}", strangers.join(", "));
        Concern::new(Kind::HiddenCopy, reason, evidence, Fix::OnlyTo(confidants.clone()))
    })
}

/// Colleagues and clients in one answer: clients would read what colleagues wrote among themselves, or see a colleague
/// who was not in the conversation. Silent when they wrote to each other before, and for Bcc.
fn mixed(letter: &Letter, context: &Context) -> Option<Concern> {
    let visible = || letter.to.iter().chain(&letter.cc);
    let client = visible().find(|m| !context.own.is_us(&m.address))?;
    let internal = !context.answered.is_empty() && context.answered.iter().all(|a| context.own.is_us(a));
    if internal {
        let reason = format!("you answer a letter among colleagues, and {} will read it", client.address);
        let evidence = format!("that letter named only {}", list(context.answered.iter()));
        return Some(Concern::new(Kind::Mixed, reason, evidence, Fix::RemoveRecipient(client.address.clone())));
    }
    if context.thread.is_empty() && context.answered.is_empty() {
        return None;
    }
    let is_new = |m: &&Mailbox| {
        let address = &m.address;
        let colleague = context.own.is_us(address) && !context.own.is_me(address);
        colleague && !context.thread.contains(address) && !context.answered.contains(address)
    };
    let colleague = visible().find(is_new)?;
    let reason = format!("clients will see your colleague {}", colleague.address);
    let evidence =
        format!("{} was not in this conversation before, and {} reads it", colleague.address, client.address);
    Some(Concern::new(Kind::Mixed, reason, evidence, Fix::RemoveRecipient(colleague.address.clone())))
}

fn list<'a>(addresses: impl Iterator<Item = &'a Address>) -> String {
    let mut once: Vec<&str> = addresses.map(Address::as_str).collect();
    once.sort_unstable();
    once.dedup();
    once.join(", ")
}
