-- Letters brought in from files.

-- A folder of this machine alone: no server has it, no sync takes anything out of it, nothing in it waits for a server.
ALTER TABLE folder ADD COLUMN kept_here INTEGER NOT NULL DEFAULT 0 CHECK (kept_here IN (0, 1));

-- What is wanted of a letter kept here is so at once: no server has to be told, so nothing of it waits. In the place of a
-- server the trigger takes flags and keywords, and marks a letter that stands in another folder as moved (\Deleted, as 002 has it).
CREATE TRIGGER copy_kept_here AFTER UPDATE OF wanted_flags, wanted_keywords, wanted_folder ON copy
WHEN (NEW.flags <> NEW.wanted_flags OR NEW.keywords <> NEW.wanted_keywords OR (NEW.wanted_folder IS NOT NULL) <> (NEW.flags & 16 <> 0))
    AND (SELECT kept_here FROM folder WHERE id = NEW.folder_id) = 1 BEGIN
    UPDATE copy SET keywords = wanted_keywords,
        flags = (wanted_flags & ~16) | (16 * (wanted_folder IS NOT NULL)), wanted_flags = (wanted_flags & ~16) | (16 * (wanted_folder IS NOT NULL))
    WHERE id = NEW.id;
END;

-- How far a file that is being brought in was read; written with the letters, gone when the file is done.
CREATE TABLE import_progress (
    source    TEXT PRIMARY KEY,            -- absolute path
    size      INTEGER NOT NULL,            -- of the file when it was begun: another file of that name begins anew
    modified  INTEGER NOT NULL,
    read_to   INTEGER NOT NULL             -- bytes
) STRICT;
