-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Intents that administrators wrote here; one of the same name in the folder of intents stands behind it.
CREATE TABLE intents (
    name TEXT PRIMARY KEY,
    source TEXT NOT NULL, -- YAML, as it was written
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) WITHOUT ROWID;

-- What people said about an answer. The text of their message stays where it is: what is deleted there is learned no more.
CREATE TABLE assistant_feedback (
    message_id TEXT NOT NULL, -- the question
    user_id TEXT NOT NULL,
    verdict TEXT NOT NULL, -- up, down, not_this
    intent TEXT NOT NULL, -- that was chosen; empty: none
    reason TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    PRIMARY KEY (message_id, user_id)
) WITHOUT ROWID;
CREATE INDEX assistant_feedback_by_time ON assistant_feedback(given_at);
