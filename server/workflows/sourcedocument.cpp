// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/sourcedocument.h"

#include "server/expressions/template.h"
#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

class YamlReader
{
public:
    explicit YamlReader(SourceDocument &document) : m_document(document) {}

    QJsonValue read(const YAML::Node &node, const QString &pointer, int depth)
    {
        const Position at = positionOf(node.Mark());
        m_document.m_values.insert(pointer, at);
        if (m_stopped)
            return {};
        if (++m_nodes > SourceDocument::maxNodes)
            return stop(at, pointer, u"the document holds more than %1 values"_s.arg(SourceDocument::maxNodes));
        if (depth > SourceDocument::maxDepth)
            return stop(at, pointer, u"the document is nested deeper than %1 levels"_s.arg(SourceDocument::maxDepth));
        switch (node.Type()) {
        case YAML::NodeType::Scalar:
            return scalar(node, pointer, at);
        case YAML::NodeType::Sequence: {
            checkTag(node, pointer, at, "tag:yaml.org,2002:seq");
            QJsonArray array;
            for (std::size_t i = 0; i < node.size() && !m_stopped; ++i)
                array.append(read(node[i], pointerJoin(pointer, QString::number(i)), depth + 1));
            return array;
        }
        case YAML::NodeType::Map:
            checkTag(node, pointer, at, "tag:yaml.org,2002:map");
            return map(node, pointer, depth);
        case YAML::NodeType::Null:
        case YAML::NodeType::Undefined:
            break;
        }
        return QJsonValue(QJsonValue::Null);
    }

    void issue(Position at, const QString &pointer, const QString &message)
    {
        if (m_document.issues.size() < 100)
            m_document.issues.append({at, pointer, message});
    }
    static Position positionOf(const YAML::Mark &mark)
    {
        return mark.is_null() ? Position{} : Position{mark.line + 1, mark.column + 1};
    }

private:
    QJsonValue stop(Position at, const QString &pointer, const QString &message)
    {
        m_stopped = true;
        issue(at, pointer, message);
        return {};
    }

    void checkTag(const YAML::Node &node, const QString &pointer, Position at, const char *allowed)
    {
        const std::string &tag = node.Tag();
        if (!tag.empty() && tag != "?" && tag != "!" && tag != allowed)
            issue(at, pointer, u"the YAML tag `%1` is not supported"_s.arg(QString::fromStdString(tag).left(64)));
    }

    QJsonValue map(const YAML::Node &node, const QString &pointer, int depth)
    {
        QJsonObject object;
        for (const auto &entry : node) {
            if (m_stopped)
                break;
            const Position at = positionOf(entry.first.Mark());
            if (!entry.first.IsScalar()) {
                issue(at, pointer, u"a key must be plain text"_s);
                continue;
            }
            const QString key = QString::fromStdString(entry.first.Scalar());
            const QString inner = pointerJoin(pointer, key);
            if (key == u"<<")
                issue(at, inner, u"YAML merge keys (`<<`) are not supported"_s);
            if (object.contains(key))
                issue(at, inner, u"the key `%1` is there twice"_s.arg(key.left(64)));
            m_document.m_keys.insert(inner, at);
            object.insert(key, read(entry.second, inner, depth + 1));
        }
        return object;
    }

    QJsonValue scalar(const YAML::Node &node, const QString &pointer, Position at)
    {
        const std::string &raw = node.Scalar();
        const QByteArrayView bytes(raw.data(), qsizetype(raw.size()));
        const QString text = QString::fromUtf8(bytes);
        const std::string &tag = node.Tag();
        if (tag == "!" || tag == "tag:yaml.org,2002:str")
            return text;
        if (!tag.empty() && tag != "?") {
            issue(at, pointer, u"the YAML tag `%1` is not supported"_s.arg(QString::fromStdString(tag).left(64)));
            return text;
        }
        return plain(text, pointer, at);
    }

