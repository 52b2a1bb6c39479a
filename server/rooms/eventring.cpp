// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/eventring.h"

#include "shared/core/uuid.h"

#include <algorithm>

namespace Atom::Rooms {

void EventRing::dropOldest()
{
    RoomEvent &oldest = at(m_firstSeq);
    m_textBytes -= bytesOf(oldest.text);
    oldest = RoomEvent(); // gives its memory back now, not when the slot is used again
    ++m_firstSeq;
}

const RoomEvent &EventRing::put(RoomEvent event)
{
    if (m_lastSeq >= m_firstSeq && event.at < at(m_lastSeq).at)
        m_inOrderFrom = event.seq;
    m_lastSeq = event.seq;
    if (place(event.seq) == m_slots.size())
        return m_slots.emplace_back(std::move(event));
    return m_slots[place(event.seq)] = std::move(event);
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
    const auto [begin, end] = m_inOrderFrom <= m_firstSeq
                                  ? std::ranges::equal_range(events, *made, {}, &RoomEvent::at)
                                  : std::ranges::subrange(events.begin(), events.end());
    const auto found = std::ranges::find_if(begin, end, isIt);
    return found == end ? nullptr : &*found;
}

} // namespace Atom::Rooms
