-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Runs that only wait are not read as a whole at the start; runs know their parent and what they repeat; events.

ALTER TABLE workflow_runs ADD COLUMN parked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workflow_runs ADD COLUMN due_at INTEGER;
ALTER TABLE workflow_runs ADD COLUMN interests TEXT; -- array of [type, source, subject], '' for any
ALTER TABLE workflow_runs ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE workflow_runs ADD COLUMN retry_of TEXT NOT NULL DEFAULT '';
ALTER TABLE workflow_runs ADD COLUMN reason TEXT NOT NULL DEFAULT '';
CREATE INDEX workflow_runs_by_parent ON workflow_runs(parent) WHERE parent <> '';

-- Events on their way to those who listen. Stored with the step that emitted them; the content goes when they are
-- delivered, source and id stay for a while so that one sent again starts nothing twice.
CREATE TABLE workflow_events (
    pk INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE, -- source, space, id
    body TEXT, -- NULL once delivered
    at INTEGER NOT NULL
);
CREATE INDEX workflow_events_undelivered ON workflow_events(pk) WHERE body IS NOT NULL;

-- Which run took which event, in the transaction of the step that did.
CREATE TABLE workflow_consumed_events (
    identity TEXT NOT NULL,
    run_pk INTEGER NOT NULL REFERENCES workflow_runs(pk) ON DELETE CASCADE,
    PRIMARY KEY (identity, run_pk)
) WITHOUT ROWID;
CREATE INDEX workflow_consumed_events_by_run ON workflow_consumed_events(run_pk);
