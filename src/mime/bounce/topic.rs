//! Amazon SES tells of bounces by letters of its notification service: JSON (`notificationType`, `bounce`, `bouncedRecipients`).

use super::MOST_RECIPIENTS;
use super::answer::{shortened, status_in};
use crate::domain::address::Address;
use crate::domain::bounce::{Bounce, reason};
use crate::domain::text::Text;
use serde_json::Value;

/// The field that the notification service writes.
pub(super) const HEADER: &str = "x-amz-sns-message-id";

/// It is about a letter that did not arrive, and not about a complaint, a delivery, or something else of Amazon's.
pub(in crate::mime) fn is_bounce(text: &str) -> bool {
    let start: String = text.chars().take(2000).filter(|c| !matches!(c, '\\' | ' ')).collect();
    start.contains("\"notificationType\":\"Bounce\"") || start.contains("\"eventType\":\"Bounce\"")
}

/// The recipients that it names.
pub(super) fn bounces(text: &str) -> Vec<Bounce> {
    let start = text.find('{').and_then(|at| text.get(at..)).unwrap_or_default();
    // The letter is folded at some width: a break inside a string is none.
    let Some(mut told) = first_value(&start.replace(['\r', '\n'], "")) else { return Vec::new() };
    // The message itself may be wrapped in one of the service, as a string.
    if let Some(inner) = told.get("Message").and_then(Value::as_str).and_then(first_value) {
        told = inner;
    }
    let of = |name: &str| told.get("bounce").and_then(|bounce| bounce.get(name));
    let is_permanent = of("bounceType").and_then(Value::as_str) != Some("Transient");
    let recipients = of("bouncedRecipients").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    recipients.iter().take(MOST_RECIPIENTS).filter_map(|one| recipient(one, is_permanent)).collect()
}

/// Below the JSON stands how to unsubscribe.
fn first_value(text: &str) -> Option<Value> {
    serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?.ok()
}

fn recipient(one: &Value, is_permanent: bool) -> Option<Bounce> {
    let recipient = Address::parse(one.get("emailAddress")?.as_str()?)?;
    let diagnosis = one.get("diagnosticCode").and_then(Value::as_str).unwrap_or_default();
    let answer = diagnosis.split_once(';').map_or(diagnosis, |(_, answer)| answer);
    let status =
        one.get("status").and_then(Value::as_str).and_then(status_in).or_else(|| status_in(answer)).unwrap_or_default();
    let permanent = is_permanent && !status.starts_with('4');
    let reason = reason(&status, answer, permanent);
    Some(Bounce { recipient, status: Text::from(status), answer: shortened(answer), permanent, reason })
}
