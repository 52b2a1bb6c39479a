// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/requestpolicy.h"

#include "server/net/httpgrammar.h"
#include "shared/core/id.h"

#include <algorithm>

namespace Atom::Http {

bool isJsonContentType(QByteArrayView contentType)
{
    QList<QByteArray> parts = contentType.toByteArray().split(';');
    const QByteArray type = parts.takeFirst().trimmed().toLower();
    if (type != "application/json" && !(type.startsWith("application/") && type.endsWith("+json")))
        return false;
    return std::all_of(parts.begin(), parts.end(), [](const QByteArray &part) {
        QByteArray parameter = part.trimmed().toLower();
        parameter.replace('"', "");
        return !parameter.startsWith("charset=") || parameter == "charset=utf-8";
    });
}

std::optional<QByteArray> bearerToken(QByteArrayView authorization)
{
    constexpr QByteArrayView scheme("Bearer ");
    if (authorization.size() <= scheme.size() || !Net::sameName(authorization.first(scheme.size()), scheme))
        return std::nullopt;
    const QByteArrayView token = Net::trimmedOws(authorization.sliced(scheme.size()));
    const auto isTokenChar = [](char c) { // token68 (RFC 9110 11.2)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               QByteArrayView("-._~+/=").contains(c);
    };
    if (token.isEmpty() || !std::all_of(token.begin(), token.end(), isTokenChar))
        return std::nullopt;
    return token.toByteArray();
}

bool isRequestId(QByteArrayView text)
{
    return text.size() <= 64 && isValidIdText(text);
}

bool isIdempotencyKey(QByteArrayView text)
{
    return !text.isEmpty() && text.size() <= 255 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool isSameOrigin(QByteArrayView origin, QByteArrayView host)
{
    const QByteArrayView schemes[] = {"http://", "https://"};
    const QByteArrayView defaultPorts[] = {":80", ":443"};
    for (size_t i = 0; i < 2; ++i) {
        if (!origin.startsWith(schemes[i]))
            continue;
        const QByteArrayView authority = origin.sliced(schemes[i].size());
        return Net::sameName(authority, host) ||
               Net::sameName(authority.toByteArray() + defaultPorts[i].toByteArray(), host) ||
               Net::sameName(authority, host.toByteArray() + defaultPorts[i].toByteArray());
    }
    return false;
}

bool isMutation(QByteArrayView method)
{
    return method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE";
}

} // namespace Atom::Http
