-- What happened that a letter is due for: each event of each subject once, and what became of the letter.
-- The rows are found by upkeep (runtime/events.rs) and are shown in Today while what they say is still so (store/offered.rs).
CREATE TABLE offered (
    id           INTEGER PRIMARY KEY,
    event        TEXT NOT NULL,             -- as the template's front matter writes it: 'payment_due 3'
    subject      TEXT NOT NULL,             -- whom or what it happened to: 'contact 4', 'deal 7', 'payment 12'
    occurrence   TEXT NOT NULL,             -- which time: a due day, a year, the moment of a step
    template     TEXT NOT NULL,             -- the template's name
    contact_id   INTEGER NOT NULL REFERENCES contact (id),
    deal_id      INTEGER REFERENCES deal (id) ON DELETE CASCADE,
    payment_id   INTEGER REFERENCES payment (id) ON DELETE CASCADE,
    because      TEXT NOT NULL,             -- what happened, in words; a line more for why it did not leave by itself
    auto         INTEGER NOT NULL CHECK (auto IN (0, 1)),  -- it may leave by itself; 0 once something spoke against it
    expires_on   TEXT NOT NULL,             -- YYYY-MM-DD: not offered after that day
    noted_at     INTEGER NOT NULL,
    state        TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'dismissed', 'leaving')),
    UNIQUE (event, subject, occurrence)
) STRICT;
CREATE INDEX offered_open ON offered (noted_at, id) WHERE state = 'open';
CREATE INDEX offered_contact ON offered (contact_id);
CREATE INDEX offered_deal ON offered (deal_id) WHERE deal_id IS NOT NULL;
CREATE INDEX offered_payment ON offered (payment_id) WHERE payment_id IS NOT NULL;

-- Letters that leave by themselves: none leaves before the mailbox was looked at and the client had not written.
CREATE TABLE automatic (
    outgoing_id  INTEGER PRIMARY KEY REFERENCES outgoing (id) ON DELETE CASCADE,
    contact_id   INTEGER NOT NULL REFERENCES contact (id),
    offered_id   INTEGER REFERENCES offered (id) ON DELETE SET NULL,
    since        INTEGER NOT NULL,          -- the newest letter's key at that moment: one of theirs that comes later stops it
    checked_at   INTEGER                    -- the mailbox was looked at then, and nothing had come
) STRICT;
CREATE INDEX automatic_contact ON automatic (contact_id);
CREATE INDEX automatic_offered ON automatic (offered_id) WHERE offered_id IS NOT NULL;

-- What the events are compared with: since when they are looked for, and my details as they were.
CREATE TABLE event_state (
    id    INTEGER PRIMARY KEY,
    what  TEXT NOT NULL UNIQUE,             -- 'begun', 'requisites', 'address'
    text  TEXT NOT NULL,
    at    INTEGER NOT NULL
) STRICT;

CREATE INDEX contact_birthday ON contact (birthday, id) WHERE birthday IS NOT NULL;
