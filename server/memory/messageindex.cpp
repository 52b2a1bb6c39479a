// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/messageindex.h"

#include "server/memory/words.h"

#include <algorithm>
#include <limits>

namespace Atom::Memory {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype worthCompacting = 10'000; //!< removed messages
constexpr qsizetype mostTextUnits = 65'536;

Result<void> checked(const IndexedMessage &message)
{
    if (message.room.isEmpty())
        return Error::invalid(u"/room"_s, u"a message is in a room"_s);
    if (message.id.isEmpty())
        return Error::invalid(u"/id"_s, u"a message has an id"_s);
    if (message.speaker.isEmpty())
        return Error::invalid(u"/speaker"_s, u"a message has a speaker"_s);
    if (message.seq < 1 || message.seq > std::numeric_limits<quint32>::max())
        return Error::invalid(u"/seq"_s, u"from 1 to 4294967295"_s);
    return {};
}
} // namespace

Result<void> MessageIndex::append(const IndexedMessage &message)
{
    if (Result<void> ok = checked(message); !ok)
        return ok;
    const quint32 seq = quint32(message.seq);
    if (contains(message.id) || m_documents.isTaken(message.room, seq))
        return Error(Errc::Conflict, u"the message is in memory already"_s);
    if (m_postings.isFull() || m_documents.count() >= mostMessages)
        return Error(Errc::Unavailable, u"the memory of messages is full"_s);

    Documents::Entry entry;
    m_terms.clear();
    WordReader words(QStringView(message.text).left(mostTextUnits));
    for (int read = 0; read < mostWords && words.next(); ++read) {
        entry.tellsTime = entry.tellsTime || words.isTimeWord();
        if (words.isFunctionWord())
            continue;
        ++entry.length;
        m_terms.emplace_back(m_postings.findOrAdd(words.term()), 1);
    }
    entry.isQuestion = QStringView(message.text).trimmed().endsWith(u'?');
    entry.room = message.room;
    entry.id = message.id;
    entry.replyTo = message.replyTo;
    entry.seq = seq;
    entry.at = toMillis(message.at);
    entry.speaker = m_documents.speakers().numberFor(message.speaker, message.speakerName);
    const quint32 document = m_documents.add(entry);

    std::sort(m_terms.begin(), m_terms.end());
    for (size_t i = 0; i < m_terms.size();) {
        size_t next = i + 1;
        while (next < m_terms.size() && m_terms[next].first == m_terms[i].first)
            ++next;
        m_postings.append(m_terms[i].first, document, quint32(next - i));
        i = next;
    }
    return {};
}

bool MessageIndex::remove(const MessageId &message)
{
    const quint32 document = m_documents.find(message);
    if (document == Documents::none)
        return false;
    m_documents.remove(document);
    compactIfWorthIt();
    return true;
}

qsizetype MessageIndex::removeRoom(const RoomId &room)
{
    std::vector<quint32> documents = m_documents.room(m_documents.roomNumber(room)).documents;
    // From the end: each removal then moves nothing.
    std::for_each(documents.rbegin(), documents.rend(), [this](quint32 document) { m_documents.remove(document); });
    compactIfWorthIt();
    return qsizetype(documents.size());
}

qsizetype MessageIndex::removeSpeaker(const UserId &speaker)
{
    const quint32 number = m_documents.speakers().find(speaker);
    if (number == ~0U)
        return 0;
    qsizetype removed = 0;
    for (quint32 document = m_documents.count(); document-- > 0;) {
        if (m_documents.roomOf(document) == Documents::removedRoom || m_documents.cold(document).speaker != number)
            continue;
        m_documents.remove(document);
        ++removed;
    }
    m_documents.speakers().forget(number);
    compactIfWorthIt();
    return removed;
}

void MessageIndex::compactIfWorthIt()
{
    const qsizetype removed = qsizetype(m_documents.count()) - size();
    if (removed >= worthCompacting && removed * 2 > qsizetype(m_documents.count()))
        compact();
}

void MessageIndex::compact()
{
    std::vector<quint32> renumber;
    Documents documents = m_documents.compacted(renumber);
    PostingStore postings;
    for (quint32 term = 0; term < m_postings.termCount(); ++term) {
        quint32 number = PostingStore::noTerm;
        m_postings.forEach(term, [&](quint32 document, quint32 count) {
            if (renumber[document] == Documents::none)
                return;
            if (number == PostingStore::noTerm) // words of removed messages alone are gone as well
                number = postings.findOrAdd(m_postings.text(term));
            postings.append(number, renumber[document], count);
        });
    }
    m_documents = std::move(documents);
    m_postings = std::move(postings);
}

RoomScope MessageIndex::scope(const QList<RoomId> &rooms) const
{
    RoomScope scope;
    for (const RoomId &room : rooms) {
        if (const quint32 number = m_documents.roomNumber(room); number != Documents::removedRoom)
            scope.add(number);
    }
    return scope;
}

RoomScope MessageIndex::everyRoom() const
{
    RoomScope scope;
    for (quint32 room = Documents::removedRoom + 1; room < m_documents.roomCount(); ++room)
        scope.add(room);
    return scope;
}

} // namespace Atom::Memory
