-- Where a deal stood, and when: a row when it begins, comes into another stage or pipeline, is closed or opened again, or is worth
-- another amount. The newest row says what `deal` says. Conversion, speed and what a deal looked like on a day are read from it.
CREATE TABLE deal_stage (
    id            INTEGER PRIMARY KEY,
    deal_id       INTEGER NOT NULL REFERENCES deal (id),
    pipeline      TEXT NOT NULL,
    stage         TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
    amount_minor  INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    at            INTEGER NOT NULL
) STRICT;
CREATE INDEX deal_stage_deal ON deal_stage (deal_id, at, id);
CREATE INDEX deal_stage_at ON deal_stage (at, id);

-- Of deals from before there was a history only their beginning and their end are known.
INSERT INTO deal_stage (deal_id, pipeline, stage, state, amount_minor, currency, at)
    SELECT id, pipeline, stage, 'open', amount_minor, currency, created_at FROM deal;
INSERT INTO deal_stage (deal_id, pipeline, stage, state, amount_minor, currency, at)
    SELECT id, pipeline, stage, state, amount_minor, currency, coalesce(closed_at, created_at) FROM deal WHERE state <> 'open';

-- A column of the board, in its order; its sums; those that are closed, the last first.
CREATE INDEX deal_board ON deal (pipeline, stage, coalesce(expected_close, '9999-12-31'), id) WHERE state = 'open';
CREATE INDEX deal_sums ON deal (state, pipeline, stage, currency, amount_minor);
CREATE INDEX deal_closed ON deal (state, pipeline, closed_at, id);
CREATE INDEX deal_forecast ON deal (pipeline, stage, currency, expected_close, amount_minor) WHERE state = 'open';
-- The next activity of a deal.
CREATE INDEX activity_next ON activity (deal_id, due_at, id) WHERE done_at IS NULL;

-- Per cent as it is written, exact: 7.5; empty is none.
ALTER TABLE offer_line ADD COLUMN discount TEXT NOT NULL DEFAULT '';
ALTER TABLE offer_line ADD COLUMN vat TEXT NOT NULL DEFAULT '';

-- Lines of bank statements that were decided about. The digest is of what the line says and of how many such lines stand above
-- it in its statement, so that the same statement proposes nothing twice.
CREATE TABLE bank_line (
    id            INTEGER PRIMARY KEY,
    digest        TEXT NOT NULL UNIQUE,
    booked_on     TEXT NOT NULL,
    amount_minor  INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    text          TEXT NOT NULL,
    verdict       TEXT NOT NULL CHECK (verdict IN ('paid', 'none')), -- none: no payment of a deal
    decided_at    INTEGER NOT NULL
) STRICT;
-- The line of a statement by which it was found paid.
ALTER TABLE payment ADD COLUMN bank_line_id INTEGER REFERENCES bank_line (id);
