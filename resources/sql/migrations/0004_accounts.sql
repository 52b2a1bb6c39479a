-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What belongs to an account besides its password. Secrets are sealed (totp_sealed) or hashed (everything named _hash).

ALTER TABLE users ADD COLUMN kind TEXT NOT NULL DEFAULT 'person';
ALTER TABLE users ADD COLUMN managed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN profile TEXT;
ALTER TABLE users ADD COLUMN status TEXT;
ALTER TABLE users ADD COLUMN totp_sealed BLOB NOT NULL DEFAULT x'';
ALTER TABLE users ADD COLUMN totp_confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN totp_last_step INTEGER NOT NULL DEFAULT -1;
ALTER TABLE users ADD COLUMN recovery_hashes BLOB NOT NULL DEFAULT x''; -- 32 bytes each
ALTER TABLE users ADD COLUMN erased_at INTEGER; -- then the row is only a tombstone

ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN second_factor INTEGER NOT NULL DEFAULT 0;

CREATE TABLE application_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    actions TEXT NOT NULL, -- names, separated by spaces
    rooms TEXT NOT NULL,   -- ids, separated by spaces; empty: all
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER
) WITHOUT ROWID;

CREATE TABLE server_invitations (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL,
    note TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    max_uses INTEGER NOT NULL,
    uses INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE password_resets (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
    token_hash BLOB NOT NULL UNIQUE,
    created_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE erasures (
    user_id TEXT NOT NULL PRIMARY KEY,
    pseudonym TEXT NOT NULL,
    removes_messages INTEGER NOT NULL,
    at INTEGER NOT NULL,
    messages_done INTEGER NOT NULL DEFAULT 0, -- messages.pk up to which the sweep has come
    rooms_done INTEGER NOT NULL DEFAULT 0,    -- then rooms.pk up to which it has gone through the other events
    complete INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
