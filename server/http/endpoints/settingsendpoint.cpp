// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/settingsendpoint.h"

#include "server/http/endpoints/jsonreader.h"

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype mostCategories = 64;

bool isCategory(const QString &name)
{
    if (name.isEmpty() || name.size() > 64)
        return false;
    for (const QChar c : name) {
        const bool known =
            (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'.' || c == u'_' || c == u'-' || c == u'*';
        if (!known)
            return false;
    }
    return true;
}

QJsonObject toJson(const LogLevels &levels)
{
    QJsonObject json;
    for (auto it = levels.constBegin(); it != levels.constEnd(); ++it)
        json.insert(it.key(), it.value());
    return json;
}
} // namespace

SettingsEndpoint::SettingsEndpoint(SettingsAccess access, Audit::ActSink &audit, const Clock &clock)
    : m_access(std::move(access)), m_audit(audit), m_clock(clock)
{
}

QList<Route> SettingsEndpoint::routes()
{
    return {
        checkedRoute("GET", u"/api/v1/logs/levels"_s, Action::LogsManage, bind(this, &SettingsEndpoint::levels)),
        checkedRoute("PUT", u"/api/v1/logs/levels"_s, Action::LogsManage, bind(this, &SettingsEndpoint::setLevels)),
        checkedRoute("GET", u"/api/v1/config"_s, Action::ConfigRead, bind(this, &SettingsEndpoint::config)),
    };
}

Response SettingsEndpoint::levels(const Request &, const Actor &) const
{
    return Response::json(toJson(m_access.logLevels()));
}

QCoro::Task<Response> SettingsEndpoint::setLevels(Request request, Actor actor)
{
    static const QStringList names{u"debug"_s, u"info"_s, u"warning"_s, u"critical"_s};
    const Result<QJsonObject> body = request.json();
    if (!body)
        co_return Response::problem(body.error(), request);
    if (body->isEmpty() || body->size() > mostCategories) {
        const Error size(Errc::ValidationFailed, u"Give 1 to %1 categories with their levels."_s.arg(mostCategories));
        co_return Response::problem(size, request);
    }
    JsonReader reader(*body);
    LogLevels levels;
    for (auto it = body->constBegin(); it != body->constEnd(); ++it) {
        const QString level = reader.string(it.key(), 1, 16);
        if (!isCategory(it.key()))
            reader.reject(it.key(), u"is not the name of a logging category"_s);
        else if (!level.isEmpty() && !names.contains(level))
            reader.reject(it.key(), u"must be one of: "_s + names.join(u", "_s));
        levels.insert(it.key(), level);
    }
    if (const Result<void> read = reader.finish(); !read)
        co_return Response::problem(read.error(), request);
    Audit::Draft act = Audit::draftFor(actor, "setting.log_levels", "setting", "log.levels", m_clock.now());
    act.before = toJson(m_access.logLevels());
    if (const Result<void> set = m_access.setLogLevels(levels); !set)
        co_return Response::problem(set.error(), request);
    act.after = toJson(m_access.logLevels());
    if (const Result<void> recorded = co_await m_audit.record(act); !recorded)
        co_return Response::problem(recorded.error(), request);
    co_return Response::json(toJson(m_access.logLevels()));
}

Response SettingsEndpoint::config(const Request &, const Actor &) const
{
    return Response::json(m_access.config());
}

} // namespace Atom::HttpEndpoints
