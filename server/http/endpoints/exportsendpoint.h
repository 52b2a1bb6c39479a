// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/exports/exportservice.h"
#include "server/http/endpoints/routing.h"

namespace Atom::HttpEndpoints {

//! \brief Archives of rooms: ask for one, look whether it is ready, fetch it. Main thread.
class ExportsEndpoint
{
public:
    explicit ExportsEndpoint(Exports::ExportService &exports) : m_exports(exports) {}
    QList<Route> routes();

private:
    QCoro::Task<Response> request(Request request, Actor actor);
    Response list(const Request &request, const Actor &actor) const;
    Response show(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> download(Request request, Actor actor);
    QCoro::Task<Response> remove(Request request, Actor actor);

    Exports::ExportService &m_exports;
};

//! {id, room_id, state, with_held, created_at, events, bytes, sha256?, file_name, finished_at?, expires_at?, download?,
//! error?}; also what the realtime frame room_export carries.
QJsonObject toJson(const Exports::ExportJob &job);

} // namespace Atom::HttpEndpoints
