-- SPDX-FileCopyrightText: 2026 Atom Chat contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The client id first: those that begin with the time, as the SDK makes them (UUID version 7), come to one end of the
-- index, where a commit changes one page for all of its messages instead of one page for each sender.

DROP INDEX messages_by_client_id;
CREATE UNIQUE INDEX messages_by_client_id ON messages(client_id, sender) WHERE client_id IS NOT NULL;
