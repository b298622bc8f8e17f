//! Letters that a shop's robot writes when somebody orders: `[[order_form]]` of the configuration says how they look and where in
//! them the customer's name, address and order stand. Such a letter is the customer's, not the robot's.

use super::address::{Address, Mailbox};
use super::text::Text;
use regex::{Regex, RegexBuilder};

/// The most bytes a compiled pattern may take: one that needs more is a mistake or an attack.
const LARGEST_PATTERN: usize = 256 * 1024;
/// Bytes of a letter that are looked through.
const MOST_TEXT: usize = 64 * 1024;
/// Characters of a value.
const LONGEST_VALUE: usize = 200;

/// How one kind of order letter looks.
#[derive(Debug, Clone)]
pub struct OrderForm {
    /// Who writes it: an address, or a pattern with `*`.
    from: Option<String>,
    /// What its subject matches.
    subject: Option<Regex>,
    /// What is found in its text, by the name of the field; the first group of each pattern is the value.
    fields: Vec<(String, Regex)>,
}

/// Compared as written.
impl PartialEq for OrderForm {
    fn eq(&self, other: &Self) -> bool {
        self.in_words() == other.in_words()
    }
}

impl Eq for OrderForm {}

/// What an order letter says of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The customer.
    pub customer: Mailbox,
    /// Every field that was found, in the order of the configuration, by its name.
    pub fields: Vec<(String, Text)>,
}

/// A pattern of the configuration; what is wrong with it in words.
///
/// # Errors
/// It is no regular expression, or too large a one.
pub fn pattern(written: &str) -> Result<Regex, Text> {
    RegexBuilder::new(written).multi_line(true).case_insensitive(true).size_limit(LARGEST_PATTERN).build().map_err(
        |error| match error {
            regex::Error::CompiledTooBig(_) => Text::own("this pattern is too large"),
            other => Text::from(format!(
                "this is no pattern: {}",
                Text::line(other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: "))
            )),
        },
    )
}

impl OrderForm {
    /// From what the configuration says.
    #[must_use]
    pub fn new(from: Option<&str>, subject: Option<Regex>, fields: Vec<(String, Regex)>) -> Self {
        Self { from: from.map(|written| written.trim().to_lowercase()), subject, fields }
    }

    /// A letter with this sender and subject is one of these.
    #[must_use]
    pub fn fits(&self, sender: &Address, subject: &Text) -> bool {
        self.from.as_deref().is_none_or(|from| super::address::matches(from, sender))
            && self.subject.as_ref().is_none_or(|pattern| pattern.is_match(subject.as_str()))
            && (self.from.is_some() || self.subject.is_some())
    }

    /// Who writes these letters; empty when the subject alone tells.
    #[must_use]
    pub fn sender(&self) -> &str {
        self.from.as_deref().unwrap_or_default()
    }

    /// All that the configuration says, to be compared with what it said before.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut words = format!("{}\n{}", self.sender(), self.subject.as_ref().map_or("", Regex::as_str));
        for (name, pattern) in &self.fields {
            words.push_str(&format!("\n{name}: {pattern}"));
        }
        words
    }

    /// Reads a letter. `reply_to` stands for a customer whose address its text does not give; `None` where neither tells one.
    #[must_use]
    pub fn read(&self, text: &Text, reply_to: &[Mailbox]) -> Option<Order> {
        let text = text.as_str();
        let text = text.get(..text.floor_char_boundary(MOST_TEXT))?;
        let mut fields = Vec::new();
        for (name, pattern) in &self.fields {
            let Some(found) = pattern.captures(text) else { continue };
            let Some(value) = found.get(1).or(found.get(0)) else { continue };
            let value: String = value.as_str().trim().chars().take(LONGEST_VALUE).collect();
            if !value.is_empty() {
                fields.push((name.clone(), Text::line(&value)));
            }
        }
        let value = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
        let written = Mailbox::new(value("name"), value("email"));
        let answered = || {
            let mailbox = reply_to.iter().find(|mailbox| !mailbox.address.is_robot())?;
            let name = if value("name").is_empty() { mailbox.name.as_str() } else { value("name") };
            Mailbox::new(name, mailbox.address.as_str())
        };
        let customer = written.or_else(answered)?;
        Some(Order { customer, fields })
    }
}

