// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/myaccountendpoint.h"

#include "server/http/endpoints/accountjson.h"
#include "server/http/endpoints/jsonreader.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 longestLifetime = 366 * 24 * 3600;

//! The only field of a request that needs the password again.
Result<QString> readPassword(const Request &request)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        return body.error();
    JsonReader reader(*body);
    const QString password = reader.string(u"password"_s, 1, 1024);
    if (const Result<void> read = reader.finish(); !read)
        return read.error();
    return password;
}

Error noAccount()
{
    return Error(Errc::Unauthenticated, u"The account does not exist any more."_s);
}

//! "expires_in" of a request; `required`: it must be there.
std::optional<seconds> readLifetime(JsonReader &reader)
{
    if (!reader.has(u"expires_in"_s)) {
        (void)reader.optionalValue(u"expires_in"_s); // null is the same as absent
        return std::nullopt;
    }
    return seconds(reader.integer(u"expires_in"_s, 60, longestLifetime));
}
} // namespace

MyAccountEndpoint::MyAccountEndpoint(Identity::UserService &users, Identity::SessionService &sessions,
                                     Identity::Accounts &accounts, const Clock &clock)
    : m_users(users), m_sessions(sessions), m_accounts(accounts), m_clock(clock)
{
}

QList<Route> MyAccountEndpoint::routes()
{
    using E = MyAccountEndpoint;
    constexpr Action manage = Action::AccountManage;
    return {
        userRoute("GET", u"/api/v1/users/me/profile"_s, manage, bind(this, &E::profile)),
        userRoute("PATCH", u"/api/v1/users/me/profile"_s, manage, bind(this, &E::changeProfile)),
        userRoute("PUT", u"/api/v1/users/me/status"_s, manage, bind(this, &E::setStatus)),
        userRoute("DELETE", u"/api/v1/users/me/status"_s, manage, bind(this, &E::clearStatus)),
        userRoute("PUT", u"/api/v1/users/me/password"_s, manage, bind(this, &E::changePassword)),
        userRoute("GET", u"/api/v1/users/me/totp"_s, manage, bind(this, &E::secondFactor)),
        userRoute("POST", u"/api/v1/users/me/totp"_s, manage, bind(this, &E::enrol)),
        userRoute("POST", u"/api/v1/users/me/totp/confirm"_s, manage, bind(this, &E::confirm)),
        userRoute("POST", u"/api/v1/users/me/totp/recovery-codes"_s, manage, bind(this, &E::renewRecoveryCodes)),
        userRoute("POST", u"/api/v1/users/me/totp/remove"_s, manage, bind(this, &E::removeSecondFactor)),
        userRoute("GET", u"/api/v1/users/me/sessions"_s, manage, bind(this, &E::sessions)),
        userRoute("DELETE", u"/api/v1/users/me/sessions"_s, manage, bind(this, &E::revokeOthers)),
        userRoute("DELETE", u"/api/v1/users/me/sessions/{session_id}"_s, manage, bind(this, &E::revokeSession)),
        userRoute("GET", u"/api/v1/tokens/actions"_s, Action::TokenManage, bind(this, &E::tokenActions)),
        userRoute("GET", u"/api/v1/tokens"_s, Action::TokenManage, bind(this, &E::tokens)),
        userRoute("POST", u"/api/v1/tokens"_s, Action::TokenManage, bind(this, &E::createToken)),
        userRoute("DELETE", u"/api/v1/tokens/{token_id}"_s, Action::TokenManage, bind(this, &E::revokeToken)),
    };
}

Response MyAccountEndpoint::profile(const Request &request, const Actor &actor) const
{
    const Identity::StoredUser *const stored = m_users.find(actor.user);
    return stored ? Response::json(ownProfileJson(*stored)) : Response::problem(noAccount(), request);
}

QCoro::Task<Response> MyAccountEndpoint::changeProfile(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    Identity::ProfileChange change;
    // Wide bounds in code units: the service counts characters and says which is wrong.
    change.displayName = reader.optionalString(u"display_name"_s, 1, 256);
    change.title = reader.optionalString(u"title"_s, 0, 256);
    change.email = reader.optionalString(u"email"_s, 0, 512);
    change.timeZone = reader.optionalString(u"time_zone"_s, 0, 128);
    change.locale = reader.optionalString(u"locale"_s, 0, 64);
    change.pronouns = reader.optionalString(u"pronouns"_s, 0, 128);
    change.bio = reader.optionalString(u"bio"_s, 0, 2048);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<void> done = co_await m_accounts.profiles.change(actor, actor.user, std::move(change));
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return profile(request, actor);
}

QCoro::Task<Response> MyAccountEndpoint::setStatus(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    UserStatus status;
    status.text = reader.optionalString(u"text"_s, 0, 400).value_or(QString());
    status.emoji = reader.optionalString(u"emoji"_s, 0, 32).value_or(QString());
    status.doNotDisturb = reader.optionalBool(u"do_not_disturb"_s).value_or(false);
    if (const std::optional<seconds> lifetime = readLifetime(reader))
        status.expiresAt = m_clock.now() + *lifetime;
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<void> done = co_await m_accounts.profiles.setStatus(actor, actor.user, status);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::json(statusJson(status));
}

