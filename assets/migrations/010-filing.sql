-- What filing needs to know beside 001: which letter told, what else came into question, whose words a letter carries, conversations
-- taken apart by hand, and whose mail has to be filed again.

-- The letter that told where its conversation belongs (NULL: no single one), and what else came into question, one a line.
ALTER TABLE filing ADD COLUMN told_by INTEGER;
ALTER TABLE filing ADD COLUMN considered TEXT NOT NULL DEFAULT '';

-- Whose words a letter carries that somebody else sent, "Name <address>": of a letter that a colleague passed on, its writer; of an order
-- that a shop's robot wrote (`[[order_form]]`), the customer. Empty: the sender's own.
ALTER TABLE message ADD COLUMN origin TEXT NOT NULL DEFAULT '';

CREATE INDEX message_origin ON message (id) WHERE origin <> '';
-- What I decided myself teaches the next letters.
CREATE INDEX filing_mine ON filing (thread_id) WHERE superseded_at IS NULL AND rule = 'mine';

-- An address in the one spelling in which a mailbox is recognised: without a plus-tag; of Gmail without dots. domain/address.rs
-- (canonical) has the same rule.
ALTER TABLE contact_address ADD COLUMN canonical TEXT GENERATED ALWAYS AS (
    CASE WHEN substr(address, instr(address, '@') + 1) IN ('gmail.com', 'googlemail.com')
    THEN replace(CASE WHEN instr(address, '+') > 1 AND instr(address, '+') < instr(address, '@')
        THEN substr(address, 1, instr(address, '+') - 1) ELSE substr(address, 1, instr(address, '@') - 1) END, '.', '') || '@gmail.com'
    ELSE CASE WHEN instr(address, '+') > 1 AND instr(address, '+') < instr(address, '@')
        THEN substr(address, 1, instr(address, '+') - 1) || substr(address, instr(address, '@')) ELSE address END
    END) VIRTUAL;
CREATE INDEX contact_address_canonical ON contact_address (canonical, id);

-- A conversation begun by hand with letters of another one: undoing that puts them back there.
ALTER TABLE thread ADD COLUMN split_from INTEGER REFERENCES thread (id);
-- Two conversations that were taken apart by hand: no later letter joins them, whichever it names.
CREATE TABLE thread_apart (
    id         INTEGER PRIMARY KEY,
    thread_id  INTEGER NOT NULL REFERENCES thread (id),
    other_id   INTEGER NOT NULL REFERENCES thread (id)
) STRICT;
CREATE INDEX thread_apart_thread ON thread_apart (thread_id, other_id);
CREATE INDEX thread_apart_other ON thread_apart (other_id, thread_id);

-- Conversations joined by hand: no header says so, so a backup must.
CREATE TABLE thread_joined (
    id         INTEGER PRIMARY KEY,
    thread_id  INTEGER NOT NULL REFERENCES thread (id),
    other_id   INTEGER NOT NULL REFERENCES thread (id)
) STRICT;
CREATE INDEX thread_joined_thread ON thread_joined (thread_id);
CREATE INDEX thread_joined_other ON thread_joined (other_id);

-- Links get keys of their own, so that joining and splitting by hand can be undone.
CREATE TABLE link_with_key (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES account (id),
    msg_id      TEXT NOT NULL,
    thread_id   INTEGER NOT NULL REFERENCES thread (id),
    UNIQUE (account_id, msg_id)
) STRICT;
INSERT INTO link_with_key (account_id, msg_id, thread_id) SELECT account_id, msg_id, thread_id FROM link ORDER BY account_id, msg_id;
DROP TABLE link;
ALTER TABLE link_with_key RENAME TO link;
CREATE INDEX link_thread ON link (thread_id);

-- The key of the checksum in our own Message-IDs that name a deal; made when the first one is written.
CREATE TABLE deal_token_key (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    bytes  BLOB NOT NULL
) STRICT;

-- The order forms of the configuration as they were when letters were last looked at with them.
CREATE TABLE order_form (
    id      INTEGER PRIMARY KEY,
    sender  TEXT NOT NULL,
    rules   TEXT NOT NULL
) STRICT;

