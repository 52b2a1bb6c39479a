// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/replyprogress.h"

namespace Atom::Assistant {

ReplyStream::ReplyStream(RoomId room, MessageId question, OnProgress out, Clock &clock)
    : m_room(std::move(room)), m_question(std::move(question)), m_out(std::move(out)), m_clock(clock)
{
}

ReplyStream::~ReplyStream()
{
    close();
}

void ReplyStream::begin()
{
    if (m_out)
        m_out(ReplyProgress{m_room, m_question, 0, {}});
}

void ReplyStream::add(const QString &text)
{
    m_text += text;
    if (!m_timer)
        flush();
}

void ReplyStream::flush()
{
    if (!m_out || m_told == m_text.size())
        return;
    const ReplyProgress piece{m_room, m_question, m_told, m_text.mid(m_told)};
    m_told = m_text.size();
    m_timer = m_clock.callAfter(pace, this, [this] {
        m_timer = 0;
        flush();
    });
    m_out(piece);
}

void ReplyStream::close()
{
    m_out = {};
    if (m_timer)
        m_clock.cancel(std::exchange(m_timer, 0));
}

} // namespace Atom::Assistant
