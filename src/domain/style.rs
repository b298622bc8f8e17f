//! How the letters of an account are written: what is quoted and where, the signature, plain or with HTML.

use super::outbox::File;

/// The most bytes a photo in a signature may have: it goes with every letter.
pub const LARGEST_PHOTO: u64 = 50 * 1024;

/// How the letters of an account are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// An answer carries what it answers.
    pub quote: bool,
    /// My words stand below the quote, not above it.
    pub below_quote: bool,
    /// The signature stands right below my words, above the quote.
    pub signature_above: bool,
    /// Letters carry an HTML alternative made from Markdown, unless I say otherwise at the last look.
    pub html: bool,
    /// The signature for HTML; empty where the text of the other one does for both.
    pub signature_html: String,
    /// A small photo in the HTML signature.
    pub photo: Option<File>,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            quote: true,
            below_quote: false,
            signature_above: false,
            html: false,
            signature_html: String::new(),
            photo: None,
        }
    }
}
