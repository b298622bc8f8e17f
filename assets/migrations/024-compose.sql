-- Drafts and what of them is in the Drafts folder of their account.
ALTER TABLE draft ADD COLUMN account_id INTEGER NOT NULL DEFAULT 0;
UPDATE draft SET account_id = coalesce(json_extract(letter, '$.account'), 0) WHERE json_valid(letter);

-- One row for each draft that was ever offered to the server. It stays when the draft goes, so that a copy of it that comes late is
-- known for what it is; an undo finds the draft where it was.
CREATE TABLE draft_copy (
    draft_id    INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,         -- stands in the letter (X-Postbook-Draft) and in its Message-ID
    message_id  INTEGER,                      -- the letter in Drafts that holds it; NULL: none that we know of
    agreed      TEXT NOT NULL DEFAULT '',     -- a digest of what both sides had last
    agreed_at   INTEGER NOT NULL DEFAULT 0,   -- the draft's saved_at then: a later one is a change made here
    pushing     TEXT NOT NULL DEFAULT '',     -- a digest of what is being given to the server; nobody may have heard how that ended
    pushing_at  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX draft_copy_message ON draft_copy (message_id) WHERE message_id IS NOT NULL;

-- A draft that was sent or thrown away goes from the server as well.
CREATE TRIGGER draft_went AFTER DELETE ON draft BEGIN
    UPDATE copy SET wanted_gone = 1 WHERE message_id = (SELECT message_id FROM draft_copy WHERE draft_id = OLD.id)
        AND folder_id IN (SELECT id FROM folder WHERE role = 'drafts');
END;
-- One that comes back is given to the server anew, whatever became of its copy there.
CREATE TRIGGER draft_came_back AFTER INSERT ON draft BEGIN
    UPDATE draft_copy SET agreed_at = 0 WHERE draft_id = NEW.id;
END;
