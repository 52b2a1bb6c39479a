// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/apireference.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
const QStringList methods{u"get"_s, u"post"_s, u"put"_s, u"patch"_s, u"delete"_s};

QString text(const QJsonObject &object, const QString &key)
{
    return object.value(key).toString().toHtmlEscaped();
}

QString code(const QString &content)
{
    return u"<code>"_s + content.toHtmlEscaped() + u"</code>"_s;
}

QString paragraph(const QString &escaped)
{
    return escaped.isEmpty() ? QString() : u"<p>"_s + escaped + u"</p>\n"_s;
}

QString anchorOf(QString name)
{
    for (QChar &c : name) {
        const bool plain = (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9');
        if (!plain)
            c = u'-';
    }
    return name;
}

QString jsonText(const QJsonValue &value)
{
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson()).trimmed();
    if (value.isArray())
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson()).trimmed();
    return value.toVariant().toString();
}

QString bounds(const QJsonObject &schema)
{
    QStringList parts;
    const auto range = [&](const QString &low, const QString &high, const QString &unit) {
        if (schema.contains(low) && schema.contains(high))
            parts.append(jsonText(schema.value(low)) + u"–"_s + jsonText(schema.value(high)) + unit);
        else if (schema.contains(high))
            parts.append(u"at most "_s + jsonText(schema.value(high)) + unit);
        else if (schema.contains(low))
            parts.append(u"at least "_s + jsonText(schema.value(low)) + unit);
    };
    range(u"minimum"_s, u"maximum"_s, QString());
    range(u"minLength"_s, u"maxLength"_s, u" characters"_s);
    range(u"minItems"_s, u"maxItems"_s, u" items"_s);
    if (schema.contains(u"default"_s))
        parts.append(u"default "_s + jsonText(schema.value(u"default"_s)));
    QStringList choices;
    for (const QJsonValue &choice : schema.value(u"enum"_s).toArray())
        choices.append(jsonText(choice));
    if (!choices.isEmpty())
        parts.append(u"one of "_s + choices.join(u", "_s));
    return parts.join(u"; "_s).toHtmlEscaped();
}
} // namespace

QString ApiReference::Operation::anchor() const
{
    return anchorOf(method + path);
}

ApiReference::ApiReference(const OpenApiDocument &document) : m_document(document)
{
    const QJsonObject paths = document.object().value(u"paths"_s).toObject();
    for (auto path = paths.constBegin(); path != paths.constEnd(); ++path) { // QJsonObject iterates by key
        for (const QString &method : methods) {
            if (path->toObject().contains(method))
                m_operations.append(Operation{method, path.key(), path->toObject().value(method).toObject()});
        }
    }
}

QString ApiReference::title() const
{
    const QJsonObject info = m_document.object().value(u"info"_s).toObject();
    return text(info, u"title"_s) + u' ' + text(info, u"version"_s);
}

QString ApiReference::introduction() const
{
    QString html;
    const QJsonObject info = m_document.object().value(u"info"_s).toObject();
    for (const QString &part : info.value(u"description"_s).toString().split(u"\n\n"_s))
        html += paragraph(part.trimmed().toHtmlEscaped());
    return html;
}

QList<ApiReference::Operation> ApiReference::operationsOf(const QString &tag) const
{
    QList<Operation> found;
    std::copy_if(m_operations.cbegin(), m_operations.cend(), std::back_inserter(found),
                 [&](const Operation &o) { return o.object.value(u"tags"_s).toArray().first().toString() == tag; });
    return found;
}

QString ApiReference::contents() const
{
    QString html = u"<ul>\n"_s;
    for (const QJsonValue &tag : m_document.object().value(u"tags"_s).toArray()) {
        const QString name = tag.toObject().value(u"name"_s).toString();
        html += u"<li><a href=\"#tag-%1\">%2</a><ul>\n"_s.arg(anchorOf(name), name.toHtmlEscaped());
        for (const Operation &o : operationsOf(name))
            html += u"<li><a href=\"#%1\"><b>%2</b> %3</a></li>\n"_s.arg(o.anchor(), o.method.toUpper(),
                                                                         o.path.toHtmlEscaped());
        html += u"</ul></li>\n"_s;
    }
    return html + u"</ul>\n"_s;
}

QString ApiReference::operations() const
{
    QString html;
    for (const QJsonValue &tag : m_document.object().value(u"tags"_s).toArray()) {
        const QJsonObject object = tag.toObject();
        html +=
            u"<h2 id=\"tag-%1\">%2</h2>\n"_s.arg(anchorOf(object.value(u"name"_s).toString()), text(object, u"name"_s));
        html += paragraph(text(object, u"description"_s));
        for (const Operation &o : operationsOf(object.value(u"name"_s).toString()))
            html += operation(o);
    }
    return html;
}

QString ApiReference::operation(const Operation &o) const
{
    QString html = u"<section id=\"%1\">\n<h3><span class=\"method %2\">%3</span> %4</h3>\n"_s.arg(
        o.anchor(), o.method, o.method.toUpper(), o.path.toHtmlEscaped());
    html += paragraph(text(o.object, u"summary"_s));
    html += paragraph(text(o.object, u"description"_s));
    const QString access = text(o.object, u"x-atom-access"_s);
    const QString action = text(o.object, u"x-atom-action"_s);
    html += u"<p class=\"access\">Access: %1%2</p>\n"_s.arg(access, action.isEmpty() ? QString() : u", "_s + action);
    html += parameters(o.object.value(u"parameters"_s).toArray());
    html += body(m_document.resolved(o.object.value(u"requestBody"_s).toObject()));
    html += responses(o.object.value(u"responses"_s).toObject());
    return html + u"</section>\n"_s;
}

