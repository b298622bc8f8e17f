-- Mailings: one letter each to everybody a search finds; who wants none any more; letters that ask for a score.

CREATE TABLE mailing (
    id             INTEGER PRIMARY KEY,
    account_id     INTEGER NOT NULL REFERENCES account (id),
    title          TEXT NOT NULL,
    segment        TEXT NOT NULL,            -- the search whose people are its recipients; read once, when it is prepared
    template       TEXT NOT NULL,
    language       TEXT NOT NULL DEFAULT '', -- '': each in their own
    working_hours  INTEGER NOT NULL DEFAULT 1 CHECK (working_hours IN (0, 1)), -- only while the recipient is likely at work
    state          TEXT NOT NULL CHECK (state IN ('prepared', 'running', 'paused', 'done')),
    why            TEXT NOT NULL DEFAULT '', -- why it is paused, where it paused itself
    created_at     INTEGER NOT NULL,
    checked_at     INTEGER,
    started_at     INTEGER,
    next_at        INTEGER,                  -- its next letter goes to the outbox then; NULL: none is left to go there
    trouble        INTEGER NOT NULL DEFAULT 0, -- "later" in a row
    drops          INTEGER NOT NULL DEFAULT 0, -- connections that broke in a row
    lost           INTEGER NOT NULL DEFAULT 0  -- letters of unknown fate in a row
) STRICT;
CREATE INDEX mailing_running ON mailing (account_id, next_at) WHERE state = 'running';

CREATE TABLE mailing_recipient (
    id           INTEGER PRIMARY KEY,
    mailing_id   INTEGER NOT NULL REFERENCES mailing (id) ON DELETE CASCADE,
    contact_id   INTEGER REFERENCES contact (id) ON DELETE SET NULL,
    name         TEXT NOT NULL,
    address      TEXT NOT NULL,              -- '': the card has none
    canonical    TEXT NOT NULL,              -- the mailbox: two spellings of it are one
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'handed', 'skipped')),
    skip         TEXT NOT NULL DEFAULT '',   -- the kind of reason
    reason       TEXT NOT NULL DEFAULT '',   -- in words
    insisted     INTEGER NOT NULL DEFAULT 0 CHECK (insisted IN (0, 1)), -- taken in by my word where the check would leave them out
    not_before   INTEGER NOT NULL DEFAULT 0, -- their working hours begin then
    msg_id       TEXT,                       -- fixed in the transaction that puts the letter into the outbox
    outgoing_id  INTEGER REFERENCES outgoing (id) ON DELETE SET NULL,
    handed_at    INTEGER,
    CHECK ((state = 'handed') = (handed_at IS NOT NULL AND skip = '')),
    CHECK (handed_at IS NULL OR msg_id IS NOT NULL)
) STRICT;
-- Whatever else happens: one letter to an address.
CREATE UNIQUE INDEX mailing_recipient_once ON mailing_recipient (mailing_id, canonical) WHERE state <> 'skipped' OR handed_at IS NOT NULL;
CREATE INDEX mailing_recipient_next ON mailing_recipient (mailing_id, not_before, id) WHERE state = 'waiting';
CREATE INDEX mailing_recipient_all ON mailing_recipient (mailing_id, id);
CREATE INDEX mailing_recipient_contact ON mailing_recipient (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX mailing_recipient_outgoing ON mailing_recipient (outgoing_id) WHERE outgoing_id IS NOT NULL;
CREATE INDEX mailing_recipient_msg_id ON mailing_recipient (msg_id) WHERE msg_id IS NOT NULL;
CREATE INDEX mailing_recipient_canonical ON mailing_recipient (canonical);

ALTER TABLE outgoing ADD COLUMN mailing_id INTEGER REFERENCES mailing (id);
CREATE INDEX outgoing_mailing ON outgoing (mailing_id, sent_at) WHERE mailing_id IS NOT NULL;

-- A letter taken out of the outbox does not wait for its turn again.
CREATE TRIGGER mailing_letter_taken_out BEFORE DELETE ON outgoing WHEN OLD.mailing_id IS NOT NULL
BEGIN
    UPDATE mailing_recipient SET state = 'skipped', skip = 'taken out', reason = 'taken out of the outbox by hand' WHERE outgoing_id = OLD.id;
END;

-- Who wants no mailings any more, for ever: by address, so that it outlives cards, their merging and every import.
CREATE TABLE opted_out (
    id          INTEGER PRIMARY KEY,
    address     TEXT NOT NULL,
    canonical   TEXT NOT NULL UNIQUE,
    at          INTEGER NOT NULL,
    how         TEXT NOT NULL CHECK (how IN ('token', 'answer', 'hand')),
    evidence    TEXT NOT NULL,
    msg_id      TEXT,                        -- the letter that asks for it
    mailing_id  INTEGER                      -- the mailing it answers; kept when that goes
) STRICT;
CREATE INDEX opted_out_mailing ON opted_out (mailing_id) WHERE mailing_id IS NOT NULL;

-- Letters of mine that ask for a score, by name: their answers are looked at.
CREATE TABLE survey_letter (
    id        INTEGER PRIMARY KEY,
    msg_id    TEXT NOT NULL UNIQUE,
    template  TEXT NOT NULL
) STRICT;
