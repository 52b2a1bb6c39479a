// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/model/roomevent.h"

#include <QtCore/QHash>

#include <deque>
#include <map>
#include <optional>

namespace Atom::Client {

//! \brief A change that the server has not acknowledged yet.
struct OutboxEntry
{
    enum class Kind { Message, Edit, Deletion, Mark /*!< reaction, pin, acknowledgement: see `mark` */ };
    Kind kind = Kind::Message;
    QByteArray key; //!< client id of a message, reference of an edit or deletion; the same at each attempt
    RoomId room;
    MessageId message; //!< which one; Message: what it answers, may be empty
    QString text;      //!< Deletion: the reason; Mark: the reaction
    RoomEventKind mark = RoomEventKind::ReactionAdded; //!< Mark: the event that it leads to
    bool mustAcknowledge = false;                      //!< Message
    QJsonObject metadata;
    int attempts = 0;
    bool inFlight = false;
    Monotonic sentAt{};
};

//! \brief Unacknowledged changes, in order per room. Plain logic: it decides what may be sent, the caller sends.
//!
//! At most `window` entries are in flight, at most `roomWindow` per room; those in flight are the oldest of their room.
//! With more than one per room a refusal for now (rate limit) of the first lets the second pass it.
class Outbox
{
public:
    Outbox(int limit, int window, int roomWindow);

    int size() const { return int(m_roomOf.size()); }
    bool isFull() const { return size() >= m_limit; }
    bool contains(const QByteArray &key) const { return m_roomOf.contains(key); }
    void append(OutboxEntry entry);

    //! \brief What is to be sent now, marked as in flight; `isReady(room)` says whether the room takes messages yet.
    template <typename IsReady> QList<OutboxEntry> takeSendable(IsReady isReady, Monotonic now);
    bool hasInFlight(const RoomId &room) const;
    //! \brief When the oldest answer still missing was asked for.
    std::optional<Monotonic> oldestInFlight() const;

    //! \brief Answered for good, well or badly: removes and returns it.
    std::optional<OutboxEntry> take(const QByteArray &key);
    //! \brief Refused for now: it is sent again, before the others of its room.
    void sendAgain(const QByteArray &key);
    //! \brief Nothing is in flight any more; all are sent again in their order.
    void connectionLost();
    //! \brief The own entry that led to `event`, removed: its acknowledgement was lost, but the event came back.
    std::optional<OutboxEntry> settle(const RoomEvent &event);

private:
    using Queue = std::deque<OutboxEntry>;
    int m_limit;
    int m_window;
    int m_roomWindow;
    int m_inFlight = 0;
    std::map<RoomId, Queue> m_queues;
    QHash<QByteArray, RoomId> m_roomOf;

    std::optional<OutboxEntry> takeAt(const RoomId &room, Queue::iterator at);
};

template <typename IsReady> QList<OutboxEntry> Outbox::takeSendable(IsReady isReady, Monotonic now)
{
    QList<OutboxEntry> out;
    for (auto &[room, queue] : m_queues) {
        if (m_inFlight >= m_window)
            break;
        if (!isReady(room))
            continue;
        for (int i = 0; i < m_roomWindow && i < int(queue.size()) && m_inFlight < m_window; ++i) {
            OutboxEntry &entry = queue[size_t(i)];
            if (entry.inFlight)
                continue;
            entry.inFlight = true;
            entry.sentAt = now;
            ++entry.attempts;
            ++m_inFlight;
            out.append(entry);
        }
    }
    return out;
}

} // namespace Atom::Client
