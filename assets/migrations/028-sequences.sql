-- Letters of mine that wait for an answer, and what follows when none comes: one row for each letter (runtime/follow_up.rs).
-- The letter that follows is offered (or leaves by itself), and when it has left it has a row of its own.
CREATE TABLE sequence (
    id          INTEGER PRIMARY KEY,
    msg_id      TEXT NOT NULL UNIQUE,         -- my letter
    contact_id  INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    deal_id     INTEGER REFERENCES deal (id) ON DELETE SET NULL,
    template    TEXT NOT NULL,                -- the letter that follows
    pack        TEXT NOT NULL,                -- the pack it stands in; '': it is one reminder and nothing follows it
    step        INTEGER NOT NULL,             -- its step there; 0 without a pack
    days        INTEGER NOT NULL CHECK (days > 0),  -- working days without an answer
    since       INTEGER NOT NULL,             -- when my letter was sent
    state       TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'offered', 'done', 'stopped')),
    why         TEXT NOT NULL DEFAULT '',     -- what ended it, in words
    ended_at    INTEGER,
    offered_id  INTEGER REFERENCES offered (id) ON DELETE SET NULL
) STRICT;
-- Colleagues of a client who are on no card.
CREATE INDEX contact_address_domain ON contact_address (substr(address, instr(address, '@') + 1));
-- Whose letter a delivery report speaks of.
CREATE INDEX recipient_address ON recipient (address);
CREATE INDEX sequence_going ON sequence (since, id) WHERE state IN ('waiting', 'offered');
CREATE INDEX sequence_ended ON sequence (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX sequence_contact ON sequence (contact_id);
CREATE INDEX sequence_deal ON sequence (deal_id) WHERE deal_id IS NOT NULL;
CREATE INDEX sequence_offered ON sequence (offered_id) WHERE offered_id IS NOT NULL;

-- Addresses that a server said to be nobody's when a letter was handed over to it: no report comes of those.
CREATE TABLE nobodys (
    address  TEXT PRIMARY KEY,
    at       INTEGER NOT NULL,
    answer   TEXT NOT NULL              -- the server's word
) STRICT, WITHOUT ROWID;

-- How many letters may leave from an account: asked before each, whatever program sends it.
CREATE TABLE pace (
    account_id  INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    per_minute  INTEGER NOT NULL,
    per_day     INTEGER NOT NULL
) STRICT;
