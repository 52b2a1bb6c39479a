// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/permissions.h"
#include "shared/core/result.h"
#include "shared/model/user.h"

#include <QCoro/QCoroTask>

#include <QtCore/QFile>
#include <QtCore/QJsonObject>
#include <QtCore/QUrlQuery>
#include <QtNetwork/QHostAddress>

#include <functional>
#include <memory>
#include <optional>

namespace Atom::Http {

//! \brief A request, copied out of Qt's objects: a plain value that may live as long as the handler likes.
struct Request
{
    QByteArray method; //!< "GET", "POST", ...
    QString path;      //!< decoded, without query
    QUrlQuery query;
    QHash<QByteArray, QByteArray> headers; //!< names in lower case
    QByteArray body;
    QHostAddress peer;
    QByteArray requestId; //!< ours; also in X-Request-Id of the response and in log lines
    QStringList args;     //!< values of the `{...}` parts of the route's path, in order

    QByteArray header(const QByteArray &lowerCaseName) const { return headers.value(lowerCaseName); }
    //! \brief The body as an object, within the JSON limits. \return as parseJsonObject(); Content-Type must be JSON.
    Result<QJsonObject> json() const;
    //! \brief An integer of the query, `fallback` when absent. \return ValidationFailed outside [min, max] or no
    //! number.
    Result<qint64> queryInt(const QString &name, qint64 fallback, qint64 min, qint64 max) const;
};

//! \brief A response, complete. Common headers (X-Request-Id, security, CORS, Content-Length) are added by the server.
struct Response
{
    int status = 200;
    QByteArray contentType = QByteArrayLiteral("application/json");
    QByteArray body;
    std::shared_ptr<QFile> file; //!< instead of `body`: open for reading; sent from its beginning, piece by piece
    QList<std::pair<QByteArray, QByteArray>> headers; //!< CR, LF and NUL in values are refused when sent

    static Response json(const QJsonObject &object, int status = 200);
    static Response json(const QJsonArray &array, int status = 200);
    static Response noContent();
    //! \brief RFC 9457 application/problem+json, the only form of an error. Logs `cause` with the request id.
    static Response problem(const Error &error, const Request &request);
};

//! \brief Who may call a route at all, before the action is checked.
enum class Access {
    Public, //!< no identity needed
    Guest,  //!< a token, or (where guests are allowed) nobody: the handler learns the guest's name from the input
    User,   //!< a valid access token
};

//! \brief `actor` has an empty user when no token was sent (Access::Public and Access::Guest); with a valid one it is
//! known there as well, and a bad one is ignored for Access::Public.
using Handler = std::function<QCoro::Task<Response>(Request request, Actor actor)>;

//! \brief One row of the route table. `path` in OpenAPI form, for example "/api/v1/rooms/{room_id}/members".
//! For Access::User the server refuses with 401 or 403 before the handler runs unless can(actor, action, none); actions
//! about a room or an owner are decided again by the service with the real object.
struct Route
{
    QByteArray method;
    QString path;
    Access access = Access::User;
    Identity::Action action = Identity::Action::RoomList;
    Handler handler;
    bool checkAction = false; //!< decide `action` on Object::none() before the handler
    //! The query items it knows; others are refused, for a filter that is not heeded shows what it should have hidden.
    std::optional<QStringList> query;
};

} // namespace Atom::Http
