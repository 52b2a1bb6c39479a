// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/accountadminendpoint.h"

#include "server/http/endpoints/accountjson.h"
#include "server/http/endpoints/jsonreader.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 day = 24 * 3600;
constexpr qsizetype longestCsv = 1 << 20;
const QString assignableRoles = u"owner, admin, moderator, operator, auditor, member"_s;

qint64 readLifetime(JsonReader &reader, qint64 fallback, qint64 longest)
{
    if (reader.has(u"expires_in"_s))
        return reader.integer(u"expires_in"_s, 60, longest);
    (void)reader.optionalValue(u"expires_in"_s); // null is the same as absent
    return fallback;
}
} // namespace

AccountAdminEndpoint::AccountAdminEndpoint(Identity::UserService &users, Identity::SessionService &sessions,
                                           Identity::Accounts &accounts)
    : m_users(users), m_sessions(sessions), m_accounts(accounts)
{
}

QList<Route> AccountAdminEndpoint::routes()
{
    using E = AccountAdminEndpoint;
    const QString user = u"/api/v1/users/{user_id}"_s;
    constexpr Action manage = Action::UserManage;
    return {
        checkedRoute("GET", user + u"/profile"_s, Action::PeopleRead, bind(this, &E::publicProfile)),
        checkedRoute("POST", user + u"/password-reset"_s, manage, bind(this, &E::issueReset)),
        checkedRoute("DELETE", user + u"/totp"_s, manage, bind(this, &E::removeSecondFactor)),
        checkedRoute("GET", user + u"/sessions"_s, manage, bind(this, &E::sessions)),
        checkedRoute("DELETE", user + u"/sessions"_s, manage, bind(this, &E::revokeSessions)),
        checkedRoute("DELETE", user + u"/sessions/{session_id}"_s, manage, bind(this, &E::revokeSession)),
        checkedRoute("POST", user + u"/erase"_s, Action::UserErase, bind(this, &E::erase)),
        checkedRoute("POST", u"/api/v1/user-imports"_s, manage, bind(this, &E::importUsers)),
        checkedRoute("GET", u"/api/v1/account-invitations"_s, Action::UserInvite, bind(this, &E::invitations)),
        checkedRoute("POST", u"/api/v1/account-invitations"_s, Action::UserInvite, bind(this, &E::invite)),
        checkedRoute("DELETE", u"/api/v1/account-invitations/{invitation_id}"_s, Action::UserInvite,
                     bind(this, &E::withdraw)),
    };
}

Response AccountAdminEndpoint::publicProfile(const Request &request, const Actor &) const
{
    const Result<UserId> id = pathId<UserId>(request, 0, u"user"_s);
    if (!id)
        return Response::problem(id.error(), request);
    if (Identity::ErasureService::isPseudonym(*id)) {
        Identity::StoredUser erased; // nobody is stored under it: the same is said for every such name
        erased.user.id = *id;
        erased.user.displayName = Identity::ErasureService::shownName();
        return Response::json(publicProfileJson(erased));
    }
    const Identity::StoredUser *const stored = m_users.find(*id);
    if (!stored)
        return Response::problem(noSuch(u"user"_s), request);
    return Response::json(publicProfileJson(*stored));
}

