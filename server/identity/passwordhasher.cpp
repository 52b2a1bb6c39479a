// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/passwordhasher.h"

#include "server/identity/crypto.h"

#include <QCoro/QCoroFuture>
#include <QtConcurrent/QtConcurrentRun>

#include <sodium.h>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {

//! Longer input is refused before it is normalised: no password of ours is so long (see passwordrules.h).
constexpr qsizetype inputLimit = 1024;

QByteArray prepared(const QString &password)
{
    return password.normalized(QString::NormalizationForm_KC).toUtf8();
}

QByteArray computeHash(PasswordHasher::Cost cost, const QString &password)
{
    QByteArray secret = prepared(password);
    QByteArray text(crypto_pwhash_STRBYTES, '\0');
    const int rc =
        crypto_pwhash_str_alg(text.data(), secret.constData(), static_cast<unsigned long long>(secret.size()),
                              cost.operations, cost.memoryBytes, crypto_pwhash_ALG_ARGON2ID13);
    Crypto::wipe(secret);
    if (rc != 0)
        return {};
    text.truncate(qsizetype(qstrlen(text.constData())));
    return text;
}

bool computeVerify(const QByteArray &hash, const QString &password)
{
    QByteArray secret = prepared(password);
    const bool fits = crypto_pwhash_str_verify(hash.constData(), secret.constData(),
                                               static_cast<unsigned long long>(secret.size())) == 0;
    Crypto::wipe(secret);
    return fits;
}

//! A hash that no password fits but that costs as much to check: random salt and result in the usual text form.
QByteArray unmatchableHash(PasswordHasher::Cost cost)
{
    constexpr auto options = QByteArray::Base64Encoding | QByteArray::OmitTrailingEquals;
    return "$argon2id$v=19$m=" + QByteArray::number(qulonglong(cost.memoryBytes / 1024)) +
           ",t=" + QByteArray::number(cost.operations) + ",p=1$" + Crypto::random(16).toBase64(options) + "$" +
           Crypto::random(32).toBase64(options);
}

Error queueFull()
{
    Error error(Errc::Unavailable, u"Too many people sign in at this moment. Try again in a few seconds."_s);
    error.retryAfter = std::chrono::seconds(2);
    return error;
}

} // namespace

PasswordHasher::PasswordHasher(Cost cost) : m_cost(cost)
{
    Crypto::initialise();
    m_dummyHash = unmatchableHash(cost);
    m_pool.setObjectName(u"password-hashing"_s);
    m_pool.setMaxThreadCount(threads);
}

PasswordHasher::~PasswordHasher()
{
    m_pool.waitForDone();
}

QCoro::Task<Result<QByteArray>> PasswordHasher::hash(QString password)
{
    if (*m_queued >= threads + queueLimit)
        co_return queueFull();
    const std::shared_ptr<int> queued = m_queued;
    ++*queued;
    const auto work = [cost = m_cost, password] { return computeHash(cost, password); };
    const QFuture<QByteArray> future = QtConcurrent::run(&m_pool, work);
    const QByteArray text = co_await future;
    --*queued;
    if (text.isEmpty()) {
        Error error(Errc::Unavailable, u"There is not enough memory to protect the password."_s);
        error.retryAfter = std::chrono::seconds(2);
        co_return error;
    }
    co_return text;
}

QCoro::Task<Result<bool>> PasswordHasher::verify(QByteArray hash, QString password)
{
    if (*m_queued >= threads + queueLimit)
        co_return queueFull();
    const std::shared_ptr<int> queued = m_queued;
    ++*queued;
    const bool isReal = !hash.isEmpty() && password.size() <= inputLimit;
    if (!isReal) {
        hash = m_dummyHash;
        password.truncate(inputLimit);
    }
    const auto work = [hash, password] { return computeVerify(hash, password); };
    const QFuture<bool> future = QtConcurrent::run(&m_pool, work);
    const bool fits = co_await future;
    --*queued;
    co_return isReal &&fits;
}

QByteArray PasswordHasher::hashBlocking(const QString &password) const
{
    return computeHash(m_cost, password);
}

} // namespace Atom::Identity
