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

std::optional<Timestamp> timeOfUuidV7(QByteArrayView text)
{
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[14] != '7')
        return std::nullopt;
    qint64 millis = 0;
    for (int i = 0; i < 13; ++i) {
        if (i == 8)
            continue;
        const char c = text[i];
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return std::nullopt;
        millis = millis << 4 | digit;
    }
    return Timestamp(milliseconds(millis));
}

} // namespace Atom
