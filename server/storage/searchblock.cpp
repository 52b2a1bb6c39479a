// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/searchblock.h"

#include "server/search/tokenizer.h"

#include <QtCore/QtEndian>

#include <algorithm>
#include <limits>

namespace Atom::Storage {
using namespace Qt::StringLiterals;

namespace {
constexpr quint16 most = std::numeric_limits<quint16>::max();

template <typename T> void appendAll(QByteArray &out, const std::vector<T> &values)
{
    const qsizetype at = out.size();
    out.resize(at + qsizetype(values.size() * sizeof(T)));
    qToLittleEndian<T>(values.data(), qsizetype(values.size()), out.data() + at);
}
template <typename T> const char *readAll(const char *at, quint32 size, std::vector<T> &values)
{
    values.resize(size);
    qFromLittleEndian<T>(at, qsizetype(size), values.data());
    return at + size * sizeof(T);
}

void addTerm(IndexedMessage &message, QByteArray term)
{
    IndexedMessage::Term flag;
    flag.term = std::move(term);
    message.terms.push_back(std::move(flag));
}

bool holdsLink(const QString &text)
{
    // Looking for "://" costs a fraction of looking for the names without regard to case.
    for (qsizetype at = text.indexOf("://"_L1); at >= 0; at = text.indexOf("://"_L1, at + 3)) {
        const QStringView before = QStringView(text).first(at);
        if (before.endsWith("http"_L1, Qt::CaseInsensitive) || before.endsWith("https"_L1, Qt::CaseInsensitive))
            return true;
    }
    return false;
}

bool isFile(const QByteArray &type)
{
    return type == "file" || type == "image" || type == "voice" || type == "audio" || type == "video";
}

void addWords(IndexedMessage &message, const QString &text)
{
    struct Occurrence
    {
        QByteArray term;
        quint32 position = 0;
    };
    std::vector<Occurrence> found;
    Search::Tokenizer tokenizer(text);
    while (tokenizer.next()) {
        Occurrence occurrence;
        occurrence.term = tokenizer.term();
        occurrence.position = quint32(tokenizer.position());
        found.push_back(std::move(occurrence));
    }
    message.length = quint16(std::min<size_t>(found.size(), most));
    std::stable_sort(found.begin(), found.end(),
                     [](const Occurrence &a, const Occurrence &b) { return a.term < b.term; });
    quint32 before = 0;
    for (const Occurrence &occurrence : found) {
        if (message.terms.empty() || message.terms.back().term != occurrence.term) {
            addTerm(message, occurrence.term);
            before = 0;
        }
        IndexedMessage::Term &term = message.terms.back();
        if (term.count == most)
            continue;
        ++term.count;
        appendVarint(term.positions, occurrence.position - before);
        before = occurrence.position;
    }
}
} // namespace

QByteArray senderTerm(const QByteArray &user)
{
    return "\1s" + user;
}
QByteArray mentionTerm(const QByteArray &user)
{
    return "\1m" + user;
}
QByteArray threadTerm(const QByteArray &root)
{
    return "\1t" + root;
}
QByteArray traitTerm(const char *name)
{
    return QByteArray("\1h") + name;
}

IndexedMessage indexedMessage(const MessageFacts &facts)
{
    IndexedMessage message;
    message.pk = facts.pk;
    message.room = facts.roomPk;
    message.time = quint32(std::clamp<qint64>(toMillis(facts.at) / 1000, 0, std::numeric_limits<quint32>::max()));
    message.id = facts.id;
    // What is encrypted between devices has no words for us.
    if (facts.type != "encrypted") {
        addWords(message, facts.body);
        if (holdsLink(facts.body))
            addTerm(message, traitTerm("link"));
        if (facts.body.contains(u'`'))
            addTerm(message, traitTerm("code"));
    }
    addTerm(message, senderTerm(facts.sender.bytes()));
    if (isFile(facts.type))
        addTerm(message, traitTerm("file"));
    if (facts.edited)
        addTerm(message, traitTerm("edited"));
    if (facts.reacted)
        addTerm(message, traitTerm("reaction"));
    if (facts.pinned)
        addTerm(message, traitTerm("pin"));
    if (!facts.thread.isEmpty()) {
        addTerm(message, traitTerm("reply"));
        addTerm(message, threadTerm(facts.thread.bytes()));
    }
    if (!facts.mentions.isEmpty())
        addTerm(message, mentionTerm({}));
    for (const QByteArray &user : facts.mentions)
        addTerm(message, mentionTerm(user));
    return message;
}

void BlockFacts::set(quint16 slot, quint32 room, quint32 time, quint16 length)
{
    if (slot >= rooms.size()) {
        rooms.resize(size_t(slot) + 1);
        times.resize(size_t(slot) + 1);
        lengths.resize(size_t(slot) + 1);
    }
    clear(slot);
    rooms[slot] = room;
    times[slot] = time;
    lengths[slot] = length;
    ++messages;
    words += length;
}

void BlockFacts::clear(quint16 slot)
{
    if (!has(slot))
        return;
    words -= lengths[slot];
    --messages;
    rooms[slot] = 0;
    times[slot] = 0;
    lengths[slot] = 0;
}

QByteArray encodeFacts(const BlockFacts &facts)
{
    QByteArray bytes;
    appendAll(bytes, facts.rooms);
    appendAll(bytes, facts.times);
    appendAll(bytes, facts.lengths);
    return bytes;
}

bool decodeFacts(const QByteArray &bytes, BlockFacts &facts)
{
    constexpr qsizetype each = 2 * sizeof(quint32) + sizeof(quint16);
    if (bytes.size() % each != 0 || bytes.size() / each > blockSize)
        return false;
    const auto size = quint32(bytes.size() / each);
    const char *at = readAll(bytes.constData(), size, facts.rooms);
    at = readAll(at, size, facts.times);
    readAll(at, size, facts.lengths);
    facts.messages = quint32(size - std::count(facts.rooms.cbegin(), facts.rooms.cend(), 0U));
    facts.words = 0;
    for (const quint16 length : facts.lengths)
        facts.words += length;
    return true;
}

void MemoryBlock::put(const IndexedMessage &message)
{
    const quint16 slot = slotOf(message.pk);
    if (m_facts.has(slot))
        remove(slot);
    if (message.room == 0) {
        if (message.pk == m_lastPk)
            m_lastId = MessageId(); // it may go altogether: nothing to compare with
        return;
    }
    m_facts.set(slot, message.room, message.time, message.length);
    for (const IndexedMessage::Term &term : message.terms) {
        // Mentioned twice, said once.
        Postings &postings = m_terms[term.term];
        if (!postings.slots.empty() && postings.slots.back() == slot)
            continue;
        postings.insert(slot, term.count, term.positions);
    }
    if (message.pk >= m_lastPk) {
        m_lastPk = message.pk;
        m_lastId = message.id;
    }
}

void MemoryBlock::remove(quint16 slot)
{
    for (auto it = m_terms.begin(); it != m_terms.end();) {
        it->second.remove(slot);
        it = it->second.isEmpty() ? m_terms.erase(it) : std::next(it);
    }
    m_facts.clear(slot);
}

const Postings *MemoryBlock::find(const QByteArray &term) const
{
    const auto it = m_terms.find(term);
    return it == m_terms.end() ? nullptr : &it->second;
}

} // namespace Atom::Storage
