-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What the language model was used for, by day: budgets hold over a restart.

CREATE TABLE llm_usage (
    day INTEGER NOT NULL, -- since 1970-01-01, UTC
    scope TEXT NOT NULL, -- 'server', 'room', 'user'
    subject TEXT NOT NULL, -- id of the room or user; empty for the server
    calls INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost_micros INTEGER NOT NULL, -- millionths of the currency of the prices
    PRIMARY KEY (day, scope, subject)
) WITHOUT ROWID;
CREATE INDEX llm_usage_by_subject ON llm_usage(scope, subject);
