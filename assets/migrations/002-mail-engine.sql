-- What the mail engine keeps beside 001: wishes for good, their age, and what a server refused.

-- The letter is to be deleted for good on the server (\Deleted and UID EXPUNGE). Until the server did so its place stays,
-- but no folder lists it.
ALTER TABLE copy ADD COLUMN wanted_gone INTEGER NOT NULL DEFAULT 0 CHECK (wanted_gone IN (0, 1));
-- When the oldest wish of this copy that still waits was made (milliseconds); NULL: nothing waits. Moves go out in this order.
ALTER TABLE copy ADD COLUMN wished_at INTEGER;
CREATE INDEX copy_gone ON copy (folder_id) WHERE wanted_gone = 1;

-- A folder made or renamed here and not yet on the server: its name on the wire as it should be; NULL: it is as it should be.
ALTER TABLE folder ADD COLUMN wanted_raw_name TEXT;
-- Made here; the server does not have it yet.
ALTER TABLE folder ADD COLUMN to_create INTEGER NOT NULL DEFAULT 0 CHECK (to_create IN (0, 1));

-- A wish the server refused: it was taken back here, and is shown until looked at.
CREATE TABLE refusal (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES account (id),
    thread_id   INTEGER REFERENCES thread (id),  -- NULL: a wish about a folder
    wish        TEXT NOT NULL,                   -- in words: "move “Offer” from INBOX to Archive"
    said        TEXT NOT NULL,                   -- the server's reason
    at          INTEGER NOT NULL,
    seen_at     INTEGER                          -- when the user looked at it
) STRICT;
CREATE INDEX refusal_new ON refusal (at) WHERE seen_at IS NULL;
