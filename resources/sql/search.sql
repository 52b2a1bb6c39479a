-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The index of the search (search.db). A block is 32,768 messages in the order of storing; what the blobs hold is
-- described in server/storage/searchpostings.h and searchblock.h. Everything here can be made again from atom.db, so
-- a change of this schema is a new number in server/storage/searchstore.cpp, not a migration.

CREATE TABLE blocks (
    block INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    words INTEGER NOT NULL,
    last_pk INTEGER NOT NULL,
    last_id TEXT NOT NULL,
    facts BLOB NOT NULL
);

CREATE TABLE postings (
    block INTEGER NOT NULL,
    term BLOB NOT NULL,
    messages INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (block, term)
) WITHOUT ROWID;
