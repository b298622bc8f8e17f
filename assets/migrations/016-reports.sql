-- What was done, seen from later: which acts were taken back by which, what a card was on a day, how much waited day by day.

-- A change that takes another one back, or does it again (undo is itself recorded, so that it can be redone and so that the state
-- between the two is known); 0 for an act of the user, else the act it is about.
ALTER TABLE change ADD COLUMN of_change INTEGER NOT NULL DEFAULT 0;
-- What it does to that act.
ALTER TABLE change ADD COLUMN way TEXT NOT NULL DEFAULT 'act' CHECK (way IN ('act', 'undo', 'redo'));
-- The before-images of letters were given up, because it is long ago: it cannot be taken back any more.
ALTER TABLE change ADD COLUMN faded INTEGER NOT NULL DEFAULT 0 CHECK (faded IN (0, 1));
CREATE INDEX change_act ON change (id) WHERE way = 'act';
CREATE INDEX change_standing ON change (id) WHERE way = 'act' AND undone_at IS NULL;
CREATE INDEX change_of ON change (of_change, id) WHERE way <> 'act';

-- What a row was: its images, newest first.
CREATE INDEX change_row_row ON change_row (noun, row_id, id);
-- Rows that belonged to a card and are gone: found by the card they name.
CREATE INDEX change_row_of_contact ON change_row (json_extract(before, '$.contact_id'), noun, id) WHERE noun IN ('contact_address', 'contact_phone');
CREATE INDEX change_row_of_company ON change_row (json_extract(before, '$.company_id'), noun, id) WHERE noun = 'company_domain';
CREATE INDEX change_row_of_deal ON change_row (json_extract(before, '$.deal_id'), noun, id) WHERE noun IN ('offer_line', 'payment');

-- How much waited, as it was seen: a log of observations, a row for each counter on each day somebody looked. No counter is read
-- from here; those are computed. It is kept because no later computation can tell how much waited on a day that has passed.
CREATE TABLE counter_day (
    id       INTEGER PRIMARY KEY,
    day      TEXT NOT NULL,                -- where the user was
    counter  TEXT NOT NULL,
    first    INTEGER NOT NULL,             -- at the first look of that day
    last     INTEGER NOT NULL,             -- at the last one
    UNIQUE (day, counter)
) STRICT;
