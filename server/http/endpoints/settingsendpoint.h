// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/auditlog.h"
#include "server/http/endpoints/routing.h"

#include <QtCore/QMap>

namespace Atom::HttpEndpoints {

//! \brief Level by logging category, for example "atom.server.http" -> "info".
using LogLevels = QMap<QString, QString>;

//! \brief What the composition root lends: the server's logging and configuration.
struct SettingsAccess
{
    std::function<LogLevels()> logLevels;
    //! \brief Changes the named categories only. \return ValidationFailed for a category it does not know.
    std::function<Result<void>(LogLevels)> setLogLevels;
    std::function<QJsonObject()> config; //!< effective configuration, secrets masked
};

//! \brief `/api/v1/logs/levels` and `/api/v1/config`: settings that may be seen or changed at
//! run time. Main thread.
class SettingsEndpoint
{
public:
    SettingsEndpoint(SettingsAccess access, Audit::ActSink &audit, const Clock &clock);
    QList<Route> routes();

private:
    Response levels(const Request &request, const Actor &actor) const;
    QCoro::Task<Response> setLevels(Request request, Actor actor);
    Response config(const Request &request, const Actor &actor) const;

    const SettingsAccess m_access;
    Audit::ActSink &m_audit;
    const Clock &m_clock;
};

} // namespace Atom::HttpEndpoints
