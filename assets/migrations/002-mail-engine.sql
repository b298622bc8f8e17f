-- What the mail engine keeps beside 001: wishes for good, their age, keywords wanted, folders made and renamed here, and what a
-- server refused.

-- The letter is to be deleted for good on the server (\Deleted and UID EXPUNGE). Until the server did so its place stays,
-- but no folder lists it.
ALTER TABLE copy ADD COLUMN wanted_gone INTEGER NOT NULL DEFAULT 0 CHECK (wanted_gone IN (0, 1));
-- When the oldest wish of this copy that still waits was made (milliseconds); NULL: nothing waits. Moves go out in this order.
-- Kept by the trigger copy_wished.
ALTER TABLE copy ADD COLUMN wished_at INTEGER;
-- As wanted_flags is to flags: the keywords the server should have, parted by blanks, sorted. A copy comes without a wish.
ALTER TABLE copy ADD COLUMN wanted_keywords TEXT NOT NULL DEFAULT '';
UPDATE copy SET wanted_keywords = keywords;
UPDATE copy SET wished_at = 0 WHERE flags <> wanted_flags OR (wanted_folder IS NOT NULL AND flags & 16 = 0);
CREATE INDEX copy_wished ON copy (folder_id, wished_at) WHERE wished_at IS NOT NULL;
-- A server with neither MOVE nor UIDPLUS is given a copy of the letter and a mark on the old one: begun, and to be looked for in
-- the other folder before it is tried again, because nobody may have heard how it ended.
ALTER TABLE copy ADD COLUMN move_begun INTEGER NOT NULL DEFAULT 0 CHECK (move_begun IN (0, 1));
CREATE INDEX copy_gone ON copy (folder_id) WHERE wanted_gone = 1;

CREATE TRIGGER copy_came_with_keywords AFTER INSERT ON copy WHEN NEW.keywords <> NEW.wanted_keywords BEGIN
    UPDATE copy SET wanted_keywords = keywords WHERE id = NEW.id;
END;
-- \Deleted (16) on the server's side ends the wish to move: a server with neither MOVE nor UIDPLUS lists the old copy on.
CREATE TRIGGER copy_wished AFTER UPDATE OF flags, wanted_flags, keywords, wanted_keywords, wanted_folder, wanted_gone ON copy
WHEN (NEW.wished_at IS NULL) = ((NEW.flags <> NEW.wanted_flags OR NEW.keywords <> NEW.wanted_keywords OR NEW.wanted_gone = 1
    OR (NEW.wanted_folder <> NEW.folder_id AND NEW.flags & 16 = 0)) IS TRUE) BEGIN
    UPDATE copy SET wished_at = CASE WHEN NEW.wished_at IS NULL THEN CAST(unixepoch('subsec') * 1000 AS INTEGER) END WHERE id = NEW.id;
END;

-- A folder made or renamed here and not yet on the server: its name on the wire as it should be; NULL: it is as it should be.
ALTER TABLE folder ADD COLUMN wanted_raw_name TEXT;
-- Made here; the server does not have it yet.
ALTER TABLE folder ADD COLUMN to_create INTEGER NOT NULL DEFAULT 0 CHECK (to_create IN (0, 1));
-- MAILBOXID (RFC 8474): stays when the folder is renamed. NULL where the server has none.
ALTER TABLE folder ADD COLUMN mailbox_id TEXT;

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
