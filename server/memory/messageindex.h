// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/memory/messagedocuments.h"
#include "server/memory/postings.h"
#include "shared/core/clock.h"
#include "shared/core/result.h"

#include <QtCore/QList>

namespace Atom::Memory {

//! \brief A message as memory takes it.
struct IndexedMessage
{
    RoomId room;
    MessageId id;
    qint64 seq = 0; //!< its place in the room, 1 to 2^32-1
    UserId speaker;
    QString speakerName; //!< as people call the speaker; may change from message to message, the newest counts
    Timestamp at{};
    QString text;        //!< its first MessageIndex::mostWords words count
    MessageId replyTo{}; //!< empty: of none
};

//! \brief Rooms that may be looked into. Made by MessageIndex::scope(); stays right while the index lives, except that
//! it does not have rooms that came later.
class RoomScope
{
public:
    bool has(quint32 room) const { return (room >> 6) < m_bits.size() && (m_bits[room >> 6] >> (room & 63) & 1) != 0; }
    void add(quint32 room)
    {
        if (m_bits.size() <= room >> 6)
            m_bits.resize((room >> 6) + 1);
        m_bits[room >> 6] |= quint64(1) << (room & 63);
    }
    //! \brief Calls `visit(room)` for each.
    template <typename Visit> void forEach(Visit &&visit) const
    {
        for (size_t i = 0; i < m_bits.size(); ++i) {
            for (quint64 bits = m_bits[i]; bits != 0; bits &= bits - 1)
                visit(quint32(i * 64 + size_t(qCountTrailingZeroBits(bits))));
        }
    }

private:
    std::vector<quint64> m_bits;
};

//! \brief What messages say, in memory, for Recall: terms, rooms, sessions, speakers and times; not the texts. Some 100
//! bytes per message.
//!
//! A session is what is said in a room without a pause of more than an hour, or 200 messages of it. Messages may come
//! in any order; those out of order cost time linear in their room. Removed messages are never found again at once, and
//! their words leave the memory with the next compact(), which runs by itself when half of all are removed. One thread,
//! or a lock of the owner around all of it; Recall reads it.
class MessageIndex
{
public:
    static constexpr int mostWords = 1'000; //!< of one message; later ones are not found
    static constexpr quint32 mostMessages = 50'000'000;
    static constexpr milliseconds sessionPause = std::chrono::hours(1);
    static constexpr quint32 mostSessionMessages = 200;

    //! \brief Adds a message. Errc::ValidationFailed: no room, id or speaker, or a seq out of range; Conflict: the id
    //! or the place in the room is taken; Unavailable: full.
    Result<void> append(const IndexedMessage &message);
    //! \brief Forgets a message (deleted; or edited, before it is added again). False when it is not known.
    bool remove(const MessageId &message);
    //! \return how many messages were forgotten.
    qsizetype removeRoom(const RoomId &room);
    //! \brief Forgets all messages of a person, and the name. Linear in the index.
    //! \return how many messages were forgotten.
    qsizetype removeSpeaker(const UserId &speaker);
    //! \brief Gives back the memory of removed messages; nothing of their words is left then. Linear in the index, one
    //! to two seconds per million messages, and needs room for a second one meanwhile.
    void compact();

    RoomScope scope(const QList<RoomId> &rooms) const;
    RoomScope everyRoom() const;

    qsizetype size() const { return m_documents.liveCount(); }
    bool contains(const MessageId &message) const { return m_documents.find(message) != Documents::none; }
    size_t bytes() const { return m_documents.bytes() + m_postings.bytes(); }

    const Documents &documents() const { return m_documents; }  //!< for Recall
    const PostingStore &postings() const { return m_postings; } //!< for Recall

private:
    void compactIfWorthIt();

    Documents m_documents;
    PostingStore m_postings;
    std::vector<std::pair<quint32, quint32>> m_terms; //!< term and count of the message at hand; kept for its memory
};

} // namespace Atom::Memory
