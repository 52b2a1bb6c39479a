// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of TaskReader that reads `use`.
#include "server/expressions/template.h"
#include "server/workflows/authenticationreader.h"
#include "server/workflows/taskreader.h"

#include <QtCore/QJsonArray>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
const QString base = u"/use"_s;
constexpr qsizetype mostSecrets = 200;

QStringList readSecrets(DefinitionReader &reader, const QJsonObject &use)
{
    QStringList names;
    const QJsonValue value = use.value(u"secrets");
    if (!value.isUndefined() && !value.isArray())
        reader.issue(base + u"/secrets"_s, u"`secrets` is a list of names."_s);
    const QJsonArray array = value.toArray();
    if (array.size() > mostSecrets)
        reader.issue(base + u"/secrets"_s, u"There are more than %1 secrets."_s.arg(mostSecrets));
    for (qsizetype i = 0; i < std::min(array.size(), mostSecrets); ++i) {
        const QString at = u"/use/secrets/%1"_s.arg(i);
        const QString name = array[i].toString();
        if (name.isEmpty() || name.size() > 128)
            reader.issue(at, u"A secret is named by a text of 1 to 128 characters."_s);
        else if (names.contains(name))
            reader.issue(at, u"The secret `%1` is declared twice."_s.arg(name.left(64)));
        else
            names.append(name);
    }
    return names;
}
} // namespace

void TaskReader::readUse(const QJsonObject &use)
{
    m_reader.checkKeys(use, base,
                       {u"authentications"_s, u"catalogs"_s, u"errors"_s, u"extensions"_s, u"functions"_s, u"retries"_s,
                        u"secrets"_s, u"timeouts"_s});
    m_reader.setSecrets(readSecrets(m_reader, use));
    // Calls `take` with the object of each name; a name whose value is none counts as known, so that it is one mistake.
    const auto each = [&](const QString &key, auto take) {
        const QJsonObject named = m_reader.object(use, key, base).value_or(QJsonObject());
        const QString inside = pointerJoin(base, key);
        for (const QString &name : named.keys())
            take(name, m_reader.object(named, name, inside).value_or(QJsonObject()), pointerJoin(inside, name),
                 named.value(name).isObject());
    };
    each(u"authentications"_s, [&](const QString &name, const QJsonObject &o, const QString &at, bool isGood) {
        const Authentication made =
            isGood ? readAuthentication(m_reader, o, at, m_use.authentications) : Authentication();
        m_use.authentications.insert(name, made);
    });
    each(u"catalogs"_s, [&](const QString &name, const QJsonObject &o, const QString &at, bool isGood) {
        m_use.catalogs.append(name);
        m_reader.checkKeys(o, at, {u"endpoint"_s});
        const QJsonValue endpoint = o.value(u"endpoint");
        if (isGood && !endpoint.isString() && !endpoint.toObject().value(u"uri").isString())
            m_reader.issue(at, u"A catalog needs `endpoint`, its URL."_s);
        if (const QJsonValue authentication = endpoint.toObject().value(u"authentication"); authentication.isObject())
            (void)readAuthentication(m_reader, authentication.toObject(), at + u"/endpoint/authentication"_s,
                                     m_use.authentications);
    });
    each(u"errors"_s, [&](const QString &name, const QJsonObject &o, const QString &at, bool isGood) {
        m_use.errors.insert(name, isGood ? error(o, at) : Template());
    });
    each(u"retries"_s, [&](const QString &name, const QJsonObject &o, const QString &at, bool isGood) {
        m_use.retries.insert(name, isGood ? retryPolicy(o, at) : RetryPolicy());
    });
    each(u"timeouts"_s, [&](const QString &name, const QJsonObject &o, const QString &at, bool isGood) {
        m_reader.checkKeys(o, at, {u"after"_s});
        if (isGood)
            m_reader.require(o, at, {u"after"_s});
        m_use.timeouts.insert(name, m_reader.durationValue(o, u"after"_s, at, Sees::Before).value_or(DurationValue()));
    });
    m_use.functions = m_reader.object(use, u"functions"_s, base).value_or(QJsonObject());
    for (const QString &name : m_use.functions.keys()) {
        if (name == u"http" || foreignCalls().contains(name) || name.contains(u'@') || name.contains(u"://"))
            m_reader.issueAtKey(u"/use/functions"_s + pointerJoin({}, name),
                                u"`%1` cannot be the name of a function."_s.arg(name.left(64)));
    }
}

QList<std::pair<QString, QString>> TaskReader::readExtensions(const QJsonValue &extensions)
{
    QList<std::pair<QString, QString>> out;
    const QString all = base + u"/extensions"_s;
    if (!extensions.isUndefined() && !extensions.isArray())
        m_reader.issue(all, u"`extensions` is a list: - name: {extend, when, before, after}."_s);
    const QJsonArray array = extensions.toArray();
    for (qsizetype i = 0; i < array.size(); ++i) {
        const QString item = pointerJoin(all, QString::number(i));
        const QJsonObject entry = array[i].toObject();
        if (entry.size() != 1 || !entry.begin().value().isObject()) {
            m_reader.issue(item, u"Each extension is an object with one key, its name, and an object as value."_s);
            continue;
        }
        const QString name = entry.begin().key();
        const QJsonObject object = entry.begin().value().toObject();
        const QString at = pointerJoin(item, name);
        m_reader.checkKeys(object, at, {u"extend"_s, u"when"_s, u"before"_s, u"after"_s});
        m_reader.require(object, at, {u"extend"_s});
        const QString target = m_reader.choice(object, u"extend"_s, at,
                                               {u"all"_s, u"call"_s, u"composite"_s, u"emit"_s, u"for"_s, u"listen"_s,
                                                u"raise"_s, u"run"_s, u"set"_s, u"switch"_s, u"try"_s, u"wait"_s});
        (void)m_reader.condition(object, u"when"_s, at, Sees::Inside);
        for (const QString &key : {u"before"_s, u"after"_s}) {
            if (object.contains(key))
                (void)list(object.value(key), pointerJoin(at, key), 2);
        }
        out.append({name, target});
    }
    return out;
}

} // namespace Atom::Workflows
