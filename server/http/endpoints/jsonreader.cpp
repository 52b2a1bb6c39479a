// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/jsonreader.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <cmath>

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype maxErrors = 50;
//! Integers above 2^53 do not survive a double, which is what JSON numbers are to most clients.
constexpr double largestExactInteger = 9007199254740992.0;
constexpr qsizetype shownNameLength = 64;
} // namespace

QString pointerTo(const QString &name)
{
    QString token = name.size() > shownNameLength ? name.left(shownNameLength) + u"…"_s : name;
    token.replace(u"~"_s, u"~0"_s).replace(u"/"_s, u"~1"_s);
    return u'/' + token;
}

JsonReader::JsonReader(QJsonObject object) : m_object(std::move(object)) {}

void JsonReader::add(const QString &pointer, const QString &detail)
{
    if (m_errors.size() < maxErrors)
        m_errors.append(FieldError{pointer, detail});
}

void JsonReader::reject(const QString &name, const QString &detail)
{
    add(pointerTo(name), detail);
}

bool JsonReader::has(const QString &name) const
{
    const auto found = m_object.constFind(name);
    return found != m_object.constEnd() && !found->isNull();
}

std::optional<QJsonValue> JsonReader::take(const QString &name)
{
    m_known.insert(name);
    if (!has(name))
        return std::nullopt;
    return m_object.value(name);
}

std::optional<QString> JsonReader::checkedText(const QString &pointer, const QJsonValue &value, qsizetype min,
                                               qsizetype max)
{
    if (!value.isString()) {
        add(pointer, u"must be a string"_s);
        return std::nullopt;
    }
    const QString text = value.toString();
    if (text.contains(QChar(u'\0')) || !text.isValidUtf16()) {
        add(pointer, u"must be valid Unicode without U+0000"_s);
        return std::nullopt;
    }
    if (text.size() < min) {
        add(pointer, min == 1 ? u"must not be empty"_s : u"must have at least %1 characters"_s.arg(min));
        return std::nullopt;
    }
    if (text.size() > max) {
        add(pointer, u"must have at most %1 characters"_s.arg(max));
        return std::nullopt;
    }
    return text;
}

QString JsonReader::string(const QString &name, qsizetype min, qsizetype max)
{
    const std::optional<QJsonValue> value = take(name);
    if (!value) {
        reject(name, u"is required"_s);
        return {};
    }
    return checkedText(pointerTo(name), *value, min, max).value_or(QString());
}

std::optional<QString> JsonReader::optionalString(const QString &name, qsizetype min, qsizetype max)
{
    const std::optional<QJsonValue> value = take(name);
    if (!value)
        return std::nullopt;
    return checkedText(pointerTo(name), *value, min, max);
}

qint64 JsonReader::integer(const QString &name, qint64 min, qint64 max)
{
    const std::optional<QJsonValue> value = take(name);
    if (!value) {
        reject(name, u"is required"_s);
        return min;
    }
    const double number = value->toDouble(std::nan(""));
    if (!value->isDouble() || std::floor(number) != number || std::abs(number) > largestExactInteger) {
        reject(name, u"must be an integer"_s);
        return min;
    }
    const qint64 whole = value->toInteger(qint64(number));
    if (whole < min || whole > max) {
        reject(name, u"must be between %1 and %2"_s.arg(min).arg(max));
        return min;
    }
    return whole;
}

std::optional<bool> JsonReader::optionalBool(const QString &name)
{
    const std::optional<QJsonValue> value = take(name);
    if (!value)
        return std::nullopt;
    if (!value->isBool()) {
        reject(name, u"must be true or false"_s);
        return std::nullopt;
    }
    return value->toBool();
}

std::optional<QJsonObject> JsonReader::optionalObject(const QString &name, qsizetype maxBytes)
{
    const std::optional<QJsonValue> value = take(name);
    if (!value)
        return std::nullopt;
    if (!value->isObject()) {
        reject(name, u"must be an object"_s);
        return std::nullopt;
    }
    const QJsonObject object = value->toObject();
    if (QJsonDocument(object).toJson(QJsonDocument::Compact).size() > maxBytes) {
        reject(name, u"must have at most %1 bytes as compact JSON"_s.arg(maxBytes));
        return std::nullopt;
    }
    return object;
}

std::optional<QStringList> JsonReader::optionalStrings(const QString &name, qsizetype maxItems, qsizetype min,
                                                       qsizetype max)
{
    const std::optional<QJsonValue> value = take(name);
    if (!value)
        return std::nullopt;
    if (!value->isArray()) {
        reject(name, u"must be an array of strings"_s);
        return std::nullopt;
    }
    const QJsonArray array = value->toArray();
    if (array.size() > maxItems) {
        reject(name, u"must have at most %1 items"_s.arg(maxItems));
        return std::nullopt;
    }
    QStringList texts;
    for (qsizetype i = 0; i < array.size(); ++i) {
        const QString pointer = pointerTo(name) + u'/' + QString::number(i);
        texts.append(checkedText(pointer, array.at(i), min, max).value_or(QString()));
    }
    return texts;
}

QJsonValue JsonReader::optionalValue(const QString &name)
{
    return take(name).value_or(QJsonValue());
}

QByteArray JsonReader::idText(const QString &name, bool required)
{
    const std::optional<QJsonValue> value = take(name);
    if (!value) {
        if (required)
            reject(name, u"is required"_s);
        return {};
    }
    const std::optional<QString> text = checkedText(pointerTo(name), *value, 1, 128);
    if (!text)
        return {};
    const QByteArray bytes = text->toUtf8();
    if (isValidIdText(bytes))
        return bytes;
    reject(name, u"must be 1 to 128 characters of A-Z a-z 0-9 . _ : -"_s);
    return {};
}

QList<QByteArray> JsonReader::idTexts(const QString &name, qsizetype maxItems)
{
    const QStringList texts = optionalStrings(name, maxItems, 1, 128).value_or(QStringList());
    QList<QByteArray> ids;
    for (qsizetype i = 0; i < texts.size(); ++i) {
        const QByteArray bytes = texts.at(i).toUtf8();
        if (bytes.isEmpty())
            continue; // already reported
        if (isValidIdText(bytes))
            ids.append(bytes);
        else
            add(pointerTo(name) + u'/' + QString::number(i), u"must be 1 to 128 characters of A-Z a-z 0-9 . _ : -"_s);
    }
    return ids;
}

Result<void> JsonReader::finish()
{
    for (auto it = m_object.constBegin(); it != m_object.constEnd(); ++it) {
        if (!m_othersAllowed && !m_known.contains(it.key()))
            add(pointerTo(it.key()), u"is not a known field"_s);
    }
    if (m_errors.isEmpty())
        return {};
    const FieldError &first = m_errors.constFirst();
    Error error(Errc::ValidationFailed,
                m_errors.size() == 1
                    ? first.pointer + u' ' + first.detail
                    : u"%1 fields are wrong, the first: %2 %3"_s.arg(m_errors.size()).arg(first.pointer, first.detail));
    error.fields = m_errors;
    return error;
}

} // namespace Atom::HttpEndpoints
