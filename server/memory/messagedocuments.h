// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/memory/chunkedlist.h"
#include "server/memory/messageids.h"
#include "server/memory/speakers.h"
#include "shared/core/clock.h"

#include <unordered_map>

namespace Atom::Memory {

//! \brief What is known of each message besides its words. Messages, rooms, sessions and speakers are numbers here;
//! room 0 is the room of removed messages, and in nobody's scope. For MessageIndex and Recall only. One thread.
class Documents
{
public:
    static constexpr quint32 none = ~0U;
    static constexpr quint32 removedRoom = 0;

    //! What scoring looks at.
    struct Hot
    {
        quint32 session = 0;
        quint16 length = 0; //!< words
        bool tellsTime : 1 = false;
        bool isQuestion : 1 = false;
        bool hasReplyLinks : 1 = false;
    };
    struct Cold
    {
        PackedId id{};
        qint64 at = 0; //!< milliseconds since 1970
        quint32 seq = 0;
        quint32 speaker = 0;
    };
    struct Session
    {
        quint32 length = 0; //!< words
        quint32 messages = 0;
    };
    struct Room
    {
        RoomId id;
        std::vector<quint32> documents; //!< by seq
        quint64 length = 0;             //!< words
        quint32 sessions = 0;           //!< with messages
    };
    //! \brief What comes in.
    struct Entry
    {
        RoomId room;
        MessageId id;
        MessageId replyTo;
        quint32 seq = 0;
        qint64 at = 0;
        quint32 speaker = 0;
        quint16 length = 0;
        bool tellsTime = false;
        bool isQuestion = false;
    };

    Documents();
    //! \brief The seq of this room is taken.
    bool isTaken(const RoomId &room, quint32 seq) const;
    quint32 add(const Entry &entry); //!< \return its number, above all before
    void remove(quint32 document);
    quint32 find(const MessageId &id) const { return m_ids.find(id, *this); }
    MessageId idOf(quint32 document) const { return m_ids.unpacked(m_cold[document].id, document); }

    quint32 count() const { return m_hot.size(); } //!< with removed ones
    qsizetype liveCount() const { return m_live; }
    //! \brief The one thing that a scan of a term needs of each message: in a list of its own, which the cache holds.
    quint32 roomOf(quint32 document) const { return m_roomOf[document]; }
    const Hot &hot(quint32 document) const { return m_hot[document]; }
    const Cold &cold(quint32 document) const { return m_cold[document]; }
    const Session &session(quint32 session) const { return m_sessions[session]; }
    quint32 sessionCount() const { return m_sessions.size(); }
    const Room &room(quint32 room) const { return m_rooms[room]; }
    quint32 roomCount() const { return quint32(m_rooms.size()); }
    quint32 roomNumber(const RoomId &room) const { return m_roomNumbers.value(room, removedRoom); }
    //! \brief Where a message stands in Room::documents.
    qsizetype placeOf(quint32 document) const;
    quint32 repliedTo(quint32 document) const; //!< none: nothing, or what was replied to is removed
    quint32 firstReply(quint32 document) const;
    Speakers &speakers() { return m_speakers; }
    const Speakers &speakers() const { return m_speakers; }
    size_t bytes() const;
    //! \brief Without the removed ones, each room and message keeping its order; `renumber[old]` is the new number or
    //! none.
    Documents compacted(std::vector<quint32> &renumber) const;

private:
    quint32 roomFor(const RoomId &id);
    quint32 sessionFor(Room &room, qsizetype place, qint64 at);
    bool isNear(quint32 document, qint64 at) const;
    void linkReply(quint32 document, const MessageId &replyTo);

    ChunkedList<quint32> m_roomOf;
    ChunkedList<Hot> m_hot;
    ChunkedList<Cold> m_cold;
    ChunkedList<Session> m_sessions;
    std::vector<Room> m_rooms;
    QHash<RoomId, quint32> m_roomNumbers;
    MessageIds m_ids;
    Speakers m_speakers;
    std::unordered_map<quint32, quint32> m_repliedTo, m_firstReply;
    qsizetype m_live = 0;
};

} // namespace Atom::Memory
