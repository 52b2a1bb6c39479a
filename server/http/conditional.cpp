// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/conditional.h"

#include <QtCore/QCryptographicHash>

#include <algorithm>

namespace Atom::Http::Conditional {

QByteArray tagOf(const Response &response)
{
    if (response.status != 200 || response.contentType != "application/json")
        return {};
    const QByteArray hash = QCryptographicHash::hash(response.body, QCryptographicHash::Blake2b_160);
    return '"' + hash.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals) + '"';
}

bool names(const QByteArray &list, const QByteArray &tag, bool weakly)
{
    if (tag.isEmpty())
        return false;
    // Our tags hold no comma, so that a foreign one that does merely fits nothing.
    for (QByteArray one : list.split(',')) {
        one = one.trimmed();
        if (one == "*")
            return true;
        if (weakly && one.startsWith("W/"))
            one = one.mid(2);
        if (one == tag)
            return true;
    }
    return false;
}

Response answer(const Request &request, Response response)
{
    const auto isTag = [](const auto &header) { return header.first.compare("etag", Qt::CaseInsensitive) == 0; };
    if (std::any_of(response.headers.cbegin(), response.headers.cend(), isTag))
        return response;
    const QByteArray tag = tagOf(response);
    if (tag.isEmpty())
        return response;
    response.headers.emplaceBack("ETag", tag);
    const QByteArray have = request.header("if-none-match");
    if (have.isEmpty() || !names(have, tag, true))
        return response;
    response.status = 304;
    response.body.clear();
    response.contentType.clear();
    return response;
}

} // namespace Atom::Http::Conditional
