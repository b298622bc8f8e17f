//! `[[order_form]]`: letters that a shop's robot writes when somebody orders.

use super::mistake::Source;
use super::raw;
use crate::domain::address::sender_pattern;
use crate::domain::order_form::{OrderForm, pattern};
use crate::domain::problem::Result;
use regex::Regex;
use std::ops::Range;
use toml::Spanned;

/// The most fields of one form.
const MOST_FIELDS: usize = 40;

/// Checks every form.
pub fn order_forms(source: &Source<'_>, written: Vec<Spanned<raw::OrderForm>>) -> Result<Vec<OrderForm>> {
    written
        .into_iter()
        .map(|form| {
            let place = form.span();
            order_form(source, &place, form.into_inner())
        })
        .collect()
}

fn order_form(source: &Source<'_>, place: &Range<usize>, written: raw::OrderForm) -> Result<OrderForm> {
    if written.from.is_none() && written.subject.is_none() {
        return Err(source.missing(place, "this order form", "from"));
    }
    let from = match &written.from {
        Some(from) => {
            Some(sender_pattern(from.as_ref()).map_err(|why| source.wrong(&from.span(), "from", why.as_str()))?)
        }
        None => None,
    };
    let subject = match &written.subject {
        Some(subject) => Some(compiled(source, "subject", subject)?),
        None => None,
    };
    let Some(fields) = written.fields else { return Err(source.missing(place, "this order form", "fields")) };
    let fields_at = fields.span();
    let mut fields: Vec<(String, Spanned<String>)> = fields.into_inner().into_iter().collect();
    if !fields.iter().any(|(name, _)| name == "email") && written.from.is_none() {
        return Err(source.wrong(&fields_at, "fields", "without from a form needs the field email"));
    }
    if fields.is_empty() || fields.len() > MOST_FIELDS {
        return Err(source.wrong(&fields_at, "fields", "a form has 1 to 40 fields"));
    }
    // As they stand in the file.
    fields.sort_by_key(|(_, pattern)| pattern.span().start);
    let mut checked: Vec<(String, Regex)> = Vec::new();
    for (name, written) in fields {
        let regex = compiled(source, "fields", &written)?;
        if regex.captures_len() < 2 {
            let sentence = format!("the pattern of {name} has no part in brackets: the value it is to find");
            return Err(source.wrong(&written.span(), "fields", &sentence));
        }
        checked.push((name, regex));
    }
    Ok(OrderForm::new(from.as_deref(), subject, checked))
}

fn compiled(source: &Source<'_>, key: &str, written: &Spanned<String>) -> Result<Regex> {
    pattern(written.as_ref()).map_err(|why| source.wrong(&written.span(), key, why.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::domain::text::Text;
    use std::path::Path;

    const ACCOUNT: &str = "[[account]]\nname = \"work\"\nemail = \"you@firma.example\"\n[account.imap]\nhost = \"i.example\"\npassword = { keyring = true }\n[account.smtp]\nhost = \"s.example\"\n";

    fn parse(text: &str) -> Result<Vec<OrderForm>> {
        Config::parse(&format!("{text}{ACCOUNT}"), Path::new("/nowhere/config.toml")).map(|config| config.order_forms)
    }

    #[test]
    fn a_form_reads_what_its_fields_say() {
        let forms = parse(
            "[[order_form]]\nfrom = \"shop@site.example\"\nsubject = \"^order\"\nfields = { name = \"Name: (.+)\", email = \"E-mail: (.+)\" }\n",
        )
        .unwrap();
        let order = forms[0].read(&Text::own("Name: Ola\nE-mail: ola@x.example"), &[]).unwrap();
        assert_eq!(order.customer.to_string(), "Ola <ola@x.example>");
        assert_eq!(parse("").unwrap(), []);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (written, sentence) in [
            ("[[order_form]]\nfields = { email = \"(.+)\" }\n", "line 1: this order form has no from"),
            ("[[order_form]]\nfrom = \"shop\"\n", "line 2: from: shop is no address"),
            ("[[order_form]]\nfrom = \"s@x.example\"\n", "line 1: this order form has no fields"),
            (
                "[[order_form]]\nfrom = \"s@x.example\"\nfields = { email = \"(\" }\n",
                "line 3: fields: this is no pattern: ",
            ),
            (
                "[[order_form]]\nfrom = \"s@x.example\"\nfields = { email = \"x\" }\n",
                "line 3: fields: the pattern of email has no part in brackets",
            ),
            ("[[order_form]]\nfrom = \"s@x.example\"\nfields = {}\n", "line 3: fields: a form has 1 to 40 fields"),
            (
                "[[order_form]]\nsubject = \"order\"\nfields = { name = \"(.+)\" }\n",
                "line 3: fields: without from a form needs the field email",
            ),
            ("[[order_form]]\nform = \"s@x.example\"\n", "unknown key form"),
        ] {
            let problem = parse(written).unwrap_err();
            assert!(problem.sentence.contains(sentence), "{}", problem.sentence);
        }
    }
}
