// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/httpexchange.h"

#include "server/http/requestpolicy.h"
#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>

namespace Atom::Http {
using namespace Qt::StringLiterals;

Result<QJsonObject> Request::json() const
{
    if (body.isEmpty())
        return Error(Errc::MalformedRequest, u"a JSON body is needed"_s);
    if (!isJsonContentType(header("content-type")))
        return Error(Errc::MalformedRequest, u"the Content-Type must be application/json"_s);
    return parseJsonObject(body);
}

Result<qint64> Request::queryInt(const QString &name, qint64 fallback, qint64 min, qint64 max) const
{
    if (!query.hasQueryItem(name))
        return fallback;
    const QString text = query.queryItemValue(name, QUrl::FullyDecoded);
    const bool digits = !text.isEmpty() && std::all_of(text.begin(), text.end(),
                                                       [](QChar c) { return (c >= u'0' && c <= u'9') || c == u'-'; });
    bool ok = false;
    const qint64 value = text.toLongLong(&ok);
    if (!digits || !ok || value < min || value > max) {
        return Error::invalid(u'/' + name, u"%1 must be a whole number from %2 to %3"_s.arg(name).arg(min).arg(max));
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

} // namespace Atom::Http
