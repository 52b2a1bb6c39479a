// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/roomevent.h"

#include <QtCore/QHash>
#include <QtCore/QMap>
#include <QtCore/QSet>

namespace Atom {

//! \brief What a room looks like to a reader: its events folded into messages with their present text and marks, read
//! positions and members. The one truth for all clients; plain values, any thread.
//!
//! Feed live and replayed events in the order of their seq, each once or more often, and pages of older history in any
//! order: whatever way they came, the same events give the same state. That works because a message that is read again
//! carries its present state, and every change is one that may be applied twice (a set gains or loses a member, the
//! newer text wins, a deletion is for ever, replies count by their seq).
class RoomFold
{
public:
    //! \brief A live or replayed event.
    void apply(const RoomEvent &event);
    //! \brief Older history: only its messages matter. What happened to them since is in them, or was applied and is
    //! applied again: a page may be older than events that overtook it.
    void prepend(const QList<RoomEvent> &events);
    //! \brief Events were missed: what is known may have changed unseen and is forgotten; ask history for it again.
    void gap();

    qint64 lastSeq() const { return m_lastSeq; }
    //! \brief Ascending by seq; as sent, with present text, flags and marks.
    const QMap<qint64, RoomEvent> &messages() const { return m_messages; }
    const RoomEvent *message(const MessageId &id) const;
    const QMap<UserId, qint64> &readUpTo() const { return m_readUpTo; }
    QList<MessageId> pinned() const;                          //!< ascending by seq
    QList<MessageId> thread(const MessageId &root) const;     //!< replies, ascending by seq
    //! \brief Messages by others behind `seenUpTo`.
    int unread(const UserId &user, qint64 seenUpTo) const;

private:
    RoomEvent *find(const MessageId &id);
    void put(RoomEvent message);
    void change(const RoomEvent &event);

    static constexpr qsizetype changesKept = 1'000;
    QMap<qint64, RoomEvent> m_changes; //!< the newest events about messages
    QMap<qint64, RoomEvent> m_messages;
    QHash<MessageId, qint64> m_seqOf;
    QMap<UserId, qint64> m_readUpTo;
    qint64 m_lastSeq = 0;
};

} // namespace Atom
