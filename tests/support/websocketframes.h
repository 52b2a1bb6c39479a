// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QtEndian>

#include <optional>

//! \brief The client's side of WebSocket framing for tests, able to do it wrong.
namespace Atom::Test {

struct FrameOptions
{
    bool final = true;
    int reserved = 0; //!< RSV bits, 0..7
    bool masked = true;
    QByteArray key = QByteArray::fromHex("a1b2c3d4");
    int lengthForm = 0; //!< 16 or 64: that form whatever the size
};

inline QByteArray clientFrame(int opcode, const QByteArray &payload, const FrameOptions &o = {})
{
    QByteArray out;
    out += char((o.final ? 0x80 : 0) | o.reserved << 4 | opcode);
    const quint64 size = quint64(payload.size());
    const int form = o.lengthForm ? o.lengthForm : size < 126 ? 7 : size <= 0xFFFF ? 16 : 64;
    const int maskBit = o.masked ? 0x80 : 0;
    char length[8];
    if (form == 7) {
        out += char(maskBit | int(size));
    } else if (form == 16) {
        out += char(maskBit | 126);
        qToBigEndian(quint16(size), length);
        out.append(length, 2);
    } else {
        out += char(maskBit | 127);
        qToBigEndian(size, length);
        out.append(length, 8);
    }
    if (!o.masked)
        return out + payload;
    out += o.key;
    for (qsizetype i = 0; i < payload.size(); ++i)
        out += char(payload[i] ^ o.key[i % 4]);
    return out;
}

inline QByteArray closePayload(quint16 code, const QByteArray &reason = {})
{
    char bytes[2];
    qToBigEndian(code, bytes);
    return QByteArray(bytes, 2) + reason;
}

struct ServerSideFrame
{
    int opcode = 0;
    QByteArray payload;
    int closeCode() const
    {
        return opcode == 8 && payload.size() >= 2 ? qFromBigEndian<quint16>(payload.constData()) : 1005;
    }
};

//! \brief Takes one whole unmasked frame from the front of `bytes`.
inline std::optional<ServerSideFrame> takeServerFrame(QByteArray &bytes)
{
    if (bytes.size() < 2)
        return std::nullopt;
    qsizetype head = 2;
    quint64 size = uchar(bytes[1]);
    if (size == 126) {
        head = 4;
        if (bytes.size() < head)
            return std::nullopt;
        size = qFromBigEndian<quint16>(bytes.constData() + 2);
    } else if (size == 127) {
        head = 10;
        if (bytes.size() < head)
            return std::nullopt;
        size = qFromBigEndian<quint64>(bytes.constData() + 2);
    }
    if (quint64(bytes.size() - head) < size)
        return std::nullopt;
    ServerSideFrame frame{bytes[0] & 15, bytes.mid(head, qsizetype(size))};
    bytes.remove(0, head + qsizetype(size));
    return frame;
}

} // namespace Atom::Test
