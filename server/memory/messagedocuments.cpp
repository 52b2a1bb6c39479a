// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/messagedocuments.h"

#include "server/memory/messageindex.h"

#include <algorithm>

namespace Atom::Memory {

Documents::Documents()
{
    m_rooms.emplace_back(); // removedRoom
}

quint32 Documents::roomFor(const RoomId &id)
{
    const auto found = m_roomNumbers.constFind(id);
    if (found != m_roomNumbers.constEnd())
        return *found;
    const quint32 number = roomCount();
    m_rooms.emplace_back();
    m_rooms.back().id = id;
    m_roomNumbers.insert(id, number);
    return number;
}

bool Documents::isTaken(const RoomId &room, quint32 seq) const
{
    const std::vector<quint32> &documents = m_rooms[roomNumber(room)].documents;
    if (documents.empty() || m_cold[documents.back()].seq < seq)
        return false;
    const auto it = std::lower_bound(documents.begin(), documents.end(), seq,
                                     [this](quint32 document, quint32 s) { return m_cold[document].seq < s; });
    return it != documents.end() && m_cold[*it].seq == seq;
}

qsizetype Documents::placeOf(quint32 document) const
{
    const std::vector<quint32> &documents = m_rooms[m_roomOf[document]].documents;
    const auto it = std::lower_bound(documents.begin(), documents.end(), m_cold[document].seq,
                                     [this](quint32 other, quint32 seq) { return m_cold[other].seq < seq; });
    return it - documents.begin();
}

bool Documents::isNear(quint32 document, qint64 at) const
{
    return qAbs(m_cold[document].at - at) <= MessageIndex::sessionPause.count();
}

quint32 Documents::sessionFor(Room &room, qsizetype place, qint64 at)
{
    // The messages of a session stand side by side, also when one comes late.
    const quint32 before = place > 0 ? room.documents[size_t(place) - 1] : none;
    const quint32 after = size_t(place) < room.documents.size() ? room.documents[size_t(place)] : none;
    if (before != none && isNear(before, at)) {
        const quint32 session = m_hot[before].session;
        if (m_sessions[session].messages < MessageIndex::mostSessionMessages ||
            (after != none && m_hot[after].session == session))
            return session;
    }
    if (after != none && isNear(after, at))
        return m_hot[after].session;
    if (before != none && after != none && m_hot[before].session == m_hot[after].session)
        return m_hot[before].session; // clocks that disagree
    m_sessions.append({});
    return m_sessions.size() - 1;
}

quint32 Documents::add(const Entry &entry)
{
    const quint32 number = roomFor(entry.room);
    Room &room = m_rooms[number];
    const quint32 document = m_hot.size();
    qsizetype place = qsizetype(room.documents.size());
    if (place > 0 && m_cold[room.documents.back()].seq > entry.seq) {
        place = std::lower_bound(room.documents.begin(), room.documents.end(), entry.seq,
                                 [this](quint32 other, quint32 seq) { return m_cold[other].seq < seq; }) -
                room.documents.begin();
    }
    const quint32 sessionNumber = sessionFor(room, place, entry.at);
    room.documents.insert(room.documents.begin() + place, document);
    room.length += entry.length;
    Session &session = m_sessions[sessionNumber];
    room.sessions += session.messages == 0;
    ++session.messages;
    session.length += entry.length;
    m_roomOf.append(number);
    m_hot.append({sessionNumber, entry.length, entry.tellsTime, entry.isQuestion, false});
    m_cold.append({MessageIds::packed(entry.id), entry.at, entry.seq, entry.speaker});
    m_ids.insert(entry.id, document, *this);
    m_speakers.addMessage(entry.speaker, number);
    if (!entry.replyTo.isEmpty())
        linkReply(document, entry.replyTo);
    ++m_live;
    return document;
}

void Documents::linkReply(quint32 document, const MessageId &replyTo)
{
    const quint32 target = find(replyTo);
    if (target == none || m_roomOf[target] != m_roomOf[document])
        return; // of another room it could tell about what its reader may not see
    m_repliedTo.emplace(document, target);
    m_firstReply.try_emplace(target, document);
    m_hot[target].hasReplyLinks = m_hot[document].hasReplyLinks = true;
}

quint32 Documents::repliedTo(quint32 document) const
{
    const auto it = m_repliedTo.find(document);
    return it == m_repliedTo.end() || m_roomOf[it->second] == removedRoom ? none : it->second;
}

quint32 Documents::firstReply(quint32 document) const
{
    const auto it = m_firstReply.find(document);
    return it == m_firstReply.end() || m_roomOf[it->second] == removedRoom ? none : it->second;
}

void Documents::remove(quint32 document)
{
    const Hot &hot = m_hot[document];
    Room &room = m_rooms[m_roomOf[document]];
    m_ids.remove(idOf(document), document);
    m_speakers.removeMessage(m_cold[document].speaker, m_roomOf[document]);
    room.documents.erase(room.documents.begin() + placeOf(document));
    room.length -= hot.length;
    Session &session = m_sessions[hot.session];
    --session.messages;
    session.length -= hot.length;
    room.sessions -= session.messages == 0;
    m_repliedTo.erase(document);
    m_firstReply.erase(document);
    m_roomOf[document] = removedRoom;
    m_cold[document] = {};
    --m_live;
}

size_t Documents::bytes() const
{
    size_t bytes = m_roomOf.bytes() + m_hot.bytes() + m_cold.bytes() + m_sessions.bytes() + m_ids.bytes() +
                   m_speakers.bytes() + (m_repliedTo.size() + m_firstReply.size()) * 40;
    for (const Room &room : m_rooms)
        bytes += sizeof(Room) + 160 + room.documents.capacity() * sizeof(quint32); // with the id, twice
    return bytes;
}

Documents Documents::compacted(std::vector<quint32> &renumber) const
{
    renumber.assign(count(), none);
    std::vector<quint32> sessions(m_sessions.size(), none);
    Documents out;
    out.m_speakers = m_speakers;
    out.m_roomNumbers = m_roomNumbers;
    out.m_live = m_live;
    for (quint32 old = 0; old < count(); ++old) {
        if (m_roomOf[old] == removedRoom)
            continue;
        Hot hot = m_hot[old];
        const quint32 document = out.m_hot.size();
        renumber[old] = document;
        quint32 &session = sessions[hot.session];
        if (session == none) {
            session = out.m_sessions.size();
            out.m_sessions.append(m_sessions[hot.session]);
        }
        hot.session = session;
        out.m_roomOf.append(m_roomOf[old]);
        out.m_hot.append(hot);
        out.m_cold.append(m_cold[old]);
        out.m_ids.insert(idOf(old), document, out);
    }
    out.m_rooms.clear();
    for (const Room &room : m_rooms) {
        Room copy = room;
        copy.documents.shrink_to_fit();
        for (quint32 &document : copy.documents)
            document = renumber[document];
        out.m_rooms.push_back(std::move(copy));
    }
    const auto moveLinks = [&renumber](const auto &from, auto &to) {
        for (const auto &[document, other] : from) {
            if (renumber[document] != none && renumber[other] != none)
                to.emplace(renumber[document], renumber[other]);
        }
    };
    moveLinks(m_repliedTo, out.m_repliedTo);
    moveLinks(m_firstReply, out.m_firstReply);
    return out;
}

} // namespace Atom::Memory
