//! How the letters of an account are written: quoting, the signature's place, HTML, a photo.

use super::check::{beside, signature_file, word};
use super::mistake::Source;
use super::raw;
use crate::domain::outbox::File;
use crate::domain::problem::Result;
use crate::domain::style::{LARGEST_PHOTO, Style};
use crate::domain::text::{Text, is_unsafe};
use toml::Spanned;

/// What an HTML signature never holds: nothing of a letter runs, and nothing of it is fetched.
const NEVER: [&str; 8] = ["<script", "<iframe", "<object", "<form", "javascript:", " on", "src=\"http", "src='http"];

/// Takes the keys of an account.
pub fn style(source: &Source<'_>, account: &mut raw::Account) -> Result<Style> {
    let place = |written: raw::At<String>, key, default: bool, when_true: &'static str, when_false: &'static str| {
        word(source, key, written, default, |word| match word {
            word if word == when_true => Some(true),
            word if word == when_false => Some(false),
            _ => None,
        })
    };
    let signature_html = account.signature_html.take().map(|file| signature_html(source, &file)).transpose()?;
    Ok(Style {
        quote: account.quote.unwrap_or(true),
        below_quote: place(account.answer.take(), "answer", false, "below", "above")?,
        signature_above: place(account.signature_place.take(), "signature_place", false, "above", "below")?,
        html: account.html.unwrap_or(false),
        signature_html: signature_html.unwrap_or_default(),
        photo: account.signature_photo.take().map(|file| photo(source, &file)).transpose()?,
    })
}

fn signature_html(source: &Source<'_>, written: &Spanned<String>) -> Result<String> {
    let (html, shown) = signature_file(source, "signature_html", written)?;
    let wrong = |sentence: String| source.wrong(&written.span(), "signature_html", &sentence);
    let plain = html.to_ascii_lowercase().replace(['\n', '\t', '\r'], " ");
    // ` on` alone is a word: only an attribute runs.
    let runs = |never: &&&str| match **never {
        " on" => plain.match_indices(" on").any(|(at, _)| {
            let after = plain.get(at + 3..).unwrap_or("");
            let name = after.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            name.len() < after.len() && name.trim_start().starts_with('=')
        }),
        never => plain.contains(never),
    };
    if let Some(never) = NEVER.iter().find(|never| runs(never)) {
        return Err(wrong(format!(
            "{shown} has “{}”: nothing in a letter may run or be fetched, many servers refuse such letters",
            never.trim()
        )));
    }
    Ok(html.trim().replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !is_unsafe(*c)).collect())
}

fn photo(source: &Source<'_>, written: &Spanned<String>) -> Result<File> {
    let path = beside(source.path, written.as_ref());
    let shown = Text::line(&path.to_string_lossy());
    let wrong = |sentence: String| source.wrong(&written.span(), "signature_photo", &sentence);
    let size = std::fs::metadata(&path).map_err(|error| wrong(format!("cannot read {shown}: {error}")))?.len();
    if size > LARGEST_PHOTO {
        return Err(wrong(format!(
            "{shown} has {} KB, and the photo goes with every letter: up to 50 KB",
            size.div_ceil(1024)
        )));
    }
    let bytes = std::fs::read(&path).map_err(|error| wrong(format!("cannot read {shown}: {error}")))?;
    let (media_type, ending) = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => ("image/png", "png"),
        [0xff, 0xd8, 0xff, ..] => ("image/jpeg", "jpg"),
        [b'G', b'I', b'F', b'8', ..] => ("image/gif", "gif"),
        _ => return Err(wrong(format!("{shown} is no JPEG, PNG or GIF picture"))),
    };
    Ok(File { name: format!("photo.{ending}"), media_type: media_type.to_owned(), bytes })
}
