-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Threads, marks on messages (reactions, pins, acknowledgements), mentions, former texts, what is unread, and each
-- user's private items (drafts, bookmarks, keywords, reminders, scheduled messages).

ALTER TABLE messages ADD COLUMN ordinal INTEGER NOT NULL DEFAULT 0; -- 1 for the first message of the room, 2, 3, ...
ALTER TABLE messages ADD COLUMN thread_root TEXT;
ALTER TABLE messages ADD COLUMN must_acknowledge INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN mentions TEXT; -- JSON array; NULL: none
UPDATE messages SET thread_root = reply_to WHERE reply_to IS NOT NULL;
UPDATE messages SET ordinal = numbered.n FROM
    (SELECT pk, row_number() OVER (PARTITION BY room_pk ORDER BY seq) AS n FROM messages) AS numbered
    WHERE messages.pk = numbered.pk;
CREATE INDEX messages_by_thread ON messages(thread_root, seq) WHERE thread_root IS NOT NULL;

-- How far a user has seen a room: unread is what lies behind. `seen_count`: the ordinal of the last message up to there.
-- Reading writes it at once. Sending moves it as well, written later (see marks 'seen'); messages.pk above both that mark
-- and `seen_pk` are looked through at the start.
ALTER TABLE members ADD COLUMN seen_up_to INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN seen_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN seen_pk INTEGER NOT NULL DEFAULT 0;
UPDATE members SET seen_up_to = read_up_to, seen_count = ifnull((SELECT ordinal FROM messages
    WHERE messages.room_pk = members.room_pk AND seq <= members.read_up_to ORDER BY seq DESC LIMIT 1), 0);

CREATE TABLE marks (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

-- In the order of the messages, so that a page of history finds the marks of its messages side by side.
CREATE TABLE message_marks (
    room_pk INTEGER NOT NULL REFERENCES rooms(pk) ON DELETE CASCADE,
    message_seq INTEGER NOT NULL,
    kind TEXT NOT NULL, -- reaction, pin, acknowledgement
    value TEXT NOT NULL DEFAULT '', -- the reaction
    user_id TEXT NOT NULL,
    marked_at INTEGER NOT NULL,
    PRIMARY KEY (room_pk, message_seq, kind, value, user_id)
) WITHOUT ROWID;
CREATE INDEX message_pins ON message_marks(room_pk, marked_at) WHERE kind = 'pin';

-- The text of an edited message before its first edit; the later ones are in room_events. Goes when it is deleted.
CREATE TABLE message_originals (
    message_id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) WITHOUT ROWID;

-- One row for each member that a message names; user_id '@room': everybody.
CREATE TABLE mentions (
    room_pk INTEGER NOT NULL REFERENCES rooms(pk) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (room_pk, seq, user_id)
) WITHOUT ROWID;
CREATE INDEX mentions_by_user ON mentions(user_id, room_pk, seq);

-- What belongs to one user and follows them to each device. `version` counts the user's changes; an item without a value
-- was removed (kept for a while, so that devices hear of it).
CREATE TABLE user_items (
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL, -- draft, bookmark, keywords, reminder, scheduled
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    value TEXT,
    due_at INTEGER, -- reminders and scheduled messages that wait
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, kind, key)
) WITHOUT ROWID;
CREATE UNIQUE INDEX user_items_by_version ON user_items(user_id, version);
CREATE INDEX user_items_due ON user_items(due_at) WHERE due_at IS NOT NULL;
-- Changes up to this version may be missing in user_items: who knows less gets everything.
CREATE TABLE user_item_floors (
    user_id TEXT NOT NULL PRIMARY KEY,
    floor INTEGER NOT NULL
) WITHOUT ROWID;
