// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/client/roomsequencer.h"

namespace Atom::Client {

void RoomSequencer::startAt(qint64 seq)
{
    if (isKnown() || seq < 0)
        return;
    m_position = seq;
    m_highest = std::max(m_highest, seq);
}

void RoomSequencer::noteExists(qint64 seq)
{
    m_highest = std::max(m_highest, seq);
}

QList<RoomEvent> RoomSequencer::offer(RoomEvent event)
{
    if (event.seq <= 0)
        return {std::move(event)};
    startAt(event.seq - 1);
    noteExists(event.seq);
    QList<RoomEvent> out;
    if (event.seq == m_position + 1) {
        m_position = event.seq;
        out.append(std::move(event));
        release(out);
    } else if (event.seq > m_position) {
        const qint64 seq = event.seq;
        m_held.emplace(seq, std::move(event));
        if (qsizetype(m_held.size()) > heldLimit)
            m_held.erase(std::prev(m_held.end()));
    }
    return out;
}

RoomSequencer::Skipped RoomSequencer::skipTo(qint64 seq)
{
    Skipped skipped;
    if (seq <= m_position)
        return skipped;
    // What is held inside the range is delivered all the same: only the part before it is lost.
    const qint64 end = m_held.empty() ? seq : std::min(seq, m_held.begin()->first - 1);
    skipped.from = m_position + 1;
    skipped.to = end;
    m_position = end;
    m_highest = std::max(m_highest, end);
    release(skipped.events);
    return skipped;
}

void RoomSequencer::restartAt(qint64 seq)
{
    m_held.clear();
    m_position = seq;
    m_highest = seq;
}

void RoomSequencer::release(QList<RoomEvent> &out)
{
    while (!m_held.empty() && m_held.begin()->first <= m_position + 1) {
        auto node = m_held.extract(m_held.begin());
        if (node.key() <= m_position)
            continue;
        m_position = node.key();
        out.append(std::move(node.mapped()));
    }
}

} // namespace Atom::Client
