// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/httpexchange.h"

#include "server/http/logging.h"
#include "server/http/problem.h"
#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace Atom::Http {
using namespace Qt::StringLiterals;

Result<QJsonObject> Request::json() const
{
    const QByteArray type = header("content-type").split(';').first().trimmed().toLower();
    if (type != "application/json" && !(type.startsWith("application/") && type.endsWith("+json")))
        return Error(Errc::MalformedRequest, u"The body must be JSON with Content-Type: application/json."_s);
    return parseJsonObject(body);
}

Result<qint64> Request::queryInt(const QString &name, qint64 fallback, qint64 min, qint64 max) const
{
    if (!query.hasQueryItem(name))
        return fallback;
    bool ok = false;
    const qint64 value = query.queryItemValue(name).toLongLong(&ok);
    if (!ok || value < min || value > max) {
        return Error::invalid(u"/query/"_s + name,
                              u"\"%1\" must be an integer between %2 and %3."_s.arg(name).arg(min).arg(max));
    }
    return value;
}

Response Response::json(const QJsonObject &object, int status)
{
    Response response;
    response.status = status;
    response.body = QJsonDocument(object).toJson(QJsonDocument::Compact);
    return response;
}

Response Response::json(const QJsonArray &array, int status)
{
    Response response;
    response.status = status;
    response.body = QJsonDocument(array).toJson(QJsonDocument::Compact);
    return response;
}

Response Response::noContent()
{
    Response response;
    response.status = 204;
    response.contentType.clear();
    return response;
}

Response Response::problem(const Error &error, const Request &request)
{
    if (!error.cause.isEmpty()) {
        qCWarning(lcHttp).noquote() << request.requestId << request.method << request.path << errcName(error.code)
                                    << error.cause;
    }
    Response response = json(problemDocument(error, request.requestId, request.path), statusOf(error.code));
    response.contentType = "application/problem+json";
    if (error.code == Errc::Unauthenticated)
        response.headers.emplaceBack("WWW-Authenticate", "Bearer realm=\"atom-chat\"");
    if (error.retryAfter)
        response.headers.emplaceBack("Retry-After", QByteArray::number(qint64(error.retryAfter->count())));
    return response;
}

} // namespace Atom::Http
