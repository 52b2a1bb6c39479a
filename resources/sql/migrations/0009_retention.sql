-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What is kept for a legal hold, and the jobs that export rooms.

-- Texts that people edited away or deleted while their room was held: out of everybody's sight, and removed when the
-- hold ends.
CREATE TABLE held_texts (
    pk INTEGER PRIMARY KEY,
    room_pk INTEGER NOT NULL REFERENCES rooms(pk) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    seq INTEGER NOT NULL, -- of the message, or of the edit that gave the text
    sender TEXT NOT NULL,
    body TEXT NOT NULL,
    metadata TEXT,
    at INTEGER NOT NULL, -- when it was edited away or deleted, by whom
    by_user TEXT NOT NULL,
    is_deletion INTEGER NOT NULL
);
CREATE INDEX held_texts_by_room ON held_texts(room_pk, seq);
CREATE INDEX held_texts_by_message ON held_texts(message_id);

-- The contents of a run go with the message that started it.
CREATE INDEX workflow_runs_by_trace ON workflow_runs(trace_id);

CREATE TABLE room_exports (
    id TEXT NOT NULL PRIMARY KEY,
    room_id TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    with_held INTEGER NOT NULL,
    state TEXT NOT NULL, -- 'queued', 'running', 'ready', 'failed', 'expired'
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    expires_at INTEGER,
    file_name TEXT NOT NULL DEFAULT '',
    bytes INTEGER NOT NULL DEFAULT 0,
    sha256 TEXT NOT NULL DEFAULT '',
    events INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX room_exports_by_user ON room_exports(requested_by, created_at);
