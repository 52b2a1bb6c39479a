// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/eventring.h"

#include "shared/core/uuid.h"

#include <algorithm>

namespace Atom::Rooms {

namespace {
constexpr size_t tagsAtOnce = 16; //!< a fixed number, so that the compiler makes a few vector instructions of it

quint32 tagOf(const UserId &sender, const QByteArray &clientId)
{
    return clientId.isEmpty() ? 0 : quint32(qHashMulti(QHashSeed::globalSeed(), sender, clientId)) | 1;
}
} // namespace

const RoomEvent &EventRing::add(RoomEvent event)
{
    event.seq = m_lastSeq + 1;
    m_textBytes += bytesOf(event.text);
    while (m_firstSeq <= m_lastSeq && (m_lastSeq - m_firstSeq + 1 >= capacity || m_textBytes > textBytes))
        dropOldest();
    if (m_lastSeq >= m_firstSeq && event.at < at(m_lastSeq).at)
        m_inOrderFrom = event.seq;
    m_lastSeq = event.seq;
    const size_t slot = place(event.seq);
    if (slot == m_tags.size())
        m_tags.resize(slot + tagsAtOnce);
    m_tags[slot] = event.kind == RoomEventKind::Message ? tagOf(event.actor, event.clientId) : 0;
    if (slot == m_slots.size())
        return m_slots.emplace_back(std::move(event));
    return m_slots[slot] = std::move(event);
}

void EventRing::dropOldest()
{
    RoomEvent &oldest = at(m_firstSeq);
    m_textBytes -= bytesOf(oldest.text);
    oldest = RoomEvent(); // gives its memory back now, not when the slot is used again
    m_tags[place(m_firstSeq)] = 0;
    ++m_firstSeq;
}

const RoomEvent *EventRing::findByClientId(const UserId &sender, const QByteArray &clientId) const
{
    const quint32 tag = tagOf(sender, clientId);
    if (tag == 0)
        return nullptr;
    for (size_t from = 0; from < m_tags.size(); from += tagsAtOnce) {
        bool isNear = false;
        for (size_t i = 0; i < tagsAtOnce; ++i)
            isNear |= m_tags[from + i] == tag;
        if (!isNear)
            continue;
        for (size_t slot = from; slot < std::min(from + tagsAtOnce, m_slots.size()); ++slot) {
            const RoomEvent &event = m_slots[slot];
            if (m_tags[slot] == tag && event.actor == sender && event.clientId == clientId)
                return &event;
        }
    }
    return nullptr;
}

void EventRing::setText(RoomEvent &event, const QString &text)
{
    m_textBytes += bytesOf(text) - bytesOf(event.text);
    event.text = text;
}

const RoomEvent *EventRing::findMessage(const MessageId &id) const
{
    const std::optional<Timestamp> made = timeOfUuidV7(id.bytes());
    if (!made)
        return nullptr;
    const auto isIt = [&id](const RoomEvent &event) {
        return event.kind == RoomEventKind::Message && event.message == id;
    };
    const auto events = all();
    const auto [begin, end] = m_inOrderFrom <= m_firstSeq ? std::ranges::equal_range(events, *made, {}, &RoomEvent::at)
                                                          : std::ranges::subrange(events.begin(), events.end());
    const auto found = std::ranges::find_if(begin, end, isIt);
    return found == end ? nullptr : &*found;
}

} // namespace Atom::Rooms
