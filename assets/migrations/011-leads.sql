-- Leads, names and duplicates.

-- Looked at, and no person: a company's or a robot's mailbox. The queue of names asks no more.
ALTER TABLE contact ADD COLUMN not_person INTEGER NOT NULL DEFAULT 0 CHECK (not_person IN (0, 1));
-- The queue of names: people whose name nobody has split yet.
CREATE INDEX contact_unsplit ON contact (id) WHERE given = '' AND patronymic = '' AND family = '' AND not_person = 0;

-- Cards that became one: the one that went, and where to. Its number is never given again, so that undo finds it free and an old
-- reference leads to the card that has its history.
CREATE TABLE merged (
    id       INTEGER PRIMARY KEY,
    noun     TEXT NOT NULL CHECK (noun IN ('contact', 'company')),
    gone_id  INTEGER NOT NULL,
    into_id  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    UNIQUE (noun, gone_id)
) STRICT;

-- Two cards of which I said that they are different: never proposed again. The smaller number first.
CREATE TABLE different (
    id       INTEGER PRIMARY KEY,
    noun     TEXT NOT NULL CHECK (noun IN ('contact', 'company')),
    low_id   INTEGER NOT NULL,
    high_id  INTEGER NOT NULL,
    UNIQUE (noun, low_id, high_id)
) STRICT;

-- What is compared to find duplicates (domain/duplicate). Made from the cards and never touched by an act: the triggers below say which
-- cards are to be compared anew, whoever changed them, and store/likeness.rs does it.
CREATE TABLE likeness (
    noun    TEXT NOT NULL CHECK (noun IN ('contact', 'company')),
    kind    TEXT NOT NULL,                 -- phone, mailbox, name, ...
    key     TEXT NOT NULL,
    row_id  INTEGER NOT NULL,
    PRIMARY KEY (noun, kind, key, row_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX likeness_row ON likeness (noun, row_id);

CREATE TABLE candidate (
    id        INTEGER PRIMARY KEY,
    noun      TEXT NOT NULL CHECK (noun IN ('contact', 'company')),
    low_id    INTEGER NOT NULL,
    high_id   INTEGER NOT NULL,
    score     INTEGER NOT NULL,
    evidence  TEXT NOT NULL,               -- one a line
    UNIQUE (noun, low_id, high_id)
) STRICT;
CREATE INDEX candidate_score ON candidate (score DESC, id);
CREATE INDEX candidate_high ON candidate (noun, high_id);

CREATE TABLE likeness_stale (
    noun    TEXT NOT NULL CHECK (noun IN ('contact', 'company')),
    row_id  INTEGER NOT NULL,
    PRIMARY KEY (noun, row_id)
) STRICT, WITHOUT ROWID;
INSERT INTO likeness_stale SELECT 'contact', id FROM contact UNION ALL SELECT 'company', id FROM company;

-- No INSERT OR IGNORE: in a trigger the statement that fired it decides about conflicts.
CREATE TRIGGER contact_came_alike AFTER INSERT ON contact BEGIN
    INSERT INTO likeness_stale SELECT 'contact', NEW.id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'contact' AND row_id = NEW.id);
END;
CREATE TRIGGER contact_changed_alike AFTER UPDATE OF kind, display, given, patronymic, family, company_id ON contact BEGIN
    INSERT INTO likeness_stale SELECT 'contact', NEW.id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'contact' AND row_id = NEW.id);
END;
CREATE TRIGGER contact_went_alike AFTER DELETE ON contact BEGIN
    INSERT INTO likeness_stale SELECT 'contact', OLD.id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'contact' AND row_id = OLD.id);
END;
CREATE TRIGGER contact_address_came_alike AFTER INSERT ON contact_address BEGIN
    INSERT INTO likeness_stale SELECT 'contact', NEW.contact_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'contact' AND row_id = NEW.contact_id);
END;
CREATE TRIGGER contact_address_changed_alike AFTER UPDATE OF address, contact_id ON contact_address BEGIN
    INSERT INTO likeness_stale SELECT 'contact', OLD.contact_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'contact' AND row_id = OLD.contact_id);
    INSERT INTO likeness_stale SELECT 'contact', NEW.contact_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'contact' AND row_id = NEW.contact_id);
END;
CREATE TRIGGER contact_address_went_alike AFTER DELETE ON contact_address BEGIN
    INSERT INTO likeness_stale SELECT 'contact', OLD.contact_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'contact' AND row_id = OLD.contact_id);
END;
CREATE TRIGGER contact_phone_came_alike AFTER INSERT ON contact_phone BEGIN
    INSERT INTO likeness_stale SELECT 'contact', NEW.contact_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'contact' AND row_id = NEW.contact_id);
END;
CREATE TRIGGER contact_phone_changed_alike AFTER UPDATE OF phone, contact_id ON contact_phone BEGIN
    INSERT INTO likeness_stale SELECT 'contact', OLD.contact_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'contact' AND row_id = OLD.contact_id);
    INSERT INTO likeness_stale SELECT 'contact', NEW.contact_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'contact' AND row_id = NEW.contact_id);
END;
CREATE TRIGGER contact_phone_went_alike AFTER DELETE ON contact_phone BEGIN
    INSERT INTO likeness_stale SELECT 'contact', OLD.contact_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'contact' AND row_id = OLD.contact_id);
END;
CREATE TRIGGER company_came_alike AFTER INSERT ON company BEGIN
    INSERT INTO likeness_stale SELECT 'company', NEW.id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'company' AND row_id = NEW.id);
END;
CREATE TRIGGER company_changed_alike AFTER UPDATE OF name, requisites ON company BEGIN
    INSERT INTO likeness_stale SELECT 'company', NEW.id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'company' AND row_id = NEW.id);
END;
CREATE TRIGGER company_went_alike AFTER DELETE ON company BEGIN
    INSERT INTO likeness_stale SELECT 'company', OLD.id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'company' AND row_id = OLD.id);
END;
CREATE TRIGGER company_domain_came_alike AFTER INSERT ON company_domain BEGIN
    INSERT INTO likeness_stale SELECT 'company', NEW.company_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'company' AND row_id = NEW.company_id);
END;
CREATE TRIGGER company_domain_changed_alike AFTER UPDATE OF domain, company_id ON company_domain BEGIN
    INSERT INTO likeness_stale SELECT 'company', OLD.company_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'company' AND row_id = OLD.company_id);
    INSERT INTO likeness_stale SELECT 'company', NEW.company_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'company' AND row_id = NEW.company_id);
END;
CREATE TRIGGER company_domain_went_alike AFTER DELETE ON company_domain BEGIN
    INSERT INTO likeness_stale SELECT 'company', OLD.company_id WHERE NOT EXISTS (SELECT 1 FROM likeness_stale WHERE noun = 'company' AND row_id = OLD.company_id);
END;
