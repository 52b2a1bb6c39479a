// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/realtime/utf8validator.h"

#include <QtCore/QByteArray>

namespace Atom::Realtime {

//! Close codes of RFC 6455 and IANA, and those of resources/realtime.md (44xx).
enum CloseCode : quint16 {
    CloseNormal = 1000,
    CloseGoingAway = 1001,
    CloseProtocolError = 1002,
    CloseUnsupportedData = 1003,
    CloseNoStatus = 1005, //!< never on the wire: the peer's close frame had no code
    CloseBadText = 1007,
    ClosePolicy = 1008,
    CloseTooBig = 1009,
    CloseInternal = 1011,
    CloseServiceRestart = 1012,
    CloseUnauthenticated = 4401,
    CloseForbidden = 4403,
    CloseSlow = 4408,
    CloseRateLimited = 4429,
};

//! \brief WebSocket framing on the server's side (RFC 6455 section 5), without a socket: bytes in, events out.
//!
//! Strict: unmasked frames, reserved bits and opcodes, wrong fragmentation, lengths that are not minimal, bad close
//! codes and bad UTF-8 (checked as bytes arrive, across fragments) end the connection. Text only: a binary message is
//! refused with 1003 at its header. Sizes are checked at the header, before the payload. An idle codec holds no memory
//! besides itself; a message that arrives whole is read where it lies.
class FrameCodec
{
public:
    struct Limits
    {
        qsizetype messageBytes = 64 * 1024;
        int fragments = 1024;
    };
    enum class EventKind { None, Text, Ping, Pong, Close, Failure };
    //! \brief What next() met. `payload` is valid until the next call of next() and as long as the input lives.
    struct Event
    {
        EventKind kind = EventKind::None;
        QByteArrayView payload; //!< Text: the message; Ping, Pong: the data; Close: the reason; Failure: words
        quint16 code = 0;       //!< Close: the peer's code, 1005 without; Failure: the code to close with
    };
    enum class Opcode : quint8 { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

    explicit FrameCodec(Limits limits) : m_limits(limits) {}

    //! \brief Reads from `*cursor` up to `end`, unmasking in place, until something is complete; advances `*cursor`.
    //! Kind None means that all bytes were taken and more are needed. After Close or Failure every byte is swallowed.
    Event next(char **cursor, char *end);
    //! \brief Inside a frame or a fragmented message: the end of the stream now would cut something off.
    bool isMidMessage() const { return m_headSize > 0 || m_stage == Stage::Payload || m_fragments > 0; }

    //! \brief One unmasked final frame.
    static QByteArray encode(Opcode opcode, QByteArrayView payload);
    static QByteArray encodeText(QByteArrayView text) { return encode(Opcode::Text, text); }
    //! \brief `reason` is cut to 123 bytes at a character border.
    static QByteArray encodeClose(quint16 code, QByteArrayView reason = {});
    //! \brief XORs `data` with the key; `offset` is how far into the payload `data` begins.
    static void unmask(char *data, qsizetype size, const uchar key[4], quint64 offset);
    //! \brief Whether a peer may send this close code.
    static bool isValidCloseCode(quint16 code);

private:
    enum class Stage : quint8 { Head, Payload, Done };
    Event fail(quint16 code, const char *words);
    bool takeHead(char **cursor, char *end, Event &failure);
    Event finishControl(QByteArrayView payload);
    Event finishText(QByteArrayView message);
    bool isControl() const { return m_opcode & 8; }

    Limits m_limits;
    QByteArray m_message;    // of the present text message, when it does not lie whole in the input
    QByteArray m_control;    // of the present control frame, when cut
    quint64 m_remaining = 0; // payload of the present frame still to come
    quint64 m_offset = 0;    // payload of the present frame already seen
    int m_fragments = 0;     // of the present message; 0: none is open
    Stage m_stage = Stage::Head;
    quint8 m_headSize = 0;
    quint8 m_opcode = 0;
    bool m_final = false;
    uchar m_key[4] = {};
    uchar m_head[14] = {};
    Utf8Validator m_utf8;
};

} // namespace Atom::Realtime
