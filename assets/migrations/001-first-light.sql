-- Postbook's store, version 1. Times are milliseconds since 1970 in UTC; days are ISO 8601 text.
-- What a stranger wrote is kept as it came and sanitised when it is read (domain::text).

---------------------------------------------------------------- mail

CREATE TABLE account (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    email         TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('personal', 'shared')),
    last_sync_at  INTEGER,                 -- the last sync that ended well
    last_try_at   INTEGER,
    last_error    TEXT                     -- of the last try; NULL when it ended well
) STRICT;

CREATE TABLE folder (
    id              INTEGER PRIMARY KEY,
    account_id      INTEGER NOT NULL REFERENCES account (id),
    raw_name        TEXT NOT NULL,         -- as on the wire (modified UTF-7): used in commands
    name            TEXT NOT NULL,         -- decoded: shown
    delimiter       TEXT,
    role            TEXT CHECK (role IN ('inbox', 'sent', 'drafts', 'archive', 'junk', 'trash', 'all')),
    uid_validity    INTEGER NOT NULL DEFAULT 0,
    uid_next        INTEGER NOT NULL DEFAULT 0,
    highest_modseq  INTEGER NOT NULL DEFAULT 0, -- flags are known up to here; moves only with the flags, in one transaction
    server_count    INTEGER,               -- copies the server had at the last complete look
    complete        INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)),
    gone            INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)), -- no longer listed by the server
    UNIQUE (account_id, raw_name)
) STRICT;

CREATE TABLE thread (
    id                     INTEGER PRIMARY KEY,
    account_id             INTEGER NOT NULL REFERENCES account (id),
    subject                TEXT NOT NULL,
    merged_into            INTEGER REFERENCES thread (id),
    -- Facts about its letters, computed anew from them whenever one comes or goes (store/thread.rs, refresh).
    last_at                INTEGER NOT NULL DEFAULT 0,
    message_count          INTEGER NOT NULL DEFAULT 0,   -- live letters
    last_human_message_id  INTEGER,
    last_human_at          INTEGER NOT NULL DEFAULT 0,
    last_human_direction   TEXT CHECK (last_human_direction IN ('inbound', 'outbound')),
    waiting_since          INTEGER NOT NULL DEFAULT 0,   -- the first inbound letter that nobody answered
    asks                   INTEGER NOT NULL DEFAULT 0 CHECK (asks IN (0, 1)) -- my last letter asks something
) STRICT;
CREATE INDEX thread_unanswered ON thread (waiting_since, id) WHERE last_human_direction = 'inbound';
CREATE INDEX thread_silent ON thread (last_human_at, id) WHERE last_human_direction = 'outbound' AND asks = 1;

