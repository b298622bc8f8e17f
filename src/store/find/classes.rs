//! The classes letters stand in when the best come first: clients, other people, lists and robots, Junk and Trash.

use super::plan::{Column, Leaf, Plan};

/// Conditions of the classes of [`crate::domain::query::Rank`], each on `m` alone; those of the first are those of the index `message_client`.
pub(super) const CONDITIONS: [&str; 4] = [
    "m.client = 1 AND m.nature = 'human' AND m.ignored = 0 AND m.place IN ('live', 'draft')",
    "m.client = 0 AND m.nature = 'human' AND m.ignored = 0 AND m.place IN ('live', 'draft')",
    "NOT (m.nature = 'human' AND m.ignored = 0) AND m.place IN ('live', 'draft')",
    "m.place IN ('junk', 'trash')",
];

/// False where no letter of a class can be meant: it is not walked through.
pub(super) fn may_stand_in(plan: &Plan, class: u8) -> bool {
    match plan {
        Plan::All(plans) => plans.iter().all(|plan| may_stand_in(plan, class)),
        Plan::Any(plans) => plans.iter().any(|plan| may_stand_in(plan, class)),
        Plan::Not(plan) => match plan.as_ref() {
            Plan::Leaf(leaf) => may_be_none_of(leaf, class),
            _ => true,
        },
        Plan::Leaf(leaf) => match leaf.as_ref() {
            Leaf::Column(Column::Bulk | Column::Automatic) => class > 1,
            Leaf::Column(Column::Junk) => class == 3,
            Leaf::Column(Column::Draft) => class != 3,
            Leaf::Client => class != 1,
            _ => true,
        },
    }
}

/// The first two classes are of people, the first one is of clients.
fn may_be_none_of(leaf: &Leaf, class: u8) -> bool {
    match leaf {
        Leaf::Column(Column::Human) => class > 1,
        Leaf::Client => class != 0,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(plan: &Plan) -> Vec<u8> {
        (0..4).filter(|class| may_stand_in(plan, *class)).collect()
    }

    #[test]
    fn only_classes_that_can_hold_a_letter_are_walked() {
        let column = |column| Plan::leaf(Leaf::Column(column));
        let not = |plan| Plan::Not(Box::new(plan));
        for (plan, expected) in [
            (column(Column::Bulk), &[2, 3][..]),
            (column(Column::Automatic), &[2, 3]),
            (column(Column::Junk), &[3]),
            (column(Column::Draft), &[0, 1, 2]),
            (column(Column::Human), &[0, 1, 2, 3]),
            (Plan::leaf(Leaf::Client), &[0, 2, 3]),
            (not(Plan::leaf(Leaf::Client)), &[1, 2, 3]),
            (not(column(Column::Human)), &[2, 3]),
            (not(column(Column::Bulk)), &[0, 1, 2, 3]),
            (Plan::All(vec![column(Column::Unread), column(Column::Bulk)]), &[2, 3]),
            (Plan::Any(vec![column(Column::Bulk), Plan::leaf(Leaf::Client)]), &[0, 2, 3]),
        ] {
            assert_eq!(classes(&plan), expected, "{plan:?}");
        }
    }
}
