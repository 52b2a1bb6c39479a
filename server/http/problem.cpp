// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/problem.h"

#include "server/http/logging.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QUrl>

namespace Atom::Http {
using namespace Qt::StringLiterals;

namespace {
//! Short words for people; the same for all occurrences of a code (RFC 9457 3.1.3).
QString titleOf(Errc code)
{
    switch (code) {
    case Errc::MalformedRequest:
        return u"The request cannot be read"_s;
    case Errc::ValidationFailed:
        return u"A value is missing or not acceptable"_s;
    case Errc::Unauthenticated:
        return u"Sign-in needed"_s;
    case Errc::Forbidden:
        return u"Not permitted"_s;
    case Errc::NotFound:
        return u"Not found"_s;
    case Errc::Conflict:
        return u"In conflict with the present state"_s;
    case Errc::PayloadTooLarge:
        return u"Too large"_s;
    case Errc::RateLimited:
        return u"Too many requests"_s;
    case Errc::UpstreamFailed:
        return u"A service we depend on failed"_s;
    case Errc::Unavailable:
        return u"Not available now"_s;
    case Errc::DeadlineExceeded:
        return u"It took too long"_s;
    case Errc::Cancelled:
        return u"Cancelled"_s;
    case Errc::Internal:
        return u"Internal error"_s;
    }
    Q_UNREACHABLE();
}
} // namespace

int statusOf(Errc code)
{
    switch (code) {
    case Errc::MalformedRequest:
        return 400;
    case Errc::ValidationFailed:
        return 422;
    case Errc::Unauthenticated:
        return 401;
    case Errc::Forbidden:
        return 403;
    case Errc::NotFound:
        return 404;
    case Errc::Conflict:
        return 409;
    case Errc::PayloadTooLarge:
        return 413;
    case Errc::RateLimited:
        return 429;
    case Errc::UpstreamFailed:
        return 502;
    case Errc::Unavailable:
    case Errc::Cancelled: // by our shutdown: to be tried again
        return 503;
    case Errc::DeadlineExceeded:
        return 504;
    case Errc::Internal:
        return 500;
    }
    Q_UNREACHABLE();
}

Response problemWithStatus(int status, const Error &error, const Request &request)
{
    if (!error.cause.isEmpty() || status == 500)
        qCWarning(lcHttp) << request.requestId << request.method << request.path << errcName(error.code) << error.cause;

    const QString code = errcName(error.code);
    QJsonObject problem;
    problem["type"_L1] = u"https://atom-chat.org/problems/"_s + code;
    problem["title"_L1] = titleOf(error.code);
    problem["status"_L1] = status;
    problem["detail"_L1] = error.detail;
    problem["instance"_L1] = QString::fromLatin1(QUrl::toPercentEncoding(request.path, "/"));
    problem["code"_L1] = code;
    problem["request_id"_L1] = QString::fromLatin1(request.requestId);
    if (!error.fields.isEmpty()) {
        QJsonArray errors;
        for (const FieldError &field : error.fields)
            errors.append(QJsonObject{{u"pointer"_s, field.pointer}, {u"detail"_s, field.detail}});
        problem["errors"_L1] = errors;
    }

    Response response;
    response.status = status;
    response.contentType = "application/problem+json";
    response.body = QJsonDocument(problem).toJson(QJsonDocument::Compact);
    if (status == 401) {
        const bool hadToken = !request.header("authorization").isEmpty();
        response.headers.emplace_back("WWW-Authenticate", hadToken
                                                              ? R"(Bearer realm="atom-chat", error="invalid_token")"
                                                              : R"(Bearer realm="atom-chat")");
    }
    if (error.retryAfter || status == 429 || status == 503) {
        const seconds wait = std::max(seconds(1), error.retryAfter.value_or(seconds(1)));
        response.headers.emplace_back("Retry-After", QByteArray::number(qint64(wait.count())));
    }
    return response;
}

Response Response::problem(const Error &error, const Request &request)
{
    return problemWithStatus(statusOf(error.code), error, request);
}

} // namespace Atom::Http
