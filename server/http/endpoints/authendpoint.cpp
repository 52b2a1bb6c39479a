// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/authendpoint.h"

#include "server/http/endpoints/accountjson.h"
#include "server/http/endpoints/jsonreader.h"
#include "shared/protocol/restcodec.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

AuthEndpoint::AuthEndpoint(Identity::SessionService &sessions, Identity::UserService &users,
                           Identity::Accounts &accounts)
    : m_sessions(sessions), m_users(users), m_accounts(accounts)
{
}

QList<Route> AuthEndpoint::routes()
{
    return {
        publicRoute("GET", u"/.well-known/jwks.json"_s, bind(this, &AuthEndpoint::keys)),
        publicRoute("POST", u"/api/v1/auth/sign-in"_s, bind(this, &AuthEndpoint::signIn)),
        publicRoute("POST", u"/api/v1/auth/sign-in/enrol"_s, bind(this, &AuthEndpoint::enrolAtSignIn)),
        publicRoute("POST", u"/api/v1/auth/sign-in/totp"_s, bind(this, &AuthEndpoint::completeSignIn)),
        publicRoute("POST", u"/api/v1/auth/password-reset"_s, bind(this, &AuthEndpoint::resetPassword)),
        publicRoute("POST", u"/api/v1/auth/join"_s, bind(this, &AuthEndpoint::join)),
        userRoute("POST", u"/api/v1/auth/step-up"_s, Action::AccountManage, bind(this, &AuthEndpoint::stepUp)),
        publicRoute("POST", u"/api/v1/auth/refresh"_s, bind(this, &AuthEndpoint::refresh)),
        userRoute("POST", u"/api/v1/auth/sign-out"_s, Action::ProfileRead, bind(this, &AuthEndpoint::signOut)),
        userRoute("GET", u"/api/v1/users/me"_s, Action::ProfileRead, bind(this, &AuthEndpoint::me)),
    };
}

QCoro::Task<Response> AuthEndpoint::signIn(Request request, Actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    // No shape is asked of the name: a wrong one gets the same answer as an unknown one.
    const QString user = reader.string(u"user"_s, 1, 128);
    const QString password = reader.string(u"password"_s, 1, 1024);
    const QString device = reader.optionalString(u"device"_s, 0, 128).value_or(QString());
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<Identity::TokenPair> tokens = co_await m_sessions.signIn(user, password, device, request.peer);
    if (!tokens)
        co_return Response::problem(tokens.error(), request);
    co_return signInResponse(*tokens);
}

QCoro::Task<Response> AuthEndpoint::enrolAtSignIn(Request request, Actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString challenge = reader.string(u"challenge"_s, 1, 128);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const auto enrolment = co_await m_sessions.enrolAtSignIn(challenge.toUtf8(), request.peer);
    if (!enrolment)
        co_return Response::problem(enrolment.error(), request);
    co_return Response::json(enrolmentJson(*enrolment));
}

QCoro::Task<Response> AuthEndpoint::completeSignIn(Request request, Actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString challenge = reader.string(u"challenge"_s, 1, 128);
    const QString code = reader.string(u"code"_s, 1, 64);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<Identity::TokenPair> tokens =
        co_await m_sessions.completeSignIn(challenge.toUtf8(), code, request.peer);
    if (!tokens)
        co_return Response::problem(tokens.error(), request);
    co_return signInResponse(*tokens);
}

QCoro::Task<Response> AuthEndpoint::stepUp(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString password = reader.string(u"password"_s, 1, 1024);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<void> done = co_await m_accounts.credentials.stepUp(actor, password, request.peer);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> AuthEndpoint::resetPassword(Request request, Actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString token = reader.string(u"token"_s, 1, 128);
    const QString password = reader.string(u"password"_s, 1, 1024);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<void> done = co_await m_accounts.resets.redeem(token.toUtf8(), password, request.peer);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> AuthEndpoint::join(Request request, Actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString token = reader.string(u"token"_s, 1, 128);
    const UserId id = reader.id<UserId>(u"id"_s);
    const QString displayName = reader.optionalString(u"display_name"_s, 1, 64).value_or(QString());
    const QString password = reader.string(u"password"_s, 1, 1024);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<User> made =
        co_await m_accounts.invitations.redeem(token.toUtf8(), id, displayName, password, request.peer);
    if (!made)
        co_return Response::problem(made.error(), request);
    co_return Response::json(Protocol::toJson(*made), 201);
}

QCoro::Task<Response> AuthEndpoint::refresh(Request request, Actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString token = reader.string(u"refresh_token"_s, 1, 256);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<Identity::TokenPair> tokens = co_await m_sessions.refresh(token.toUtf8());
    if (!tokens)
        co_return Response::problem(tokens.error(), request);
    co_return signInResponse(*tokens);
}

QCoro::Task<Response> AuthEndpoint::signOut(Request request, Actor actor)
{
    if (const Result<void> read = requireNoFields(request); !read)
        co_return Response::problem(read.error(), request);
    const Result<void> done = co_await m_sessions.signOut(actor.session);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

Response AuthEndpoint::me(const Request &request, const Actor &actor) const
{
    const Identity::StoredUser *stored = m_users.find(actor.user);
    if (!stored)
        return Response::problem(Error(Errc::Unauthenticated, u"The account does not exist any more."_s), request);
    return Response::json(Protocol::toJson(stored->user));
}

Response AuthEndpoint::keys(const Request &, const Actor &) const
{
    Response response;
    response.body = m_sessions.jwks();
    response.headers.append({QByteArrayLiteral("Cache-Control"), QByteArrayLiteral("public, max-age=300")});
    return response;
}

} // namespace Atom::HttpEndpoints
