-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What administrators arrange beside the built-in rules. Actions are stored by name: one this program does not know is
-- ignored. Rooms and subjects are text without foreign keys: guests have no account, and what is said about a room
-- that is gone is never asked for.

CREATE TABLE custom_roles (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    base TEXT NOT NULL,
    allow TEXT NOT NULL, -- names of actions with a space between
    deny TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) WITHOUT ROWID;

ALTER TABLE users ADD COLUMN custom_role TEXT NOT NULL DEFAULT '';
CREATE INDEX users_by_custom_role ON users(custom_role) WHERE custom_role <> '';

CREATE TABLE permission_overrides (
    room_id TEXT NOT NULL,
    kind TEXT NOT NULL, -- user, role, position
    subject TEXT NOT NULL,
    action TEXT NOT NULL,
    effect TEXT NOT NULL, -- allow, deny
    set_by TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, kind, subject, action)
) WITHOUT ROWID;

-- Rooms opened by break-glass; `id` is ordered by time.
CREATE TABLE glass_openings (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX glass_openings_by_room ON glass_openings(room_id, id);
CREATE INDEX glass_openings_by_user ON glass_openings(user_id, id);
CREATE INDEX glass_openings_by_end ON glass_openings(expires_at) WHERE closed_at IS NULL;
