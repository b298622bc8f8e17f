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