    // YAML 1.2.2 section 10.3.2, core schema.
    QJsonValue plain(const QString &text, const QString &pointer, Position at)
    {
        if (text.isEmpty() || text == u"~" || text == u"null" || text == u"Null" || text == u"NULL")
            return QJsonValue(QJsonValue::Null);
        if (text == u"true" || text == u"True" || text == u"TRUE")
            return true;
        if (text == u"false" || text == u"False" || text == u"FALSE")
            return false;
        const QChar first = text[0];
        const bool maybeNumber = first == u'+' || first == u'-' || first == u'.' || (first >= u'0' && first <= u'9');
        if (!maybeNumber || text.size() > 64)
            return text;
        const QStringView unsignedText = first == u'+' || first == u'-' ? QStringView(text).mid(1) : QStringView(text);
        if (unsignedText == u".inf" || unsignedText == u".Inf" || unsignedText == u".INF" || text == u".nan" ||
            text == u".NaN" || text == u".NAN") {
            issue(at, pointer, u"`%1` has no JSON form"_s.arg(text));
            return text;
        }
        bool ok = false;
        if (text.startsWith(u"0x") || text.startsWith(u"0o")) {
            const QStringView digits = QStringView(text).mid(2);
            if (digits.isEmpty() || !digits[0].isLetterOrNumber())
                return text;
            const qint64 n = digits.toLongLong(&ok, text[1] == u'x' ? 16 : 8);
            return ok ? QJsonValue(n) : QJsonValue(text);
        }
        bool digitsOnly = !unsignedText.isEmpty();
        bool isFloat = false;
        bool hasDigit = false;
        for (qsizetype i = 0; i < unsignedText.size(); ++i) {
            const QChar c = unsignedText[i];
            if (c >= u'0' && c <= u'9') {
                hasDigit = true;
                continue;
            }
            digitsOnly = false;
            const bool exponent = (c == u'e' || c == u'E') && hasDigit;
            const bool sign =
                (c == u'+' || c == u'-') && i > 0 && (unsignedText[i - 1] == u'e' || unsignedText[i - 1] == u'E');
            if (c != u'.' && !exponent && !sign)
                return text;
            isFloat = true;
        }
        if (digitsOnly) {
            const qint64 n = text.toLongLong(&ok);
            if (!ok)
                issue(at, pointer, u"the integer %1 does not fit in 64 bits; quote it"_s.arg(text));
            return n;
        }
        const double d = isFloat && hasDigit ? text.toDouble(&ok) : 0;
        return ok && std::isfinite(d) ? QJsonValue(d) : QJsonValue(text);
    }

    SourceDocument &m_document;
    int m_nodes = 0;
    bool m_stopped = false;
};

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
    // JSON is read as JSON; its escapes are not all YAML's. The YAML pass then only gives places and duplicate keys.
    // A flow mapping of YAML begins with a brace too, but hardly with a quoted key.
    document.m_source = source.startsWith("\xEF\xBB\xBF") ? source.mid(3) : source;
    document.m_lines.append(0);
    for (qsizetype i = 0; i < document.m_source.size(); ++i) {
        if (document.m_source[i] == '\n')
            document.m_lines.append(i + 1);
    }
    const QByteArray start = source.trimmed();
    const bool isJson = start.startsWith('{') && start.mid(1).trimmed().startsWith('"');
    QJsonObject json;
    if (isJson) {
        JsonLimits limits;
        limits.sizeBytes = maxBytes;
        limits.depth = maxDepth;
        Result<QJsonObject> parsed = parseJsonObject(source, limits);
        if (parsed)
            json = std::move(*parsed);
        else
            reader.issue({}, {}, parsed.error().detail);
    }
    try {
        const std::vector<YAML::Node> all = YAML::LoadAll(source.toStdString());
        if (all.size() != 1)
            reader.issue({1, 1}, {},
                         all.empty() ? u"the definition is empty"_s : u"only one YAML document is possible"_s);
        else
            document.value = reader.read(all.front(), {}, 0);
    } catch (const YAML::Exception &e) {
        if (!isJson) {
            reader.issue(YamlReader::positionOf(e.mark), {},
                         u"not valid YAML: %1"_s.arg(QString::fromStdString(e.msg).left(200)));
        }
    } catch (const std::exception &e) {
        reader.issue({}, {}, u"not readable as YAML: %1"_s.arg(QString::fromUtf8(e.what()).left(200)));
    }
    if (isJson)
        document.value = json;
    return document;
}

} // namespace Atom::Workflows
