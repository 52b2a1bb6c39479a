// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/tokenservice.h"

#include "server/identity/crypto.h"
#include "server/identity/logging.h"
#include "server/identity/permissions.h"

#include <QtCore/QJsonArray>

#include <algorithm>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype secretSize = 4 + 43;
constexpr int roomsPerToken = 100;
constexpr seconds useInterval{60};

Error notValid(const QString &cause)
{
    return Error(Errc::Unauthenticated, u"The application token is not valid."_s, cause);
}

Error noSuchToken()
{
    return Error(Errc::NotFound, u"There is no such token."_s);
}

SessionId sessionOf(const StoredToken &token)
{
    return SessionId(tokenSessionPrefix.toByteArray() + token.id);
}

//! A token could otherwise make itself, or its account, more than its scope says.
bool mayBeInScope(Action action)
{
    return action != Action::AccountManage && action != Action::TokenManage;
}

TokenScope scopeOf(const StoredToken &token)
{
    TokenScope scope;
    for (const QByteArray &name : token.actions) {
        // An action that this server does not know any more allows nothing.
        if (const std::optional<Action> action = actionFromName(QString::fromLatin1(name)))
            scope.actions.set(size_t(*action));
    }
    scope.rooms = QSet<RoomId>(token.rooms.begin(), token.rooms.end());
    return scope;
}

QJsonObject describe(const StoredToken &token)
{
    QJsonArray actions;
    for (const QByteArray &name : token.actions)
        actions.append(QString::fromLatin1(name));
    QJsonArray rooms;
    for (const RoomId &room : token.rooms)
        rooms.append(room.toString());
    QJsonObject json{{u"user"_s, token.user.toString()}, {u"name"_s, token.name}, {u"actions"_s, actions}};
    json.insert(u"rooms"_s, rooms);
    if (token.expiresAt)
        json.insert(u"expires_at"_s, toIso(*token.expiresAt));
    return json;
}
} // namespace

TokenService::TokenService(UserService &users, AccountRepository &repository, Permissions &permissions, Clock &clock)
    : m_users(users), m_repository(repository), m_permissions(permissions), m_clock(clock)
{
    connect(&users, &UserService::userChanged, this, &TokenService::onUserChanged);
}

TokenService::~TokenService() = default;

QCoro::Task<Result<void>> TokenService::load()
{
    Result<QList<StoredToken>> tokens = co_await m_repository.tokens();
    if (!tokens)
        co_return tokens.error();
    for (const StoredToken &token : std::as_const(*tokens)) {
        m_byHash.insert(token.hash, token);
        m_permissions.setScope(sessionOf(token), scopeOf(token));
    }
    co_return Result<void>();
}

QCoro::Task<void> TokenService::close()
{
    co_await m_scope.close();
}

QStringList TokenService::scopeActions()
{
    QStringList names;
    for (const Action action : allActions()) {
        if (mayBeInScope(action))
            names.append(actionName(action));
    }
    return names;
}

QCoro::Task<Result<IssuedToken>> TokenService::create(Actor actor, TokenDraft draft)
{
    const StoredUser *const account = m_users.find(draft.user);
    if (!account || account->erasedAt)
        co_return Error(Errc::NotFound, u"There is no such user."_s);
    if (draft.user != actor.user && account->kind != AccountKind::Service)
        co_return Error(Errc::Forbidden, u"Tokens act for the one who makes them, or for a service account."_s);
    Object object = Object::forAccount(account->user);
    object.owner = draft.user;
    if (const Result<void> allowed = m_permissions.require(actor, Action::TokenManage, object); !allowed)
        co_return allowed.error();
    if (draft.user != actor.user) {
        if (const Result<void> allowed = m_permissions.require(actor, Action::UserManage, object); !allowed)
            co_return allowed.error();
    }

    Error mistakes(Errc::ValidationFailed, u"The token cannot be made like this."_s);
    const QString name = draft.name.trimmed();
    if (name.isEmpty() || name.size() > 64)
        mistakes.fields.append(FieldError{u"/name"_s, u"must have 1 to 64 characters"_s});
    QByteArrayList actions;
    for (qsizetype i = 0; i < draft.actions.size(); ++i) {
        const std::optional<Action> action = actionFromName(draft.actions.at(i));
        if (!action || !mayBeInScope(*action))
            mistakes.fields.append(FieldError{u"/actions/%1"_s.arg(i), u"is not an action that a token may hold"_s});
        else if (!actions.contains(draft.actions.at(i).toLatin1()))
            actions.append(draft.actions.at(i).toLatin1());
    }
    if (draft.actions.isEmpty())
        mistakes.fields.append(FieldError{u"/actions"_s, u"must name at least one action"_s});
    if (draft.rooms.size() > roomsPerToken)
        mistakes.fields.append(FieldError{u"/rooms"_s, u"must have at most %1 items"_s.arg(roomsPerToken)});
    const Timestamp now = m_clock.now();
    if (draft.expiresAt && *draft.expiresAt <= now)
        mistakes.fields.append(FieldError{u"/expires_at"_s, u"must be in the future"_s});
    if (!mistakes.fields.isEmpty()) {
        mistakes.detail = mistakes.fields.constFirst().pointer + u' ' + mistakes.fields.constFirst().detail + u'.';
        co_return mistakes;
    }
    const auto own = std::count_if(m_byHash.cbegin(), m_byHash.cend(),
                                   [&draft](const StoredToken &other) { return other.user == draft.user; });
    if (own >= tokensPerAccount || m_byHash.size() >= allTokens)
        co_return Error(Errc::Conflict, u"There are too many tokens; revoke those that are not used."_s);

    IssuedToken issued;
    issued.secret = "atk_" + Crypto::toBase64Url(Crypto::random(32));
    StoredToken &token = issued.token;
    token.id = Crypto::random(8).toHex();
    token.user = draft.user;
    token.name = name;
    token.hash = Crypto::sha256(issued.secret);
    token.actions = actions;
    token.rooms = draft.rooms;
    token.createdBy = actor.user;
    token.createdAt = now;
    token.expiresAt = draft.expiresAt;
    Audit::Draft audit = Audit::draftFor(actor, "token.created", "token", token.id, now);
    audit.after = describe(token);
    const StoredToken stored = token;
    const Result<void> inserted = co_await m_repository.insertToken(stored, std::move(audit));
    if (!inserted)
        co_return inserted.error();
    m_byHash.insert(stored.hash, stored);
    m_permissions.setScope(sessionOf(stored), scopeOf(stored));
    qCInfo(lcIdentity) << "token" << stored.id << "made for" << stored.user.toString();
    co_return Result<IssuedToken>(std::move(issued));
}

