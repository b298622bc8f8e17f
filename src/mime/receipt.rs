//! Reports of good news: delivered (RFC 3464) and read (RFC 8098).

use super::headers::Headers;
use super::parts::Parts;
use crate::domain::address::Address;
use crate::domain::message::MsgId;
use crate::domain::receipt::{Fate, Receipt};

/// What a report tells of a letter of mine that arrived or was read; empty for any other letter, and for a report that does not name
/// the letter: whose it is would be a guess.
#[must_use]
pub fn receipts(bytes: &[u8]) -> Vec<Receipt> {
    let parts = Parts::read(bytes);
    let mut found = Vec::new();
    if parts.all.first().is_none_or(|whole| whole.media_type != "multipart/report") {
        return found;
    }
    for part in &parts.all {
        if part.media_type.ends_with("disposition-notification") {
            found.extend(read(&part.decoded()));
        } else if part.media_type.ends_with("delivery-status") {
            let Some(letter) = returned(&parts) else { continue };
            found.extend(delivered(&part.decoded(), &letter));
        }
    }
    found
}

/// `Disposition: manual-action/MDN-sent-manually; displayed`
fn read(report: &[u8]) -> Option<Receipt> {
    let (fields, _) = Headers::read(report.trim_ascii_start(), |_| false);
    let disposition = fields.unfolded("disposition")?.to_ascii_lowercase();
    let what = disposition.split_once(';')?.1.split(['/', ';']).next()?.trim().to_owned();
    let fate = match what.as_str() {
        "displayed" => Fate::Read,
        "deleted" => Fate::Deleted,
        _ => return None,
    };
    let recipient = address(&fields, "final-recipient").or_else(|| address(&fields, "original-recipient"))?;
    Some(Receipt { letter: MsgId::parse(fields.unfolded("original-message-id")?.trim())?, recipient, fate })
}

fn delivered(report: &[u8], letter: &MsgId) -> Vec<Receipt> {
    let groups = super::bounce::groups(report);
    let receipt = |group: &Headers<'_>| {
        let action = group.text("action")?.to_ascii_lowercase();
        let fate = match action.split_whitespace().next()? {
            "delivered" => Fate::Delivered,
            "relayed" | "expanded" => Fate::Relayed,
            _ => return None,
        };
        // The address I wrote to, where the letter was passed on to another one.
        let recipient = address(group, "original-recipient").or_else(|| address(group, "final-recipient"))?;
        Some(Receipt { letter: letter.clone(), recipient, fate })
    };
    groups.iter().filter_map(receipt).collect()
}

/// The name of the letter that a report gives back, whole or its head alone.
fn returned(parts: &Parts<'_>) -> Option<MsgId> {
    let heads =
        ["message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"];
    let part = parts.all.iter().find(|part| heads.contains(&part.media_type.as_str()))?;
    let returned = part.decoded();
    let (head, _) = Headers::read(&returned, |_| false);
    head.msg_ids("message-id").into_iter().next()
}

/// `rfc822; anna@x.example`; some write the address alone, some in brackets.
pub(super) fn address(group: &Headers<'_>, name: &str) -> Option<Address> {
    // Decoded: servers encode what is not ASCII of an address as if it were text.
    let value = group.text(name)?;
    let address = value.split_once(';').map_or(value.as_str(), |(_, address)| address);
    Address::parse(address.trim().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(letter: &str) -> Vec<String> {
        receipts(letter.as_bytes())
            .iter()
            .map(|receipt| format!("{} {} {}", receipt.letter, receipt.recipient, receipt.fate.word()))
            .collect()
    }

    #[test]
    fn what_was_read() {
        let mdn = |disposition: &str| {
            format!(
                "From: anna@x.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nYour letter was shown.\n\
                 --b\nContent-Type: message/disposition-notification\n\nReporting-UA: x\nFinal-Recipient: rfc822;anna@x.example\n\
                 Original-Message-ID: <1@firma.example>\nDisposition: {disposition}\n--b--\n"
            )
        };
        let read = ["1@firma.example anna@x.example read"];
        assert_eq!(told(&mdn("manual-action/MDN-sent-manually; displayed")), read);
        assert_eq!(told(&mdn("automatic-action/MDN-sent-automatically;\n displayed/error")), read);
        assert_eq!(
            told(&mdn("automatic-action/MDN-sent-automatically; deleted")),
            ["1@firma.example anna@x.example deleted"]
        );
        assert_eq!(told(&mdn("manual-action/MDN-sent-manually; denied")), [""; 0]);
        assert_eq!(told(&mdn("displayed")), [""; 0], "no disposition of RFC 8098");
    }

    #[test]
    fn what_was_delivered() {
        let dsn = |head: &str| {
            format!(
                "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nDone.\n\
                 --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n\
                 Original-Recipient: rfc822;anna@x.example\nFinal-Recipient: rfc822;anna@inside.x.example\nAction: delivered\nStatus: 2.0.0\n\n\
                 Final-Recipient: rfc822;bob@x.example\nAction: relayed (to a server without reports)\nStatus: 2.0.0\n\n\
                 Final-Recipient: rfc822;gone@x.example\nAction: failed\nStatus: 5.1.1\n\
                 --b\nContent-Type: {head}\n\nSubject: Offer\nMessage-ID: <1@firma.example>\n\n--b--\n"
            )
        };
        let expected = ["1@firma.example anna@x.example delivered", "1@firma.example bob@x.example relayed"];
        assert_eq!(told(&dsn("text/rfc822-headers")), expected);
        assert_eq!(told(&dsn("message/rfc822")), expected);
        assert_eq!(told(&dsn("text/plain")), [""; 0], "whose letter it is would be a guess");
    }
}
