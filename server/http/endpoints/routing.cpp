// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/routing.h"

#include "server/http/endpoints/jsonreader.h"

#include <QtCore/QJsonDocument>

#include <algorithm>

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

QString accessName(Access access)
{
    switch (access) {
    case Access::Public:
        return u"public"_s;
    case Access::Guest:
        return u"guest"_s;
    case Access::User:
        return u"user"_s;
    }
    return {};
}

QCoro::Task<Response> readyResponse(Response response)
{
    co_return std::move(response);
}

namespace {
Route makeRoute(const QByteArray &method, const QString &path, Access access, Handler handler)
{
    Route route;
    route.method = method;
    route.path = path;
    route.access = access;
    route.handler = std::move(handler);
    return route;
}
} // namespace

Route publicRoute(const QByteArray &method, const QString &path, Handler handler)
{
    return makeRoute(method, path, Access::Public, std::move(handler));
}

Route guestRoute(const QByteArray &method, const QString &path, Action action, Handler handler)
{
    Route route = makeRoute(method, path, Access::Guest, std::move(handler));
    route.action = action;
    return route;
}

Route userRoute(const QByteArray &method, const QString &path, Action action, Handler handler)
{
    Route route = makeRoute(method, path, Access::User, std::move(handler));
    route.action = action;
    return route;
}

Route checkedRoute(const QByteArray &method, const QString &path, Action action, Handler handler)
{
    Route route = userRoute(method, path, action, std::move(handler));
    route.checkAction = true;
    return route;
}

Error noSuch(const QString &what)
{
    return Error(Errc::NotFound, u"There is no such %1."_s.arg(what));
}

Result<QByteArray> queryIdText(const Request &request, const QString &name)
{
    const QByteArray text = request.query.queryItemValue(name, QUrl::FullyDecoded).toUtf8();
    if (text.isEmpty() || isValidIdText(text))
        return text;
    return Error::invalid(u"/query"_s + pointerTo(name),
                          u"The query item %1 must be 1 to 128 characters of A-Z a-z 0-9 . _ : -"_s.arg(name));
}

Result<void> requireNoFields(const Request &request)
{
    if (request.body.isEmpty())
        return {};
    const Result<QJsonObject> body = request.json();
    if (!body)
        return body.error();
    return JsonReader(*body).finish();
}

QByteArray idempotencyKey(const Request &request)
{
    return request.header(QByteArrayLiteral("idempotency-key")); // checked before, see IdempotencyCache
}

QString encodeCursor(const QStringList &position)
{
    const QByteArray json = QJsonDocument(QJsonArray::fromStringList(position)).toJson(QJsonDocument::Compact);
    return QString::fromLatin1(json.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
}

Result<QStringList> queryCursor(const Request &request, qsizetype parts)
{
    const QByteArray text = request.query.queryItemValue(u"cursor"_s, QUrl::FullyDecoded).toUtf8();
    if (text.isEmpty())
        return QStringList();
    const Error bad =
        Error::invalid(u"/query/cursor"_s, u"The query item cursor must be a value of \"next\" of this list."_s);
    if (text.size() > 2048)
        return bad;
    const auto decoded =
        QByteArray::fromBase64Encoding(text, QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    const QJsonArray array = QJsonDocument::fromJson(*decoded).array();
    if (array.size() != parts)
        return bad;
    QStringList position;
    for (const QJsonValue &part : array) {
        if (!part.isString())
            return bad;
        position.append(part.toString());
    }
    return position;
}

QJsonObject listOf(const QJsonArray &items, const QString &next)
{
    QJsonObject list{{u"items"_s, items}};
    if (!next.isEmpty())
        list.insert(u"next"_s, next);
    return list;
}

} // namespace Atom::HttpEndpoints
