// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/definitiondiff.h"

#include "server/expressions/template.h"
#include "server/workflows/sourcedocument.h"
#include "shared/core/jsonlimits.h"

#include <QtCore/QHash>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

#include <optional>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;
using Kind = DefinitionChange::Kind;

namespace {
constexpr qsizetype mostChanges = 1'000;

// The names when every item is an object with one key of its own; tasks, cases and extensions are written so.
std::optional<QStringList> namesOf(const QJsonArray &list)
{
    QStringList names;
    QSet<QString> seen;
    for (const QJsonValue item : list) {
        const QJsonObject object = item.toObject();
        if (object.size() != 1 || seen.contains(object.begin().key()))
            return std::nullopt;
        names.append(object.begin().key());
        seen.insert(names.last());
    }
    return names;
}

class Difference
{
public:
    void compare(const QJsonValue &before, const QJsonValue &after, const QString &old, const QString &now)
    {
        if (before == after || changes.size() >= mostChanges)
            return;
        if (before.isObject() && after.isObject())
            objects(before.toObject(), after.toObject(), old, now);
        else if (before.isArray() && after.isArray())
            arrays(before.toArray(), after.toArray(), old, now);
        else
            add(Kind::Changed, now, before, after);
    }

    QList<DefinitionChange> changes;

private:
    void add(Kind kind, const QString &pointer, const QJsonValue &before, const QJsonValue &after)
    {
        if (changes.size() < mostChanges)
            changes.append({kind, pointer, before, after});
    }

    void objects(const QJsonObject &before, const QJsonObject &after, const QString &old, const QString &now)
    {
        for (auto it = before.begin(); it != before.end(); ++it) {
            if (!after.contains(it.key()))
                add(Kind::Removed, pointerJoin(old, it.key()), it.value(), QJsonValue(QJsonValue::Undefined));
        }
        for (auto it = after.begin(); it != after.end(); ++it) {
            const QString at = pointerJoin(now, it.key());
            if (before.contains(it.key()))
                compare(before.value(it.key()), it.value(), pointerJoin(old, it.key()), at);
            else
                add(Kind::Added, at, QJsonValue(QJsonValue::Undefined), it.value());
        }
    }

    void arrays(const QJsonArray &before, const QJsonArray &after, const QString &old, const QString &now)
    {
        const std::optional<QStringList> oldNames = namesOf(before);
        const std::optional<QStringList> newNames = namesOf(after);
        if (oldNames && newNames) {
            byName(before, after, *oldNames, *newNames, old, now);
            return;
        }
        for (qsizetype i = 0; i < std::max(before.size(), after.size()); ++i) {
            const QString index = QString::number(i);
            if (i >= after.size())
                add(Kind::Removed, pointerJoin(old, index), before[i], QJsonValue(QJsonValue::Undefined));
            else if (i >= before.size())
                add(Kind::Added, pointerJoin(now, index), QJsonValue(QJsonValue::Undefined), after[i]);
            else
                compare(before[i], after[i], pointerJoin(old, index), pointerJoin(now, index));
        }
    }

    void byName(const QJsonArray &before, const QJsonArray &after, const QStringList &oldNames,
                const QStringList &newNames, const QString &old, const QString &now)
    {
        const auto place = [](const QString &list, qsizetype i, const QString &name) {
            return pointerJoin(pointerJoin(list, QString::number(i)), name);
        };
        QHash<QString, qsizetype> at;
        for (qsizetype i = 0; i < oldNames.size(); ++i)
            at.insert(oldNames[i], i);
        const QSet<QString> stay(newNames.begin(), newNames.end());
        QStringList oldOrder, newOrder; // of those in both
        for (qsizetype i = 0; i < oldNames.size(); ++i) {
            if (stay.contains(oldNames[i]))
                oldOrder.append(oldNames[i]);
            else
                add(Kind::Removed, place(old, i, oldNames[i]), before[i].toObject().value(oldNames[i]),
                    QJsonValue(QJsonValue::Undefined));
        }
        for (const QString &name : newNames) {
            if (at.contains(name))
                newOrder.append(name);
        }
        if (oldOrder != newOrder)
            add(Kind::Changed, now, QJsonArray::fromStringList(oldNames), QJsonArray::fromStringList(newNames));
        for (qsizetype i = 0; i < newNames.size(); ++i) {
            const QString &name = newNames[i];
            const QJsonValue value = after[i].toObject().value(name);
            const auto known = at.constFind(name);
            if (known == at.constEnd())
                add(Kind::Added, place(now, i, name), QJsonValue(QJsonValue::Undefined), value);
            else
                compare(before[*known].toObject().value(name), value, place(old, *known, name), place(now, i, name));
        }
    }
};
} // namespace

QString changeKindName(DefinitionChange::Kind kind)
{
    switch (kind) {
    case Kind::Added:
        return u"added"_s;
    case Kind::Removed:
        return u"removed"_s;
    case Kind::Changed:
        break;
    }
    return u"changed"_s;
}

QList<DefinitionChange> diffDefinitions(const QJsonValue &before, const QJsonValue &after)
{
    Difference difference;
    difference.compare(before, after, {}, {});
    return difference.changes;
}

Result<QList<DefinitionChange>> diffDefinitions(const QByteArray &before, const QByteArray &after)
{
    JsonLimits limits;
    limits.sizeBytes =
        4 * SourceDocument::maxBytes; // escapes and aliases make the canonical form longer than its source
    limits.depth = SourceDocument::maxDepth + 1;
    const Result<QJsonObject> a = parseJsonObject(before, limits);
    if (!a)
        return a.error();
    const Result<QJsonObject> b = parseJsonObject(after, limits);
    if (!b)
        return b.error();
    return diffDefinitions(QJsonValue(*a), QJsonValue(*b));
}

} // namespace Atom::Workflows
