-- The index of words is written in pieces of a transaction (not of 1 MB), and pieces are joined when there are many: half
-- of a first sync's work on it was joining the same pieces again and again.
INSERT INTO message_fts (message_fts, rank) VALUES ('hashsize', 33554432), ('automerge', 16), ('crisismerge', 64);

-- The newest letters of all folders: a search for a common word goes through them until its page is full.
CREATE INDEX message_date ON message (date);