Result<QList<StoredToken>> TokenService::list(const Actor &actor, const UserId &user) const
{
    const StoredUser *const account = m_users.find(user);
    if (!account)
        return Error(Errc::NotFound, u"There is no such user."_s);
    Object object = Object::forAccount(account->user);
    object.owner = user;
    if (const Result<void> allowed = m_permissions.require(actor, Action::TokenManage, object); !allowed)
        return allowed.error();
    QList<StoredToken> tokens;
    for (const StoredToken &token : m_byHash) {
        if (token.user == user)
            tokens.append(token);
    }
    std::sort(tokens.begin(), tokens.end(), [](const StoredToken &a, const StoredToken &b) {
        return a.createdAt != b.createdAt ? a.createdAt < b.createdAt : a.id < b.id;
    });
    return tokens;
}

QCoro::Task<Result<void>> TokenService::revoke(Actor actor, QByteArray id)
{
    const auto it =
        std::find_if(m_byHash.cbegin(), m_byHash.cend(), [&id](const StoredToken &token) { return token.id == id; });
    if (it == m_byHash.cend())
        co_return noSuchToken();
    const StoredToken token = *it;
    const StoredUser *const account = m_users.find(token.user);
    Object object = account ? Object::forAccount(account->user) : Object::none();
    object.owner = token.user;
    if (!m_permissions.can(actor, Action::TokenManage, object))
        co_return noSuchToken();
    Audit::Draft audit = Audit::draftFor(actor, "token.revoked", "token", token.id, m_clock.now());
    audit.before = describe(token);
    // First it stops working, then that is stored: in between it must not be used, and a failure is told.
    m_byHash.remove(token.hash);
    m_permissions.removeScope(sessionOf(token));
    Q_EMIT ended(sessionOf(token));
    co_return co_await m_repository.removeToken(token.id, std::move(audit));
}

void TokenService::forget(const UserId &user)
{
    QList<StoredToken> gone;
    for (const StoredToken &token : std::as_const(m_byHash)) {
        if (token.user == user)
            gone.append(token);
    }
    for (const StoredToken &token : std::as_const(gone)) {
        m_byHash.remove(token.hash);
        m_permissions.removeScope(sessionOf(token));
        Q_EMIT ended(sessionOf(token));
    }
}

const StoredToken *TokenService::find(QByteArrayView bearer) const
{
    if (bearer.size() != secretSize || !isToken(bearer))
        return nullptr;
    const auto it = m_byHash.constFind(Crypto::sha256(bearer));
    if (it == m_byHash.cend() || (it->expiresAt && *it->expiresAt <= m_clock.now()))
        return nullptr;
    return &*it;
}

Result<Actor> TokenService::verify(QByteArrayView bearer)
{
    const StoredToken *const token = find(bearer);
    if (!token)
        return notValid(u"unknown or expired"_s);
    const StoredUser *const account = m_users.find(token->user);
    if (!account || account->user.disabled || account->erasedAt)
        return notValid(u"its account is disabled"_s);
    if (account->kind == AccountKind::Service) {
        const StoredUser *const manager = m_users.find(account->managedBy);
        if (!manager || manager->user.disabled)
            return notValid(u"nobody is responsible for its service account"_s);
    }
    Actor actor;
    actor.user = account->user.id;
    actor.role = account->user.role;
    actor.customRole = account->user.customRole;
    actor.session = sessionOf(*token);
    noteUse(m_byHash[token->hash]);
    return actor;
}

Result<Timestamp> TokenService::expiryOf(QByteArrayView bearer) const
{
    const StoredToken *const token = find(bearer);
    if (!token)
        return notValid(u"unknown or expired"_s);
    return token->expiresAt.value_or(Timestamp::max());
}

void TokenService::noteUse(StoredToken &token)
{
    const Timestamp now = m_clock.now();
    if (token.lastUsedAt && now - *token.lastUsedAt < useInterval && now >= *token.lastUsedAt)
        return;
    token.lastUsedAt = now;
    m_scope.spawn(storeUse(token.id, now), "note use of a token");
}

QCoro::Task<void> TokenService::storeUse(QByteArray id, Timestamp at)
{
    const Result<void> stored = co_await m_repository.noteTokenUse(id, at);
    if (!stored)
        qCWarning(lcIdentity) << "the use of token" << id << "could not be noted:" << stored.error().detail;
}

void TokenService::onUserChanged(const User &user)
{
    if (!user.disabled)
        return;
    // Open connections of its tokens end; those of service accounts that nobody else is responsible for as well.
    for (const StoredToken &token : std::as_const(m_byHash)) {
        const StoredUser *const account = m_users.find(token.user);
        if (token.user == user.id || (account && account->managedBy == user.id))
            Q_EMIT ended(sessionOf(token));
    }
}

} // namespace Atom::Identity
