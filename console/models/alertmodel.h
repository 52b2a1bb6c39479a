// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/displaysettings.h"
#include "shared/model/monitoring.h"

#include <QtCore/QAbstractTableModel>

namespace Atom::Console {

//! \brief Alerts of a server, one row each, in the order they became known; sort with the SortRole of the State column
//! for "what needs a person first". The newest `limit` are kept (resolved ones leave first).
class AlertModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Severity, State, Rule, Summary, Value, Since, AcknowledgedBy, ColumnCount };
    enum Role {
        IdRole = Qt::UserRole, //!< QString
        SortRole,     //!< per column; of State: firing before acknowledged before pending before resolved, newest first
        StateRole,    //!< int of AlertState
        SeverityRole, //!< int of AlertSeverity
    };

    explicit AlertModel(QObject *parent = nullptr, int limit = 1'000);

    //! \brief Inserts or replaces by id.
    void upsert(const Alert &alert);
    //! \brief What the server knows now: rows that it does not name leave.
    void setAlerts(const QList<Alert> &alerts);
    const Alert *find(const AlertId &id) const;
    const Alert &alert(int row) const { return m_alerts.at(row); }
    int firingCount() const { return m_firing; } //!< state Firing: nobody has taken it yet

    //! \brief The present, for "3 min ago"; the server's or this machine's clock. Emits only for changed words.
    void setNow(Timestamp now);
    void setZone(TimeZoneChoice zone);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void firingCountChanged(int count);

private:
    QString text(const Alert &alert, int column) const;
    void recount();
    void trim();

    int m_limit;
    QList<Alert> m_alerts;
    Timestamp m_now{};
    TimeZoneChoice m_zone = TimeZoneChoice::Local;
    int m_firing = 0;
};

//! \brief The state in words: "Firing", "Acknowledged", ...
QString alertStateText(AlertState state);
QString alertSeverityText(AlertSeverity severity);

} // namespace Atom::Console
