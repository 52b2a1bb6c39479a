// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QStringConverter>

namespace Atom {
using namespace Qt::StringLiterals;

int jsonDepth(QByteArrayView text, int limit)
{
    int depth = 0;
    int deepest = 0;
    bool inString = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            deepest = std::max(deepest, ++depth);
            if (deepest > limit)
                return deepest;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return deepest;
}

bool isValidUtf8(QByteArrayView text)
{
    return text.isValidUtf8();
}

Result<QJsonObject> parseJsonObject(const QByteArray &text, const JsonLimits &limits)
{
    if (text.size() > limits.sizeBytes)
        return Error(Errc::PayloadTooLarge, u"The JSON text is larger than %1 bytes."_s.arg(limits.sizeBytes));
    if (text.startsWith("\xEF\xBB\xBF"))
        return Error(Errc::MalformedRequest, u"JSON must not begin with a byte order mark."_s);
    if (!isValidUtf8(text))
        return Error(Errc::MalformedRequest, u"The JSON text is not valid UTF-8."_s);
    if (jsonDepth(text, limits.depth) > limits.depth)
        return Error(Errc::MalformedRequest, u"The JSON text is nested deeper than %1 levels."_s.arg(limits.depth));
    QJsonParseError parseError;
    const QJsonDocument document = QJsonDocument::fromJson(text, &parseError);
    if (parseError.error != QJsonParseError::NoError) {
        return Error(Errc::MalformedRequest,
                     u"Not valid JSON: %1 at byte %2."_s.arg(parseError.errorString()).arg(parseError.offset));
    }
    if (!document.isObject())
        return Error(Errc::ValidationFailed, u"Expected a JSON object."_s);
    return document.object();
}

} // namespace Atom
