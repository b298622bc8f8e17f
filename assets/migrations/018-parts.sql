-- A card as it was tells its deals, people and activities too: what left it since is found by the card that its image names.
DROP INDEX change_row_of_contact;
DROP INDEX change_row_of_company;
DROP INDEX change_row_of_deal;
CREATE INDEX change_row_of_contact ON change_row (json_extract(before, '$.contact_id'), noun, id)
    WHERE noun IN ('contact_address', 'contact_phone', 'deal', 'activity');
CREATE INDEX change_row_of_company ON change_row (json_extract(before, '$.company_id'), noun, id)
    WHERE noun IN ('company_domain', 'contact', 'deal', 'activity');
CREATE INDEX change_row_of_deal ON change_row (json_extract(before, '$.deal_id'), noun, id)
    WHERE noun IN ('offer_line', 'payment', 'activity');

-- The meeting comes again, as far as is known: when it is done or past, the next one is planned.
ALTER TABLE invitation ADD COLUMN repeats INTEGER NOT NULL DEFAULT 0 CHECK (repeats IN (0, 1));
CREATE INDEX invitation_repeats ON invitation (activity_id) WHERE repeats = 1 AND activity_id IS NOT NULL;
