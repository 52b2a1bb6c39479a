-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What the search must look at again: messages that were changed or removed after they were stored. New messages are
-- not here: the search finds them by their rising pk, so that an ordinary message costs one insert. Triggers, so that no
-- way to change a message can forget it. Entries go when the index on disk holds nothing of the old text any more.

CREATE TABLE search_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_pk INTEGER NOT NULL
);
CREATE TRIGGER search_message_changed AFTER UPDATE OF body, type, sender, room_pk, deleted_at ON messages BEGIN
    INSERT INTO search_changes (message_pk) VALUES (new.pk);
END;
CREATE TRIGGER search_message_removed AFTER DELETE ON messages BEGIN
    INSERT INTO search_changes (message_pk) VALUES (old.pk);
END;
-- Whether a message has a reaction and whether it is pinned is in the index as well; who reacted how is not.
CREATE TRIGGER search_message_marked AFTER INSERT ON message_marks WHEN new.kind IN ('reaction', 'pin') BEGIN
    INSERT INTO search_changes (message_pk) SELECT pk FROM messages WHERE room_pk = new.room_pk AND seq = new.message_seq;
END;
CREATE TRIGGER search_message_unmarked AFTER DELETE ON message_marks WHEN old.kind IN ('reaction', 'pin') BEGIN
    INSERT INTO search_changes (message_pk) SELECT pk FROM messages WHERE room_pk = old.room_pk AND seq = old.message_seq;
END;
