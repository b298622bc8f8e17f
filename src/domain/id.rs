//! Keys of rows in the store, one type for each noun so that they cannot be mixed up.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// One mailbox with its identity.
    Account,
    /// One IMAP mailbox of an account.
    Folder,
    /// One letter; its copies in several folders share it. Not the `Message-ID` header: that is [`super::message::MsgId`].
    Message,
    /// One conversation.
    Thread,
    /// A letter that something which happened is due for.
    Offered,
    /// A person, lead or contact.
    Contact,
    /// An organisation.
    Company,
    /// A sale in progress.
    Deal,
    /// Something done or planned with a client.
    Activity,
    /// A promise that a letter holds.
    Promise,
    /// An amount due in a deal.
    Payment,
    /// One letter on its way out.
    Outgoing,
    /// One mailing.
    Mailing,
    /// One recipient of a mailing.
    Recipient,
    /// One draft.
    Draft,
    /// A letter of mine that waits for an answer, and what follows when none comes.
    Sequence,
    /// A time in which I am away.
    Absence,
    /// One search kept under a name.
    View,
    /// One undoable act.
    Change,
}
