-- Activities with several people, from phone systems, calendars and letters; promises found in letters.

-- Which way a call or a message went; empty: it does not matter.
ALTER TABLE activity ADD COLUMN way TEXT NOT NULL DEFAULT '' CHECK (way IN ('', 'in', 'out'));
-- Who takes part and has no card, one a line.
ALTER TABLE activity ADD COLUMN guests TEXT NOT NULL DEFAULT '';
-- The letter it comes from: a promise, an invitation.
ALTER TABLE activity ADD COLUMN message_id INTEGER REFERENCES message (id);
-- What whoever entered it calls it (a phone system's number of the call, a row of a list): entered once. NULL: entered by hand.
ALTER TABLE activity ADD COLUMN entry_key TEXT;
CREATE UNIQUE INDEX activity_entry ON activity (entry_key) WHERE entry_key IS NOT NULL;
CREATE INDEX activity_trigger ON activity (trigger_id) WHERE trigger_id IS NOT NULL;
CREATE INDEX activity_message ON activity (message_id) WHERE message_id IS NOT NULL;

-- Who takes part beside activity.contact_id.
CREATE TABLE activity_person (
    id           INTEGER PRIMARY KEY,
    activity_id  INTEGER NOT NULL REFERENCES activity (id) ON DELETE CASCADE,
    contact_id   INTEGER NOT NULL REFERENCES contact (id),
    UNIQUE (activity_id, contact_id)
) STRICT;
CREATE INDEX activity_person_contact ON activity_person (contact_id, activity_id);

-- A meeting of somebody's calendar by its UID there. It stays when I take the meeting out, so that it does not come back.
CREATE TABLE invitation (
    id           INTEGER PRIMARY KEY,
    uid          TEXT NOT NULL UNIQUE,
    sequence     INTEGER NOT NULL,         -- of the version that stands
    written_at   INTEGER NOT NULL,         -- when that version was sent
    cancelled    INTEGER NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1)),
    activity_id  INTEGER REFERENCES activity (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX invitation_activity ON invitation (activity_id) WHERE activity_id IS NOT NULL;

-- A promise that a letter holds. Found when the letter comes (or is queued here); a task only when I say so.
CREATE TABLE promise (
    id           INTEGER PRIMARY KEY,
    message_id   INTEGER REFERENCES message (id) ON DELETE CASCADE,   -- NULL: the letter is still on its way
    outgoing_id  INTEGER REFERENCES outgoing (id) ON DELETE CASCADE,  -- NULL: the letter was not written here
    mine         INTEGER NOT NULL CHECK (mine IN (0, 1)),             -- I have to do it; else they
    sentence     TEXT NOT NULL,
    due_on       TEXT NOT NULL,            -- YYYY-MM-DD, as the letter's writer counts
    due_time     TEXT NOT NULL DEFAULT '', -- HH:MM, where one was said
    decided      TEXT NOT NULL DEFAULT '' CHECK (decided IN ('', 'made', 'declined')),
    activity_id  INTEGER REFERENCES activity (id) ON DELETE SET NULL,
    CHECK (message_id IS NOT NULL OR outgoing_id IS NOT NULL)
) STRICT;
CREATE INDEX promise_message ON promise (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX promise_outgoing ON promise (outgoing_id) WHERE outgoing_id IS NOT NULL;
CREATE INDEX promise_activity ON promise (activity_id) WHERE activity_id IS NOT NULL;
CREATE INDEX promise_open ON promise (due_on) WHERE decided = '';

-- A phone number without what people write between its digits: a phone system writes it otherwise than a card.
ALTER TABLE contact_phone ADD COLUMN digits TEXT GENERATED ALWAYS AS
    (replace(replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '(', ''), ')', ''), '+', ''), '.', ''), '/', ''), char(160), '')) VIRTUAL;
CREATE INDEX contact_phone_digits ON contact_phone (substr(digits, -9));
