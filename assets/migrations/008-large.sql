-- Large files that stay on the server until somebody opens them.

-- A file of a letter that was fetched without it: its part in `raw` is empty. Such a letter's `message.size` is that of the whole,
-- and its digest is of what a whole copy shares with it (mime: digest_without_files) until it is whole.
CREATE TABLE left_on_server (
    message_id  INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    file        INTEGER NOT NULL,          -- its place among the letter's attachments
    size        INTEGER NOT NULL,          -- about how many bytes it has
    PRIMARY KEY (message_id, file)
) STRICT, WITHOUT ROWID;

-- Somebody wants to open a file of it: whoever talks to the server fetches the letter whole.
CREATE TABLE whole_wanted (
    message_id  INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    asked_at    INTEGER NOT NULL
) STRICT;
