// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/secretmask.h"

#include "server/expressions/template.h"

#include <QtCore/QJsonArray>

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype shortestValue = 4;
// Private use characters of plane 15: no text that people or services write holds the pair.
const QString markerBegin = QString::fromUcs4(U"\U000FFA70", 1);
const QString markerEnd = QString::fromUcs4(U"\U000FFA71", 1);
} // namespace

SecretMask::SecretMask(const QJsonObject &secrets)
{
    collect(secrets, {});
    std::stable_sort(m_secrets.begin(), m_secrets.end(),
                     [](const Secret &a, const Secret &b) { return a.value.size() > b.value.size(); });
}

void SecretMask::collect(const QJsonValue &value, const QString &pointer)
{
    if (value.isString()) {
        if (value.toString().size() >= shortestValue)
            m_secrets.append({value.toString(), markerBegin + pointer + markerEnd});
    } else if (value.isArray()) {
        const QJsonArray array = value.toArray();
        for (qsizetype i = 0; i < array.size(); ++i)
            collect(array[i], Expressions::pointerJoin(pointer, QString::number(i)));
    } else if (value.isObject()) {
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            collect(it.value(), Expressions::pointerJoin(pointer, it.key()));
    }
}

QString SecretMask::turned(QString text, Turn turn) const
{
    for (const Secret &secret : m_secrets) {
        switch (turn) {
        case Turn::Mask:
            text.replace(secret.value, u"***"_s);
            break;
        case Turn::Hide:
            text.replace(secret.value, secret.marker);
            break;
        case Turn::Reveal:
            text.replace(secret.marker, secret.value);
            break;
        }
    }
    return text;
}

QJsonValue SecretMask::turned(const QJsonValue &value, Turn turn) const
{
    if (value.isString())
        return turned(value.toString(), turn);
    if (value.isArray()) {
        QJsonArray out;
        const QJsonArray array = value.toArray();
        for (const QJsonValue one : array)
            out.append(turned(one, turn));
        return out;
    }
    if (value.isObject()) {
        QJsonObject out;
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            out.insert(turned(it.key(), turn), turned(it.value(), turn));
        return out;
    }
    return value;
}

QJsonValue SecretMask::masked(const QJsonValue &value) const
{
    return isEmpty() ? value : turned(value, Turn::Mask);
}

QString SecretMask::masked(const QString &text) const
{
    return turned(text, Turn::Mask);
}

QJsonValue SecretMask::hidden(const QJsonValue &value) const
{
    return isEmpty() ? value : turned(value, Turn::Hide);
}

QJsonValue SecretMask::revealed(const QJsonValue &value) const
{
    return isEmpty() ? value : turned(value, Turn::Reveal);
}

} // namespace Atom::Workflows
