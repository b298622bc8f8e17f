-- Search over letters and cards, and searches kept under a name.

-- The words that letters hold, with where; word forms are looked up here (store/find/forms.rs).
CREATE VIRTUAL TABLE message_vocab USING fts5vocab (message_fts, instance);

-- Words of the cards: contacts, companies, deals, activities, folded as those of letters. The rowid is 4 × id + kind (store/find/cards.rs).
CREATE VIRTUAL TABLE card_fts USING fts5 (
    name, more, tags, owner,
    content = '', contentless_delete = 1, detail = full, tokenize = "unicode61 remove_diacritics 0"
);
CREATE VIRTUAL TABLE card_vocab USING fts5vocab (card_fts, instance);

-- Cards whose words have to go into the index anew, by the rowid they have there: folding is done here and not by SQL, before the next search.
CREATE TABLE card_stale (id INTEGER PRIMARY KEY) STRICT;

CREATE TRIGGER contact_words_came AFTER INSERT ON contact BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.id); END;
CREATE TRIGGER contact_words_changed AFTER UPDATE OF display, given, patronymic, family, position, tags, note, owner, fields ON contact BEGIN
    INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.id);
END;
CREATE TRIGGER contact_words_went AFTER DELETE ON contact BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.id); END;
CREATE TRIGGER address_words_came AFTER INSERT ON contact_address BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.contact_id); END;
CREATE TRIGGER address_words_changed AFTER UPDATE OF address, contact_id ON contact_address BEGIN
    INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.contact_id), (4 * NEW.contact_id);
END;
CREATE TRIGGER address_words_went AFTER DELETE ON contact_address BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.contact_id); END;
CREATE TRIGGER phone_words_came AFTER INSERT ON contact_phone BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.contact_id); END;
CREATE TRIGGER phone_words_changed AFTER UPDATE OF phone, contact_id ON contact_phone BEGIN
    INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.contact_id), (4 * NEW.contact_id);
END;
CREATE TRIGGER phone_words_went AFTER DELETE ON contact_phone BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.contact_id); END;
CREATE TRIGGER company_words_came AFTER INSERT ON company BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.id + 1); END;
CREATE TRIGGER company_words_changed AFTER UPDATE OF name, requisites, note, tags, owner, fields ON company BEGIN
    INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.id + 1);
END;
CREATE TRIGGER company_words_went AFTER DELETE ON company BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.id + 1); END;
CREATE TRIGGER domain_words_came AFTER INSERT ON company_domain BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.company_id + 1); END;
CREATE TRIGGER domain_words_changed AFTER UPDATE OF domain, company_id ON company_domain BEGIN
    INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.company_id + 1), (4 * NEW.company_id + 1);
END;
CREATE TRIGGER domain_words_went AFTER DELETE ON company_domain BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.company_id + 1); END;
CREATE TRIGGER deal_words_came AFTER INSERT ON deal BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.id + 2); END;
CREATE TRIGGER deal_words_changed AFTER UPDATE OF title, reason, tags, note, owner, fields ON deal BEGIN
    INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.id + 2);
END;
CREATE TRIGGER deal_words_went AFTER DELETE ON deal BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.id + 2); END;
CREATE TRIGGER line_words_came AFTER INSERT ON offer_line BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.deal_id + 2); END;
CREATE TRIGGER line_words_changed AFTER UPDATE OF title, deal_id ON offer_line BEGIN
    INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.deal_id + 2), (4 * NEW.deal_id + 2);
END;
CREATE TRIGGER line_words_went AFTER DELETE ON offer_line BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.deal_id + 2); END;
CREATE TRIGGER activity_words_came AFTER INSERT ON activity BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.id + 3); END;
CREATE TRIGGER activity_words_changed AFTER UPDATE OF subject, place, result ON activity BEGIN
    INSERT OR IGNORE INTO card_stale VALUES (4 * NEW.id + 3);
END;
CREATE TRIGGER activity_words_went AFTER DELETE ON activity BEGIN INSERT OR IGNORE INTO card_stale VALUES (4 * OLD.id + 3); END;

INSERT INTO card_stale SELECT 4 * id FROM contact UNION ALL SELECT 4 * id + 1 FROM company
    UNION ALL SELECT 4 * id + 2 FROM deal UNION ALL SELECT 4 * id + 3 FROM activity;