QCoro::Task<Response> AccountAdminEndpoint::issueReset(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const qint64 lifetime = readLifetime(reader, day, 7 * day);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<UserId> id = pathId<UserId>(request, 0, u"user"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<Identity::IssuedReset> issued = co_await m_accounts.resets.issue(actor, *id, seconds(lifetime));
    if (!issued)
        co_return Response::problem(issued.error(), request);
    const QJsonObject json{{u"token"_s, QString::fromLatin1(issued->secret)},
                           {u"expires_at"_s, toIso(issued->expiresAt)}};
    co_return Response::json(json, 201);
}

QCoro::Task<Response> AccountAdminEndpoint::removeSecondFactor(Request request, Actor actor)
{
    const Result<UserId> id = pathId<UserId>(request, 0, u"user"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<void> done = co_await m_accounts.credentials.removeOf(actor, *id);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

Response AccountAdminEndpoint::sessions(const Request &request, const Actor &actor) const
{
    const Result<UserId> id = pathId<UserId>(request, 0, u"user"_s);
    if (!id)
        return Response::problem(id.error(), request);
    const auto sessions = m_accounts.credentials.sessions(actor, *id);
    if (!sessions)
        return Response::problem(sessions.error(), request);
    QJsonArray items;
    for (const Identity::SessionSummary &session : *sessions)
        items.append(sessionJson(session, actor.session));
    return Response::json(listOf(items));
}

QCoro::Task<Response> AccountAdminEndpoint::revokeSession(Request request, Actor actor)
{
    const Result<UserId> id = pathId<UserId>(request, 0, u"user"_s);
    const Result<SessionId> session = pathId<SessionId>(request, 1, u"session"_s);
    if (!id || !session)
        co_return Response::problem(id ? session.error() : id.error(), request);
    const Result<void> done = co_await m_accounts.credentials.revoke(actor, *id, *session);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

QCoro::Task<Response> AccountAdminEndpoint::revokeSessions(Request request, Actor actor)
{
    const Result<UserId> id = pathId<UserId>(request, 0, u"user"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    const Result<int> ended = co_await m_accounts.credentials.revokeAll(actor, *id);
    if (!ended)
        co_return Response::problem(ended.error(), request);
    const QJsonObject json{{u"ended"_s, *ended}};
    co_return Response::json(json);
}

QCoro::Task<Response> AccountAdminEndpoint::erase(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString messages = reader.string(u"messages"_s, 1, 16);
    if (messages != u"keep"_s && messages != u"remove"_s && !messages.isEmpty())
        reader.reject(u"messages"_s, u"must be keep or remove"_s);
    const QString reason = reader.string(u"reason"_s, 1, 500);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<UserId> id = pathId<UserId>(request, 0, u"user"_s);
    if (!id)
        co_return Response::problem(id.error(), request);
    if (const Result<void> proven = m_sessions.requireRecentProof(actor); !proven)
        co_return Response::problem(proven.error(), request);
    const auto erased = co_await m_accounts.erasure.erase(actor, *id, messages == u"remove"_s, reason);
    if (!erased)
        co_return Response::problem(erased.error(), request);
    // 202: the account is gone, its messages follow.
    const QJsonObject json{{u"user_id"_s, erased->user.toString()},
                           {u"pseudonym"_s, erased->pseudonym.toString()},
                           {u"messages"_s, messages},
                           {u"erased_at"_s, toIso(erased->at)}};
    co_return Response::json(json, 202);
}

QCoro::Task<Response> AccountAdminEndpoint::importUsers(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    const QString csv = reader.string(u"csv"_s, 1, longestCsv);
    const bool dryRun = reader.optionalBool(u"dry_run"_s).value_or(true);
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    if (!dryRun) {
        if (const Result<void> proven = m_sessions.requireRecentProof(actor); !proven)
            co_return Response::problem(proven.error(), request);
    }
    const Result<Identity::ImportReport> report = co_await m_accounts.imports.run(actor, csv, dryRun);
    if (!report)
        co_return Response::problem(report.error(), request);
    QJsonArray rows;
    for (const Identity::ImportRow &row : report->rows) {
        QJsonObject json{{u"line"_s, row.line}, {u"id"_s, row.id}, {u"ok"_s, row.mistakes.isEmpty()}};
        QJsonArray errors;
        for (const FieldError &mistake : row.mistakes)
            errors.append(QJsonObject{{u"pointer"_s, mistake.pointer}, {u"detail"_s, mistake.detail}});
        if (!errors.isEmpty())
            json.insert(u"errors"_s, errors);
        if (!row.resetToken.isEmpty())
            json.insert(u"reset_token"_s, QString::fromLatin1(row.resetToken));
        rows.append(json);
    }
    QJsonObject json{{u"applied"_s, report->applied},
                     {u"dry_run"_s, dryRun},
                     {u"good"_s, report->good},
                     {u"bad"_s, qint64(report->rows.size()) - report->good},
                     {u"rows"_s, rows}};
    if (report->applied)
        json.insert(u"reset_tokens_expire_at"_s, toIso(report->tokensExpireAt));
    co_return Response::json(json);
}

Response AccountAdminEndpoint::invitations(const Request &request, const Actor &actor) const
{
    const Result<qint64> limit = request.queryInt(u"limit"_s, 100, 1, 1000);
    const Result<QStringList> after = queryCursor(request, 2); // time and id of the last one shown
    if (!limit || !after)
        return Response::problem(limit ? after.error() : limit.error(), request);
    const auto invitations = m_accounts.invitations.list(actor);
    if (!invitations)
        return Response::problem(invitations.error(), request);
    QJsonArray items;
    QStringList last;
    for (const Identity::StoredInvitation &invitation : *invitations) { // newest first, then by id
        const QString time = toIso(invitation.createdAt);
        const QString id = QString::fromLatin1(invitation.id);
        if (!after->isEmpty() && (time > after->at(0) || (time == after->at(0) && id <= after->at(1))))
            continue;
        if (items.size() == *limit)
            return Response::json(listOf(items, encodeCursor(last)));
        items.append(invitationJson(invitation));
        last = QStringList{time, id};
    }
    return Response::json(listOf(items));
}

QCoro::Task<Response> AccountAdminEndpoint::invite(Request request, Actor actor)
{
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    JsonReader reader(*body);
    Identity::InvitationDraft draft;
    draft.role = reader.optionalChoice(u"role"_s, &roleFromName, assignableRoles).value_or(Role::Member);
    draft.note = reader.optionalString(u"note"_s, 0, 100).value_or(QString());
    draft.lifetime = seconds(readLifetime(reader, 7 * day, 90 * day));
    draft.maxUses = reader.has(u"max_uses"_s) ? int(reader.integer(u"max_uses"_s, 1, 1000)) : 1;
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    const Result<Identity::IssuedInvitation> issued = co_await m_accounts.invitations.create(actor, std::move(draft));
    if (!issued)
        co_return Response::problem(issued.error(), request);
    QJsonObject json = invitationJson(issued->invitation);
    json.insert(u"token"_s, QString::fromLatin1(issued->secret)); // the only time anybody sees it
    co_return Response::json(json, 201);
}

QCoro::Task<Response> AccountAdminEndpoint::withdraw(Request request, Actor actor)
{
    const QByteArray id = request.args.value(0).toUtf8();
    const Result<void> done = co_await m_accounts.invitations.withdraw(actor, id);
    if (!done)
        co_return Response::problem(done.error(), request);
    co_return Response::noContent();
}

} // namespace Atom::HttpEndpoints
