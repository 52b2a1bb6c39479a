// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/definitionbody.h"

#include "server/http/endpoints/jsonreader.h"
#include "shared/core/jsonlimits.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

Result<QByteArray> definitionSource(const Request &request, qsizetype maxBytes)
{
    const QByteArray type = request.header("content-type").split(';').constFirst().trimmed().toLower();
    QByteArray source;
    if (type == "application/yaml" || type == "text/yaml") {
        source = request.body;
        if (!isValidUtf8(source))
            return Error(Errc::MalformedRequest, u"The definition is not valid UTF-8."_s);
        if (source.trimmed().isEmpty())
            return Error(Errc::ValidationFailed, u"The body must hold a definition in YAML."_s);
    } else {
        const Result<QJsonObject> body = request.json();
        if (!body)
            return body.error();
        JsonReader reader(*body);
        source = reader.string(u"source"_s, 1, maxBytes).toUtf8();
        if (const Result<void> read = reader.finish(); !read)
            return read.error();
    }
    if (source.size() > maxBytes)
        return Error(Errc::PayloadTooLarge, u"A definition may have %1 bytes."_s.arg(maxBytes));
    return source;
}

} // namespace Atom::HttpEndpoints
