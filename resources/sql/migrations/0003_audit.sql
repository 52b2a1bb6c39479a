-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Who did what, as a chain of hashes: see server/audit/chain.h. seq has no holes. What may be about a person stands in
-- audit_parts; the chain holds its salted digest, so that it can be erased.

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    session TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    outcome INTEGER NOT NULL, -- 0 done, 1 refused
    count INTEGER NOT NULL,   -- how many equal acts
    origin_digest BLOB NOT NULL,
    detail_digest BLOB NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX audit_by_actor ON audit(actor, seq);
CREATE INDEX audit_by_action ON audit(action, seq);
CREATE INDEX audit_by_object ON audit(object_kind, object_id, seq);
CREATE INDEX audit_by_time ON audit(at);

CREATE TABLE audit_parts (
    seq INTEGER NOT NULL REFERENCES audit(seq),
    part INTEGER NOT NULL, -- 0 origin, 1 detail
    subject TEXT NOT NULL, -- whose data; empty: nobody's
    salt BLOB NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (seq, part)
) WITHOUT ROWID;
CREATE INDEX audit_parts_by_subject ON audit_parts(subject) WHERE subject <> '';

-- Against our own mistakes, not against who can write the file: that is what checkpoints are for.
CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_parts_never_updated BEFORE UPDATE ON audit_parts
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