-- An address, '@domain', 'contact 12' or 'company 3' whose client or open deals are others than before: its mail is filed again
-- (sync/filing/again.rs). Filled by the triggers below, so that no act that changes a card can forget it.
CREATE TABLE changed_owner (
    id    INTEGER PRIMARY KEY,
    what  TEXT NOT NULL
) STRICT;

-- A lead that nobody has looked at comes and goes with its letters, which are being filed just then.
CREATE TRIGGER owner_address_came AFTER INSERT ON contact_address
WHEN NOT EXISTS (SELECT 1 FROM contact WHERE id = NEW.contact_id AND kind = 'lead' AND reviewed_at IS NULL) BEGIN
    INSERT INTO changed_owner (what) VALUES (NEW.address);
END;
CREATE TRIGGER owner_address_changed AFTER UPDATE OF address, contact_id ON contact_address
WHEN OLD.address <> NEW.address OR OLD.contact_id <> NEW.contact_id BEGIN
    INSERT INTO changed_owner (what) VALUES (OLD.address), (NEW.address);
END;
CREATE TRIGGER owner_address_went AFTER DELETE ON contact_address
WHEN NOT EXISTS (SELECT 1 FROM contact WHERE id = OLD.contact_id AND kind = 'lead' AND reviewed_at IS NULL) BEGIN
    INSERT INTO changed_owner (what) VALUES (OLD.address);
END;
CREATE TRIGGER owner_person_changed AFTER UPDATE OF kind, company_id, reviewed_at ON contact
WHEN OLD.kind <> NEW.kind OR OLD.company_id IS NOT NEW.company_id OR (OLD.reviewed_at IS NULL) <> (NEW.reviewed_at IS NULL) BEGIN
    INSERT INTO changed_owner (what) SELECT address FROM contact_address WHERE contact_id = NEW.id;
END;
CREATE TRIGGER owner_domain_came AFTER INSERT ON company_domain BEGIN
    INSERT INTO changed_owner (what) VALUES ('@' || NEW.domain);
END;
CREATE TRIGGER owner_domain_changed AFTER UPDATE OF domain, company_id ON company_domain
WHEN OLD.domain <> NEW.domain OR OLD.company_id <> NEW.company_id BEGIN
    INSERT INTO changed_owner (what) VALUES ('@' || OLD.domain), ('@' || NEW.domain);
END;
CREATE TRIGGER owner_domain_went AFTER DELETE ON company_domain BEGIN
    INSERT INTO changed_owner (what) VALUES ('@' || OLD.domain);
END;
CREATE TRIGGER owner_deal_came AFTER INSERT ON deal BEGIN
    INSERT INTO changed_owner (what) SELECT 'contact ' || NEW.contact_id WHERE NEW.contact_id IS NOT NULL;
    INSERT INTO changed_owner (what) SELECT 'company ' || NEW.company_id WHERE NEW.company_id IS NOT NULL;
END;
CREATE TRIGGER owner_deal_changed AFTER UPDATE OF state, contact_id, company_id ON deal
WHEN OLD.state <> NEW.state OR OLD.contact_id IS NOT NEW.contact_id OR OLD.company_id IS NOT NEW.company_id BEGIN
    INSERT INTO changed_owner (what) SELECT 'contact ' || OLD.contact_id WHERE OLD.contact_id IS NOT NULL;
    INSERT INTO changed_owner (what) SELECT 'company ' || OLD.company_id WHERE OLD.company_id IS NOT NULL;
    INSERT INTO changed_owner (what) SELECT 'contact ' || NEW.contact_id WHERE NEW.contact_id IS NOT NULL;
    INSERT INTO changed_owner (what) SELECT 'company ' || NEW.company_id WHERE NEW.company_id IS NOT NULL;
END;
CREATE TRIGGER owner_deal_went AFTER DELETE ON deal BEGIN
    INSERT INTO changed_owner (what) SELECT 'contact ' || OLD.contact_id WHERE OLD.contact_id IS NOT NULL;
    INSERT INTO changed_owner (what) SELECT 'company ' || OLD.company_id WHERE OLD.company_id IS NOT NULL;
END;
