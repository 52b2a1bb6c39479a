-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What people asked the assistant to remember, each for themselves.

CREATE TABLE facts (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    text TEXT NOT NULL, -- '' once it was forgotten
    room_id TEXT NOT NULL, -- where it was said; the room and the message may be gone
    message_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER, -- replaced or forgotten; NULL while it is remembered
    replaced_with TEXT -- the id of the fact that took its place
);
CREATE INDEX facts_by_user ON facts(user_id, ended_at);
