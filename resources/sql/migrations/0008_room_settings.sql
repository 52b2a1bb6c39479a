-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Settings, moderation, invitations and private preferences of rooms.

ALTER TABLE rooms ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN purpose TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN read_only INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN join_approval INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN slow_mode_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN archived_at INTEGER;
ALTER TABLE rooms ADD COLUMN retention_days INTEGER NOT NULL DEFAULT -1; -- -1 as the server is configured, 0 for ever
ALTER TABLE rooms ADD COLUMN held_at INTEGER; -- legal hold: set while nothing may be lost
ALTER TABLE rooms ADD COLUMN held_by TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN hold_reason TEXT NOT NULL DEFAULT '';

-- Mutes and bans. They outlive the membership.
CREATE TABLE room_restrictions (
    room_pk INTEGER NOT NULL REFERENCES rooms(pk) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL, -- 'mute' or 'ban'
    by_user TEXT NOT NULL,
    at INTEGER NOT NULL,
    until_at INTEGER, -- NULL: for ever
    reason TEXT NOT NULL,
    PRIMARY KEY (room_pk, user_id, kind)
) WITHOUT ROWID;

CREATE TABLE room_join_requests (
    room_pk INTEGER NOT NULL REFERENCES rooms(pk) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (room_pk, user_id)
) WITHOUT ROWID;

-- The secret of a link is kept as its SHA-256 only.
CREATE TABLE room_invitations (
    id TEXT NOT NULL PRIMARY KEY,
    room_pk INTEGER NOT NULL REFERENCES rooms(pk) ON DELETE CASCADE,
    token_hash BLOB NOT NULL UNIQUE,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    max_uses INTEGER NOT NULL, -- 0: no bound
    uses INTEGER NOT NULL DEFAULT 0,
    revoked_at INTEGER,
    revoked_by TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX room_invitations_by_room ON room_invitations(room_pk, created_at);

-- What a person set for a room for themselves; nobody else sees it.
CREATE TABLE room_preferences (
    user_id TEXT NOT NULL,
    room_pk INTEGER NOT NULL REFERENCES rooms(pk) ON DELETE CASCADE,
    favourite_rank INTEGER, -- NULL: no favourite; ascending order
    notify TEXT NOT NULL DEFAULT 'all', -- 'all', 'mentions', 'none'
    PRIMARY KEY (user_id, room_pk)
) WITHOUT ROWID;
