// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/memory/recall.h"

#include <QtTest/QTest>

namespace Atom::Test {

//! \brief An index that is filled line by line. Time goes on by a minute with each; pause() begins a session.
struct Talk
{
    Memory::MessageIndex index;
    Timestamp now = fromMillis(1'736'154'000'000); // 2025-01-06 09:00 UTC, a Monday
    QHash<RoomId, qint64> seqs;
    int lines = 0;

    void pause(std::chrono::minutes time = std::chrono::hours(3)) { now += time; }
    Memory::IndexedMessage line(const QByteArray &room, const QString &speaker, const QString &text)
    {
        Memory::IndexedMessage message;
        message.room = RoomId(room);
        message.id = MessageId("m" + QByteArray::number(++lines));
        message.seq = ++seqs[message.room];
        message.speaker = UserId("id-" + QByteArray::number(qHash(speaker, 0)));
        message.speakerName = speaker;
        message.at = now;
        message.text = text;
        now += std::chrono::minutes(1);
        return message;
    }
    MessageId say(const QByteArray &room, const QString &speaker, const QString &text, const MessageId &replyTo = {})
    {
        Memory::IndexedMessage message = line(room, speaker, text);
        message.replyTo = replyTo;
        const Result<void> appended = index.append(message);
        return appended ? message.id : MessageId();
    }
    Memory::RecallQuery query(const QString &text, const QByteArrayList &rooms) const
    {
        QList<RoomId> ids;
        for (const QByteArray &room : rooms)
            ids.append(RoomId(room));
        Memory::RecallQuery q;
        q.text = text;
        q.scope = index.scope(ids);
        q.now = now;
        return q;
    }
    QList<Memory::RecallHit> ask(const QString &text, const QByteArrayList &rooms = {"a"}) const
    {
        return Memory::Recall(index).find(query(text, rooms));
    }
};

//! \brief The ids, best first, in one line.
inline QByteArray ids(const QList<Memory::RecallHit> &hits)
{
    QByteArrayList all;
    for (const Memory::RecallHit &hit : hits)
        all.append(hit.message.bytes());
    return all.join(' ');
}

inline Memory::RecallHit hitOf(const QList<Memory::RecallHit> &hits, const MessageId &message)
{
    for (const Memory::RecallHit &hit : hits) {
        if (hit.message == message)
            return hit;
    }
    return {};
}

} // namespace Atom::Test
