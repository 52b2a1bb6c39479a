// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/totp.h"

#include "server/identity/crypto.h"

#include <QtCore/QMessageAuthenticationCode>
#include <QtCore/QUrl>
#include <QtCore/QtEndian>

#include <algorithm>

namespace Atom::Identity::Totp {
using namespace Qt::StringLiterals;

namespace {
constexpr QByteArrayView alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
constexpr qsizetype recoveryBytes = 10;
constexpr qsizetype recoveryLetters = 16;
} // namespace

QByteArray newSecret()
{
    return Crypto::random(secretBytes);
}

qint64 stepAt(Timestamp now)
{
    return std::max<qint64>(0, std::chrono::floor<seconds>(now).time_since_epoch().count() / step.count());
}

QByteArray code(QByteArrayView secret, qint64 counter, int count, QCryptographicHash::Algorithm hash)
{
    QByteArray message(8, Qt::Uninitialized);
    qToBigEndian(quint64(counter), message.data());
    const QByteArray mac = QMessageAuthenticationCode::hash(message, secret.toByteArray(), hash);
    const qsizetype offset = mac.back() & 0x0f; // RFC 4226, 5.3: dynamic truncation
    const quint32 number = qFromBigEndian<quint32>(mac.constData() + offset) & 0x7fffffffu;
    quint32 modulus = 1;
    for (int i = 0; i < count; ++i)
        modulus *= 10;
    return QByteArray::number(number % modulus).rightJustified(count, '0');
}

std::optional<qint64> matchingStep(QByteArrayView secret, QByteArrayView given, Timestamp now, qint64 lastUsedStep)
{
    std::optional<qint64> found;
    const qint64 present = stepAt(now);
    for (qint64 candidate = present - 1; candidate <= present + 1; ++candidate) {
        const bool fits = Crypto::equal(code(secret, candidate), given);
        if (fits && candidate > lastUsedStep && candidate >= 0 && !found)
            found = candidate;
    }
    return found;
}

QByteArray toBase32(QByteArrayView bytes)
{
    QByteArray text;
    quint32 buffer = 0;
    int bits = 0;
    for (const char c : bytes) {
        buffer = (buffer << 8) | quint8(c);
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            text += alphabet[(buffer >> bits) & 31];
        }
    }
    if (bits > 0)
        text += alphabet[(buffer << (5 - bits)) & 31];
    return text;
}

QString uri(const QString &issuer, const QString &account, QByteArrayView secret)
{
    const auto encoded = [](const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); };
    return u"otpauth://totp/%1:%2?secret=%3&issuer=%1&algorithm=SHA1&digits=6&period=30"_s.arg(
        encoded(issuer), encoded(account), QString::fromLatin1(toBase32(secret)));
}

QByteArrayList newRecoveryCodes()
{
    QByteArrayList codes;
    for (int i = 0; i < recoveryCodes; ++i) {
        QByteArray text = toBase32(Crypto::random(recoveryBytes)).toLower();
        for (qsizetype at = recoveryLetters - 4; at > 0; at -= 4)
            text.insert(at, '-');
        codes.append(text);
    }
    return codes;
}

QByteArray recoveryHash(const QString &typed)
{
    QByteArray letters;
    for (const QChar c : typed) {
        if (c.isSpace() || c == u'-')
            continue;
        const char letter = c.unicode() < 0x80 ? char(c.toUpper().unicode()) : '\0';
        if (!alphabet.contains(letter) || letters.size() == recoveryLetters)
            return {};
        letters += letter;
    }
    return letters.size() == recoveryLetters ? Crypto::sha256(letters) : QByteArray();
}

} // namespace Atom::Identity::Totp
