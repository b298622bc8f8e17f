//! What is typed, and the tree it becomes.

use super::*;

/// A tree as a line: `+` and, `/` or, `!` not.
fn shown(node: &Node) -> String {
    let phrase = |p: &Phrase| {
        let (quote, star) = (if p.exact { "'" } else { "" }, if p.prefix { "*" } else { "" });
        format!("{quote}{}{star}{quote}", p.words.join("_"))
    };
    let list = |nodes: &[Node], sign: &str| format!("({})", nodes.iter().map(shown).collect::<Vec<_>>().join(sign));
    match node {
        Node::All(nodes) => list(nodes, "+"),
        Node::Any(nodes) => list(nodes, "/"),
        Node::Not(node) => format!("!{}", shown(node)),
        Node::Words(words) => phrase(words),
        Node::Test(Test::From(p)) => format!("from:{}", phrase(p)),
        Node::Test(Test::Tag(p)) => format!("tag:{}", phrase(p)),
        Node::Test(Test::Has(Has::Named(p))) => format!("has:{}", phrase(p)),
        Node::Test(other) => explain(&Node::Test(other.clone())).join(""),
    }
}

#[test]
fn anything_that_is_typed_becomes_a_tree() {
    for (typed, tree) in [
        ("offer desks", "(offer+desks*)"),
        ("offer ", "offer"),
        ("\"two words\" Łódź", "('two_words'+lodz*)"),
        ("anna@x.example", "anna_x_example*"),
        ("wor* x", "(wor*+x*)"),
        ("a or b c ", "(a/(b+c))"),
        ("a | b", "(a/b*)"),
        ("(a or b) c ", "((a/b)+c)"),
        ("not a ", "!a"),
        ("-a -\"b c\" -(d e) ", "(!a+!'b_c'+!(d+e))"),
        ("NOT NOT a ", "a"),
        ("a and b ", "(a+b)"),
        ("from:anna", "from:anna*"),
        ("from:\"Anna K\"", "from:'anna_k'"),
        ("from:(anna or jan) x ", "((from:anna*/from:jan*)+x)"),
        ("-from:anna", "!from:anna*"),
        ("FROM:Anna ", "from:anna*"),
        ("is:unread budget ", "(is unread+budget)"),
        ("is:unr", "is unread"),
        ("has:pdf has:file ", "(has:pdf*+with a file)"),
        ("after:2026-11-01 before:7d on:ноябрь ", "(from 2026-11-01 on+before 7 days ago+on or in november)"),
        ("amount:>1000EUR ", "of a deal worth more than 1000 EUR"),
        ("counter:new-leads kind:deals ", "(counted as new leads+only deals)"),
        ("kind:lead ", "(only contacts+is lead)"),
        ("http://x.example/a ", "http_x_example_a"),
        ("12:30 ", "12_30"),
        ("", "()"),
        ("\"", "()"),
        ("((((", "()"),
        (")) a ", "a"),
        ("or", "()"),
        ("- -- not", "()"),
        ("🙂", "()"),
        ("'; drop table--", "(drop+table)"),
        ("NEAR(a b) *", "(near+(a+b))"),
        ("don't ", "don_t"),
    ] {
        assert_eq!(shown(&Query::parse(typed).root), tree, "{typed:?}");
    }
}

#[test]
fn what_is_not_understood_is_said() {
    for (typed, note) in [
        ("frm:anna", "frm: is no field, so it is looked for as a word; did you mean from:?"),
        ("before:foo x", "“foo” is no day, so before: is left out: 2026-11-01, yesterday, 7d, november"),
        ("is:unraed x", "is:unraed is not known, so it is left out; did you mean is:unread?"),
        (
            "kind:house x",
            "kind:house is not known, so it is left out; kind: takes contact, company, deal, activity, letter",
        ),
        ("amount:much", "“much” is no amount: >1000, 1000..5000, >1000EUR"),
        ("from: x", "from: stands alone; behind it goes what to look for, as in from:anna"),
        ("🙂 x", "“🙂” has neither letters nor digits, so it is left out"),
    ] {
        let notes = Query::parse(typed).notes;
        assert_eq!(notes.iter().map(Text::as_str).collect::<Vec<_>>(), [note], "{typed}");
    }
    for plain in ["offer", "from:anna is:unread (a or b) -c", "https://x.example", "12:30"] {
        assert_eq!(Query::parse(plain).notes, [], "{plain}");
    }
}

#[test]
fn what_only_letters_can_answer_leaves_out_cards() {
    use Kind::{Activity, Company, Contact, Deal, Letter};
    for (typed, kinds) in [
        ("anna", vec![Contact, Company, Deal, Activity, Letter]),
        ("anna from:jan", vec![Letter]),
        ("kind:deal anna", vec![Deal]),
        ("tag:vip is:watched", vec![Contact, Company, Deal, Activity, Letter]),
        ("kind:deal from:anna", vec![]),
    ] {
        assert_eq!(Query::parse(typed).kinds(), kinds, "{typed}");
    }
}

#[test]
fn a_long_and_deep_text_is_cut() {
    let many = Query::parse(&"word ".repeat(5000));
    assert!(matches!(&many.root, Node::All(nodes) if nodes.len() == 64));
    assert_eq!(many.notes.len(), 1);
    let deep = Query::parse(&format!("{}a{}", "(".repeat(5000), ")".repeat(5000)));
    assert!(deep.notes.len() == 1, "{:?}", deep.notes);
    let negated = Query::parse(&"not ".repeat(4999));
    assert!(negated.is_empty());
    assert!(Query::parse(&"x".repeat(10_000)).root.has(&|node| matches!(node, Node::Words(_))));
}

proptest::proptest! {
    #[test]
    fn nothing_that_is_typed_fails(typed in "([a-zżźіїя0-9:\"()|*<>.@,;=&#' \\-\\x00🙂]|from:|is:|before:|amount:|or |not |NEAR){0,60}") {
        let query = Query::parse(&typed);
        drop(explain(&query.root));
        drop(completions(&typed, &Names::default()));
        drop(query.kinds());
    }

    #[test]
    fn a_phrase_is_found_where_its_words_stand(text in "(ab?|b|ba)( (ab?|b|ba)){0,6}", words in "(ab?|b)( (ab?|b)){0,2}", prefix: bool) {
        let phrase = Phrase { words: super::words(&words), prefix, exact: false };
        let tokens = super::words(&text);
        let naive = tokens.windows(phrase.words.len()).any(|window| {
            window.iter().zip(&phrase.words).enumerate().all(|(at, (one, wanted))| {
                one == wanted || (prefix && at + 1 == phrase.words.len() && one.starts_with(wanted.as_str()))
            })
        });
        proptest::prop_assert_eq!(phrase.is_in(&super::folded_words(&text)), naive);
    }
}
