//! Own fields: what I want to know of clients beyond what every card has, typed, as the configuration names them.

use super::text::Text;
use jiff::civil::Date;

/// Whose card has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Noun {
    /// A person's.
    Contact,
    /// A company's.
    Company,
    /// A deal's.
    Deal,
}

super::contact::words!(Noun, Contact = "contact", Company = "company", Deal = "deal");

/// What may stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Any text of one line.
    Text,
    /// A number, with a point or comma.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    YesNo,
    /// One of these.
    Choice(Vec<Text>),
}

/// One own field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Whose card has it.
    pub of: Noun,
    /// Its name, as it is shown.
    pub name: Text,
    /// What may stand in it.
    pub of_type: Type,
}

impl Field {
    /// A value as it is kept: days in ISO 8601, `yes` and `no`, numbers with a point; empty takes the value away.
    ///
    /// # Errors
    /// A sentence that says what may stand there.
    pub fn check(&self, typed: &str) -> Result<Text, String> {
        let value = Text::line(typed.trim());
        if value.is_empty() {
            return Ok(value);
        }
        let plain = value.as_str();
        let said = match &self.of_type {
            Type::Text => return Ok(value),
            Type::Number => {
                let number: String =
                    plain.chars().filter(|c| !c.is_whitespace()).map(|c| if c == ',' { '.' } else { c }).collect();
                let digits = number.strip_prefix('-').unwrap_or(&number);
                let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
                let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
                if all_digits(whole) && all_digits(fraction) {
                    return Ok(Text::from(number));
                }
                "is not a number".to_owned()
            }
            Type::Date => match plain.parse::<Date>() {
                Ok(day) => return Ok(Text::from(day.to_string())),
                Err(_) => "is not a day such as 2026-11-30".to_owned(),
            },
            Type::YesNo => match plain.to_lowercase().as_str() {
                "yes" | "y" | "да" | "так" | "tak" => return Ok(Text::own("yes")),
                "no" | "n" | "нет" | "ні" | "nie" => return Ok(Text::own("no")),
                _ => "is neither yes nor no".to_owned(),
            },
            Type::Choice(choices) => {
                let same = |choice: &&Text| choice.as_str().to_lowercase() == plain.to_lowercase();
                if let Some(choice) = choices.iter().find(same) {
                    return Ok(choice.clone());
                }
                format!("is none of {}", choices.iter().map(Text::as_str).collect::<Vec<_>>().join(", "))
            }
        };
        Err(format!("{}: “{value}” {said}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_takes_its_values() {
        let choice = || Type::Choice(vec![Text::own("A"), Text::own("B")]);
        for (of_type, typed, kept) in [
            (Type::Text, " any ", Ok("any")),
            (Type::Number, "1 240,5", Ok("1240.5")),
            (Type::Number, "-3", Ok("-3")),
            (Type::Number, "3x", Err("size: “3x” is not a number")),
            (Type::Date, "2026-11-30", Ok("2026-11-30")),
            (Type::Date, "30.11", Err("size: “30.11” is not a day such as 2026-11-30")),
            (Type::YesNo, "Так", Ok("yes")),
            (Type::YesNo, "maybe", Err("size: “maybe” is neither yes nor no")),
            (choice(), "b", Ok("B")),
            (choice(), "c", Err("size: “c” is none of A, B")),
            (choice(), "", Ok("")),
        ] {
            let field = Field { of: Noun::Contact, name: Text::own("size"), of_type };
            let checked = field.check(typed);
            assert_eq!(checked.as_ref().map(Text::as_str).map_err(String::as_str), kept, "{typed}");
        }
    }
}
