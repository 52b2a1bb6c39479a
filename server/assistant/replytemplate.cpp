// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/replytemplate.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;

namespace {
QString shown(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::String:
        return value.toString();
    case QJsonValue::Bool:
        return value.toBool() ? u"yes"_s : u"no"_s;
    case QJsonValue::Double:
        return value.toInteger(0) == value.toInteger(1) ? QString::number(value.toInteger())
                                                        : QString::number(value.toDouble(), 'g', 12);
    case QJsonValue::Array:
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    case QJsonValue::Object:
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    case QJsonValue::Null:
    case QJsonValue::Undefined:
        return u"?"_s;
    }
    return {};
}
} // namespace

Result<ReplyTemplate> ReplyTemplate::compile(const QString &text)
{
    ReplyTemplate result;
    QString plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const bool doubled = i + 1 < text.size() && text[i + 1] == c;
        if ((c == u'{' || c == u'}') && doubled) {
            plain.append(c);
            ++i;
            continue;
        }
        if (c == u'}')
            return Error(Errc::ValidationFailed, u"A } without { at character %1; write }} for a brace."_s.arg(i + 1));
        if (c != u'{') {
            plain.append(c);
            continue;
        }
        const qsizetype end = text.indexOf(u'}', i);
        if (end < 0)
            return Error(Errc::ValidationFailed,
                         u"The { at character %1 is not closed; write {{ for a brace."_s.arg(i + 1));
        const QString path = text.mid(i + 1, end - i - 1).trimmed();
        Result<Expressions::Expression> compiled = Expressions::Expression::compile(u'.' + path);
        if (!compiled)
            return Error(Errc::ValidationFailed, u"{%1}: %2"_s.arg(path, compiled.error().detail));
        if (!compiled->isPath())
            return Error(Errc::ValidationFailed, u"{%1}: only a path can stand here, as output.list[0]"_s.arg(path));
        result.m_parts.append(Part{std::exchange(plain, QString()), {}, false});
        result.m_parts.append(Part{QString(), std::move(*compiled), true});
        i = end;
    }
    result.m_parts.append(Part{plain, {}, false});
    return result;
}

QString ReplyTemplate::render(const QJsonObject &values) const
{
    QString out;
    for (const Part &part : m_parts) {
        if (!part.isPath) {
            out += part.text;
            continue;
        }
        const Result<QJsonValue> value = part.path.evaluate(values, {});
        out += value ? shown(*value) : u"?"_s;
    }
    return out;
}

} // namespace Atom::Assistant
