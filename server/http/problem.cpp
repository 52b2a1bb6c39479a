// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/problem.h"

#include <QtCore/QJsonArray>

namespace Atom::Http {
using namespace Qt::StringLiterals;

namespace {
struct Kind
{
    int status;
    const char *title;
};

Kind kindOf(Errc code)
{
    switch (code) {
    case Errc::MalformedRequest:
        return {400, "The request could not be read"};
    case Errc::ValidationFailed:
        return {422, "The request has values that are not valid"};
    case Errc::Unauthenticated:
        return {401, "Signing in is required"};
    case Errc::Forbidden:
        return {403, "Not permitted"};
    case Errc::NotFound:
        return {404, "Not found"};
    case Errc::Conflict:
        return {409, "In conflict with the present state"};
    case Errc::PayloadTooLarge:
        return {413, "Too large"};
    case Errc::RateLimited:
        return {429, "Too many requests"};
    case Errc::UpstreamFailed:
        return {502, "A service behind this server failed"};
    case Errc::Unavailable:
        return {503, "Not possible at the moment"};
    case Errc::DeadlineExceeded:
        return {504, "It took too long"};
    case Errc::Cancelled:
        return {503, "The work was cancelled"};
    case Errc::Internal:
        return {500, "An error inside the server"};
    }
    Q_UNREACHABLE();
}
} // namespace

int statusOf(Errc code)
{
    return kindOf(code).status;
}

QJsonObject problemDocument(const Error &error, const QByteArray &requestId, const QString &instance)
{
    const Kind kind = kindOf(error.code);
    const QString code = errcName(error.code);
    QJsonObject problem{{u"type"_s, u"https://atom-chat.org/problems/"_s + code},
                        {u"title"_s, QString::fromLatin1(kind.title)},
                        {u"status"_s, kind.status},
                        {u"detail"_s, error.detail},
                        {u"code"_s, code},
                        {u"request_id"_s, QString::fromLatin1(requestId)}};
    if (!instance.isEmpty())
        problem.insert(u"instance"_s, instance);
    if (!error.fields.isEmpty()) {
        QJsonArray errors;
        for (const FieldError &field : error.fields)
            errors.append(QJsonObject{{u"pointer"_s, field.pointer}, {u"detail"_s, field.detail}});
        problem.insert(u"errors"_s, errors);
    }
    if (error.retryAfter)
        problem.insert(u"retry_after"_s, qint64(error.retryAfter->count()));
    return problem;
}

} // namespace Atom::Http
