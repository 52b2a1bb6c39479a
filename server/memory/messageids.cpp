// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/messageids.h"

#include "server/memory/messagedocuments.h"

namespace Atom::Memory {

namespace {
constexpr qsizetype uuidLength = 36;

bool isDash(qsizetype at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}
int hexDigit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
bool isZero(const PackedId &id)
{
    return id == PackedId{};
}
} // namespace

PackedId MessageIds::packed(const MessageId &id)
{
    const QByteArray &text = id.bytes();
    PackedId packed{};
    if (text.size() != uuidLength)
        return packed;
    size_t digits = 0;
    for (qsizetype i = 0; i < uuidLength; ++i) {
        if (isDash(i)) {
            if (text.at(i) != '-')
                return {};
            continue;
        }
        const int digit = hexDigit(text.at(i));
        if (digit < 0)
            return {};
        packed[digits / 2] = uchar(packed[digits / 2] << 4 | digit);
        ++digits;
    }
    return packed;
}

MessageId MessageIds::unpacked(const PackedId &id, quint32 document) const
{
    if (isZero(id))
        return m_otherIds.value(document);
    QByteArray text(uuidLength, '-');
    size_t digits = 0;
    for (qsizetype i = 0; i < uuidLength; ++i) {
        if (isDash(i))
            continue;
        const uchar byte = id[digits / 2];
        text[i] = "0123456789abcdef"[digits % 2 == 0 ? byte >> 4 : byte & 15];
        ++digits;
    }
    return MessageId(text);
}

size_t MessageIds::begin(const PackedId &id) const
{
    return qHashBits(id.data(), id.size(), QHashSeed::globalSeed()) & (m_slots.size() - 1);
}

quint32 MessageIds::find(const MessageId &id, const Documents &documents) const
{
    const PackedId wanted = packed(id);
    if (isZero(wanted))
        return m_others.value(id, Documents::none);
    if (m_slots.empty())
        return Documents::none;
    for (size_t slot = begin(wanted); m_slots[slot] != freeSlot; slot = (slot + 1) & (m_slots.size() - 1)) {
        if (m_slots[slot] != removedSlot && documents.cold(m_slots[slot] - 1).id == wanted)
            return m_slots[slot] - 1;
    }
    return Documents::none;
}

void MessageIds::rehash(const Documents &documents)
{
    std::vector<quint32> old = std::move(m_slots);
    size_t live = 0;
    for (const quint32 entry : old)
        live += entry != freeSlot && entry != removedSlot;
    size_t size = 1024;
    while (size < live * 2)
        size *= 2;
    m_slots.assign(size, freeSlot);
    m_used = live;
    for (const quint32 entry : old) {
        if (entry == freeSlot || entry == removedSlot)
            continue;
        size_t slot = begin(documents.cold(entry - 1).id);
        while (m_slots[slot] != freeSlot)
            slot = (slot + 1) & (m_slots.size() - 1);
        m_slots[slot] = entry;
    }
}

void MessageIds::insert(const MessageId &id, quint32 document, const Documents &documents)
{
    const PackedId wanted = packed(id);
    if (isZero(wanted)) {
        m_others.insert(id, document);
        m_otherIds.insert(document, id);
        return;
    }
    if ((m_used + 1) * 10 > m_slots.size() * 7)
        rehash(documents);
    size_t slot = begin(wanted);
    while (m_slots[slot] != freeSlot)
        slot = (slot + 1) & (m_slots.size() - 1);
    m_slots[slot] = document + 1;
    ++m_used;
}

void MessageIds::remove(const MessageId &id, quint32 document)
{
    const PackedId wanted = packed(id);
    if (isZero(wanted)) {
        m_others.remove(id);
        m_otherIds.remove(document);
        return;
    }
    for (size_t slot = begin(wanted); m_slots[slot] != freeSlot; slot = (slot + 1) & (m_slots.size() - 1)) {
        if (m_slots[slot] == document + 1) {
            m_slots[slot] = removedSlot;
            return;
        }
    }
}

size_t MessageIds::bytes() const
{
    return m_slots.capacity() * sizeof(quint32) + size_t(m_others.size()) * 160;
}

} // namespace Atom::Memory
