// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqliteassistantrepository.h"

#include "server/storage/roomrows.h"

#include <QtCore/QJsonDocument>

namespace Atom::Storage {
using Assistant::PendingTurn;

namespace {
constexpr Sql pendingSql("SELECT " ATOM_MESSAGE_COLUMNS ", r.id FROM messages m JOIN rooms r ON r.pk = m.room_pk"
                         " WHERE m.assistant_state = 1 ORDER BY m.pk");
constexpr Sql afterSql("SELECT " ATOM_MESSAGE_COLUMNS ", r.id, m.pk FROM messages m JOIN rooms r ON r.pk = m.room_pk"
                       " WHERE m.pk > ? AND NOT (m.assistant_state = 2 AND EXISTS (SELECT 1 FROM messages a"
                       " WHERE a.client_id = 'reply:' || m.id AND a.sender = 'assistant'"
                       " AND a.metadata LIKE '%\"intent\":%')) ORDER BY m.pk LIMIT ?");
constexpr Sql finishSql("UPDATE messages SET assistant_state = 2 WHERE id = ? AND assistant_state = 1");
constexpr Sql conversationSql("SELECT state FROM conversations WHERE room_id = ? AND user_id = ?");
constexpr Sql saveSql("INSERT INTO conversations (room_id, user_id, state) VALUES (?, ?, ?)"
                      " ON CONFLICT (room_id, user_id) DO UPDATE SET state = excluded.state");
} // namespace

QCoro::Task<Result<QList<PendingTurn>>> SqliteAssistantRepository::pendingTurns()
{
    return m_reader.run<QList<PendingTurn>>([](Connection &db) -> Result<QList<PendingTurn>> {
        QList<PendingTurn> turns;
        Statement s(db, pendingSql);
        while (s.step()) {
            PendingTurn turn;
            turn.message = eventFromRow(s, s.id<RoomId>(eventColumns));
            turns.append(std::move(turn));
        }
        return turns;
    });
}

QCoro::Task<Result<Assistant::StoredMessages>> SqliteAssistantRepository::messagesAfter(qint64 after, int limit)
{
    return m_reader.run<Assistant::StoredMessages>([after, limit](Connection &db) -> Result<Assistant::StoredMessages> {
        Assistant::StoredMessages page;
        Statement s(db, afterSql, after, limit);
        while (s.step()) {
            page.last = s.integer(eventColumns + 1);
            page.messages.append(eventFromRow(s, s.id<RoomId>(eventColumns)));
        }
        return page;
    });
}

QCoro::Task<Result<void>> SqliteAssistantRepository::finishTurn(Assistant::TurnEnd end)
{
    return m_writer.run<void>([end = std::move(end)](Connection &db) -> Result<void> {
        execute(db, finishSql, end.message);
        if (end.state)
            execute(db, saveSql, end.room, end.user, QJsonDocument(*end.state).toJson(QJsonDocument::Compact));
        return {};
    });
}

QCoro::Task<Result<QJsonObject>> SqliteAssistantRepository::conversation(RoomId room, UserId user)
{
    return m_reader.run<QJsonObject>(
        [room = std::move(room), user = std::move(user)](Connection &db) -> Result<QJsonObject> {
            Statement s(db, conversationSql, room, user);
            return s.step() ? s.object(0) : QJsonObject();
        });
}

} // namespace Atom::Storage
