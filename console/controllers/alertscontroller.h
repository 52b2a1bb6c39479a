// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/controllers/livecontroller.h"
#include "console/models/alertmodel.h"

namespace Atom::Console {

//! \brief The alerts of the server, live by topic "alerts".
class AlertsController : public LiveController
{
    Q_OBJECT
public:
    AlertsController(Client::ApiClient &api, Client::RealtimeClient &realtime, Clock &clock, QObject *parent = nullptr);

    AlertModel &alerts() { return m_alerts; }
    bool canAcknowledge(const AlertId &id) const; //!< firing or pending, and not already on its way
    void acknowledge(const AlertId &id);

Q_SIGNALS:
    void alertFired(const Atom::Alert &alert); //!< became firing while we watched
    void acknowledged(const Atom::AlertId &id);
    void acknowledgeFailed(const QString &why); //!< plain text

protected:
    void load() override;
    bool hasData() const override { return m_alerts.rowCount() > 0; }
    QString emptyText() const override;
    void onTopic(const QJsonObject &data) override;

private:
    void tick();
    Clock &m_clock;
    AlertModel m_alerts;
    QList<AlertId> m_underWay;
    QList<Alert> m_pushed; //!< while a list was on its way
};

} // namespace Atom::Console
