// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/accountrepository.h"
#include "server/identity/userservice.h"

namespace Atom::Identity {

//! \brief What a token shall be able to do.
struct TokenDraft
{
    UserId user;         //!< for whom it acts
    QString name;        //!< 1..64 characters: what it is for
    QStringList actions; //!< names of actions, see TokenService::scopeActions()
    QList<RoomId> rooms; //!< at most 100; empty: all that the account may use
    std::optional<Timestamp> expiresAt;
};

struct IssuedToken
{
    QByteArray secret; //!< "atk_" and 43 characters; shown once
    StoredToken token;
};

//! \brief Application tokens: what bots and webhooks send as a bearer instead of signing in. A token acts for an
//! account with the role that account has now, and never does more than its scope says. Stored as a hash. Main thread.
class TokenService : public QObject
{
    Q_OBJECT
public:
    static constexpr int tokensPerAccount = 50;
    static constexpr int allTokens = 20'000;
    TokenService(UserService &users, AccountRepository &repository, Permissions &permissions, Clock &clock);
    ~TokenService() override;

    QCoro::Task<Result<void>> load();
    QCoro::Task<void> close();

    //! \brief Everybody for itself; who manages accounts also for service accounts, never for other people.
    //! \return ValidationFailed, NotFound, Forbidden, Conflict (too many).
    QCoro::Task<Result<IssuedToken>> create(Actor actor, TokenDraft draft);
    //! \brief The tokens that act for an account, oldest first; expired ones included. \return Forbidden, NotFound.
    Result<QList<StoredToken>> list(const Actor &actor, const UserId &user) const;
    //! \brief Acts at once, also on open connections. \return NotFound, also for a foreign one.
    QCoro::Task<Result<void>> revoke(Actor actor, QByteArray id);

    //! \brief The account was erased: what is stored about its tokens is gone already.
    void forget(const UserId &user);

    static bool isToken(QByteArrayView bearer) { return bearer.startsWith("atk_"); }
    //! \brief Who acts with this token. \return Unauthenticated.
    Result<Actor> verify(QByteArrayView bearer);
    //! \brief Timestamp::max() for a token that does not expire. \return Unauthenticated.
    Result<Timestamp> expiryOf(QByteArrayView bearer) const;
    //! \brief Names of the actions a scope may hold: all but those over accounts' own credentials.
    static QStringList scopeActions();

Q_SIGNALS:
    //! \brief The token of this session (see Actor::session) does not count any more.
    void ended(const Atom::SessionId &session);

private:
    const StoredToken *find(QByteArrayView bearer) const;
    void noteUse(StoredToken &token);
    QCoro::Task<void> storeUse(QByteArray id, Timestamp at);
    void onUserChanged(const User &user);
    UserService &m_users;
    AccountRepository &m_repository;
    Permissions &m_permissions;
    Clock &m_clock;
    QHash<QByteArray, StoredToken> m_byHash;
    TaskScope m_scope{QStringLiteral("tokens")};
};

} // namespace Atom::Identity
