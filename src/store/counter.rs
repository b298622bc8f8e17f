//! The counters' rules as SQL, each said once.

/// The rule of "unanswered" (PRODUCT.md, Counters) as a condition on a thread `t`; it needs the parameter `:now`, in
/// milliseconds. The last letter a person wrote came to me, and I neither did nor snoozed *that* letter: a newer one
/// reopens the thread.
pub(super) const UNANSWERED: &str = "t.last_human_direction = 'inbound' AND t.merged_into IS NULL AND NOT EXISTS (
    SELECT 1 FROM thread_state s WHERE s.thread_id = t.id AND (s.done_message_id = t.last_human_message_id
        OR (s.snoozed_message_id = t.last_human_message_id AND s.snoozed_until > :now)))";
