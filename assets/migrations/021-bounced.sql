-- Who did not get a letter of mine, as the delivery reports among the letters say it: one row for each recipient a report names.
CREATE TABLE bounced (
    id          INTEGER PRIMARY KEY,
    message_id  INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,   -- the report
    address     TEXT NOT NULL,
    reason      TEXT NOT NULL CHECK (reason IN ('gone', 'full', 'late', 'refused')),
    status      TEXT NOT NULL DEFAULT '',   -- RFC 3463; '' where the report has none
    answer      TEXT NOT NULL DEFAULT '',   -- what their server said
    UNIQUE (message_id, address)
) STRICT;
CREATE INDEX bounced_address ON bounced (address, message_id);

-- Reports that came before this was kept are read once more.
INSERT OR IGNORE INTO reread (message_id) SELECT id FROM message WHERE nature = 'bounce';
