// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// ApiClient: signing in and out.
#include "shared/client/apiclient_p.h"

namespace Atom::Client {
using namespace Qt::StringLiterals;

namespace {
Error codeWanted(const QString &text)
{
    Error error(Errc::Unauthenticated, text);
    error.fields.append(FieldError{u"/code"_s, text});
    return error;
}
} // namespace

QCoro::Task<Result<Tokens>> ApiClient::signIn(QString user, QString password, QString device)
{
    const RestSession::Self session = d->session;
    QJsonObject body;
    body.insert(u"user"_s, user);
    body.insert(u"password"_s, password);
    body.insert(u"device"_s, device);
    RestRequest request("POST", u"/api/v1/auth/sign-in"_s, QUrlQuery(), body);
    Result<QJsonObject> answer =
        co_await RestSession::callOpen(session, std::move(request), RestSession::defaultBudget);
    if (!answer)
        co_return std::move(answer.error());
    if (answer->value(u"totp_required"_s).toBool()) {
        if (answer->value(u"enrolment_required"_s).toBool()) {
            Error error(Errc::Forbidden, u"This account has to set up one-time codes first: POST"
                                         " /api/v1/auth/sign-in/enrol."_s);
            error.fields.append(FieldError{u"/enrolment"_s, error.detail});
            co_return error;
        }
        d->challenge = answer->value(u"challenge"_s).toString();
        co_return codeWanted(u"This account asks for a one-time code."_s);
    }
    Result<Tokens> tokens = session->tokensFrom(*answer, Tokens());
    if (tokens)
        session->setTokens(*tokens);
    co_return tokens;
}

QCoro::Task<Result<Tokens>> ApiClient::completeSignIn(QString code)
{
    const RestSession::Self session = d->session;
    QJsonObject body;
    body.insert(u"challenge"_s, d->challenge);
    body.insert(u"code"_s, code);
    RestRequest request("POST", u"/api/v1/auth/sign-in/totp"_s, QUrlQuery(), body);
    Result<QJsonObject> answer =
        co_await RestSession::callOpen(session, std::move(request), RestSession::defaultBudget);
    if (!answer)
        co_return std::move(answer.error());
    d->challenge.clear();
    Result<Tokens> tokens = session->tokensFrom(*answer, Tokens());
    if (tokens)
        session->setTokens(*tokens);
    co_return tokens;
}

QCoro::Task<Result<QByteArray>> ApiClient::accessToken()
{
    return RestSession::accessToken(d->session, RestSession::defaultBudget);
}

QCoro::Task<Result<void>> ApiClient::signOut()
{
    const RestSession::Self session = d->session;
    RestRequest request("POST", u"/api/v1/auth/sign-out"_s);
    Result<QJsonObject> answer = co_await RestSession::call(session, std::move(request), RestSession::defaultBudget);
    if (!answer && answer.error().code == Errc::Cancelled)
        co_return std::move(answer.error());
    session->setTokens(Tokens()); // whatever the server said: nobody wants to use them any more
    if (!answer && answer.error().code != Errc::Unauthenticated)
        co_return std::move(answer.error());
    co_return Result<void>();
}

} // namespace Atom::Client
