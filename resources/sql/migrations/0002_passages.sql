-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The times of an ordinary message's way through the server; one with a turn of the assistant has spans. A row holds many
-- messages, so that they cost almost nothing beside the messages themselves; `records` is described in server/storage/passagerows.h. `first_at` and `last_at` are
-- the least and the greatest created_at of its messages. The trace of a message without a trace_id has the digits of
-- the message's id.

CREATE TABLE passages (
    pk INTEGER PRIMARY KEY,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    records BLOB NOT NULL
);
CREATE INDEX passages_by_time ON passages(first_at);
