// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/openapidocument.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>

#include <yaml-cpp/yaml.h>

//! Outside of any namespace, as the macro demands: static libraries lose their resources without it.
static void initEndpointResources()
{
    Q_INIT_RESOURCE(atom_http_endpoints);
}

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr int maxDepth = 64;
constexpr int maxReferences = 8;

QJsonValue scalarToJson(const YAML::Node &node)
{
    const QString text = QString::fromStdString(node.Scalar());
    if (node.Tag() == "!") // quoted, or a block
        return text;
    static const QRegularExpression null(u"^(|~|null|Null|NULL)$"_s);
    static const QRegularExpression boolean(u"^(true|True|TRUE|false|False|FALSE)$"_s);
    static const QRegularExpression integer(u"^[-+]?[0-9]+$"_s);
    static const QRegularExpression number(u"^[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?$"_s);
    if (null.match(text).hasMatch())
        return QJsonValue();
    if (boolean.match(text).hasMatch())
        return text.startsWith(u't', Qt::CaseInsensitive);
    if (integer.match(text).hasMatch()) {
        bool fits = false;
        const qint64 value = text.toLongLong(&fits);
        return fits ? QJsonValue(value) : QJsonValue(text.toDouble());
    }
    if (number.match(text).hasMatch())
        return text.toDouble();
    return text;
}

QJsonValue toJson(const YAML::Node &node, int depth)
{
    if (depth > maxDepth)
        throw YAML::Exception(node.Mark(), "nested too deep");
    switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
        return QJsonValue();
    case YAML::NodeType::Scalar:
        return scalarToJson(node);
    case YAML::NodeType::Sequence: {
        QJsonArray array;
        for (const YAML::Node &item : node)
            array.append(toJson(item, depth + 1));
        return array;
    }
    case YAML::NodeType::Map: {
        QJsonObject object;
        for (const auto &entry : node) {
            const QString key = QString::fromStdString(entry.first.as<std::string>());
            if (object.contains(key))
                throw YAML::ParserException(entry.first.Mark(), "the same key again: " + key.toStdString());
            object.insert(key, toJson(entry.second, depth + 1));
        }
        return object;
    }
    }
    return QJsonValue();
}
} // namespace

QStringList OpenApiDocument::queryParameters(const QByteArray &method, const QString &path) const
{
    const QJsonObject item = m_object.value(u"paths"_s).toObject().value(path).toObject();
    const QJsonObject operation = item.value(QString::fromLatin1(method.toLower())).toObject();
    QStringList names;
    for (const QJsonObject &owner : {item, operation}) {
        for (const QJsonValue &one : owner.value(u"parameters"_s).toArray()) {
            const QJsonObject parameter = resolved(one.toObject());
            if (parameter.value(u"in"_s) == "query"_L1)
                names.append(parameter.value(u"name"_s).toString());
        }
    }
    return names;
}

Result<QJsonValue> jsonFromYaml(const QByteArray &yaml)
{
    try {
        return toJson(YAML::Load(yaml.toStdString()), 1);
    } catch (const YAML::Exception &e) {
        return Error(
            Errc::MalformedRequest,
            u"Line %1, column %2: %3"_s.arg(e.mark.line + 1).arg(e.mark.column + 1).arg(QString::fromStdString(e.msg)));
    }
}

Result<OpenApiDocument> OpenApiDocument::load()
{
    initEndpointResources();
    QFile file(u":/atom/http/openapi.yaml"_s);
    if (!file.open(QIODevice::ReadOnly))
        return Error(Errc::Internal, u"The built-in API description is missing."_s);
    OpenApiDocument document;
    document.m_yaml = file.readAll();
    const Result<QJsonValue> json = jsonFromYaml(document.m_yaml);
    if (!json || !json->isObject())
        return Error(Errc::Internal, u"The built-in API description cannot be read."_s,
                     json ? u"not an object"_s : json.error().detail);
    document.m_object = json->toObject();
    document.m_json = QJsonDocument(document.m_object).toJson(QJsonDocument::Compact);
    return document;
}

QJsonObject OpenApiDocument::resolved(QJsonObject value) const
{
    for (int i = 0; i < maxReferences && value.contains(u"$ref"_s); ++i) {
        const QStringList tokens = value.value(u"$ref"_s).toString().split(u'/');
        QJsonValue target = m_object;
        for (const QString &token : tokens.mid(1)) // the first is "#"
            target = target.toObject().value(token);
        value = target.toObject();
    }
    return value;
}

} // namespace Atom::HttpEndpoints
