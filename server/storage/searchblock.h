// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/searchpostings.h"
#include "shared/model/roomevent.h"

#include <unordered_map>

namespace Atom::Storage {

//! \brief What a search must know of each message of a block without reading it.
struct BlockFacts
{
    std::vector<quint32> rooms;   //!< rooms.pk by slot; 0: no message
    std::vector<quint32> times;   //!< unix seconds
    std::vector<quint16> lengths; //!< words, at most 65,535
    quint32 messages = 0;
    quint64 words = 0;

    void set(quint16 slot, quint32 room, quint32 time, quint16 length);
    void clear(quint16 slot);
    bool has(quint16 slot) const { return slot < rooms.size() && rooms[slot] != 0; }
};
QByteArray encodeFacts(const BlockFacts &facts);
bool decodeFacts(const QByteArray &bytes, BlockFacts &facts);

//! \brief A message made ready for the index.
struct IndexedMessage
{
    struct Term
    {
        QByteArray term;
        quint16 count = 0;
        QByteArray positions;
    };
    qint64 pk = 0;
    quint32 room = 0; //!< 0: it is to be removed
    quint32 time = 0;
    quint16 length = 0;
    MessageId id;
    std::vector<Term> terms;
};

//! \brief What is known of a message beside its text.
struct MessageFacts
{
    qint64 pk = 0;
    quint32 roomPk = 0;
    UserId sender;
    QByteArray type;
    QString body;
    MessageId id;
    MessageId thread; //!< the message whose thread it belongs to; empty: none
    QList<QByteArray> mentions;
    Timestamp at{};
    bool edited = false;
    bool reacted = false;
    bool pinned = false;
};
//! \brief Any thread.
IndexedMessage indexedMessage(const MessageFacts &message);

// --- terms that are not words: the first byte cannot be one of a word
QByteArray senderTerm(const QByteArray &user);
QByteArray mentionTerm(const QByteArray &user); //!< empty: of anybody
QByteArray threadTerm(const QByteArray &root);
QByteArray traitTerm(const char *name); //!< "link", "file", "code", "edited", "reply", "reaction", "pin"

//! \brief A block in memory: the newest one, or one that waits to be stored.
class MemoryBlock
{
public:
    explicit MemoryBlock(qint64 block) : m_block(block) {}
    qint64 block() const { return m_block; }
    //! \brief Takes the place of what was there under its pk.
    void put(const IndexedMessage &message);
    const Postings *find(const QByteArray &term) const;
    const std::unordered_map<QByteArray, Postings> &terms() const { return m_terms; }
    const BlockFacts &facts() const { return m_facts; }
    qint64 lastPk() const { return m_lastPk; }
    const MessageId &lastId() const { return m_lastId; }

private:
    void remove(quint16 slot);

    const qint64 m_block;
    std::unordered_map<QByteArray, Postings> m_terms;
    BlockFacts m_facts;
    qint64 m_lastPk = 0;
    MessageId m_lastId;
};

} // namespace Atom::Storage
