// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/roomevent.h"

#include <algorithm>
#include <ranges>
#include <vector>

namespace Atom::Rooms {

//! \brief The newest events of one room, in memory, in order and without holes, so that an event's place follows from its
//! seq. What leaves makes room for what comes: once full, an event costs no allocation of its own.
//! Value type, any one thread.
class EventRing
{
public:
    static constexpr qsizetype capacity = 500; //!< events
    static constexpr qsizetype textBytes = 1 << 20; //!< of all texts together; the newest event always stays

    //! \brief The oldest kept; lastSeq() + 1 when there is none.
    qint64 firstSeq() const { return m_firstSeq; }
    //! \brief The newest ever added; 0 when there was none.
    qint64 lastSeq() const { return m_lastSeq; }
    //! \brief `seq` within firstSeq()..lastSeq(). The text is changed by setText() only.
    RoomEvent &at(qint64 seq) { return m_slots[place(seq)]; }
    const RoomEvent &at(qint64 seq) const { return m_slots[place(seq)]; }
    //! \brief The kept events from `fromSeq` on, ascending; valid until the next add().
    auto from(qint64 fromSeq) const
    {
        return std::views::iota(std::clamp(fromSeq, m_firstSeq, m_lastSeq + 1), m_lastSeq + 1) |
               std::views::transform([this](qint64 seq) -> const RoomEvent & { return at(seq); });
    }
    auto all() const { return from(m_firstSeq); }

    //! \brief Gives the event the next seq, and lets the oldest go for it. The id of a message is a UUID version 7 made of
    //! the event's time.
    const RoomEvent &add(RoomEvent event);
    void setText(RoomEvent &event, const QString &text);
    //! \brief The kept message with this id; null when there is none. A binary search, for the id tells the time; a look
    //! at all of them after the clock was set back.
    const RoomEvent *findMessage(const MessageId &id) const;
    RoomEvent *findMessage(const MessageId &id)
    {
        return const_cast<RoomEvent *>(std::as_const(*this).findMessage(id));
    }
    //! \brief The kept message that came with this client id; null when there is none, or the id is empty.
    const RoomEvent *findByClientId(const UserId &sender, const QByteArray &clientId) const;

private:
    static size_t place(qint64 seq) { return size_t(seq - 1) % size_t(capacity); }
    static qsizetype bytesOf(const QString &text) { return text.size() * qsizetype(sizeof(QChar)); }
    void dropOldest();

    std::vector<RoomEvent> m_slots; //!< grows to `capacity`; the event with seq s is in (s - 1) mod capacity
    //! Beside m_slots: a hash of sender and client id, 0 for none. 2 kB in a row are looked through in less time than one
    //! entry of a large hash table takes to come from memory.
    std::vector<quint32> m_tags;
    qint64 m_firstSeq = 1;
    qint64 m_lastSeq = 0;
    qsizetype m_textBytes = 0;
    qint64 m_inOrderFrom = 1; //!< from here on the times of the events ascend: clocks can be set back
};

} // namespace Atom::Rooms
