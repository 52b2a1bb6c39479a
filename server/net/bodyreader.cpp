// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/bodyreader.h"

#include "server/net/httpgrammar.h"

#include <algorithm>

namespace Atom::Net {

namespace {
constexpr qsizetype sizeLineBytes = 256;
constexpr qsizetype extensionBytesInAll = 4 * 1024;
constexpr qsizetype trailerLineBytes = 1024;
constexpr qsizetype trailerBytesInAll = 4 * 1024;
constexpr qsizetype firstReservation = 16 * 1024; // what is merely announced costs no more than this
} // namespace

BodyReader::BodyReader(const RequestHead &head, qint64 limitBytes)
    : m_left(head.chunked ? 0 : head.contentLength), m_limit(limitBytes),
      m_part(head.chunked ? Part::SizeLine : Part::Fixed)
{
    if (!head.chunked)
        m_body.reserve(qsizetype(std::min<qint64>(m_left, firstReservation)));
}

BodyReader::State BodyReader::reject(int status, const char *reason)
{
    m_rejection = {status, QByteArray(reason)};
    m_body = {};
    return State::Rejected;
}

BodyReader::State BodyReader::feed(QByteArrayView bytes, qsizetype &consumed)
{
    consumed = 0;
    for (;;) {
        if (m_part == Part::Fixed && m_left == 0)
            return State::Done;
        if (consumed >= bytes.size())
            return State::NeedMore;
        if (m_part == Part::Fixed || m_part == Part::Data) {
            const auto n = qsizetype(std::min<qint64>(m_left, bytes.size() - consumed));
            m_body.append(bytes.sliced(consumed, n));
            m_left -= n;
            consumed += n;
            if (m_part == Part::Data && m_left == 0)
                m_part = Part::DataEnd;
            continue;
        }
        const char c = bytes[consumed++];
        if (m_cr) {
            m_cr = false;
            if (c != '\n')
                return reject(400, "a line of the chunked body does not end in CR LF");
            bool last = false;
            const State state = m_part == Part::SizeLine  ? takeSizeLine()
                                : m_part == Part::Trailer ? takeTrailerLine(last)
                                                          : State::NeedMore;
            if (state == State::Rejected || last)
                return last ? State::Done : state;
            if (m_part == Part::DataEnd)
                m_part = Part::SizeLine;
            else if (m_part == Part::SizeLine)
                m_part = m_left > 0 ? Part::Data : Part::Trailer;
            m_line.clear();
            continue;
        }
        if (c == '\r') {
            m_cr = true;
            continue;
        }
        if (m_part == Part::DataEnd)
            return reject(400, "a chunk is longer than its size");
        if (c == '\n')
            return reject(400, "a line of the chunked body does not end in CR LF");
        m_line.append(c);
        if (m_line.size() > (m_part == Part::Trailer ? trailerLineBytes : sizeLineBytes))
            return m_part == Part::Trailer ? reject(431, "a trailer line is too long")
                                           : reject(400, "a chunk size line is too long");
    }
}

BodyReader::State BodyReader::takeSizeLine()
{
    const QByteArrayView line = m_line;
    const qsizetype semicolon = line.indexOf(';');
    const QByteArrayView digits = semicolon < 0 ? line : line.first(semicolon);
    const auto value = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    if (digits.isEmpty() || std::any_of(digits.begin(), digits.end(), [&](char c) { return value(c) < 0; }))
        return reject(400, "a chunk size is not a hexadecimal number");
    if (semicolon >= 0) {
        const QByteArrayView extension = line.sliced(semicolon + 1);
        m_extensionBytes += extension.size();
        if (!isFieldValue(extension) || m_extensionBytes > extensionBytesInAll)
            return reject(400, "a chunk extension is not acceptable");
    }
    qint64 size = 0;
    for (const char c : digits) {
        size = size * 16 + value(c);
        if (size > m_limit)
            return reject(413, "the body is larger than allowed");
    }
    if (m_body.size() + size > m_limit)
        return reject(413, "the body is larger than allowed");
    m_left = size;
    return State::NeedMore;
}

BodyReader::State BodyReader::takeTrailerLine(bool &last)
{
    if (m_line.isEmpty()) {
        last = true;
        return State::Done;
    }
    m_trailerBytes += m_line.size();
    if (m_trailerBytes > trailerBytesInAll)
        return reject(431, "the trailer section is too large");
    const qsizetype colon = m_line.indexOf(':');
    if (colon <= 0 || !isToken(QByteArrayView(m_line).first(colon)) ||
        !isFieldValue(QByteArrayView(m_line).sliced(colon + 1)))
        return reject(400, "a trailer line is not a header field");
    return State::NeedMore;
}

} // namespace Atom::Net
