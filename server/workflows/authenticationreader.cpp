// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/authenticationreader.h"

#include "server/expressions/jsonvalues.h"

#include <QtCore/QJsonArray>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;
using Sees = DefinitionReader::Sees;
using Kind = Authentication::Kind;

namespace {
struct Policy
{
    QString name;
    Kind kind;
    QStringList required; //!< all of them, unless a secret holds the whole object
    QStringList optional;
};

const std::vector<Policy> &policies()
{
    static const QStringList oauth = {u"client"_s,   u"request"_s,  u"issuers"_s, u"scopes"_s, u"audiences"_s,
                                      u"username"_s, u"password"_s, u"subject"_s, u"actor"_s};
    static const std::vector<Policy> all = {
        {u"basic"_s, Kind::Basic, {u"username"_s, u"password"_s}, {}},
        {u"bearer"_s, Kind::Bearer, {u"token"_s}, {}},
        {u"digest"_s, Kind::Digest, {u"username"_s, u"password"_s}, {}},
        {u"oauth2"_s, Kind::OAuth2, {u"authority"_s, u"grant"_s}, oauth + QStringList{u"endpoints"_s}},
        {u"oidc"_s, Kind::Oidc, {u"authority"_s, u"grant"_s}, oauth},
        {u"certificate"_s, Kind::Certificate, {}, {}},
    };
    return all;
}

// Plain texts (or expressions) at the given keys of `object`.
void checkTexts(DefinitionReader &reader, const QJsonObject &object, const QString &pointer, const QStringList &keys)
{
    for (const QString &key : keys)
        (void)reader.text(object, key, pointer);
}

void checkChoice(DefinitionReader &reader, const QJsonObject &object, const QString &key, const QString &pointer,
                 const QStringList &allowed)
{
    if (!Expressions::isExpressionText(object.value(key).toString()))
        (void)reader.choice(object, key, pointer, allowed);
}

void checkTokenRequest(DefinitionReader &reader, const QJsonObject &fields, const QString &pointer)
{
    checkChoice(reader, fields, u"grant"_s, pointer,
                {u"client_credentials"_s, u"password"_s, u"refresh_token"_s, u"authorization_code"_s,
                 u"urn:ietf:params:oauth:grant-type:token-exchange"_s});
    if (const auto client = reader.object(fields, u"client"_s, pointer)) {
        const QString at = pointerJoin(pointer, u"client"_s);
        const QStringList texts = {u"id"_s, u"secret"_s, u"assertion"_s};
        reader.checkKeys(*client, at, texts + QStringList{u"authentication"_s});
        checkTexts(reader, *client, at, texts);
        checkChoice(reader, *client, u"authentication"_s, at,
                    {u"client_secret_post"_s, u"client_secret_basic"_s, u"client_secret_jwt"_s, u"private_key_jwt"_s,
                     u"none"_s});
    }
    if (const auto request = reader.object(fields, u"request"_s, pointer)) {
        reader.checkKeys(*request, pointerJoin(pointer, u"request"_s), {u"encoding"_s});
        checkChoice(reader, *request, u"encoding"_s, pointerJoin(pointer, u"request"_s),
                    {u"application/x-www-form-urlencoded"_s, u"application/json"_s});
    }
    if (const auto endpoints = reader.object(fields, u"endpoints"_s, pointer)) {
        const QStringList known = {u"token"_s, u"revocation"_s, u"introspection"_s};
        reader.checkKeys(*endpoints, pointerJoin(pointer, u"endpoints"_s), known);
        checkTexts(reader, *endpoints, pointerJoin(pointer, u"endpoints"_s), known);
    }
    for (const QString &key : {u"subject"_s, u"actor"_s}) {
        if (const auto token = reader.object(fields, key, pointer)) {
            reader.checkKeys(*token, pointerJoin(pointer, key), {u"token"_s, u"type"_s});
            reader.require(*token, pointerJoin(pointer, key), {u"token"_s, u"type"_s});
            checkTexts(reader, *token, pointerJoin(pointer, key), {u"token"_s, u"type"_s});
        }
    }
    for (const QString &key : {u"issuers"_s, u"scopes"_s, u"audiences"_s}) {
        const QJsonValue list = fields.value(key);
        bool isGood = list.isUndefined() || list.isArray() || Expressions::isExpressionText(list.toString());
        const QJsonArray entries = list.toArray();
        for (const QJsonValue entry : entries)
            isGood = isGood && entry.isString();
        if (!isGood)
            reader.issue(pointerJoin(pointer, key), u"`%1` is a list of texts."_s.arg(key));
    }
    checkTexts(reader, fields, pointer, {u"authority"_s, u"grant"_s, u"username"_s, u"password"_s});
}

Authentication named(DefinitionReader &reader, const QJsonObject &object, const QString &pointer,
                     const QHash<QString, Authentication> &known)
{
    Authentication out;
    reader.checkKeys(object, pointer, {u"use"_s});
    const QString name = reader.text(object, u"use"_s, pointer);
    if (name.startsWith(u"connection:")) {
        out.kind = Kind::Connection;
        out.connection = name.sliced(11);
        if (out.connection.isEmpty() || out.connection.size() > 128)
            reader.issue(pointerJoin(pointer, u"use"_s), u"`connection:` is followed by the id of a connection."_s);
        return out;
    }
    if (known.contains(name))
        return known.value(name);
    if (object.value(u"use").isString()) {
        reader.issue(pointerJoin(pointer, u"use"_s),
                     u"use.authentications has no `%1`.%2"_s.arg(name.left(64), reader.hint(name, known.keys())));
    }
    return out;
}
} // namespace

Authentication readAuthentication(DefinitionReader &reader, const QJsonObject &object, const QString &pointer,
                                  const QHash<QString, Authentication> &known)
{
    if (object.contains(u"use"))
        return named(reader, object, pointer, known);
    Authentication out;
    QStringList names;
    for (const Policy &policy : policies())
        names.append(policy.name);
    reader.checkKeys(object, pointer, names + QStringList{u"use"_s});
    if (object.size() != 1) {
        reader.issue(pointer, u"Authentication is one of %1 or use."_s.arg(names.join(u", "_s)));
        return out;
    }
    for (const Policy &policy : policies()) {
        if (!object.contains(policy.name))
            continue;
        out.kind = policy.kind;
        const std::optional<QJsonObject> fields = reader.object(object, policy.name, pointer);
        const QString at = pointerJoin(pointer, policy.name);
        if (!fields || policy.kind == Kind::Certificate)
            return out;
        if (fields->contains(u"use")) {
            reader.checkKeys(*fields, at, {u"use"_s});
            out.secret = reader.text(*fields, u"use"_s, at);
            if (!out.secret.isEmpty() && !reader.secrets().contains(out.secret)) {
                reader.issue(pointerJoin(at, u"use"_s),
                             u"The secret `%1` is not declared in `use.secrets`.%2"_s.arg(
                                 out.secret.left(64), reader.hint(out.secret, reader.secrets())));
            }
            return out;
        }
        reader.checkKeys(*fields, at, policy.required + policy.optional + QStringList{u"use"_s});
        reader.require(*fields, at, policy.required);
        if (policy.kind == Kind::OAuth2 || policy.kind == Kind::Oidc)
            checkTokenRequest(reader, *fields, at);
        else
            checkTexts(reader, *fields, at, policy.required);
        out.fields = reader.expressions(*fields, at, Sees::Inside);
    }
    return out;
}

} // namespace Atom::Workflows
