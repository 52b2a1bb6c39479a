// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/realtime/framecodec.h"

#include <QtCore/QtEndian>

#include <algorithm>

namespace Atom::Realtime {

FrameCodec::Event FrameCodec::fail(quint16 code, const char *words)
{
    m_stage = Stage::Done;
    m_message.clear();
    m_control.clear();
    return Event{EventKind::Failure, QByteArrayView(words), code};
}

bool FrameCodec::isValidCloseCode(quint16 code)
{
    // 1004..1006 and 1015 must not be sent; 1012..1014 are registered since; 3000..4999 are for everybody.
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

void FrameCodec::unmask(char *data, qsizetype size, const uchar key[4], quint64 offset)
{
    uchar turned[8];
    for (quint64 i = 0; i < 8; ++i)
        turned[i] = key[(offset + i) & 3];
    quint64 wide;
    std::memcpy(&wide, turned, sizeof wide);
    qsizetype i = 0;
    for (; i + 8 <= size; i += 8) {
        quint64 word;
        std::memcpy(&word, data + i, sizeof word);
        word ^= wide;
        std::memcpy(data + i, &word, sizeof word);
    }
    for (; i < size; ++i)
        data[i] = char(uchar(data[i]) ^ turned[i & 7]);
}

//! Takes bytes of a frame's head, and judges each as soon as it is there. False: more are needed, or `failure` is set.
bool FrameCodec::takeHead(char **cursor, char *end, Event &failure)
{
    while (*cursor < end) {
        m_head[m_headSize++] = uchar(*(*cursor)++);
        const uchar first = m_head[0];
        if (m_headSize == 1) {
            const quint8 opcode = first & 0x0F;
            if (first & 0x70)
                return failure = fail(CloseProtocolError, "a reserved bit is set"), false;
            if ((opcode > 2 && opcode < 8) || opcode > 10)
                return failure = fail(CloseProtocolError, "reserved opcode"), false;
            if (opcode >= 8 && !(first & 0x80))
                return failure = fail(CloseProtocolError, "fragmented control frame"), false;
            if (opcode == 0 && m_fragments == 0)
                return failure = fail(CloseProtocolError, "nothing to continue"), false;
            if ((opcode == 1 || opcode == 2) && m_fragments > 0)
                return failure = fail(CloseProtocolError, "the message before is not finished"), false;
            continue;
        }
        const quint8 shortLength = m_head[1] & 0x7F;
        if (m_headSize == 2) {
            if (!(m_head[1] & 0x80))
                return failure = fail(CloseProtocolError, "frames from clients must be masked"), false;
            if ((first & 8) && shortLength > 125)
                return failure = fail(CloseProtocolError, "control frame above 125 bytes"), false;
        }
        const int lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
        if (m_headSize < 2 + lengthBytes)
            continue;
        if (m_headSize == 2 + lengthBytes) {
            quint64 length = shortLength;
            if (lengthBytes == 2) {
                length = qFromBigEndian<quint16>(m_head + 2);
                if (length < 126)
                    return failure = fail(CloseProtocolError, "length not in its shortest form"), false;
            } else if (lengthBytes == 8) {
                length = qFromBigEndian<quint64>(m_head + 2);
                if (length >> 63)
                    return failure = fail(CloseProtocolError, "length above 63 bits"), false;
                if (length <= 0xFFFF)
                    return failure = fail(CloseProtocolError, "length not in its shortest form"), false;
            }
            if (!(first & 8)) {
                if (length > quint64(m_limits.messageBytes - m_message.size()))
                    return failure = fail(CloseTooBig, "message too large"), false;
                if ((first & 0x0F) == 2)
                    return failure = fail(CloseUnsupportedData, "binary messages are not used here"), false;
                if (m_fragments >= m_limits.fragments)
                    return failure = fail(ClosePolicy, "too many fragments"), false;
            }
            m_remaining = length;
        }
        if (m_headSize < 2 + lengthBytes + 4)
            continue;
        std::memcpy(m_key, m_head + 2 + lengthBytes, 4);
        m_opcode = first & 0x0F;
        m_final = first & 0x80;
        m_offset = 0;
        m_headSize = 0;
        if (isControl())
            m_control = QByteArray();
        else if (m_fragments++ == 0)
            m_utf8.reset();
        m_stage = Stage::Payload;
        return true;
    }
    return false;
}

FrameCodec::Event FrameCodec::next(char **cursor, char *end)
{
    if (m_stage == Stage::Head && m_fragments == 0 && !m_message.isEmpty())
        m_message = QByteArray(); // given out by the call before
    for (;;) {
        if (m_stage == Stage::Done) {
            *cursor = end;
            return {};
        }
        if (m_stage == Stage::Head) {
            Event failure;
            if (!takeHead(cursor, end, failure))
                return failure;
        }
        const qsizetype size = qsizetype(std::min<quint64>(m_remaining, quint64(end - *cursor)));
        char *const data = *cursor;
        unmask(data, size, m_key, m_offset);
        *cursor += size;
        m_remaining -= quint64(size);
        const bool cut = m_offset > 0 || m_remaining > 0; // the frame does not lie whole in the input
        m_offset += quint64(size);
        if (isControl()) {
            if (cut)
                m_control.append(data, size);
            if (m_remaining > 0)
                return {};
            m_stage = Stage::Head;
            return finishControl(cut ? QByteArrayView(m_control) : QByteArrayView(data, size));
        }
        if (!m_utf8.feed(data, size))
            return fail(CloseBadText, "the text is not UTF-8");
        const bool whole = !cut && m_final && m_fragments == 1;
        if (!whole)
            m_message.append(data, size);
        if (m_remaining > 0)
            return {};
        m_stage = Stage::Head;
        if (m_final)
            return finishText(whole ? QByteArrayView(data, size) : QByteArrayView(m_message));
    }
}

FrameCodec::Event FrameCodec::finishText(QByteArrayView message)
{
    if (!m_utf8.isComplete())
        return fail(CloseBadText, "the text ends inside a character");
    m_fragments = 0;
    return Event{EventKind::Text, message, 0};
}

FrameCodec::Event FrameCodec::finishControl(QByteArrayView payload)
{
    if (m_opcode != quint8(Opcode::Close)) {
        const EventKind kind = m_opcode == quint8(Opcode::Ping) ? EventKind::Ping : EventKind::Pong;
        return Event{kind, payload, 0};
    }
    if (payload.isEmpty()) {
        m_stage = Stage::Done;
        return Event{EventKind::Close, {}, CloseNoStatus};
    }
    if (payload.size() == 1)
        return fail(CloseProtocolError, "close frame with one byte");
    const auto code = qFromBigEndian<quint16>(payload.data());
    const QByteArrayView reason = payload.sliced(2);
    if (!isValidCloseCode(code))
        return fail(CloseProtocolError, "invalid close code");
    Utf8Validator check;
    if (!check.feed(reason.data(), reason.size()) || !check.isComplete())
        return fail(CloseBadText, "the close reason is not UTF-8");
    m_stage = Stage::Done;
    return Event{EventKind::Close, reason, code};
}

QByteArray FrameCodec::encode(Opcode opcode, QByteArrayView payload)
{
    const quint64 size = quint64(payload.size());
    const int lengthBytes = size < 126 ? 0 : size <= 0xFFFF ? 2 : 8;
    QByteArray out(2 + lengthBytes + payload.size(), Qt::Uninitialized);
    char *const p = out.data();
    p[0] = char(0x80 | quint8(opcode));
    if (lengthBytes == 0) {
        p[1] = char(size);
    } else if (lengthBytes == 2) {
        p[1] = 126;
        qToBigEndian(quint16(size), p + 2);
    } else {
        p[1] = 127;
        qToBigEndian(size, p + 2);
    }
    if (!payload.isEmpty())
        std::memcpy(p + 2 + lengthBytes, payload.data(), size_t(payload.size()));
    return out;
}

QByteArray FrameCodec::encodeClose(quint16 code, QByteArrayView reason)
{
    if (code == CloseNoStatus)
        return encode(Opcode::Close, {});
    qsizetype size = std::min<qsizetype>(reason.size(), 123);
    while (size > 0 && size < reason.size() && (uchar(reason[size]) & 0xC0) == 0x80)
        --size;
    QByteArray payload(2, Qt::Uninitialized);
    qToBigEndian(code, payload.data());
    payload.append(reason.first(size));
    return encode(Opcode::Close, payload);
}

} // namespace Atom::Realtime