-- The letter is a client's: its conversation is filed under a contact (not a lead), or under a company alone. Searches show these
-- first, and find them by an index of their own. A fact of the filing in force, kept by the triggers below.
ALTER TABLE message ADD COLUMN client INTEGER NOT NULL DEFAULT 0 CHECK (client IN (0, 1));
UPDATE message SET client = 1 WHERE thread_id IN (
    SELECT f.thread_id FROM filing f LEFT JOIN contact c ON c.id = f.contact_id
    WHERE f.superseded_at IS NULL AND CASE WHEN f.contact_id IS NULL THEN f.company_id IS NOT NULL ELSE c.kind = 'contact' END);
CREATE INDEX message_client ON message (date) WHERE client = 1 AND nature = 'human' AND ignored = 0;

-- What is flagged, and what is being written, is little of a mailbox.
CREATE INDEX message_flagged ON message (date) WHERE flags & 4 <> 0;
CREATE INDEX message_draft ON message (date) WHERE place = 'draft';

CREATE TRIGGER message_client_came AFTER INSERT ON message BEGIN
    UPDATE message SET client = 1 WHERE id = NEW.id AND EXISTS (
        SELECT 1 FROM filing f LEFT JOIN contact c ON c.id = f.contact_id WHERE f.thread_id = NEW.thread_id AND f.superseded_at IS NULL
            AND CASE WHEN f.contact_id IS NULL THEN f.company_id IS NOT NULL ELSE c.kind = 'contact' END);
END;
CREATE TRIGGER message_client_joined AFTER UPDATE OF thread_id ON message WHEN OLD.thread_id <> NEW.thread_id BEGIN
    UPDATE message SET client = EXISTS (
        SELECT 1 FROM filing f LEFT JOIN contact c ON c.id = f.contact_id WHERE f.thread_id = NEW.thread_id AND f.superseded_at IS NULL
            AND CASE WHEN f.contact_id IS NULL THEN f.company_id IS NOT NULL ELSE c.kind = 'contact' END)
    WHERE id = NEW.id;
END;
CREATE TRIGGER filing_client_came AFTER INSERT ON filing WHEN NEW.superseded_at IS NULL BEGIN
    UPDATE message SET client = 1 - client WHERE thread_id = NEW.thread_id AND client <> (
        CASE WHEN NEW.contact_id IS NULL THEN NEW.company_id IS NOT NULL
            ELSE EXISTS (SELECT 1 FROM contact c WHERE c.id = NEW.contact_id AND c.kind = 'contact') END);
END;
CREATE TRIGGER filing_client_changed AFTER UPDATE OF thread_id, contact_id, company_id, superseded_at ON filing BEGIN
    UPDATE message SET client = 1 - client WHERE thread_id IN (OLD.thread_id, NEW.thread_id) AND client <> EXISTS (
        SELECT 1 FROM filing f LEFT JOIN contact c ON c.id = f.contact_id WHERE f.thread_id = message.thread_id AND f.superseded_at IS NULL
            AND CASE WHEN f.contact_id IS NULL THEN f.company_id IS NOT NULL ELSE c.kind = 'contact' END);
END;
CREATE TRIGGER filing_client_went AFTER DELETE ON filing WHEN OLD.superseded_at IS NULL BEGIN
    UPDATE message SET client = 0 WHERE thread_id = OLD.thread_id AND client = 1;
END;
CREATE TRIGGER contact_client_changed AFTER UPDATE OF kind ON contact WHEN OLD.kind <> NEW.kind BEGIN
    UPDATE message SET client = NEW.kind = 'contact'
    WHERE thread_id IN (SELECT thread_id FROM filing WHERE contact_id = NEW.id AND superseded_at IS NULL);
END;

-- A search kept under a name: opened again, worked down as a queue of Today, or taken as the segment of a mailing.
CREATE TABLE saved_view (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL,
    folded    TEXT NOT NULL UNIQUE,        -- the name as domain::text::fold writes it
    query     TEXT NOT NULL,               -- as it was typed
    position  INTEGER NOT NULL
) STRICT;
CREATE INDEX saved_view_position ON saved_view (position, id);

-- What was looked for lately, to be looked for again.
CREATE TABLE search_history (
    query  TEXT PRIMARY KEY,
    at     INTEGER NOT NULL
) STRICT;