CREATE TABLE message (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER NOT NULL REFERENCES account (id),
    thread_id     INTEGER NOT NULL REFERENCES thread (id),
    digest        BLOB NOT NULL,           -- of what every copy shares: joins copies into one message
    msg_id        TEXT,                    -- the Message-ID header; written by strangers, never a key
    date          INTEGER NOT NULL,        -- the Date header, or arrival where it does not say
    arrived_at    INTEGER NOT NULL,        -- INTERNALDATE, or when we first saw it
    direction     TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound', 'internal')),
    nature        TEXT NOT NULL CHECK (nature IN ('human', 'bulk', 'automatic', 'bounce')),
    nature_why    TEXT NOT NULL,           -- the header that says so
    ignored       INTEGER NOT NULL DEFAULT 0 CHECK (ignored IN (0, 1)), -- from an ignored sender
    from_name     TEXT NOT NULL,
    from_address  TEXT NOT NULL,
    subject       TEXT NOT NULL,
    snippet       TEXT NOT NULL,
    size          INTEGER NOT NULL,
    attachments   INTEGER NOT NULL,        -- how many files, inline pictures not counted
    degraded      INTEGER NOT NULL CHECK (degraded IN (0, 1)),
    asks          INTEGER NOT NULL CHECK (asks IN (0, 1)), -- its own words hold a question
    -- Kept by the triggers below from its copies.
    seen          INTEGER NOT NULL DEFAULT 0 CHECK (seen IN (0, 1)),
    flags         INTEGER NOT NULL DEFAULT 0, -- flags that any live copy has
    place         TEXT NOT NULL DEFAULT 'gone' CHECK (place IN ('live', 'draft', 'junk', 'trash', 'gone')),
    local_origin  INTEGER NOT NULL DEFAULT 0 CHECK (local_origin IN (0, 1)), -- sent from here; alive without a copy
    human_in      INTEGER GENERATED ALWAYS AS (direction = 'inbound' AND nature = 'human' AND ignored = 0) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX message_digest ON message (account_id, digest);
CREATE INDEX message_thread ON message (thread_id, date, id);
CREATE INDEX message_msg_id ON message (msg_id) WHERE msg_id IS NOT NULL;
CREATE INDEX message_unread ON message (date, id) WHERE seen = 0 AND place = 'live' AND direction = 'inbound' AND nature = 'human' AND ignored = 0;
-- A card's timeline and its unread letters, read by thread without touching the rows of the letters.
CREATE INDEX message_live ON message (thread_id, date, id) WHERE place = 'live';
CREATE INDEX message_unread_thread ON message (thread_id) WHERE seen = 0 AND place = 'live' AND direction = 'inbound' AND nature = 'human' AND ignored = 0;
CREATE INDEX message_junk ON message (date, id) WHERE place = 'junk';
CREATE INDEX message_sender ON message (from_address, date);

-- The letter as it came, compressed (zstd). Apart from `message` so that lists read small rows.
CREATE TABLE raw (
    message_id  INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    size        INTEGER NOT NULL,
    bytes       BLOB NOT NULL
) STRICT;

CREATE TABLE participant (
    message_id  INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    field       TEXT NOT NULL CHECK (field IN ('from', 'reply_to', 'to', 'cc', 'bcc')),
    position    INTEGER NOT NULL,
    address     TEXT NOT NULL,
    name        TEXT NOT NULL,
    PRIMARY KEY (message_id, field, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX participant_address ON participant (address, message_id);
-- `domain` is asked only when a company gets a new domain.
CREATE INDEX participant_domain ON participant (substr(address, instr(address, '@') + 1), message_id);

-- Which thread each Message-ID belongs to, also of letters that were named and never came.
CREATE TABLE link (
    account_id  INTEGER NOT NULL REFERENCES account (id),
    msg_id      TEXT NOT NULL,
    thread_id   INTEGER NOT NULL REFERENCES thread (id),
    PRIMARY KEY (account_id, msg_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_thread ON link (thread_id);

-- The newest letter of each thread in each folder, so that a folder's list is read in order, page by page.
-- Kept by store/message.rs (refresh_folder_thread) together with the copies.
CREATE TABLE folder_thread (
    folder_id  INTEGER NOT NULL REFERENCES folder (id),
    thread_id  INTEGER NOT NULL REFERENCES thread (id),
    last_at    INTEGER NOT NULL,
    PRIMARY KEY (folder_id, last_at, thread_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX folder_thread_thread ON folder_thread (thread_id, folder_id);

-- A copy of a message on the server: identity is folder (so account), UIDVALIDITY and UID.
-- `flags` is what the server has; `wanted_flags` what it should have. Where they differ there is a wish.
CREATE TABLE copy (
    id            INTEGER PRIMARY KEY,
    folder_id     INTEGER NOT NULL REFERENCES folder (id),
    uid_validity  INTEGER NOT NULL,
    uid           INTEGER NOT NULL,
    message_id    INTEGER NOT NULL REFERENCES message (id),
    flags         INTEGER NOT NULL,
    wanted_flags  INTEGER NOT NULL,
    keywords      TEXT NOT NULL DEFAULT '',
    wanted_folder INTEGER REFERENCES folder (id), -- where it should be instead; NULL: it stays
    UNIQUE (folder_id, uid_validity, uid)
) STRICT;
CREATE INDEX copy_message ON copy (message_id, folder_id);
CREATE INDEX copy_unseen ON copy (folder_id) WHERE wanted_flags & 1 = 0;
CREATE INDEX copy_wish ON copy (folder_id) WHERE flags <> wanted_flags;
CREATE INDEX copy_move ON copy (folder_id) WHERE wanted_folder IS NOT NULL;

CREATE TRIGGER copy_came AFTER INSERT ON copy BEGIN
    UPDATE message SET
        seen = (SELECT max(wanted_flags & 1) FROM copy WHERE message_id = NEW.message_id),
        flags = (SELECT max(wanted_flags & 1) | max(wanted_flags & 2) | max(wanted_flags & 4) | max(wanted_flags & 8)
                 FROM copy WHERE message_id = NEW.message_id),
        place = (SELECT CASE
            WHEN message.local_origin OR max(coalesce(folder.role, '') NOT IN ('drafts', 'junk', 'trash')) THEN 'live'
            WHEN max(folder.role = 'drafts') THEN 'draft' WHEN max(folder.role = 'junk') THEN 'junk' ELSE 'trash' END
            FROM copy JOIN folder ON folder.id = coalesce(copy.wanted_folder, copy.folder_id) WHERE copy.message_id = NEW.message_id)
    WHERE id = NEW.message_id;
END;
CREATE TRIGGER copy_went AFTER DELETE ON copy BEGIN
    UPDATE message SET
        seen = coalesce((SELECT max(wanted_flags & 1) FROM copy WHERE message_id = OLD.message_id), seen),
        flags = coalesce((SELECT max(wanted_flags & 1) | max(wanted_flags & 2) | max(wanted_flags & 4) | max(wanted_flags & 8)
                 FROM copy WHERE message_id = OLD.message_id), flags),
        place = coalesce((SELECT CASE
            WHEN message.local_origin OR max(coalesce(folder.role, '') NOT IN ('drafts', 'junk', 'trash')) THEN 'live'
            WHEN max(folder.role = 'drafts') THEN 'draft' WHEN max(folder.role = 'junk') THEN 'junk'
            WHEN max(folder.role = 'trash') THEN 'trash' END
            FROM copy JOIN folder ON folder.id = coalesce(copy.wanted_folder, copy.folder_id) WHERE copy.message_id = OLD.message_id),
            CASE WHEN message.local_origin THEN 'live' ELSE 'gone' END)
    WHERE id = OLD.message_id;
END;
CREATE TRIGGER copy_moved AFTER UPDATE OF wanted_folder ON copy BEGIN
    UPDATE message SET
        place = (SELECT CASE
            WHEN message.local_origin OR max(coalesce(folder.role, '') NOT IN ('drafts', 'junk', 'trash')) THEN 'live'
            WHEN max(folder.role = 'drafts') THEN 'draft' WHEN max(folder.role = 'junk') THEN 'junk' ELSE 'trash' END
            FROM copy JOIN folder ON folder.id = coalesce(copy.wanted_folder, copy.folder_id) WHERE copy.message_id = NEW.message_id)
    WHERE id = NEW.message_id;
END;
CREATE TRIGGER copy_flagged AFTER UPDATE OF wanted_flags ON copy WHEN OLD.wanted_flags <> NEW.wanted_flags BEGIN
    UPDATE message SET
        seen = (SELECT max(wanted_flags & 1) FROM copy WHERE message_id = NEW.message_id),
        flags = (SELECT max(wanted_flags & 1) | max(wanted_flags & 2) | max(wanted_flags & 4) | max(wanted_flags & 8)
                 FROM copy WHERE message_id = NEW.message_id)
    WHERE id = NEW.message_id;
END;

-- Words of the letters. Contentless: the text stands in `raw` already.
CREATE VIRTUAL TABLE message_fts USING fts5 (
    subject, people, body, files,
    content = '', contentless_delete = 1, detail = full, tokenize = "unicode61 remove_diacritics 0"
);

-- A letter that no folder of the server has any more is not found by search; its row stays, since activities and leads refer to it.
CREATE TRIGGER message_gone AFTER UPDATE OF place ON message WHEN NEW.place = 'gone' AND OLD.place <> 'gone' BEGIN
    DELETE FROM message_fts WHERE rowid = NEW.id;
END;

---------------------------------------------------------------- clients (each act here is undoable: see `change`)

CREATE TABLE company (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    folded      TEXT NOT NULL DEFAULT '',  -- the name as domain::text::fold writes it: lists are ordered and filtered by it
    requisites  TEXT NOT NULL DEFAULT '',
    note        TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX company_folded ON company (folded, id);

CREATE TABLE company_domain (
    id          INTEGER PRIMARY KEY,
    domain      TEXT NOT NULL UNIQUE,
    company_id  INTEGER NOT NULL REFERENCES company (id)
) STRICT;
CREATE INDEX company_domain_company ON company_domain (company_id);

CREATE TABLE contact (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('lead', 'contact')),
    display      TEXT NOT NULL,
    given        TEXT NOT NULL DEFAULT '',
    patronymic   TEXT NOT NULL DEFAULT '',
    family       TEXT NOT NULL DEFAULT '',
    folded       TEXT NOT NULL DEFAULT '', -- the full name, folded: see company
    company_id   INTEGER REFERENCES company (id),
    position     TEXT NOT NULL DEFAULT '',
    role         TEXT NOT NULL DEFAULT 'client' CHECK (role IN ('client', 'supplier', 'partner')),
    language     TEXT NOT NULL DEFAULT '',
    birthday     TEXT,                     -- MM-DD
    tags         TEXT NOT NULL DEFAULT '', -- one a line
    note         TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    reviewed_at  INTEGER                   -- when somebody looked at the lead
) STRICT;
CREATE INDEX contact_company ON contact (company_id);
CREATE INDEX contact_folded ON contact (folded, id);
CREATE INDEX contact_kind ON contact (kind, folded, id);
CREATE INDEX contact_new_lead ON contact (created_at, id) WHERE kind = 'lead' AND reviewed_at IS NULL;

CREATE TABLE contact_address (
    id          INTEGER PRIMARY KEY,
    address     TEXT NOT NULL UNIQUE,
    contact_id  INTEGER NOT NULL REFERENCES contact (id),
    position    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX contact_address_contact ON contact_address (contact_id, position);

CREATE TABLE contact_phone (
    id          INTEGER PRIMARY KEY,
    contact_id  INTEGER NOT NULL REFERENCES contact (id),
    phone       TEXT NOT NULL
) STRICT;
CREATE INDEX contact_phone_contact ON contact_phone (contact_id);

-- Where each fact about a lead comes from.
CREATE TABLE provenance (
    id          INTEGER PRIMARY KEY,
    contact_id  INTEGER NOT NULL REFERENCES contact (id),
    field       TEXT NOT NULL,
    value       TEXT NOT NULL,
    message_id  INTEGER REFERENCES message (id)
) STRICT;
CREATE INDEX provenance_contact ON provenance (contact_id);

CREATE TABLE ignored_sender (
    id          INTEGER PRIMARY KEY,
    address     TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE deal (
    id              INTEGER PRIMARY KEY,
    title           TEXT NOT NULL,
    company_id      INTEGER REFERENCES company (id),
    contact_id      INTEGER REFERENCES contact (id),
    stage           TEXT NOT NULL,
    state           TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'won', 'lost')),
    reason          TEXT NOT NULL DEFAULT '',
    amount_minor    INTEGER NOT NULL,
    currency        TEXT NOT NULL,
    expected_close  TEXT,
    created_at      INTEGER NOT NULL,
    closed_at       INTEGER
) STRICT;
CREATE INDEX deal_company ON deal (company_id, state);
CREATE INDEX deal_contact ON deal (contact_id, state);
CREATE INDEX deal_state ON deal (state, stage, id);
CREATE INDEX deal_newest ON deal (state, id);

CREATE TABLE offer_line (
    id          INTEGER PRIMARY KEY,
    deal_id     INTEGER NOT NULL REFERENCES deal (id),
    position    INTEGER NOT NULL,
    title       TEXT NOT NULL,
    quantity    TEXT NOT NULL,
    unit_minor  INTEGER NOT NULL,
    currency    TEXT NOT NULL
) STRICT;
CREATE INDEX offer_line_deal ON offer_line (deal_id, position);

CREATE TABLE payment (
    id            INTEGER PRIMARY KEY,
    deal_id       INTEGER NOT NULL REFERENCES deal (id),
    title         TEXT NOT NULL,
    due_on        TEXT NOT NULL,
    amount_minor  INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    paid_on       TEXT
) STRICT;
CREATE INDEX payment_deal ON payment (deal_id, due_on);
CREATE INDEX payment_unpaid ON payment (due_on, id) WHERE paid_on IS NULL;

CREATE TABLE activity (
    id                INTEGER PRIMARY KEY,
    kind              TEXT NOT NULL CHECK (kind IN ('email', 'call', 'meeting', 'group_meeting', 'sms', 'chat', 'social', 'survey', 'note', 'task')),
    contact_id        INTEGER REFERENCES contact (id),
    company_id        INTEGER REFERENCES company (id),
    deal_id           INTEGER REFERENCES deal (id),
    subject           TEXT NOT NULL,
    place             TEXT NOT NULL DEFAULT '',
    due_at            INTEGER,
    done_at           INTEGER,
    duration_minutes  INTEGER,
    result            TEXT NOT NULL DEFAULT '',
    trigger_id        INTEGER REFERENCES activity (id),
    CHECK (due_at IS NOT NULL OR done_at IS NOT NULL)
) STRICT;
-- A timeline reads the newest of them: when it was done, or is planned.
CREATE INDEX activity_contact ON activity (contact_id, coalesce(done_at, due_at), id);
CREATE INDEX activity_company ON activity (company_id, coalesce(done_at, due_at), id);
CREATE INDEX activity_deal ON activity (deal_id, coalesce(done_at, due_at), id);
CREATE INDEX activity_done ON activity (done_at, id) WHERE done_at IS NOT NULL;
CREATE INDEX activity_due ON activity (due_at, id) WHERE done_at IS NULL;

-- What I decided about a thread. A decision holds for the message it was made about: a newer letter reopens.
CREATE TABLE thread_state (
    thread_id           INTEGER PRIMARY KEY REFERENCES thread (id),
    done_message_id     INTEGER,
    snoozed_message_id  INTEGER,
    snoozed_until       INTEGER
) STRICT;

-- Letters of known clients in Junk that I confirmed to be junk.
CREATE TABLE junk_confirmed (
    message_id    INTEGER PRIMARY KEY REFERENCES message (id),
    confirmed_at  INTEGER NOT NULL
) STRICT;

-- The filing ledger: the decision in force has no `superseded_at`; the older ones stay.
CREATE TABLE filing (
    id             INTEGER PRIMARY KEY,
    thread_id      INTEGER NOT NULL REFERENCES thread (id),
    contact_id     INTEGER REFERENCES contact (id),
    company_id     INTEGER REFERENCES company (id),
    deal_id        INTEGER REFERENCES deal (id),
    deal_decided   INTEGER NOT NULL CHECK (deal_decided IN (0, 1)), -- 0: several open deals, nobody has said which
    rule           TEXT NOT NULL CHECK (rule IN ('mine', 'thread', 'tag', 'address', 'domain', 'lead')),
    evidence       TEXT NOT NULL,
    alternatives   TEXT NOT NULL DEFAULT '', -- deal ids, best first, parted by blanks
    decided_at     INTEGER NOT NULL,
    superseded_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX filing_in_force ON filing (thread_id) WHERE superseded_at IS NULL;
CREATE INDEX filing_contact ON filing (contact_id, thread_id) WHERE superseded_at IS NULL;
CREATE INDEX filing_company ON filing (company_id, thread_id) WHERE superseded_at IS NULL;
CREATE INDEX filing_deal ON filing (deal_id, thread_id) WHERE superseded_at IS NULL;
CREATE INDEX filing_open ON filing (thread_id) WHERE superseded_at IS NULL AND deal_decided = 0;

---------------------------------------------------------------- letters on their way out

CREATE TABLE outgoing (
    id            INTEGER PRIMARY KEY,
    account_id    INTEGER NOT NULL REFERENCES account (id),
    state         TEXT NOT NULL CHECK (state IN ('held', 'queued', 'sending', 'sent', 'refused', 'uncertain')),
    msg_id        TEXT NOT NULL UNIQUE,    -- fixed when queued
    sender        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    shown_to      TEXT NOT NULL,
    bytes         BLOB NOT NULL,           -- the letter exactly as it leaves (zstd)
    thread_id     INTEGER REFERENCES thread (id),
    answers_id    INTEGER REFERENCES message (id),
    draft         TEXT NOT NULL,           -- the letter as it was written (JSON), for "take back" and "edit"
    override      TEXT NOT NULL DEFAULT '', -- concerns of the guard that I overrode
    created_at    INTEGER NOT NULL,
    not_before    INTEGER NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    handed_over   INTEGER NOT NULL DEFAULT 0 CHECK (handed_over IN (0, 1)), -- the end of the letter may have been written in this attempt
    last_answer   TEXT NOT NULL DEFAULT '',
    sent_at       INTEGER,
    copy_state    TEXT NOT NULL DEFAULT 'none' CHECK (copy_state IN ('none', 'wanted', 'appending', 'done')) -- the copy in Sent
) STRICT;
CREATE INDEX outgoing_state ON outgoing (state, not_before) WHERE state <> 'sent';
CREATE INDEX outgoing_thread ON outgoing (thread_id) WHERE state <> 'sent';
CREATE INDEX outgoing_copy ON outgoing (account_id) WHERE copy_state IN ('wanted', 'appending');

CREATE TABLE recipient (
    outgoing_id  INTEGER NOT NULL REFERENCES outgoing (id) ON DELETE CASCADE,
    address      TEXT NOT NULL,
    answer       TEXT NOT NULL DEFAULT '', -- the server's word on this address, when it said no
    PRIMARY KEY (outgoing_id, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
    id          INTEGER PRIMARY KEY,
    saved_at    INTEGER NOT NULL,
    letter      TEXT NOT NULL              -- JSON
) STRICT;

---------------------------------------------------------------- changes: one mechanism for undo

CREATE TABLE change (
    id         INTEGER PRIMARY KEY,
    title      TEXT NOT NULL,
    at         INTEGER NOT NULL,
    undone_at  INTEGER
) STRICT;

-- Before-images of the rows a change touched, written by triggers (store/journal.rs).
CREATE TABLE change_row (
    id         INTEGER PRIMARY KEY,
    change_id  INTEGER NOT NULL REFERENCES change (id) ON DELETE CASCADE,
    noun       TEXT NOT NULL,              -- table
    row_id     INTEGER NOT NULL,
    before     TEXT                        -- JSON of the columns; NULL: the row was not there
) STRICT;
CREATE INDEX change_row_change ON change_row (change_id, id);

-- The change that is being made right now in this transaction; at most one row.
CREATE TABLE change_current (change_id INTEGER NOT NULL) STRICT;
