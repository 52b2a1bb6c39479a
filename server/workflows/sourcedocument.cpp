// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/sourcedocument.h"

#include "server/workflows/jsonplaces.h"
#include "server/workflows/yamlreader.h"
#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

//! Columns of the parser are bytes of UTF-8.
Position SourceDocument::shown(Position at) const
{
    if (at.line < 1)
        return at;
    const qsizetype start = lineStart(at.line);
    const QByteArrayView before =
        QByteArrayView(m_source).sliced(start).first(std::clamp<qsizetype>(at.column - 1, 0, m_source.size() - start));
    const auto inside = std::count_if(before.begin(), before.end(), [](char c) { return (c & 0xc0) == 0x80; });
    return {at.line, at.column - int(inside)};
}

Position SourceDocument::nearest(const QHash<QString, Position> &positions, QString pointer)
{
    while (true) {
        const auto it = positions.constFind(pointer);
        if (it != positions.constEnd())
            return *it;
        if (pointer.isEmpty())
            return {};
        pointer.truncate(pointer.lastIndexOf(u'/'));
    }
}

//! Where the JSON parser stops, in bytes.
Position SourceDocument::jsonErrorPosition() const
{
    if (jsonDepth(m_source, maxDepth) > maxDepth) // not for the recursion of the parser
        return {1, 1};
    QJsonParseError error;
    (void)QJsonDocument::fromJson(m_source, &error);
    const qsizetype at = std::clamp<qsizetype>(error.offset, 0, m_source.size());
    const auto line = std::upper_bound(m_lines.begin(), m_lines.end(), at) - m_lines.begin();
    return {int(line), int(at - lineStart(int(line))) + 1};
}

SourceDocument SourceDocument::parse(const QByteArray &source)
{
    SourceDocument document;
    YamlReader reader(document);
    if (source.size() > maxBytes) {
        reader.issue({1, 1}, {}, u"the definition is larger than %1 bytes"_s.arg(maxBytes));
        return document;
    }
    if (!isValidUtf8(source) || source.contains('\0')) {
        reader.issue({1, 1}, {}, u"the definition is not valid UTF-8 text"_s);
        return document;
    }
    document.m_source = source.startsWith("\xEF\xBB\xBF") ? source.mid(3) : source;
    document.m_lines.append(0);
    for (qsizetype i = 0; i < document.m_source.size(); ++i) {
        if (document.m_source[i] == '\n')
            document.m_lines.append(i + 1);
    }
    // JSON is read as JSON; its escapes are not all YAML's. A flow mapping of YAML begins with a brace too, but hardly
    // with a quoted key.
    const QByteArray start = document.m_source.trimmed();
    if (!start.startsWith('{') || !start.mid(1).trimmed().startsWith('"')) {
        reader.read(document.m_source);
        return document;
    }
    JsonLimits limits;
    limits.sizeBytes = maxBytes;
    limits.depth = maxDepth;
    Result<QJsonObject> parsed = parseJsonObject(document.m_source, limits);
    if (parsed) {
        document.value = std::move(*parsed);
        JsonPlaces(document).read();
    } else {
        reader.issue(document.jsonErrorPosition(), {}, parsed.error().detail);
    }
    return document;
}

} // namespace Atom::Workflows
