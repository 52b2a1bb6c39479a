// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/protocol/jsonfields.h"

namespace Atom::Protocol {
using namespace Qt::StringLiterals;

bool JsonFields::has(QLatin1StringView name) const
{
    return m_object.contains(name) && !m_object.value(name).isNull();
}

void JsonFields::fail(QLatin1StringView name, const QString &detail)
{
    const QString pointer = m_prefix + u'/' + name;
    for (const FieldError &error : m_errors) {
        if (error.pointer == pointer)
            return; // the first mistake of a field says enough
    }
    m_errors.append(FieldError{pointer, detail});
}

QJsonValue JsonFields::required(QLatin1StringView name, QJsonValue::Type type, const char *typeName)
{
    const QJsonValue value = m_object.value(name);
    if (value.isUndefined())
        fail(name, u"This field is required."_s);
    else if (value.type() != type)
        fail(name, u"Must be %1."_s.arg(QLatin1StringView(typeName)));
    return value;
}

QString JsonFields::text(QLatin1StringView name, qsizetype minLength, qsizetype maxLength)
{
    const QString value = required(name, QJsonValue::String, "a string").toString();
    if (value.size() < minLength)
        fail(name, minLength == 1 ? u"Must not be empty."_s : u"Must have at least %1 characters."_s.arg(minLength));
    else if (value.size() > maxLength)
        fail(name, u"Must have at most %1 characters."_s.arg(maxLength));
    return value;
}

QString JsonFields::optionalText(QLatin1StringView name, qsizetype maxLength)
{
    return has(name) ? text(name, 0, maxLength) : QString();
}

qint64 JsonFields::integer(QLatin1StringView name, qint64 min, qint64 max)
{
    const QJsonValue value = required(name, QJsonValue::Double, "an integer");
    // Two different fallbacks agree only when the number is an integer that fits.
    const qint64 number = value.toInteger(0);
    if (value.isDouble() && value.toInteger(1) != number)
        fail(name, u"Must be an integer."_s);
    else if (number < min || number > max)
        fail(name, u"Must be between %1 and %2."_s.arg(min).arg(max));
    return number;
}

qint64 JsonFields::optionalInteger(QLatin1StringView name, qint64 fallback, qint64 min, qint64 max)
{
    return has(name) ? integer(name, min, max) : fallback;
}

double JsonFields::number(QLatin1StringView name)
{
    return required(name, QJsonValue::Double, "a number").toDouble();
}

bool JsonFields::optionalBool(QLatin1StringView name, bool fallback)
{
    return has(name) ? required(name, QJsonValue::Bool, "true or false").toBool(fallback) : fallback;
}

QJsonObject JsonFields::optionalObject(QLatin1StringView name)
{
    return has(name) ? required(name, QJsonValue::Object, "an object").toObject() : QJsonObject();
}

QJsonArray JsonFields::array(QLatin1StringView name)
{
    return required(name, QJsonValue::Array, "an array").toArray();
}

Timestamp JsonFields::time(QLatin1StringView name)
{
    const QString value = text(name);
    const auto time = fromIso(value);
    if (!time && m_object.value(name).isString())
        fail(name, u"Must be an ISO 8601 time with zone."_s);
    return time.value_or(Timestamp{});
}

std::optional<Timestamp> JsonFields::optionalTime(QLatin1StringView name)
{
    if (!has(name))
        return std::nullopt;
    return time(name);
}

QByteArray JsonFields::idText(QLatin1StringView name, bool isRequired)
{
    if (!isRequired && !has(name))
        return {};
    const QByteArray value = text(name).toUtf8();
    if (value.isEmpty() && !isRequired)
        return {};
    if (m_object.value(name).isString() && !isValidIdText(value)) {
        fail(name, u"Must be 1 to 128 characters of A-Z a-z 0-9 . _ : -"_s);
        return {};
    }
    return value;
}

Result<void> JsonFields::result() const
{
    if (m_errors.isEmpty())
        return {};
    Error error(Errc::ValidationFailed, m_errors.size() == 1
                                            ? u"%1: %2"_s.arg(m_errors.first().pointer, m_errors.first().detail)
                                            : u"%1 fields are not valid."_s.arg(m_errors.size()));
    error.fields = m_errors;
    return error;
}

} // namespace Atom::Protocol
