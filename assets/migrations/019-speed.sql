-- Indexes that answer alone what is asked at every key, with very many letters and deals.

-- What was won by whom: the largest clients raise rows of Today. What the rule compares stands last, because SQLite calls an index
-- covering only when it has those columns too.
CREATE INDEX deal_won ON deal (company_id, contact_id, currency, amount_minor, state) WHERE state = 'won';

-- With the deal: whose payments are overdue is read without the payments.
DROP INDEX payment_unpaid;
CREATE INDEX payment_unpaid ON payment (due_on, id, deal_id, paid_on) WHERE paid_on IS NULL;
