// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/schema.h"

#include "server/expressions/jsonvalues.h"
#include "server/expressions/template.h"

#include <QtCore/QJsonArray>

#include <cmath>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
const QStringList annotations = {u"title"_s,    u"description"_s, u"default"_s,
                                 u"examples"_s, u"$schema"_s,     u"$comment"_s};
const QStringList typeNames = {u"string"_s, u"number"_s, u"integer"_s, u"boolean"_s,
                               u"object"_s, u"array"_s,  u"null"_s};

void checkProperty(const QJsonObject &property, const QString &pointer, QList<FieldError> &issues)
{
    for (auto it = property.begin(); it != property.end(); ++it) {
        const QString at = pointerJoin(pointer, it.key());
        const QString &key = it.key();
        if (annotations.contains(key))
            continue;
        if (key == u"type") {
            if (!typeNames.contains(it.value().toString()))
                issues.append({at, u"`type` is one of %1"_s.arg(typeNames.join(u", "_s))});
        } else if (key == u"enum") {
            if (!it.value().isArray())
                issues.append({at, u"`enum` is a list"_s});
        } else if (key == u"minimum" || key == u"maximum" || key == u"minLength" || key == u"maxLength") {
            if (!it.value().isDouble())
                issues.append({at, u"`%1` is a number"_s.arg(key)});
        } else {
            issues.append({at, u"the schema keyword `%1` is not supported yet"_s.arg(key.left(64))});
        }
    }
}

QString problemOf(const QJsonValue &value, const QJsonObject &property)
{
    const QString type = property.value(u"type").toString();
    const QString actual = Expressions::typeName(value);
    const bool isWhole =
        value.isDouble() && (Expressions::isInteger(value) || value.toDouble() == std::floor(value.toDouble()));
    if (!type.isEmpty() && type != actual && !(type == u"integer" && isWhole))
        return u"must be %1, is %2"_s.arg(type, actual);
    if (property.contains(u"enum")) {
        bool found = false;
        const QJsonArray allowed = property.value(u"enum").toArray();
        for (const QJsonValue one : allowed)
            found = found || Expressions::compareValues(one, value) == 0;
        if (!found)
            return u"is none of the allowed values"_s;
    }
    if (value.isDouble()) {
        if (property.contains(u"minimum") && Expressions::compareValues(value, property.value(u"minimum")) < 0)
            return u"is too small"_s;
        if (property.contains(u"maximum") && Expressions::compareValues(value, property.value(u"maximum")) > 0)
            return u"is too large"_s;
    }
    if (value.isString()) {
        const qsizetype length = value.toString().toUcs4().size();
        if (property.contains(u"minLength") && double(length) < property.value(u"minLength").toDouble())
            return u"is too short"_s;
        if (property.contains(u"maxLength") && double(length) > property.value(u"maxLength").toDouble())
            return u"is too long"_s;
    }
    return {};
}
} // namespace

Schema Schema::parse(const QJsonObject &schema, const QString &pointer, QList<FieldError> &issues)
{
    Schema out;
    for (auto it = schema.begin(); it != schema.end(); ++it) {
        if (it.key() == u"resource")
            issues.append({pointerJoin(pointer, it.key()), u"an external schema (`resource`) is not supported yet"_s});
        else if (it.key() != u"format" && it.key() != u"document")
            issues.append(
                {pointerJoin(pointer, it.key()), u"unknown property `%1` of a schema"_s.arg(it.key().left(64))});
    }
    const QString format = schema.value(u"format").toString(u"json"_s);
    if (format != u"json" && !format.startsWith(u"json:"))
        issues.append(
            {pointerJoin(pointer, u"format"_s), u"the schema format `%1` is not supported yet"_s.arg(format.left(64))});
    const QString base = pointerJoin(pointer, u"document"_s);
    if (!schema.value(u"document").isObject()) {
        issues.append({base, u"the schema needs a `document` object"_s});
        return out;
    }
    const QJsonObject document = schema.value(u"document").toObject();
    for (auto it = document.begin(); it != document.end(); ++it) {
        const QString at = pointerJoin(base, it.key());
        if (annotations.contains(it.key()))
            continue;
        if (it.key() == u"type") {
            if (it.value().toString() != u"object")
                issues.append({at, u"only `type: object` is supported at the top of a schema"_s});
            out.m_object = true;
        } else if (it.key() == u"required") {
            for (const QJsonValue name : it.value().toArray())
                out.m_required.append(name.toString());
            if (!it.value().isArray())
                issues.append({at, u"`required` is a list of names"_s});
        } else if (it.key() == u"properties") {
            out.m_properties = it.value().toObject();
            for (auto p = out.m_properties.begin(); p != out.m_properties.end(); ++p)
                checkProperty(p.value().toObject(), pointerJoin(at, p.key()), issues);
        } else {
            issues.append({at, u"the schema keyword `%1` is not supported yet"_s.arg(it.key().left(64))});
        }
    }
    return out;
}

Result<void> Schema::check(const QJsonValue &input, const QString &detail) const
{
    Error error(Errc::ValidationFailed, detail);
    if (m_object && !input.isObject())
        error.fields.append({QString(), u"must be object, is %1"_s.arg(Expressions::typeName(input))});
    const QJsonObject object = input.toObject();
    for (const QString &name : m_required) {
        if (input.isObject() && !object.contains(name))
            error.fields.append({pointerJoin({}, name), u"is missing"_s});
    }
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (!m_properties.contains(it.key()))
            continue;
        if (const QString problem = problemOf(it.value(), m_properties.value(it.key()).toObject()); !problem.isEmpty())
            error.fields.append({pointerJoin({}, it.key()), problem});
    }
    if (error.fields.isEmpty())
        return {};
    return error;
}

} // namespace Atom::Workflows
