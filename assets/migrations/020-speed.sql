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

-- Letters of people with all that reports ask of them: a year of letters is read without touching the letters. In the words of the
-- report, so that nothing else takes this index for one of its own.
CREATE INDEX message_people ON message (thread_id, date, id, direction, seen, account_id, nature, ignored, place)
    WHERE place = 'live' AND nature = 'human' AND ignored = 0 AND direction IN ('inbound', 'outbound');

-- Also what was once filed under a card: whenever one goes, SQLite asks whether anything refers to it, and an index of the decisions in
-- force alone cannot say.
DROP INDEX filing_contact;
DROP INDEX filing_company;
DROP INDEX filing_deal;
CREATE INDEX filing_contact ON filing (contact_id, superseded_at, thread_id) WHERE contact_id IS NOT NULL;
CREATE INDEX filing_company ON filing (company_id, superseded_at, thread_id) WHERE company_id IS NOT NULL;
CREATE INDEX filing_deal ON filing (deal_id, superseded_at, thread_id) WHERE deal_id IS NOT NULL;
CREATE INDEX thread_split ON thread (split_from) WHERE split_from IS NOT NULL;
CREATE INDEX refusal_thread ON refusal (thread_id);
