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

QByteArray newUuidV7(Timestamp now)
{
    QByteArray raw = randomBytes(16);
    auto *b = reinterpret_cast<uchar *>(raw.data());
    const quint64 ms = quint64(toMillis(now));
    for (int i = 0; i < 6; ++i)
        b[i] = uchar(ms >> (40 - 8 * i));
    b[6] = uchar((b[6] & 0x0f) | 0x70);
    b[8] = uchar((b[8] & 0x3f) | 0x80);
    QByteArray text = raw.toHex();
    for (const int at : {8, 13, 18, 23})
        text.insert(at, '-');
    return text;
}

} // namespace Atom
