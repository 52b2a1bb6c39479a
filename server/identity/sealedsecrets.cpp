// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/sealedsecrets.h"

#include "server/identity/logging.h"

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
constexpr QByteArrayView purpose("secrets1");
QByteArray placeOf(const QByteArray &name)
{
    return "secrets|" + name + "|value";
}
} // namespace

QCoro::Task<Result<QByteArray>> SealedSecrets::secret(QByteArray name)
{
    Result<QByteArray> stored = co_await m_below.secret(name);
    if (!stored || stored->isEmpty())
        co_return stored;
    if (!SecretBox::isSealed(*stored)) {
        const Result<void> saved = co_await saveSecret(name, *stored);
        if (!saved)
            co_return saved.error();
        qCInfo(lcIdentity) << "the secret" << name << "of an older server is sealed now";
        co_return stored;
    }
    std::optional<QByteArray> plain = m_box.unseal(purpose, placeOf(name), *stored);
    if (plain)
        co_return Result<QByteArray>(std::move(*plain));
    if (m_box.isNew()) {
        qCWarning(lcIdentity) << "the master key was missing: the secret" << name
                              << "cannot be opened any more and is made anew";
        co_return Result<QByteArray>(QByteArray());
    }
    co_return Error(
        Errc::Internal,
        u"The master key does not fit this database: it cannot open the secret \"%1\". Put the key file"
        " that belongs to this database in place. If it is lost for good, move the present key file away:"
        " the server makes new keys, everybody signs in again, and second factors must be set up anew."_s.arg(
            QString::fromLatin1(name)));
}

QCoro::Task<Result<void>> SealedSecrets::saveSecret(QByteArray name, QByteArray value)
{
    const QByteArray sealedText = m_box.seal(purpose, placeOf(name), value);
    co_return co_await m_below.saveSecret(name, sealedText);
}

} // namespace Atom::Identity