QCoro::Task<Response> MyAccountEndpoint::clearStatus(Request request, Actor actor)
{
    const UserStatus none;
    const Result<void> done = co_await m_accounts.profiles.setStatus(actor, actor.user, none);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> MyAccountEndpoint::changePassword(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString present = reader.string(u"present"_s, 1, 1024);
    const QString next = reader.string(u"password"_s, 1, 1024);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<void> done = co_await m_accounts.credentials.changePassword(actor, present, next, request.peer);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

Response MyAccountEndpoint::secondFactor(const Request &, const Actor &actor) const
{
    const Identity::SecondFactorService &factor = m_accounts.secondFactor;
    return Response::json(QJsonObject{{u"enabled"_s, factor.isActive(actor.user)},
                                      {u"required"_s, factor.isRequired(actor.user)},
                                      {u"recovery_codes_left"_s, factor.recoveryCodesLeft(actor.user)}});
}

QCoro::Task<Response> MyAccountEndpoint::enrol(Request request, Actor actor)
{
    const Result<QString> password = readPassword(request);
    if (!password)
        co_return Response::problem(password.error(), request);
    const auto enrolment = co_await m_accounts.credentials.enrol(actor, *password, request.peer);
    if (!enrolment)
        co_return Response::problem(enrolment.error(), request);
    co_return Response::json(enrolmentJson(*enrolment), 201);
}

QCoro::Task<Response> MyAccountEndpoint::confirm(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString code = reader.string(u"code"_s, 1, 16);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<QByteArrayList> codes = co_await m_accounts.credentials.confirm(actor, code, request.peer);
    if (!codes)
        co_return Response::problem(codes.error(), request);
    const QJsonObject json{{u"recovery_codes"_s, codesJson(*codes)}};
    co_return Response::json(json);
}

QCoro::Task<Response> MyAccountEndpoint::renewRecoveryCodes(Request request, Actor actor)
{
    const Result<QString> password = readPassword(request);
    if (!password)
        co_return Response::problem(password.error(), request);
    const Result<QByteArrayList> codes =
        co_await m_accounts.credentials.renewRecoveryCodes(actor, *password, request.peer);
    if (!codes)
        co_return Response::problem(codes.error(), request);
    const QJsonObject json{{u"recovery_codes"_s, codesJson(*codes)}};
    co_return Response::json(json);
}

QCoro::Task<Response> MyAccountEndpoint::removeSecondFactor(Request request, Actor actor)
{
    const Result<QString> password = readPassword(request);
    if (!password)
        co_return Response::problem(password.error(), request);
    const Result<void> done = co_await m_accounts.credentials.removeOwn(actor, *password, request.peer);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

Response MyAccountEndpoint::sessions(const Request &request, const Actor &actor) const
{
    const auto sessions = m_accounts.credentials.sessions(actor, actor.user);
    if (!sessions)
        return Response::problem(sessions.error(), request);
    QJsonArray items;
    for (const Identity::SessionSummary &session : *sessions)
        items.append(sessionJson(session, actor.session));
    return Response::json(listOf(items));
}

QCoro::Task<Response> MyAccountEndpoint::revokeSession(Request request, Actor actor)
{
    const Result<SessionId> id = pathId<SessionId>(request, 0, u"session"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<void> done = co_await m_accounts.credentials.revoke(actor, actor.user, *id);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> MyAccountEndpoint::revokeOthers(Request request, Actor actor)
{
    const Result<int> ended = co_await m_accounts.credentials.revokeAll(actor, actor.user);
    if (!ended)
        co_return Response::problem(ended.error(), request);
    const QJsonObject json{{u"ended"_s, *ended}};
    co_return Response::json(json);
}

Response MyAccountEndpoint::tokens(const Request &request, const Actor &actor) const
{
    const Result<UserId> user = queryId<UserId>(request, u"user_id"_s);
    if (!user)
        return Response::problem(user.error(), request);
    const auto tokens = m_accounts.tokens.list(actor, user->isEmpty() ? actor.user : *user);
    if (!tokens)
        return Response::problem(tokens.error(), request);
    QJsonArray items;
    for (const Identity::StoredToken &token : *tokens)
        items.append(tokenJson(token));
    return Response::json(listOf(items));
}

Response MyAccountEndpoint::tokenActions(const Request &, const Actor &) const
{
    return Response::json(listOf(QJsonArray::fromStringList(Identity::TokenService::scopeActions())));
}

QCoro::Task<Response> MyAccountEndpoint::createToken(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    Identity::TokenDraft draft;
    draft.user = reader.optionalId<UserId>(u"user_id"_s);
    draft.name = reader.string(u"name"_s, 1, 64);
    draft.actions = reader.optionalStrings(u"actions"_s, 256, 1, 64).value_or(QStringList());
    draft.rooms = reader.optionalIds<RoomId>(u"rooms"_s, 100);
    if (const std::optional<seconds> lifetime = readLifetime(reader))
        draft.expiresAt = m_clock.now() + *lifetime;
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    if (draft.user.isEmpty())
        draft.user = actor.user;
    if (const Result<void> proven = m_sessions.requireRecentProof(actor); !proven)
        co_return Response::problem(proven.error(), request);
    const Result<Identity::IssuedToken> issued = co_await m_accounts.tokens.create(actor, std::move(draft));
    if (!issued)
        co_return Response::problem(issued.error(), request);
    QJsonObject json = tokenJson(issued->token);
    json.insert(u"token"_s, QString::fromLatin1(issued->secret)); // the only time anybody sees it
    co_return Response::json(json, 201);
}

QCoro::Task<Response> MyAccountEndpoint::revokeToken(Request request, Actor actor)
{
    const QByteArray id = request.args.value(0).toUtf8();
    const Result<void> done = co_await m_accounts.tokens.revoke(actor, id);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

} // namespace Atom::HttpEndpoints
