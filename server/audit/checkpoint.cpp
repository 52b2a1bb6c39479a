// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/audit/checkpoint.h"

#include <QtCore/QJsonDocument>

#include <sodium.h>

namespace Atom::Audit {
using namespace Qt::StringLiterals;

namespace {
constexpr QByteArrayView signatureMember(",\"signature\":\"");
constexpr qsizetype lineLimit = 2048;

const unsigned char *bytesOf(const QByteArray &bytes)
{
    return reinterpret_cast<const unsigned char *>(bytes.constData());
}

QByteArray hashOfLine(const QByteArray &line)
{
    QByteArray hash(32, Qt::Uninitialized);
    crypto_generichash(reinterpret_cast<unsigned char *>(hash.data()), size_t(hash.size()), bytesOf(line),
                       static_cast<unsigned long long>(line.size()), nullptr, 0);
    return hash;
}

Error bad(const QString &what)
{
    return Error(Errc::ValidationFailed, what);
}
} // namespace

QByteArray CheckpointSigner::newSeed()
{
    QByteArray seed(seedBytes, Qt::Uninitialized);
    randombytes_buf(seed.data(), size_t(seed.size()));
    return seed;
}

CheckpointSigner::CheckpointSigner(const QByteArray &seed)
    : m_publicKey(crypto_sign_PUBLICKEYBYTES, Qt::Uninitialized),
      m_secretKey(crypto_sign_SECRETKEYBYTES, Qt::Uninitialized)
{
    Q_ASSERT(seed.size() == seedBytes);
    crypto_sign_seed_keypair(reinterpret_cast<unsigned char *>(m_publicKey.data()),
                             reinterpret_cast<unsigned char *>(m_secretKey.data()), bytesOf(seed));
}

CheckpointSigner::~CheckpointSigner()
{
    sodium_memzero(m_secretKey.data(), size_t(m_secretKey.size()));
}

QByteArray CheckpointSigner::line(const Head &head, Timestamp at, const QByteArray &previousLine) const
{
    const QByteArray previous = previousLine.isEmpty() ? QByteArray() : hashOfLine(previousLine).toHex();
    // Written by hand: what is signed must not depend on how a JSON library orders members.
    const QByteArray text = "{\"v\":1,\"seq\":" + QByteArray::number(head.seq) + ",\"hash\":\"" + head.hash.toHex() +
                            "\",\"at\":\"" + toIsoBytes(at) + "\",\"previous\":\"" + previous + "\",\"key\":\"" +
                            m_publicKey.toHex() + '"';
    QByteArray signature(crypto_sign_BYTES, Qt::Uninitialized);
    crypto_sign_detached(reinterpret_cast<unsigned char *>(signature.data()), nullptr, bytesOf(text),
                         static_cast<unsigned long long>(text.size()), bytesOf(m_secretKey));
    return text + signatureMember.toByteArray() + signature.toHex() + "\"}";
}

Result<Checkpoint> CheckpointReader::read(const QByteArray &line)
{
    const QJsonObject json = line.size() <= lineLimit ? QJsonDocument::fromJson(line).object() : QJsonObject();
    const qsizetype signedSize = line.indexOf(signatureMember);
    if (json.value("v"_L1).toInt() != 1 || signedSize < 0)
        return bad(u"is not a checkpoint"_s);
    const auto hex = [&json](QLatin1StringView name) {
        return QByteArray::fromHex(json.value(name).toString().toLatin1());
    };
    Checkpoint checkpoint;
    checkpoint.seq = json.value("seq"_L1).toInteger();
    checkpoint.hash = hex("hash"_L1);
    checkpoint.at = fromIso(json.value("at"_L1).toString()).value_or(Timestamp());
    checkpoint.previous = hex("previous"_L1);
    checkpoint.key = hex("key"_L1);
    const QByteArray signature = hex("signature"_L1);
    if (checkpoint.key.size() != crypto_sign_PUBLICKEYBYTES || signature.size() != crypto_sign_BYTES)
        return bad(u"is not a checkpoint"_s);
    if (m_key.isEmpty())
        m_key = checkpoint.key;
    if (checkpoint.key != m_key)
        return bad(u"was signed with another key"_s);
    if (crypto_sign_verify_detached(bytesOf(signature), bytesOf(line), static_cast<unsigned long long>(signedSize),
                                    bytesOf(m_key)) != 0)
        return bad(u"has a wrong signature"_s);
    if (!m_isFirst && checkpoint.previous != m_lastHash)
        return bad(u"does not follow the line before: a line was removed or inserted"_s);
    if (!m_isFirst && checkpoint.seq <= m_lastSeq)
        return bad(u"is about a record that is not later than that of the line before"_s);
    m_isFirst = false;
    m_lastHash = hashOfLine(line);
    m_lastSeq = checkpoint.seq;
    return checkpoint;
}

} // namespace Atom::Audit
