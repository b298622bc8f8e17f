-- When somebody is back, as their automatic answers say it. One row for each answer that names a day.
CREATE TABLE away (
    message_id  INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,   -- the automatic answer
    address     TEXT NOT NULL,              -- who is away
    returns_on  TEXT NOT NULL               -- the day on which they are back, 2026-12-07
) STRICT;
CREATE INDEX away_address ON away (address, message_id);

-- Answers that came before this was kept are read once more; so are delivery reports, of which more is understood now.
DELETE FROM bounced;
INSERT OR IGNORE INTO reread (message_id) SELECT id FROM message WHERE nature IN ('bounce', 'automatic');
