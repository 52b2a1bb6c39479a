// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QtCore/QObject>

#include <functional>

namespace Atom::Assistant {

//! \brief The next piece of an answer that is being written. Nothing of it is stored: the whole answer follows as a
//! message of the room that replies to `question`.
struct ReplyProgress
{
    RoomId room;
    MessageId question;
    qint64 offset = 0; //!< of `text` in the answer, in UTF-16 units
    QString text;      //!< empty: work on the answer has begun
};
using OnProgress = std::function<void(const ReplyProgress &)>;

//! \brief Hands an answer on while it is written: at once, then at most once in `pace`, so that a fast model does not
//! cost a room of a thousand people a frame for each word. What waits is handed on by the next piece or by the clock;
//! nothing after close(). Main thread.
class ReplyStream : public QObject
{
    Q_OBJECT
public:
    static constexpr milliseconds pace{40};

    ReplyStream(RoomId room, MessageId question, OnProgress out, Clock &clock);
    ~ReplyStream() override;
    void begin(); //!< tells that somebody works on an answer
    void add(const QString &text);
    void close();
    const QString &text() const { return m_text; } //!< all of it

private:
    void flush();
    const RoomId m_room;
    const MessageId m_question;
    OnProgress m_out;
    Clock &m_clock;
    QString m_text;
    qint64 m_told = 0;
    Clock::TimerId m_timer = 0; //!< runs while nothing may be told
};

} // namespace Atom::Assistant
