// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/realtime/openinghandshake.h"
#include "shared/core/error.h"
#include "shared/protocol/realtimeframes.h"

#include <QtCore/QUrl>

namespace Atom::Realtime {
using namespace Qt::StringLiterals;

namespace {
OpeningRefusal refusal(int status, Errc code, const char *detail, const char *header = "")
{
    return OpeningRefusal{status, errcName(code).toLatin1(), detail, header};
}

QList<QByteArray> all(const Net::RequestHead &head, QByteArrayView name)
{
    QList<QByteArray> values;
    for (const auto &[key, value] : head.headers) {
        if (QByteArrayView(key).compare(name, Qt::CaseInsensitive) == 0)
            values.append(value);
    }
    return values;
}

//! Base64 of exactly 16 bytes, in its one spelling.
bool isValidKey(const QByteArray &key)
{
    const auto decoded = QByteArray::fromBase64Encoding(key, QByteArray::AbortOnBase64DecodingErrors);
    return key.size() == 24 && decoded && (*decoded).size() == 16 && (*decoded).toBase64() == key;
}

QString hostOf(const QByteArray &hostHeader)
{
    const QUrl url(u"http://"_s + QString::fromLatin1(hostHeader), QUrl::StrictMode);
    return url.isValid() && url.userInfo().isEmpty() ? url.host().toLower() : QString();
}

//! The web client may be served by the other port of this server: hosts are compared, not ports.
bool isSameHost(const QByteArray &origin, const QByteArray &hostHeader)
{
    const QUrl url(QString::fromLatin1(origin), QUrl::StrictMode);
    if (!url.isValid() || (url.scheme() != "http"_L1 && url.scheme() != "https"_L1) || !url.userInfo().isEmpty())
        return false;
    const QString host = hostOf(hostHeader);
    return !host.isEmpty() && url.host().toLower() == host;
}

std::optional<UserId> userOfPath(const QByteArray &path)
{
    if (path == "/" || path == "/ws" || path == "/ws/")
        return UserId();
    if (!path.startsWith("/ws/"))
        return std::nullopt;
    const QByteArray name = QByteArray::fromPercentEncoding(path.mid(4));
    if (!isValidIdText(name))
        return std::nullopt;
    return UserId(name);
}

const char *reasonPhrase(int status)
{
    switch (status) {
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 426:
        return "Upgrade Required";
    default:
        return "Service Unavailable";
    }
}
} // namespace

std::variant<Opening, OpeningRefusal> judgeOpening(const Net::RequestHead &head, const QStringList &allowedOrigins)
{
    const std::optional<UserId> user = userOfPath(head.path());
    if (!user)
        return refusal(404, Errc::NotFound, "Realtime connections are opened at /ws or /ws/{user_id}.");
    if (head.method != "GET" || head.minorVersion != 1)
        return refusal(405, Errc::MalformedRequest, "An upgrade is a GET request of HTTP/1.1.", "Allow: GET\r\n");
    const QList<QByteArray> versions = all(head, "Sec-WebSocket-Version");
    if (versions.size() != 1 || versions.first() != "13") {
        return refusal(426, Errc::MalformedRequest, "Only version 13 of the WebSocket protocol is spoken here.",
                       "Sec-WebSocket-Version: 13\r\n");
    }
    const QList<QByteArray> keys = all(head, "Sec-WebSocket-Key");
    if (keys.size() != 1 || !isValidKey(keys.first()))
        return refusal(400, Errc::MalformedRequest, "Sec-WebSocket-Key must be given once, 16 bytes in Base64.");
    const QList<QByteArray> hosts = all(head, "Host");
    if (hosts.size() != 1)
        return refusal(400, Errc::MalformedRequest, "Host must be given once.");

    const QList<QByteArray> origins = all(head, "Origin");
    if (origins.size() > 1)
        return refusal(403, Errc::Forbidden, "More than one Origin.");
    if (!origins.isEmpty() && !allowedOrigins.contains(QString::fromLatin1(origins.first())) &&
        !isSameHost(origins.first(), hosts.first()))
        return refusal(403, Errc::Forbidden, "This web page may not open realtime connections here.");

    Opening opening;
    opening.pathUser = *user;
    opening.key = keys.first();
    opening.origin = origins.value(0);
    const QList<QByteArray> authorizations = all(head, "Authorization");
    if (!authorizations.isEmpty()) {
        const QByteArray value = authorizations.first();
        if (authorizations.size() != 1 || value.size() <= 7 || value.left(7).toLower() != "bearer ") {
            return refusal(401, Errc::Unauthenticated, "Authorization must be one Bearer token.",
                           "WWW-Authenticate: Bearer\r\n");
        }
        opening.bearer = value.mid(7).trimmed();
    }
    for (const QByteArray &line : all(head, "Sec-WebSocket-Protocol")) {
        for (const QByteArray &offer : line.split(','))
            opening.subprotocol = opening.subprotocol || offer.trimmed() == "atom.v1";
    }
    return opening;
}

QByteArray refusalResponse(const OpeningRefusal &r)
{
    const QByteArray status = QByteArray::number(r.status);
    std::string json = R"({"type":"about:blank","title":)";
    Protocol::appendJsonString(json, QByteArrayView(reasonPhrase(r.status)));
    json += ",\"status\":" + status.toStdString() + ",\"detail\":";
    Protocol::appendJsonString(json, QByteArrayView(r.detail));
    json += ",\"code\":";
    Protocol::appendJsonString(json, QByteArrayView(r.code));
    json += '}';
    const QByteArray body = QByteArray::fromStdString(json);
    return "HTTP/1.1 " + status + ' ' + reasonPhrase(r.status) + "\r\n" + r.header +
           "Content-Type: application/problem+json\r\nContent-Length: " + QByteArray::number(body.size()) +
           "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n" + body;
}

} // namespace Atom::Realtime