impl Order {
    /// The value of a field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Text> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    /// Fields that no card has of itself: they go among its own fields.
    pub fn own_fields(&self) -> impl Iterator<Item = &(String, Text)> {
        const KNOWN: [&str; 5] = ["name", "email", "phone", "company", "order"];
        self.fields.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str()))
    }

    /// What is kept with the lead as its provenance: the fields by their names in the ledger.
    #[must_use]
    pub fn facts(&self) -> Vec<(String, Text)> {
        let mut facts = Vec::new();
        if !self.customer.name.is_empty() {
            facts.push(("name".to_owned(), self.customer.name.clone()));
        }
        facts.push(("address".to_owned(), Text::line(self.customer.address.as_str())));
        facts.extend(self.fields.iter().filter(|(name, _)| !matches!(name.as_str(), "name" | "email")).cloned());
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> OrderForm {
        let fields = fields.iter().map(|(name, written)| ((*name).to_owned(), pattern(written).unwrap())).collect();
        OrderForm::new(Some("Shop@site.example"), Some(pattern("^(new )?order").unwrap()), fields)
    }

    fn mailbox(text: &str) -> Mailbox {
        Mailbox::new("", text).unwrap()
    }

    #[test]
    fn a_letter_of_the_form_is_known_by_sender_and_subject() {
        let form = form(&[]);
        for (from, subject, fits) in [
            ("shop@site.example", "Order 10452", true),
            ("shop@site.example", "New order", true),
            ("shop@site.example", "Your invoice", false),
            ("shop@other.example", "Order 1", false),
        ] {
            assert_eq!(form.fits(&Address::parse(from).unwrap(), &Text::line(subject)), fits, "{from} {subject}");
        }
        let any = OrderForm::new(Some("*@site.example"), None, Vec::new());
        assert!(any.fits(&Address::parse("robot@site.example").unwrap(), &Text::own("x")));
        assert!(!OrderForm::new(None, None, Vec::new()).fits(&Address::parse("a@b.example").unwrap(), &Text::own("x")));
    }

    #[test]
    fn the_customer_and_the_fields_are_found() {
        let form = form(&[
            ("name", "^Name: (.+)$"),
            ("email", "E-mail:\\s*(\\S+)"),
            ("order", "#(\\d+)"),
            ("town", "Town: (.+)"),
        ]);
        let text = Text::block("Order #10452\nname: Іван Петренко \nE-mail: ivan@x.example\nTown: Lviv\n");
        let order = form.read(&text, &[]).unwrap();
        assert_eq!(order.customer, Mailbox::new("Іван Петренко", "ivan@x.example").unwrap());
        assert_eq!(order.value("order").unwrap().as_str(), "10452");
        assert_eq!(order.own_fields().collect::<Vec<_>>(), [&("town".to_owned(), Text::own("Lviv"))]);
        let facts: Vec<String> = order.facts().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(facts, ["name=Іван Петренко", "address=ivan@x.example", "order=10452", "town=Lviv"]);
    }

    #[test]
    fn without_an_address_the_reply_to_tells_the_customer() {
        let form = form(&[("name", "Name: (.+)"), ("email", "E-mail: (\\S+)")]);
        let text = Text::block("Name: Ola\n");
        assert_eq!(form.read(&text, &[mailbox("ola@x.example")]).unwrap().customer.name.as_str(), "Ola");
        assert_eq!(form.read(&text, &[mailbox("no-reply@site.example")]), None);
        assert_eq!(form.read(&text, &[]), None);
    }

    #[test]
    fn patterns_are_bounded() {
        assert!(pattern("Name: (").unwrap_err().as_str().starts_with("this is no pattern: "));
        assert_eq!(pattern("(a{1000}){1000}").unwrap_err().as_str(), "this pattern is too large");
        let long = Text::block(&format!("Name: {}\nE-mail: a@b.example", "x".repeat(5000)));
        let order = form(&[("name", "Name: (.+)"), ("email", "E-mail: (\\S+)")]).read(&long, &[]).unwrap();
        assert_eq!(order.value("name").unwrap().as_str().len(), LONGEST_VALUE);
    }
}
