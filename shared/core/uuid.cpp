// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/core/uuid.h"

#include <QtCore/QRandomGenerator>

namespace Atom {

QByteArray randomBytes(int byteCount)
{
    const qsizetype words = (byteCount + 3) / 4;
    QByteArray bytes(words * 4, Qt::Uninitialized);
    QRandomGenerator::system()->fillRange(reinterpret_cast<quint32 *>(bytes.data()), words);
    bytes.truncate(byteCount);
    return bytes;
}

QByteArray randomHex(int byteCount)
{
    return randomBytes(byteCount).toHex();
}

namespace {

//! 48 bits of time, the version, the variant, and the rest from `high` and `low` (RFC 9562 section 5.7).
QByteArray uuidV7(Timestamp at, quint64 high, quint64 low)
{
    static constexpr char digits[] = "0123456789abcdef";
    const quint64 upper = quint64(toMillis(at)) << 16 | 0x7000 | (high & 0x0fff);
    const quint64 lower = 0x8000'0000'0000'0000u | (low >> 2);
    QByteArray text(36, Qt::Uninitialized);
    char *out = text.data();
    for (int i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *out++ = '-';
        const quint64 half = i < 16 ? upper : lower;
        *out++ = digits[half >> (60 - 4 * (i % 16)) & 0xf];
    }
    return text;
}

} // namespace

QByteArray newUuidV7(Timestamp now)
{
    // An id is unique, not secret: a generator of its own is twenty times faster than asking the system each time.
    thread_local QRandomGenerator random = QRandomGenerator::securelySeeded();
    return uuidV7(now, random.generate(), random.generate64());
}

QByteArray firstUuidV7(Timestamp at)
{
    return uuidV7(at, 0, 0);
}

} // namespace Atom
