// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/router.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QUrl>

namespace Atom::Test {

//! \brief Calls handlers as the server does, without a socket: found by its router, access and checked action decided
//! before, parameters in `args`.
class RouteCaller
{
public:
    //! `permissions`: what the routes' services ask as well; without: the built-in rules.
    explicit RouteCaller(const QList<Http::Route> &routes, const Identity::Permissions *permissions = nullptr)
        : m_permissions(permissions ? *permissions : m_builtIn)
    {
        for (const Http::Route &route : routes)
            m_router.add(route);
    }

    //! The next calls come from this account; none: without a token.
    RouteCaller &as(const QByteArray &user, Role role = Role::Member)
    {
        m_actor = Actor{};
        m_actor.user = UserId(user);
        m_actor.role = role;
        if (role != Role::Guest)
            m_actor.session = SessionId("s-" + user);
        return *this;
    }
    RouteCaller &anonymous()
    {
        m_actor = Actor{};
        return *this;
    }
    RouteCaller &withHeader(const QByteArray &name, const QByteArray &value)
    {
        m_headers.insert(name, value);
        return *this;
    }
    QHostAddress peer{QHostAddress::LocalHost};
    Actor actor() const { return m_actor; }
    void setActor(Actor actor) { m_actor = std::move(actor); }

    Http::Response get(const QString &target) { return call("GET", target); }
    Http::Response remove(const QString &target) { return call("DELETE", target); }
    Http::Response post(const QString &target, const QJsonObject &body) { return call("POST", target, text(body)); }
    Http::Response patch(const QString &target, const QJsonObject &body) { return call("PATCH", target, text(body)); }
    Http::Response put(const QString &target, const QJsonObject &body) { return call("PUT", target, text(body)); }

    Http::Response call(const QByteArray &method, const QString &target, const QByteArray &body = {})
    {
        return QCoro::waitFor(begin(method, target, body));
    }
    //! The same without waiting, so that many can run at a time.
    QCoro::Task<Http::Response> begin(const QByteArray &method, const QString &target, const QByteArray &body = {})
    {
        Http::Request request;
        request.method = method;
        request.path = target.section(u'?', 0, 0);
        request.query = QUrlQuery(target.section(u'?', 1));
        request.body = body;
        request.peer = peer;
        request.requestId = "test";
        request.headers = m_headers;
        if (!body.isEmpty() && !m_headers.contains("content-type"))
            request.headers.insert("content-type", "application/json");
        m_headers.clear();
        const Http::Router::Match match = m_router.find(method, request.path.toUtf8());
        if (!match.route)
            return ready(Http::Response::problem(Error(Errc::NotFound, QStringLiteral("no route")), request));
        request.path = QUrl::fromPercentEncoding(request.path.toUtf8());
        request.args = match.args;
        if (match.route->access == Http::Access::User && m_actor.user.isEmpty())
            return ready(Http::Response::problem(Error(Errc::Unauthenticated, QStringLiteral("no token")), request));
        if (match.route->checkAction) {
            const auto allowed = m_permissions.require(m_actor, match.route->action, Identity::Object::none());
            if (!allowed)
                return ready(Http::Response::problem(allowed.error(), request));
        }
        return match.route->handler(request, m_actor);
    }

    static QByteArray text(const QJsonObject &object) { return QJsonDocument(object).toJson(QJsonDocument::Compact); }

private:
    static QCoro::Task<Http::Response> ready(Http::Response response) { co_return response; }

    SystemClock m_clock;
    Identity::Permissions m_builtIn{m_clock};
    const Identity::Permissions &m_permissions;
    Http::Router m_router;
    Actor m_actor;
    QHash<QByteArray, QByteArray> m_headers;
};

inline QJsonObject jsonOf(const Http::Response &response)
{
    return QJsonDocument::fromJson(response.body).object();
}

//! The JSON Pointers of a problem's errors.
inline QStringList pointersOf(const Http::Response &response)
{
    QStringList pointers;
    for (const QJsonValue &error : jsonOf(response).value(QStringLiteral("errors")).toArray())
        pointers.append(error.toObject().value(QStringLiteral("pointer")).toString());
    return pointers;
}

inline QByteArray headerOf(const Http::Response &response, const QByteArray &name)
{
    for (const auto &[key, value] : response.headers) {
        if (key == name)
            return value;
    }
    return {};
}

} // namespace Atom::Test
