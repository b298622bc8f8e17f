//! Names of folders on the wire and on the screen: modified UTF-7 (RFC 3501, 5.1.3).

/// Base64 with `,` for `/`.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// A name on the wire as text, not sanitised. What is not valid stays as it is: some servers send UTF-8 or a bare `&`.
///
/// `utf7_imap::decode_utf7_imap` panics on what is not base64, and the name comes from a stranger.
#[must_use]
pub fn shown(raw: &str) -> String {
    let mut name = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('&') {
        name.push_str(before);
        match after.split_once('-') {
            Some(("", next)) => {
                name.push('&');
                rest = next;
            }
            Some((encoded, next)) if let Some(decoded) = decode_utf16(encoded) => {
                name.push_str(&decoded);
                rest = next;
            }
            _ => {
                name.push('&');
                rest = after;
            }
        }
    }
    name.push_str(rest);
    name
}

/// The characters between `&` and `-`: UTF-16 in base64 with no padding.
fn decode_utf16(encoded: &str) -> Option<String> {
    let mut units = Vec::new();
    let mut bits = 0_u32;
    let mut count = 0_u32;
    for byte in encoded.bytes() {
        let six = ALPHABET.iter().position(|letter| *letter == byte)?;
        bits = (bits << 6) | u32::try_from(six).ok()?;
        count += 6;
        if count >= 16 {
            count -= 16;
            units.push(u16::try_from((bits >> count) & 0xffff).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    // What is left over is padding: less than a whole character, and zero.
    if count >= 6 || bits != 0 || units.is_empty() {
        return None;
    }
    char::decode_utf16(units).collect::<std::result::Result<String, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn names_on_the_wire_are_read_as_the_rfc_says() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("Клиенты", "&BBoEOwQ4BDUEPQRCBEs-"),
            ("A & B", "A &- B"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Wysłane", "Wys&AUI-ane"),
            ("🙂", "&2D3eQg-"),
            ("&bad-&", "&bad-&"),
        ] {
            assert_eq!(shown(wire), name);
        }
    }
}