QString ApiReference::parameters(const QJsonArray &parameters) const
{
    if (parameters.isEmpty())
        return {};
    QString html = u"<h4>Parameters</h4>\n<table>\n"_s;
    for (const QJsonValue &value : parameters) {
        const QJsonObject parameter = m_document.resolved(value.toObject());
        const QJsonObject schema = m_document.resolved(parameter.value(u"schema"_s).toObject());
        const bool required = parameter.value(u"required"_s).toBool();
        html += u"<tr><td>%1%2</td><td>%3</td><td>%4</td><td>%5 <i>%6</i></td></tr>\n"_s.arg(
            code(parameter.value(u"name"_s).toString()), required ? u" required"_s : QString(),
            text(parameter, u"in"_s), typeOf(parameter.value(u"schema"_s).toObject()),
            text(parameter, u"description"_s), bounds(schema));
    }
    return html + u"</table>\n"_s;
}

QString ApiReference::body(const QJsonObject &requestBody) const
{
    if (requestBody.isEmpty())
        return {};
    const bool required = requestBody.value(u"required"_s).toBool();
    return (required ? u"<h4>Body</h4>\n"_s : u"<h4>Body (may be left out)</h4>\n"_s) +
           media(requestBody.value(u"content"_s).toObject());
}

QString ApiReference::responses(const QJsonObject &responses) const
{
    QString html = u"<h4>Answers</h4>\n"_s;
    for (auto it = responses.constBegin(); it != responses.constEnd(); ++it) {
        const QJsonObject response = m_document.resolved(it->toObject());
        html += u"<p><b>%1</b> %2</p>\n"_s.arg(it.key().toHtmlEscaped(), text(response, u"description"_s));
        if (it.key().startsWith(u'2')) // errors all have the one shape, shown once below
            html += media(response.value(u"content"_s).toObject());
    }
    return html;
}

QString ApiReference::media(const QJsonObject &content) const
{
    QString html;
    for (auto it = content.constBegin(); it != content.constEnd(); ++it) {
        const QJsonObject object = it->toObject();
        const QJsonObject schema = object.value(u"schema"_s).toObject();
        html += u"<p class=\"media\">%1 %2</p>\n"_s.arg(code(it.key()), typeOf(schema));
        if (!schema.contains(u"$ref"_s))
            html += fields(schema);
        if (object.contains(u"example"_s))
            html += u"<pre>"_s + jsonText(object.value(u"example"_s)).toHtmlEscaped() + u"</pre>\n"_s;
    }
    return html;
}

QString ApiReference::fields(const QJsonObject &schema) const
{
    const QJsonObject properties = schema.value(u"properties"_s).toObject();
    if (properties.isEmpty())
        return {};
    const QJsonArray required = schema.value(u"required"_s).toArray();
    QString html = u"<table>\n"_s;
    for (auto it = properties.constBegin(); it != properties.constEnd(); ++it) {
        const QJsonObject property = it->toObject();
        const QJsonObject full = m_document.resolved(property);
        html += u"<tr><td>%1%2</td><td>%3</td><td>%4 <i>%5</i>%6</td></tr>\n"_s.arg(
            code(it.key()), required.contains(it.key()) ? u" required"_s : QString(), typeOf(property),
            text(full, u"description"_s), bounds(full), inner(property));
    }
    return html + u"</table>\n"_s;
}

//! The fields of an object, or of the objects in a list, that has no name of its own.
QString ApiReference::inner(const QJsonObject &property) const
{
    const QJsonObject items = property.value(u"items"_s).toObject();
    return fields(items.isEmpty() ? property : items);
}

QString ApiReference::typeOf(const QJsonObject &schema) const
{
    if (schema.contains(u"$ref"_s)) {
        const QString name = schema.value(u"$ref"_s).toString().section(u'/', -1);
        return u"<a href=\"#schema-%1\">%2</a>"_s.arg(anchorOf(name), name.toHtmlEscaped());
    }
    QStringList types;
    const QJsonValue type = schema.value(u"type"_s);
    for (const QJsonValue &one : type.isArray() ? type.toArray() : QJsonArray{type})
        types.append(one.toString().toHtmlEscaped());
    QString html = types.join(u" or "_s);
    if (schema.contains(u"items"_s))
        html += u" of "_s + typeOf(schema.value(u"items"_s).toObject());
    if (schema.contains(u"format"_s))
        html += u" ("_s + text(schema, u"format"_s) + u')';
    return html;
}

QString ApiReference::schemas() const
{
    QString html;
    const QJsonObject components = m_document.object().value(u"components"_s).toObject();
    const QJsonObject schemas = components.value(u"schemas"_s).toObject();
    for (auto it = schemas.constBegin(); it != schemas.constEnd(); ++it) {
        const QJsonObject schema = it->toObject();
        html += u"<section id=\"schema-%1\">\n<h3>%2</h3>\n"_s.arg(anchorOf(it.key()), it.key().toHtmlEscaped());
        html += paragraph(text(schema, u"description"_s));
        const QString limits = bounds(schema);
        html += paragraph(typeOf(schema) + (limits.isEmpty() ? QString() : u" <i>"_s + limits + u"</i>"_s));
        html += fields(schema) + u"</section>\n"_s;
    }
    return html;
}

} // namespace Atom::HttpEndpoints
