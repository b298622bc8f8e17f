-- How the work on each account goes, for whoever looks: another Postbook on this store, `postbook status`, a script.

ALTER TABLE account ADD COLUMN phase TEXT NOT NULL DEFAULT 'never'
    CHECK (phase IN ('never', 'connecting', 'syncing', 'online', 'waiting', 'refused', 'closed'));
-- When it is tried again after a failure; NULL: nothing failed.
ALTER TABLE account ADD COLUMN next_try_at INTEGER;
-- What to do about `last_error`.
ALTER TABLE account ADD COLUMN last_hint TEXT;
-- Somebody who does not own the network asked for a sync then; its owner sees it and syncs.
ALTER TABLE account ADD COLUMN asked_at INTEGER;
