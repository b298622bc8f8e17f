-- What decides whether a thread waits, beside its letters' facts, so that a counter walks what waits and not what was.
-- Facts of one thread each, kept by the triggers below; no number of a counter is kept.

ALTER TABLE thread ADD COLUMN settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)); -- marked done at its last human letter
ALTER TABLE thread ADD COLUMN snoozed INTEGER NOT NULL DEFAULT 0 CHECK (snoozed IN (0, 1)); -- snoozed at that letter, whether or not it is time
ALTER TABLE thread ADD COLUMN filed INTEGER NOT NULL DEFAULT 0 CHECK (filed IN (0, 1));     -- a filing is in force

UPDATE thread SET
    settled = EXISTS (SELECT 1 FROM thread_state s WHERE s.thread_id = thread.id AND s.done_message_id = thread.last_human_message_id),
    snoozed = EXISTS (SELECT 1 FROM thread_state s WHERE s.thread_id = thread.id AND s.snoozed_message_id = thread.last_human_message_id),
    filed = EXISTS (SELECT 1 FROM filing f WHERE f.thread_id = thread.id AND f.superseded_at IS NULL);

CREATE TRIGGER thread_last_human AFTER UPDATE OF last_human_message_id ON thread
WHEN OLD.last_human_message_id IS NOT NEW.last_human_message_id BEGIN
    UPDATE thread SET
        settled = EXISTS (SELECT 1 FROM thread_state s WHERE s.thread_id = NEW.id AND s.done_message_id = NEW.last_human_message_id),
        snoozed = EXISTS (SELECT 1 FROM thread_state s WHERE s.thread_id = NEW.id AND s.snoozed_message_id = NEW.last_human_message_id)
    WHERE id = NEW.id;
END;
CREATE TRIGGER thread_state_came AFTER INSERT ON thread_state BEGIN
    UPDATE thread SET settled = NEW.done_message_id IS NOT NULL AND NEW.done_message_id IS last_human_message_id,
        snoozed = NEW.snoozed_message_id IS NOT NULL AND NEW.snoozed_message_id IS last_human_message_id WHERE id = NEW.thread_id;
END;
CREATE TRIGGER thread_state_changed AFTER UPDATE ON thread_state BEGIN
    UPDATE thread SET settled = 0, snoozed = 0 WHERE id = OLD.thread_id AND OLD.thread_id <> NEW.thread_id;
    UPDATE thread SET settled = NEW.done_message_id IS NOT NULL AND NEW.done_message_id IS last_human_message_id,
        snoozed = NEW.snoozed_message_id IS NOT NULL AND NEW.snoozed_message_id IS last_human_message_id WHERE id = NEW.thread_id;
END;
CREATE TRIGGER thread_state_went AFTER DELETE ON thread_state BEGIN
    UPDATE thread SET settled = 0, snoozed = 0 WHERE id = OLD.thread_id;
END;
CREATE TRIGGER filing_came AFTER INSERT ON filing WHEN NEW.superseded_at IS NULL BEGIN
    UPDATE thread SET filed = 1 WHERE id = NEW.thread_id;
END;
CREATE TRIGGER filing_changed AFTER UPDATE OF thread_id, superseded_at ON filing BEGIN
    UPDATE thread SET filed = EXISTS (SELECT 1 FROM filing f WHERE f.thread_id = thread.id AND f.superseded_at IS NULL)
    WHERE id IN (OLD.thread_id, NEW.thread_id);
END;
CREATE TRIGGER filing_went AFTER DELETE ON filing BEGIN
    UPDATE thread SET filed = EXISTS (SELECT 1 FROM filing f WHERE f.thread_id = thread.id AND f.superseded_at IS NULL) WHERE id = OLD.thread_id;
END;

DROP INDEX thread_unanswered;
CREATE INDEX thread_unanswered ON thread (waiting_since, id, snoozed)
    WHERE last_human_direction = 'inbound' AND settled = 0 AND merged_into IS NULL;
DROP INDEX thread_silent;
CREATE INDEX thread_silent ON thread (last_human_at, id, snoozed)
    WHERE last_human_direction = 'outbound' AND asks = 1 AND filed = 1 AND settled = 0 AND merged_into IS NULL;

-- Threads that turn out to be one are joined by their keys; without these each joining walked every thread and every filing.
CREATE INDEX thread_merged ON thread (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX filing_thread ON filing (thread_id);
CREATE INDEX outgoing_of_thread ON outgoing (thread_id);
