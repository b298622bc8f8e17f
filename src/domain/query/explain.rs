//! How a search was understood, in words.

use super::tree::{Has, Node, Phrase, Test};

/// One line for each part; parts of parts are indented.
#[must_use]
pub fn explain(node: &Node) -> Vec<String> {
    if node.is_everything() {
        return vec!["everything".to_owned()];
    }
    let mut lines = Vec::new();
    match node {
        Node::All(nodes) => nodes.iter().for_each(|node| said(node, 0, &mut lines)),
        other => said(other, 0, &mut lines),
    }
    lines
}

fn said(node: &Node, depth: usize, lines: &mut Vec<String>) {
    let line = |text: &str| format!("{}{text}", "  ".repeat(depth));
    let mut group = |title: &str, nodes: &[Node]| {
        lines.push(line(title));
        nodes.iter().for_each(|node| said(node, depth + 1, lines));
    };
    match node {
        Node::All(nodes) => group("all of:", nodes),
        Node::Any(nodes) => group("one of:", nodes),
        Node::Not(node) => group("not:", std::slice::from_ref(node)),
        Node::Words(phrase) => lines.push(line(&words(phrase))),
        Node::Test(test) => lines.push(line(&condition(test))),
    }
}

fn words(phrase: &Phrase) -> String {
    let joined = phrase.words.join(" ");
    match (phrase.words.len(), phrase.prefix, phrase.exact) {
        (1, false, false) => format!("the word {joined} or a form of it"),
        (1, true, false) => format!("a word that begins with {joined}, or a form of it"),
        (1, false, true) => format!("exactly the word {joined}"),
        (1, true, true) => format!("a word that begins with {joined}"),
        (_, false, _) => format!("the words “{joined}” in this order"),
        (_, true, _) => format!("the words “{joined}…” in this order"),
    }
}

fn condition(test: &Test) -> String {
    let text = |phrase: &Phrase| format!("“{}{}”", phrase.words.join(" "), if phrase.prefix { "…" } else { "" });
    match test {
        Test::From(phrase) => format!("written by {}", text(phrase)),
        Test::To(phrase) => format!("sent to {}", text(phrase)),
        Test::Subject(phrase) => format!("with {} in the subject", text(phrase)),
        Test::In(phrase) => format!("in a folder called {} or for that", text(phrase)),
        Test::Has(Has::File) => "with a file".to_owned(),
        Test::Has(Has::Invitation) => "with an invitation".to_owned(),
        Test::Has(Has::Link) => "with the address of a page".to_owned(),
        Test::Has(Has::Named(phrase)) => format!("with a file that has {} in its name", text(phrase)),
        Test::Is(is) => format!("is {}", is.word()),
        Test::Before(when) => format!("before {}", when.in_words()),
        Test::After(when) => format!("from {} on", when.in_words()),
        Test::On(when) => format!("on or in {}", when.in_words()),
        Test::Contact(phrase) => format!("of a contact called {}", text(phrase)),
        Test::Company(phrase) => format!("of a company called {}", text(phrase)),
        Test::Deal(phrase) => format!("of a deal called {}", text(phrase)),
        Test::Stage(phrase) => format!("of a deal in the stage {}", text(phrase)),
        Test::Amount(amount) => format!("of a deal worth {}", amount.in_words()),
        Test::Tag(phrase) => format!("tagged {}", text(phrase)),
        Test::Owner(phrase) => format!("handled by {}", text(phrase)),
        Test::Counter(counter) => format!("counted as {}", counter.label()),
        Test::Kind(kind) => format!("only {}", kind.plural()),
    }
}
