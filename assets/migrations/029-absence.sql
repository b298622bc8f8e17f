-- When I am away, and the letters that are answered by themselves then (RFC 3834). One absence at a time: the newest that was not ended.
CREATE TABLE absence (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER REFERENCES account (id) ON DELETE CASCADE,  -- letters to this account alone; NULL: to every personal one
    begins_at   INTEGER NOT NULL,           -- what comes from then on is answered
    last_day    TEXT NOT NULL,              -- YYYY-MM-DD: the last day away
    template    TEXT NOT NULL,              -- the template's name
    pause_days  INTEGER NOT NULL CHECK (pause_days BETWEEN 1 AND 366),  -- one person gets one answer in so many days
    ended_at    INTEGER                     -- I ended it before its last day, or began another
) STRICT;
CREATE INDEX absence_account ON absence (account_id) WHERE account_id IS NOT NULL;

-- Each letter that came during an absence: the answer, or why there is none. Written together with the answer's row in the outbox.
CREATE TABLE auto_reply (
    message_id   INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,   -- the letter
    absence_id   INTEGER REFERENCES absence (id) ON DELETE SET NULL,
    canonical    TEXT NOT NULL,             -- who wrote it: one spelling of their address
    at           INTEGER NOT NULL,
    outgoing_id  INTEGER UNIQUE REFERENCES outgoing (id) ON DELETE SET NULL,      -- the answer; NULL: there is none, or I took it back
    refusal      TEXT NOT NULL,             -- why there is none (domain/auto_reply.rs); empty: answered
    why          TEXT NOT NULL              -- more of that in words
) STRICT;
CREATE INDEX auto_reply_person ON auto_reply (canonical, at) WHERE refusal = '';
CREATE INDEX auto_reply_absence ON auto_reply (absence_id, at);

-- Up to which letter of an account was looked. Made when the first sync of the account is through: what that brings is never answered.
CREATE TABLE auto_reply_cursor (
    account_id  INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    message_id  INTEGER NOT NULL
) STRICT;
