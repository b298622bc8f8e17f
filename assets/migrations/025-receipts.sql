-- Good news of letters of mine, as reports among the letters say it: delivered, passed on, read, deleted unread.
CREATE TABLE receipt (
    id          INTEGER PRIMARY KEY,
    message_id  INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,   -- the report
    msg_id      TEXT NOT NULL,              -- my letter
    address     TEXT NOT NULL,              -- whom the report is about
    fate        TEXT NOT NULL CHECK (fate IN ('delivered', 'relayed', 'read', 'deleted')),
    UNIQUE (message_id, address, fate)
) STRICT;
CREATE INDEX receipt_letter ON receipt (msg_id);
