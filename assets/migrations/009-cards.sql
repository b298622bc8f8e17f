-- What cards have in common: an owner (who handles the client: a name, empty is me), a mark to be watched, tags (one a line), a note, and
-- the values of own fields, a JSON object by the name the configuration gives them.

ALTER TABLE contact ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN watched INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1));
ALTER TABLE contact ADD COLUMN fields TEXT NOT NULL DEFAULT '{}';

ALTER TABLE company ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE company ADD COLUMN watched INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1));
ALTER TABLE company ADD COLUMN tags TEXT NOT NULL DEFAULT '';
ALTER TABLE company ADD COLUMN fields TEXT NOT NULL DEFAULT '{}';

ALTER TABLE deal ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE deal ADD COLUMN watched INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1));
ALTER TABLE deal ADD COLUMN tags TEXT NOT NULL DEFAULT '';
ALTER TABLE deal ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE deal ADD COLUMN fields TEXT NOT NULL DEFAULT '{}';
-- Its pipeline, by the name the configuration gives it; empty is the first one.
ALTER TABLE deal ADD COLUMN pipeline TEXT NOT NULL DEFAULT '';

-- What a list of tags and a filter by tag, owner or mark reads: only the rows that have one.
CREATE INDEX contact_tags ON contact (tags) WHERE tags <> '';
CREATE INDEX company_tags ON company (tags) WHERE tags <> '';
CREATE INDEX deal_tags ON deal (tags) WHERE tags <> '';
CREATE INDEX contact_owner ON contact (owner) WHERE owner <> '';
CREATE INDEX company_owner ON company (owner) WHERE owner <> '';
CREATE INDEX deal_owner ON deal (owner) WHERE owner <> '';
CREATE INDEX contact_tagged ON contact (folded, id) WHERE tags <> '';
CREATE INDEX contact_owned ON contact (folded, id) WHERE owner <> '';
CREATE INDEX contact_watched ON contact (folded, id) WHERE watched = 1;

-- The files of a letter by name, so that a card lists them without opening every letter. Written with the letter; for letters that came
-- before there was this table, by whoever keeps the store in order (runtime/upkeep.rs).
CREATE TABLE attachment (
    message_id  INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    file        INTEGER NOT NULL,          -- its place among the letter's attachments
    name        TEXT NOT NULL,
    media_type  TEXT NOT NULL,
    size        INTEGER NOT NULL,          -- of the decoded bytes; of what is on the server, see left_on_server
    PRIMARY KEY (message_id, file)
) STRICT, WITHOUT ROWID;
-- The letters with files of a conversation.
CREATE INDEX message_files ON message (thread_id, date, id) WHERE attachments > 0;
