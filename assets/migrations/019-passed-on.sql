-- Letters of colleagues that came before it was kept whose letters they pass on: they are read once more, a few at a time, and leave
-- this list. A new store has none.
CREATE TABLE reread (
    message_id  INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE
) STRICT;
INSERT INTO reread (message_id) SELECT id FROM message WHERE direction = 'internal' AND origin = '';
