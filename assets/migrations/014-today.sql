-- What Today asks of a conversation: when its client wrote last, whose it is, until when it is put off, whom it was given to. Facts of
-- one thread each, as in 007: no number of a counter is kept.

ALTER TABLE thread ADD COLUMN last_inbound_message_id INTEGER;          -- the newest letter a person wrote to me
ALTER TABLE thread ADD COLUMN last_inbound_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN client_contact_id INTEGER;                -- of the filing in force
ALTER TABLE thread ADD COLUMN client_company_id INTEGER;

-- Put off until they answer: holds as long as their newest letter is the one of then (NULL: they had not written).
ALTER TABLE thread_state ADD COLUMN awaiting INTEGER NOT NULL DEFAULT 0 CHECK (awaiting IN (0, 1));
ALTER TABLE thread_state ADD COLUMN awaited_after INTEGER;
ALTER TABLE thread_state ADD COLUMN assigned TEXT NOT NULL DEFAULT '';  -- the colleague who is to see to it; empty is me

DROP TRIGGER thread_last_human;
DROP TRIGGER thread_state_came;
DROP TRIGGER thread_state_changed;
DROP TRIGGER thread_state_went;
DROP TRIGGER filing_came;
DROP TRIGGER filing_changed;
DROP TRIGGER filing_went;

UPDATE thread SET
    last_inbound_message_id = (SELECT id FROM message m WHERE m.thread_id = thread.id AND m.place = 'live' AND m.human_in
        ORDER BY m.date DESC, m.digest DESC LIMIT 1),
    last_inbound_at = coalesce((SELECT max(m.date) FROM message m WHERE m.thread_id = thread.id AND m.place = 'live' AND m.human_in), 0),
    client_contact_id = (SELECT f.contact_id FROM filing f WHERE f.thread_id = thread.id AND f.superseded_at IS NULL),
    client_company_id = (SELECT f.company_id FROM filing f WHERE f.thread_id = thread.id AND f.superseded_at IS NULL);

-- Done and snoozed hold for the letter they were said of and for all before it: that the letter goes to Junk or Trash reopens nothing.
CREATE VIEW thread_standing AS SELECT t.id,
    coalesce(s.awaiting = 1 AND s.awaited_after IS t.last_inbound_message_id, 0)
        OR coalesce(s.done_message_id = t.last_human_message_id, 0)
        OR EXISTS (SELECT 1 FROM message d JOIN message l WHERE d.id = s.done_message_id AND l.id = t.last_human_message_id AND l.date < d.date)
        AS settled,
    coalesce(s.snoozed_message_id = t.last_human_message_id, 0)
        OR EXISTS (SELECT 1 FROM message d JOIN message l WHERE d.id = s.snoozed_message_id AND l.id = t.last_human_message_id AND l.date < d.date)
        AS snoozed
    FROM thread t LEFT JOIN thread_state s ON s.thread_id = t.id;

UPDATE thread SET (settled, snoozed) = (SELECT settled, snoozed FROM thread_standing v WHERE v.id = thread.id)
    WHERE id IN (SELECT thread_id FROM thread_state);

CREATE TRIGGER thread_last_human AFTER UPDATE OF last_human_message_id, last_inbound_message_id ON thread
WHEN OLD.last_human_message_id IS NOT NEW.last_human_message_id OR OLD.last_inbound_message_id IS NOT NEW.last_inbound_message_id BEGIN
    UPDATE thread SET (settled, snoozed) = (SELECT settled, snoozed FROM thread_standing v WHERE v.id = NEW.id) WHERE id = NEW.id;
END;
CREATE TRIGGER thread_state_came AFTER INSERT ON thread_state BEGIN
    UPDATE thread SET (settled, snoozed) = (SELECT settled, snoozed FROM thread_standing v WHERE v.id = NEW.thread_id) WHERE id = NEW.thread_id;
END;
CREATE TRIGGER thread_state_changed AFTER UPDATE ON thread_state BEGIN
    UPDATE thread SET (settled, snoozed) = (SELECT settled, snoozed FROM thread_standing v WHERE v.id = thread.id)
    WHERE id IN (OLD.thread_id, NEW.thread_id);
END;
CREATE TRIGGER thread_state_went AFTER DELETE ON thread_state BEGIN
    UPDATE thread SET settled = 0, snoozed = 0 WHERE id = OLD.thread_id;
END;

CREATE TRIGGER filing_came AFTER INSERT ON filing WHEN NEW.superseded_at IS NULL BEGIN
    UPDATE thread SET filed = 1, client_contact_id = NEW.contact_id, client_company_id = NEW.company_id WHERE id = NEW.thread_id;
END;
CREATE TRIGGER filing_changed AFTER UPDATE OF thread_id, contact_id, company_id, superseded_at ON filing BEGIN
    UPDATE thread SET
        filed = EXISTS (SELECT 1 FROM filing f WHERE f.thread_id = thread.id AND f.superseded_at IS NULL),
        client_contact_id = (SELECT f.contact_id FROM filing f WHERE f.thread_id = thread.id AND f.superseded_at IS NULL),
        client_company_id = (SELECT f.company_id FROM filing f WHERE f.thread_id = thread.id AND f.superseded_at IS NULL)
    WHERE id IN (OLD.thread_id, NEW.thread_id);
END;
CREATE TRIGGER filing_went AFTER DELETE ON filing BEGIN
    UPDATE thread SET
        filed = EXISTS (SELECT 1 FROM filing f WHERE f.thread_id = thread.id AND f.superseded_at IS NULL),
        client_contact_id = (SELECT f.contact_id FROM filing f WHERE f.thread_id = thread.id AND f.superseded_at IS NULL),
        client_company_id = (SELECT f.company_id FROM filing f WHERE f.thread_id = thread.id AND f.superseded_at IS NULL)
    WHERE id = OLD.thread_id;
END;

-- With the client beside: the rows of Today are put in their order without touching the threads themselves. What the rule compares
-- stands last, because SQLite calls an index covering only when it has those columns too.
DROP INDEX thread_unanswered;
CREATE INDEX thread_unanswered ON thread (waiting_since, id, snoozed, client_contact_id, client_company_id, last_human_direction, settled, merged_into)
    WHERE last_human_direction = 'inbound' AND settled = 0 AND merged_into IS NULL;
DROP INDEX thread_silent;
CREATE INDEX thread_silent ON thread (last_human_at, id, snoozed, client_contact_id, client_company_id, last_human_direction, asks, filed, settled, merged_into)
    WHERE last_human_direction = 'outbound' AND asks = 1 AND filed = 1 AND settled = 0 AND merged_into IS NULL;
DROP INDEX contact_new_lead;
CREATE INDEX contact_new_lead ON contact (created_at, id, kind, reviewed_at) WHERE kind = 'lead' AND reviewed_at IS NULL;
-- When a client wrote last, in any conversation: then they owe no answer any more.
CREATE INDEX thread_heard ON thread (client_contact_id, last_inbound_at) WHERE client_contact_id IS NOT NULL;

CREATE INDEX thread_state_wakes ON thread_state (snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX thread_state_awaiting ON thread_state (thread_id) WHERE awaiting = 1;

-- Colleagues: who wrote to clients or to me from a domain of ours.
CREATE INDEX message_internal ON message (from_address, from_name) WHERE direction = 'internal';

-- What was done today, for the empty board.
CREATE INDEX outgoing_sent ON outgoing (sent_at) WHERE state = 'sent';
CREATE INDEX change_at ON change (at);
