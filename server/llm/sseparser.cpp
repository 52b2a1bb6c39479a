// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/sseparser.h"

#include <algorithm>

namespace Atom::Llm {
using namespace Qt::StringLiterals;

namespace {
Error tooLarge(const QString &what, qsizetype limit)
{
    return Error(Errc::PayloadTooLarge, u"%1 of the event stream is larger than %2 bytes."_s.arg(what).arg(limit));
}
} // namespace

Result<QList<SseEvent>> SseParser::feed(QByteArrayView bytes)
{
    QList<SseEvent> events;
    while (!bytes.isEmpty() && !m_failed) {
        if (std::exchange(m_afterCr, false) && bytes.front() == '\n') { // CR LF is one end of line
            bytes = bytes.sliced(1);
            continue;
        }
        const auto end = std::find_if(bytes.begin(), bytes.end(), [](char c) { return c == '\n' || c == '\r'; });
        const qsizetype length = end - bytes.begin();
        Result<void> ok = append(bytes.first(length));
        if (ok && end != bytes.end()) {
            m_afterCr = *end == '\r';
            ok = endLine(events);
        }
        if (!ok) {
            m_failed = true;
            return std::move(ok.error());
        }
        bytes = bytes.sliced(end == bytes.end() ? length : length + 1);
    }
    if (m_failed)
        return Error(Errc::PayloadTooLarge, u"The event stream was given up before."_s);
    return events;
}

Result<void> SseParser::append(QByteArrayView part)
{
    if (m_line.size() + part.size() > m_limits.lineBytes)
        return tooLarge(u"A line"_s, m_limits.lineBytes);
    m_line.append(part);
    return {};
}

Result<void> SseParser::endLine(QList<SseEvent> &out)
{
    QByteArray line = std::exchange(m_line, {});
    if (std::exchange(m_isFirstLine, false) && line.startsWith("\xef\xbb\xbf"))
        line.remove(0, 3);
    if (line.isEmpty()) {
        // Without a data field there is no event, whatever else was said of it.
        if (m_hasData)
            out.append(SseEvent{m_type.isEmpty() ? QByteArray("message") : m_type, m_data, m_id});
        m_data.clear();
        m_type.clear();
        m_hasData = false;
        return {};
    }
    const qsizetype colon = line.indexOf(':');
    if (colon == 0) // a comment: servers keep connections alive with it
        return {};
    const QByteArrayView view(line);
    if (colon < 0)
        return field(view, {});
    QByteArrayView value = view.sliced(colon + 1);
    if (value.startsWith(' '))
        value = value.sliced(1);
    return field(view.first(colon), value);
}

Result<void> SseParser::field(QByteArrayView name, QByteArrayView value)
{
    if (name == "data") {
        if (m_data.size() + value.size() + 1 > m_limits.eventBytes)
            return tooLarge(u"An event"_s, m_limits.eventBytes);
        if (std::exchange(m_hasData, true))
            m_data.append('\n');
        m_data.append(value);
    } else if (name == "event") {
        m_type = value.toByteArray();
    } else if (name == "id" && !value.contains('\0')) {
        m_id = value.toByteArray();
    }
    return {};
}

} // namespace Atom::Llm
