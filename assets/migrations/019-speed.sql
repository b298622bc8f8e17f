-- Indexes that answer alone what is asked at every key, with very many letters and deals.

-- What was won by whom: the largest clients raise rows of Today. What the rule compares stands last, because SQLite calls an index
-- covering only when it has those columns too.
CREATE INDEX deal_won ON deal (company_id, contact_id, currency, amount_minor, state) WHERE state = 'won';

-- With the deal: whose payments are overdue is read without the payments.
DROP INDEX payment_unpaid;
CREATE INDEX payment_unpaid ON payment (due_on, id, deal_id, paid_on) WHERE paid_on IS NULL;

-- All that is asked of a letter in Junk: thousands may lie there, and each is asked at every counting.
DROP INDEX message_junk;
CREATE INDEX message_junk ON message (date, id, thread_id, from_address, ignored, direction, nature, place) WHERE place = 'junk';

-- Letters of a conversation with all that reports ask of them: a year of letters is read without touching the letters.
DROP INDEX message_live;
CREATE INDEX message_live ON message (thread_id, date, id, direction, nature, ignored, seen, account_id, place) WHERE place = 'live';

-- What was ever filed under a card. The indexes of the decisions in force cannot say that nothing refers to a card any more: whenever
-- one went, all decisions there ever were would be read.
CREATE INDEX filing_of_contact ON filing (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX filing_of_company ON filing (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX filing_of_deal ON filing (deal_id) WHERE deal_id IS NOT NULL;
