-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The first schema. Conventions: times are unix milliseconds in columns ending in _at, unix microseconds in columns
-- ending in _us; booleans are 0 or 1; enumerations are their wire names; JSON is compact text. Ids of members and
-- senders are text and no foreign keys: guests have no account row.

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    password_hash BLOB NOT NULL,
    credential_version INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    device TEXT NOT NULL,
    refresh_hash BLOB NOT NULL,
    previous_hash BLOB NOT NULL,
    sealed_successor BLOB NOT NULL,
    rotated_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions(user_id);

CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE rooms (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    visibility TEXT NOT NULL,
    assistant_enabled INTEGER NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE members (
    room_pk INTEGER NOT NULL REFERENCES rooms(pk) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    read_up_to INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room_pk, user_id)
) WITHOUT ROWID;

-- A room's newest sequence number is the larger of the two maxima of seq in messages and room_events, found through
-- their keys; there is no second place that could disagree. Whoever purges rows keeps the newest of each room.
--
-- With a rowid, because bodies may be large (a key-ordered table would spill them to overflow pages and fill the inner
-- pages of the tree with them) and because a full-text index needs a stable integer key.
CREATE TABLE messages (
    pk INTEGER PRIMARY KEY,
    room_pk INTEGER NOT NULL REFERENCES rooms(pk) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    sender TEXT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    client_id TEXT,
    reply_to TEXT,
    metadata TEXT,
    trace_id TEXT,
    created_at INTEGER NOT NULL,
    edited_at INTEGER,
    deleted_at INTEGER,
    assistant_state INTEGER NOT NULL DEFAULT 0, -- 0 no turn, 1 the assistant owes its turn, 2 taken
    UNIQUE (room_pk, seq)
);
CREATE UNIQUE INDEX messages_by_client_id ON messages(sender, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX messages_owed ON messages(pk) WHERE assistant_state = 1;

-- Everything of a room's sequence that is not a message. `message_id`: what an edit or deletion is about.
CREATE TABLE room_events (
    room_pk INTEGER NOT NULL REFERENCES rooms(pk) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    message_id TEXT,
    read_up_to INTEGER NOT NULL DEFAULT 0, -- receipts
    body TEXT, -- edits: the text this edit gave; removed when the message is deleted
    metadata TEXT,
    PRIMARY KEY (room_pk, seq)
) WITHOUT ROWID;
CREATE INDEX room_events_by_message ON room_events(message_id) WHERE message_id IS NOT NULL;

CREATE TABLE spans (
    trace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    parent TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    status INTEGER NOT NULL, -- 0 ok, 1 error, 2 not ended
    attributes TEXT,
    error TEXT,
    room_id TEXT NOT NULL DEFAULT '',
    message_id TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (trace_id, id)
) WITHOUT ROWID;
-- Lists and look-ups go by the root of a trace: one entry a trace, not one a span.
CREATE INDEX spans_roots ON spans(start_us) WHERE parent = '';
CREATE INDEX spans_roots_by_room ON spans(room_id, start_us) WHERE parent = '';
CREATE INDEX spans_roots_by_message ON spans(message_id) WHERE parent = '';

CREATE TABLE workflow_definitions (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    canonical BLOB NOT NULL,
    source BLOB NOT NULL,
    stored_at INTEGER NOT NULL,
    UNIQUE (id, version)
);

CREATE TABLE workflow_runs (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    workflow TEXT NOT NULL,
    version TEXT NOT NULL,
    status TEXT NOT NULL,
    input TEXT,
    output TEXT,
    error TEXT,
    room_id TEXT NOT NULL,
    started_by TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    definition BLOB NOT NULL,
    dedupe_key TEXT UNIQUE,
    cursor TEXT
);
CREATE INDEX workflow_runs_by_workflow ON workflow_runs(workflow, pk);
CREATE INDEX workflow_runs_unfinished ON workflow_runs(pk) WHERE status IN ('pending', 'running', 'waiting');

CREATE TABLE workflow_steps (
    pk INTEGER PRIMARY KEY,
    run_pk INTEGER NOT NULL REFERENCES workflow_runs(pk) ON DELETE CASCADE,
    reference TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    input TEXT,
    output TEXT,
    error TEXT,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    UNIQUE (run_pk, reference, attempt)
);

CREATE TABLE conversations (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;

CREATE TABLE alerts (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    rule TEXT NOT NULL,
    metric TEXT NOT NULL,
    severity TEXT NOT NULL,
    state TEXT NOT NULL,
    summary TEXT NOT NULL,
    value REAL NOT NULL,
    threshold REAL NOT NULL,
    since INTEGER NOT NULL,
    acknowledged_at INTEGER,
    acknowledged_by TEXT NOT NULL DEFAULT '',
    resolved_at INTEGER
);
CREATE INDEX alerts_by_time ON alerts(since);

-- One row that readiness writes and reads back.
CREATE TABLE probe (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
);
