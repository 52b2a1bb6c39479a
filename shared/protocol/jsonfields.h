// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/clock.h"
#include "shared/core/id.h"
#include "shared/core/result.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>

#include <limits>

namespace Atom::Protocol {

//! \brief Reads the members of a JSON object with their types and collects every mistake with its JSON Pointer, so that
//! a caller hears of all of them at once. Reads answer a default after a mistake; look at result() at the end.
class JsonFields
{
public:
    explicit JsonFields(const QJsonObject &object, QString pointerPrefix = {})
        : m_object(object), m_prefix(std::move(pointerPrefix))
    {
    }

    bool has(QLatin1StringView name) const;
    QString text(QLatin1StringView name, qsizetype minLength = 0, qsizetype maxLength = 1 << 20);
    QString optionalText(QLatin1StringView name, qsizetype maxLength = 1 << 20);
    qint64 integer(QLatin1StringView name, qint64 min = std::numeric_limits<qint64>::min(),
                   qint64 max = std::numeric_limits<qint64>::max());
    qint64 optionalInteger(QLatin1StringView name, qint64 fallback, qint64 min = std::numeric_limits<qint64>::min(),
                           qint64 max = std::numeric_limits<qint64>::max());
    double number(QLatin1StringView name);
    bool optionalBool(QLatin1StringView name, bool fallback);
    QJsonObject optionalObject(QLatin1StringView name);
    QJsonArray array(QLatin1StringView name);
    Timestamp time(QLatin1StringView name);
    std::optional<Timestamp> optionalTime(QLatin1StringView name);
    template <typename IdType> IdType id(QLatin1StringView name) { return IdType(idText(name, true)); }
    template <typename IdType> IdType optionalId(QLatin1StringView name) { return IdType(idText(name, false)); }
    //! \brief A name of an enumeration through its `fromName` function.
    template <typename Enum> Enum name(QLatin1StringView field, std::optional<Enum> (*fromName)(const QString &))
    {
        const QString given = text(field);
        if (const auto value = fromName(given))
            return *value;
        fail(field, QStringLiteral("\"%1\" is not one of the known values.").arg(given.left(64)));
        return Enum{};
    }
    void fail(QLatin1StringView name, const QString &detail);
    //! \brief Success, or ValidationFailed with every mistake.
    Result<void> result() const;

private:
    QByteArray idText(QLatin1StringView name, bool required);
    QJsonValue required(QLatin1StringView name, QJsonValue::Type type, const char *typeName);
    const QJsonObject &m_object;
    QString m_prefix;
    QList<FieldError> m_errors;
};

//! \brief `value`, or the mistakes that reading it met.
template <typename T> Result<T> checked(const JsonFields &fields, T value)
{
    if (const Result<void> ok = fields.result(); !ok)
        return ok.error();
    return value;
}

//! \brief An array of objects read with the decoder of the item; the first bad item fails the field.
template <typename T>
QList<T> readList(JsonFields &fields, QLatin1StringView name, Result<T> (*read)(const QJsonObject &))
{
    QList<T> list;
    for (const QJsonValue &value : fields.array(name)) {
        Result<T> item = read(value.toObject());
        if (!item) {
            fields.fail(name, item.error().detail);
            break;
        }
        list.append(std::move(*item));
    }
    return list;
}

//! \brief Adds the id unless it is empty.
template <typename IdType> void putId(QJsonObject &json, QLatin1StringView name, const IdType &id)
{
    if (!id.isEmpty())
        json.insert(name, id.toString());
}

} // namespace Atom::Protocol
