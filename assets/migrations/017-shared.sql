-- A team's mailbox.

-- Looking at letters changes nothing on the server: what is wanted of the flags \Seen (1) and \Flagged (4) stays here, as a difference
-- that is no wish, so that for colleagues a letter that I saw is as it was.
ALTER TABLE account ADD COLUMN read_only INTEGER NOT NULL DEFAULT 0 CHECK (read_only IN (0, 1));

-- As in 002, but for those flags. Flags that agree, the usual case, are not asked about their account.
DROP TRIGGER copy_wished;
CREATE TRIGGER copy_wished AFTER UPDATE OF flags, wanted_flags, keywords, wanted_keywords, wanted_folder, wanted_gone ON copy
WHEN (NEW.wished_at IS NULL) = ((NEW.keywords <> NEW.wanted_keywords OR NEW.wanted_gone = 1
    OR (NEW.wanted_folder <> NEW.folder_id AND NEW.flags & 16 = 0)
    OR (NEW.flags <> NEW.wanted_flags AND ((NEW.flags | NEW.wanted_flags) & ~(NEW.flags & NEW.wanted_flags)
        & ~(SELECT a.read_only * 5 FROM folder f JOIN account a ON a.id = f.account_id WHERE f.id = NEW.folder_id)) <> 0)) IS TRUE) BEGIN
    UPDATE copy SET wished_at = CASE WHEN NEW.wished_at IS NULL THEN CAST(unixepoch('subsec') * 1000 AS INTEGER) END WHERE id = NEW.id;
END;
-- The configuration says otherwise now: what waited or stayed here is looked at anew.
CREATE TRIGGER account_read_only AFTER UPDATE OF read_only ON account WHEN OLD.read_only <> NEW.read_only BEGIN
    UPDATE copy SET flags = flags WHERE folder_id IN (SELECT id FROM folder WHERE account_id = NEW.id) AND flags <> wanted_flags;
END;

-- Conversations that no colleague is to see: left out of what is handed over.
CREATE TABLE private_thread (
    thread_id  INTEGER PRIMARY KEY REFERENCES thread (id),
    since      INTEGER NOT NULL
) STRICT;

-- A lead that a colleague took (domain::claim) was looked at by somebody.
CREATE TRIGGER copy_claimed AFTER UPDATE OF keywords ON copy WHEN NEW.keywords LIKE '%$claimed-%' AND NEW.keywords <> OLD.keywords BEGIN
    UPDATE contact SET reviewed_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
    WHERE kind = 'lead' AND reviewed_at IS NULL AND id = (SELECT f.contact_id FROM filing f JOIN message m ON m.thread_id = f.thread_id
        WHERE m.id = NEW.message_id AND f.superseded_at IS NULL AND f.rule = 'lead');
END;
CREATE TRIGGER filing_claimed AFTER INSERT ON filing WHEN NEW.rule = 'lead' AND NEW.superseded_at IS NULL
    AND EXISTS (SELECT 1 FROM message m JOIN copy c ON c.message_id = m.id WHERE m.thread_id = NEW.thread_id AND c.keywords LIKE '%$claimed-%') BEGIN
    UPDATE contact SET reviewed_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
    WHERE id = NEW.contact_id AND kind = 'lead' AND reviewed_at IS NULL;
END;
