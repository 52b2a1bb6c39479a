// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/secondfactorservice.h"

#include "server/identity/crypto.h"
#include "server/identity/secretbox.h"
#include "server/identity/totp.h"

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
constexpr QByteArrayView purpose("totp0001");

QByteArray placeOf(const UserId &user)
{
    return "users|" + user.bytes() + "|totp_sealed";
}

Error wrongCode()
{
    Error error(Errc::Unauthenticated, u"The code is wrong, too old or used already."_s);
    error.fields.append(FieldError{u"/code"_s, u"is wrong, too old or used already"_s});
    return error;
}

QByteArrayList hashesOf(const QByteArrayList &codes)
{
    QByteArrayList hashes;
    for (const QByteArray &code : codes)
        hashes.append(Totp::recoveryHash(QString::fromLatin1(code)));
    return hashes;
}

//! Takes the code out of those not used yet.
bool takeRecoveryCode(SecondFactor &factor, const QString &typed)
{
    const QByteArray hash = Totp::recoveryHash(typed);
    qsizetype found = -1;
    for (qsizetype i = 0; i < factor.recoveryHashes.size(); ++i) {
        if (!hash.isEmpty() && Crypto::equal(factor.recoveryHashes.at(i), hash))
            found = i;
    }
    if (found < 0)
        return false;
    factor.recoveryHashes.removeAt(found);
    return true;
}
} // namespace

SecondFactorService::SecondFactorService(Settings settings, UserService &users, const SecretBox &box, Clock &clock)
    : m_settings(std::move(settings)), m_users(users), m_box(box), m_clock(clock)
{
}

bool SecondFactorService::isActive(const UserId &user) const
{
    const StoredUser *const stored = m_users.find(user);
    return stored && stored->secondFactor.isActive();
}

bool SecondFactorService::isRequired(const UserId &user) const
{
    const StoredUser *const stored = m_users.find(user);
    return stored && stored->kind == AccountKind::Person && m_settings.requiredFor.contains(stored->user.role);
}

int SecondFactorService::recoveryCodesLeft(const UserId &user) const
{
    const StoredUser *const stored = m_users.find(user);
    return stored ? int(stored->secondFactor.recoveryHashes.size()) : 0;
}

Result<QByteArray> SecondFactorService::secretOf(const StoredUser &stored) const
{
    const std::optional<QByteArray> secret =
        m_box.unseal(purpose, placeOf(stored.user.id), stored.secondFactor.sealedSecret);
    if (secret)
        return *secret;
    return Error(Errc::Internal,
                 u"The second factor cannot be checked on this server: its master key was changed. Use a"
                 " recovery code, or let an administrator remove the second factor."_s);
}

QCoro::Task<Result<SecondFactorService::Enrolment>> SecondFactorService::enrol(UserId user, Audit::Draft audit)
{
    QByteArray secret = Totp::newSecret();
    const QByteArray sealedSecret = m_box.seal(purpose, placeOf(user), secret);
    Enrolment enrolment;
    enrolment.secret = Totp::toBase32(secret);
    enrolment.uri = Totp::uri(m_settings.issuer, user.toString(), secret);
    Crypto::wipe(secret);
    UserService::Mutation mutate = [sealedSecret](StoredUser &stored) -> Result<void> {
        if (stored.kind == AccountKind::Service)
            return Error(Errc::Conflict, u"A service account has no second factor."_s);
        if (stored.secondFactor.isActive())
            return Error(Errc::Conflict, u"There is a second factor already; remove it first."_s);
        stored.secondFactor = {};
        stored.secondFactor.sealedSecret = sealedSecret;
        return {};
    };
    const Result<User> done = co_await m_users.change(user, std::move(mutate), std::move(audit));
    if (!done)
        co_return done.error();
    co_return Result<Enrolment>(std::move(enrolment));
}

QCoro::Task<Result<QByteArrayList>> SecondFactorService::confirm(UserId user, QString code, Audit::Draft audit)
{
    const QByteArrayList codes = Totp::newRecoveryCodes();
    UserService::Mutation mutate = [this, code, hashes = hashesOf(codes)](StoredUser &stored) -> Result<void> {
        if (stored.secondFactor.sealedSecret.isEmpty() || stored.secondFactor.isConfirmed)
            return Error(Errc::Conflict, u"There is no second factor that waits to be confirmed."_s);
        const Result<QByteArray> secret = secretOf(stored);
        if (!secret)
            return secret.error();
        const std::optional<qint64> step =
            Totp::matchingStep(*secret, code.toUtf8(), m_clock.now(), stored.secondFactor.lastStep);
        if (!step)
            return wrongCode();
        stored.secondFactor.isConfirmed = true;
        stored.secondFactor.lastStep = *step;
        stored.secondFactor.recoveryHashes = hashes;
        return {};
    };
    const Result<User> done = co_await m_users.change(user, std::move(mutate), std::move(audit));
    if (!done)
        co_return done.error();
    co_return Result<QByteArrayList>(codes);
}

QCoro::Task<Result<void>> SecondFactorService::verify(UserId user, QString code, Audit::Draft audit)
{
    const bool isRecovery = code.trimmed().size() > Totp::digits;
    if (isRecovery)
        audit.action = "totp.recovery_code_used";
    else
        audit = {}; // the session that follows is on record
    UserService::Mutation mutate = [this, code, isRecovery](StoredUser &stored) -> Result<void> {
        if (!stored.secondFactor.isActive())
            return wrongCode();
        if (isRecovery)
            return takeRecoveryCode(stored.secondFactor, code) ? Result<void>() : Result<void>(wrongCode());
        const Result<QByteArray> secret = secretOf(stored);
        if (!secret)
            return secret.error();
        const std::optional<qint64> step =
            Totp::matchingStep(*secret, code.trimmed().toUtf8(), m_clock.now(), stored.secondFactor.lastStep);
        if (!step)
            return wrongCode();
        stored.secondFactor.lastStep = *step;
        return {};
    };
    const Result<User> done = co_await m_users.change(user, std::move(mutate), std::move(audit));
    if (!done)
        co_return done.error();
    co_return Result<void>();
}

QCoro::Task<Result<QByteArrayList>> SecondFactorService::renewRecoveryCodes(UserId user, Audit::Draft audit)
{
    const QByteArrayList codes = Totp::newRecoveryCodes();
    UserService::Mutation mutate = [hashes = hashesOf(codes)](StoredUser &stored) -> Result<void> {
        if (!stored.secondFactor.isActive())
            return Error(Errc::Conflict, u"There is no second factor."_s);
        stored.secondFactor.recoveryHashes = hashes;
        return {};
    };
    const Result<User> done = co_await m_users.change(user, std::move(mutate), std::move(audit));
    if (!done)
        co_return done.error();
    co_return Result<QByteArrayList>(codes);
}

QCoro::Task<Result<void>> SecondFactorService::remove(UserId user, Audit::Draft audit)
{
    const StoredUser *const stored = m_users.find(user);
    if (stored && stored->secondFactor == SecondFactor{})
        co_return Result<void>();
    UserService::Mutation mutate = [](StoredUser &account) -> Result<void> {
        account.secondFactor = {};
        return {};
    };
    const Result<User> done = co_await m_users.change(user, std::move(mutate), std::move(audit));
    if (!done)
        co_return done.error();
    co_return Result<void>();
}

} // namespace Atom::Identity
