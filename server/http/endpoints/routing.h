// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/httpexchange.h"
#include "shared/core/id.h"

#include <QtCore/QJsonArray>

namespace Atom::HttpEndpoints {
using Http::Access;
using Http::Handler;
using Http::Request;
using Http::Response;
using Http::Route;
using Identity::Action;

//! \brief The wire names of `x-atom-access` and `x-atom-action` in resources/openapi.yaml: the enumerator itself for
//! actions, lower case for access.
QString accessName(Access access);
using Identity::actionName;

// --- building rows of the route table. `self` outlives the server that runs the routes.
QCoro::Task<Response> readyResponse(Response response);

template <typename E> Handler bind(E *self, QCoro::Task<Response> (E::*f)(Request, Actor))
{
    return [self, f](Request request, Actor actor) { return (self->*f)(std::move(request), std::move(actor)); };
}
template <typename E> Handler bind(const E *self, Response (E::*f)(const Request &, const Actor &) const)
{
    return [self, f](Request request, Actor actor) { return readyResponse((self->*f)(request, actor)); };
}

Route publicRoute(const QByteArray &method, const QString &path, Handler handler);
Route guestRoute(const QByteArray &method, const QString &path, Action action, Handler handler);
//! \brief The service decides `action` on the real object.
Route userRoute(const QByteArray &method, const QString &path, Action action, Handler handler);
//! \brief The server decides `action` on Object::none() before the handler runs.
Route checkedRoute(const QByteArray &method, const QString &path, Action action, Handler handler);

// --- reading requests
//! \brief NotFound, in the same words for an id that cannot exist and one that does not.
Error noSuch(const QString &what);
//! \brief The id in the path's part `index`. \return NotFound for a text that is no id.
template <typename I> Result<I> pathId(const Request &request, int index, const QString &what)
{
    const QByteArray text = request.args.value(index).toUtf8();
    if (!isValidIdText(text))
        return noSuch(what);
    return I(text);
}
//! \brief An id in the query; empty when absent. \return ValidationFailed.
Result<QByteArray> queryIdText(const Request &request, const QString &name);
template <typename I> Result<I> queryId(const Request &request, const QString &name)
{
    const Result<QByteArray> text = queryIdText(request, name);
    if (!text)
        return text.error();
    return I(*text);
}
//! \brief For routes that take no body: nothing, or an empty JSON object. \return as Request::json(), ValidationFailed.
Result<void> requireNoFields(const Request &request);
//! \brief The Idempotency-Key header, for services that keep such keys for ever; empty when absent, above 128 bytes or
//! not printable ASCII. (The server itself remembers answers by it for a while.)
QByteArray idempotencyKey(const Request &request);

// --- cursor paging: {items, next?}; a cursor is opaque to clients
QString encodeCursor(const QStringList &position);
//! \brief The position in query item "cursor": empty list when absent. \return ValidationFailed.
Result<QStringList> queryCursor(const Request &request, qsizetype parts);
QJsonObject listOf(const QJsonArray &items, const QString &next = {});

} // namespace Atom::HttpEndpoints
