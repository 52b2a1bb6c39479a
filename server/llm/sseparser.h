// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>

namespace Atom::Llm {

//! \brief One event of a stream of Server-Sent Events.
struct SseEvent
{
    QByteArray type; //!< "message" unless the stream says otherwise
    QByteArray data; //!< lines joined by LF
    QByteArray id;   //!< the last one seen, of this event or an earlier one
    bool operator==(const SseEvent &) const = default;
};

//! \brief Reads Server-Sent Events however the bytes are cut: WHATWG HTML, section 9.2.6 "Interpreting an event
//! stream".
//!
//! Lines end with LF, CR or CR LF; a BOM at the beginning is skipped; an event that is not closed by an empty line is
//! dropped, as the specification says. `retry` is checked but not used: nobody reconnects here. A value; any thread.
class SseParser
{
public:
    struct Limits
    {
        qsizetype lineBytes = 1 << 20;  //!< of one line
        qsizetype eventBytes = 2 << 20; //!< of the data of one event
    };
    SseParser() = default;
    explicit SseParser(const Limits &limits) : m_limits(limits) {}

    //! \brief The events that `bytes` completes. \return PayloadTooLarge: a line or event is larger than the limits;
    //! nothing can be read after that.
    Result<QList<SseEvent>> feed(QByteArrayView bytes);
    //! \brief Bytes held back: part of a line, and the data of an event that is not complete.
    qsizetype buffered() const { return m_line.size() + m_data.size(); }

private:
    Result<void> append(QByteArrayView part);
    Result<void> endLine(QList<SseEvent> &out);
    Result<void> field(QByteArrayView name, QByteArrayView value);

    Limits m_limits;
    QByteArray m_line;
    QByteArray m_data;
    QByteArray m_type;
    QByteArray m_id;
    bool m_hasData = false;
    bool m_isFirstLine = true;
    bool m_afterCr = false;
    bool m_failed = false;
};

} // namespace Atom::Llm
