// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/template.h"

#include "server/expressions/jsonvalues.h"

#include <QtCore/QJsonArray>
#include <QtCore/QUrl>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

bool isExpressionText(QStringView text)
{
    const QStringView t = text.trimmed();
    return t.size() > 3 && t.startsWith(u"${") && t.endsWith(u'}');
}

QString expressionBody(const QString &text)
{
    const QStringView t = QStringView(text).trimmed();
    return t.mid(2, t.size() - 3).toString();
}

QString pointerJoin(const QString &pointer, const QString &token)
{
    QString escaped = token;
    escaped.replace(u'~', u"~0"_s).replace(u'/', u"~1"_s);
    return pointer + u'/' + escaped;
}

Template Template::compile(const QJsonValue &value, const QString &pointer, QList<FieldError> &issues)
{
    Template t;
    t.m_value = value;
    t.compilePart(value, {}, issues, pointer);
    return t;
}

Template Template::compileLoose(const QJsonValue &value, const QString &pointer, QList<FieldError> &issues)
{
    if (value.isString() && !isExpressionText(value.toString()))
        return compile(u"${ %1 }"_s.arg(value.toString()), pointer, issues);
    return compile(value, pointer, issues);
}

void Template::compilePart(const QJsonValue &part, const QString &pointer, QList<FieldError> &issues,
                           const QString &base)
{
    if (part.isString() && isExpressionText(part.toString())) {
        Result<Expression> expression = Expression::compile(expressionBody(part.toString()));
        if (expression)
            m_expressions.insert(pointer, *expression);
        else
            issues.append(FieldError{base + pointer, expression.error().detail});
    } else if (part.isArray()) {
        const QJsonArray array = part.toArray();
        for (qsizetype i = 0; i < array.size(); ++i)
            compilePart(array[i], pointerJoin(pointer, QString::number(i)), issues, base);
    } else if (part.isObject()) {
        const QJsonObject object = part.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            compilePart(it.value(), pointerJoin(pointer, it.key()), issues, base);
    }
}

Result<QJsonValue> Template::evaluate(const QJsonValue &input, const Bindings &bindings) const
{
    if (m_expressions.isEmpty())
        return m_value.isUndefined() ? QJsonValue(QJsonValue::Null) : m_value;
    return evaluate(m_value, {}, input, bindings);
}

Result<QJsonValue> Template::evaluate(const QJsonValue &part, const QString &pointer, const QJsonValue &input,
                                      const Bindings &bindings) const
{
    if (part.isString()) {
        const auto it = m_expressions.constFind(pointer);
        return it == m_expressions.constEnd() ? Result<QJsonValue>(part) : it->evaluate(input, bindings);
    }
    if (part.isArray()) {
        QJsonArray out;
        const QJsonArray array = part.toArray();
        for (qsizetype i = 0; i < array.size(); ++i) {
            Result<QJsonValue> item = evaluate(array[i], pointerJoin(pointer, QString::number(i)), input, bindings);
            if (!item)
                return item;
            out.append(*item);
        }
        return QJsonValue(out);
    }
    if (part.isObject()) {
        QJsonObject out;
        const QJsonObject object = part.toObject();
        for (auto it = object.begin(); it != object.end(); ++it) {
            Result<QJsonValue> item = evaluate(it.value(), pointerJoin(pointer, it.key()), input, bindings);
            if (!item)
                return item;
            out.insert(it.key(), *item);
        }
        return QJsonValue(out);
    }
    return part;
}

QStringList Template::variables() const
{
    QStringList all;
    for (const Expression &e : m_expressions)
        all += e.variables();
    all.removeDuplicates();
    return all;
}

Result<UriTemplate> UriTemplate::compile(const QString &text)
{
    UriTemplate t;
    qsizetype at = 0;
    while (true) {
        const qsizetype open = text.indexOf(u'{', at);
        const QString literal = text.mid(at, open < 0 ? -1 : open - at);
        if (literal.contains(u'}'))
            return Error(Errc::ValidationFailed, u"a `}` without `{` in the URI"_s);
        t.m_parts.append(literal);
        if (open < 0)
            return t;
        const qsizetype close = text.indexOf(u'}', open);
        if (close < 0)
            return Error(Errc::ValidationFailed, u"a `{` without `}` at column %1"_s.arg(open + 1));
        const QString name = text.mid(open + 1, close - open - 1);
        bool plain = !name.isEmpty();
        for (const QChar c : name)
            plain = plain && (c.isLetterOrNumber() || c == u'_' || c == u'-');
        if (!plain) {
            return Error(
                Errc::ValidationFailed,
                u"`{%1}` is not supported at column %2: only names of top-level input fields"_s.arg(name.left(64))
                    .arg(open + 1));
        }
        t.m_parts.append(name);
        at = close + 1;
    }
}

Result<QString> UriTemplate::expand(const QJsonValue &input) const
{
    QString out = m_parts.value(0);
    for (qsizetype i = 1; i + 1 < m_parts.size(); i += 2) {
        const QString &name = m_parts[i];
        const QJsonValue value = input.toObject().value(name);
        if (!value.isString() && !value.isDouble() && !value.isBool()) {
            return Error(Errc::ValidationFailed, u"`{%1}` needs a text, number or boolean in the input; it is %2"_s.arg(
                                                     name, value.isUndefined() ? u"missing"_s : typeName(value)));
        }
        const QString text = value.isString() ? value.toString() : QString::fromUtf8(toJsonText(value));
        // A dot segment survives percent-encoding and would climb out of the path it was meant for.
        if (text == u"." || text == u"..")
            return Error(Errc::ValidationFailed, u"`{%1}` may not be `%2`"_s.arg(name, text));
        out += QString::fromLatin1(QUrl::toPercentEncoding(text)) + m_parts[i + 1];
    }
    return out;
}

} // namespace Atom::Expressions
