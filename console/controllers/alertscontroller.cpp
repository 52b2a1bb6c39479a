// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/controllers/alertscontroller.h"

#include "console/controllers/logging.h"
#include "shared/protocol/restcodec.h"

namespace Atom::Console {

namespace {
constexpr milliseconds agoRefresh{5'000};
}

AlertsController::AlertsController(Client::ApiClient &api, Client::RealtimeClient &realtime, Clock &clock,
                                   QObject *parent)
    : LiveController(api, realtime, QByteArrayLiteral("alerts"), parent), m_clock(clock)
{
    tick();
}

void AlertsController::tick()
{
    m_alerts.setNow(m_clock.now());
    m_clock.callAfter(agoRefresh, this, [this] { tick(); });
}

bool AlertsController::canAcknowledge(const AlertId &id) const
{
    const Alert *alert = m_alerts.find(id);
    return alert && (alert->state == AlertState::Firing || alert->state == AlertState::Pending) &&
           !m_underWay.contains(id);
}

void AlertsController::acknowledge(const AlertId &id)
{
    if (!canAcknowledge(id))
        return;
    m_underWay.append(id);
    QCoro::connect(m_api.acknowledgeAlert(id), this, [this, id](Result<Alert> answer) {
        m_underWay.removeAll(id);
        if (!answer) {
            Q_EMIT acknowledgeFailed(tr("The alert was not acknowledged. %1").arg(errorText(answer.error())));
            return;
        }
        m_alerts.upsert(*answer);
        Q_EMIT acknowledged(id);
    });
}

void AlertsController::load()
{
    m_pushed.clear();
    QCoro::connect(m_api.alerts(), this, [this](Result<QList<Alert>> answer) {
        if (!answer) {
            loadFailed(answer.error());
            return;
        }
        m_alerts.setNow(m_clock.now());
        m_alerts.setAlerts(*answer);
        // The answer may be older than what was pushed while it was on its way.
        for (const Alert &pushed : std::exchange(m_pushed, {}))
            m_alerts.upsert(pushed);
        loaded();
    });
}

QString AlertsController::emptyText() const
{
    return tr("Nothing has needed attention. Alerts appear here by themselves.");
}

void AlertsController::onTopic(const QJsonObject &data)
{
    const Result<Alert> alert = Protocol::alertFromJson(data);
    if (!alert) {
        qCInfo(lcConsole) << "ignored an alert:" << alert.error().detail;
        return;
    }
    const Alert *known = m_alerts.find(alert->id);
    const bool fired = alert->state == AlertState::Firing && (!known || known->state != AlertState::Firing);
    m_alerts.setNow(m_clock.now());
    m_alerts.upsert(*alert);
    if (isLoading())
        m_pushed.append(*alert);
    dataChanged();
    if (fired)
        Q_EMIT alertFired(*alert);
}

} // namespace Atom::Console
