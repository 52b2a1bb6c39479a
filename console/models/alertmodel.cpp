// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/alertmodel.h"

#include "console/models/texts.h"

#include <algorithm>
#include <array>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
constexpr std::array<const char *, AlertModel::ColumnCount> headers{
    QT_TRANSLATE_NOOP("Atom::Console::AlertModel", "Severity"),
    QT_TRANSLATE_NOOP("Atom::Console::AlertModel", "State"),
    QT_TRANSLATE_NOOP("Atom::Console::AlertModel", "Rule"),
    QT_TRANSLATE_NOOP("Atom::Console::AlertModel", "Summary"),
    QT_TRANSLATE_NOOP("Atom::Console::AlertModel", "Value / threshold"),
    QT_TRANSLATE_NOOP("Atom::Console::AlertModel", "Since"),
    QT_TRANSLATE_NOOP("Atom::Console::AlertModel", "Acknowledged by"),
};

int urgency(AlertState state)
{
    switch (state) {
    case AlertState::Firing:
        return 0;
    case AlertState::Acknowledged:
        return 1;
    case AlertState::Pending:
        return 2;
    case AlertState::Resolved:
        return 3;
    }
    return 3;
}
} // namespace

QString alertStateText(AlertState state)
{
    switch (state) {
    case AlertState::Firing:
        return AlertModel::tr("Firing");
    case AlertState::Acknowledged:
        return AlertModel::tr("Acknowledged");
    case AlertState::Pending:
        return AlertModel::tr("Pending");
    case AlertState::Resolved:
        return AlertModel::tr("Resolved");
    }
    return {};
}

QString alertSeverityText(AlertSeverity severity)
{
    return severity == AlertSeverity::Critical ? AlertModel::tr("Critical") : AlertModel::tr("Warning");
}

AlertModel::AlertModel(QObject *parent, int limit) : QAbstractTableModel(parent), m_limit(std::max(1, limit)) {}

void AlertModel::upsert(const Alert &alert)
{
    const auto known = std::find_if(m_alerts.begin(), m_alerts.end(), [&](const Alert &a) { return a.id == alert.id; });
    if (known != m_alerts.end()) {
        if (*known == alert)
            return;
        *known = alert;
        const int row = int(known - m_alerts.begin());
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
    } else {
        const int row = int(m_alerts.size());
        beginInsertRows({}, row, row);
        m_alerts.append(alert);
        endInsertRows();
        trim();
    }
    recount();
}

void AlertModel::setAlerts(const QList<Alert> &alerts)
{
    for (int row = int(m_alerts.size()) - 1; row >= 0; --row) {
        const AlertId id = m_alerts.at(row).id;
        if (std::any_of(alerts.begin(), alerts.end(), [&](const Alert &a) { return a.id == id; }))
            continue;
        beginRemoveRows({}, row, row);
        m_alerts.removeAt(row);
        endRemoveRows();
    }
    for (const Alert &alert : alerts)
        upsert(alert);
    recount();
}

void AlertModel::trim()
{
    while (m_alerts.size() > m_limit) {
        auto leaving = std::find_if(m_alerts.begin(), m_alerts.end(),
                                    [](const Alert &a) { return a.state == AlertState::Resolved; });
        if (leaving == m_alerts.end())
            leaving = m_alerts.begin();
        const int row = int(leaving - m_alerts.begin());
        beginRemoveRows({}, row, row);
        m_alerts.erase(leaving);
        endRemoveRows();
    }
}

void AlertModel::recount()
{
    const int firing = int(
        std::count_if(m_alerts.begin(), m_alerts.end(), [](const Alert &a) { return a.state == AlertState::Firing; }));
    if (std::exchange(m_firing, firing) != firing)
        Q_EMIT firingCountChanged(firing);
}

const Alert *AlertModel::find(const AlertId &id) const
{
    const auto it = std::find_if(m_alerts.begin(), m_alerts.end(), [&](const Alert &a) { return a.id == id; });
    return it == m_alerts.end() ? nullptr : &*it;
}

void AlertModel::setNow(Timestamp now)
{
    const Timestamp before = std::exchange(m_now, now);
    for (int row = 0; row < m_alerts.size(); ++row) {
        const Timestamp since = m_alerts.at(row).since;
        if (agoText(since, before) != agoText(since, now))
            Q_EMIT dataChanged(index(row, Since), index(row, Since), {Qt::DisplayRole});
    }
}

void AlertModel::setZone(TimeZoneChoice zone)
{
    if (std::exchange(m_zone, zone) != zone && !m_alerts.isEmpty())
        Q_EMIT dataChanged(index(0, Since), index(int(m_alerts.size()) - 1, Since), {Qt::DisplayRole});
}

int AlertModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_alerts.size());
}

int AlertModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString AlertModel::text(const Alert &alert, int column) const
{
    switch (Column(column)) {
    case Severity:
        return alertSeverityText(alert.severity);
    case State:
        return alertStateText(alert.state);
    case Rule:
        return oneLine(alert.rule);
    case Summary:
        return oneLine(alert.summary);
    case Value:
        return u"%1 / %2"_s.arg(figureText(alert.value), figureText(alert.threshold));
    case Since:
        return u"%1 (%2)"_s.arg(clockText(alert.since, m_zone), agoText(alert.since, m_now));
    case AcknowledgedBy:
        return alert.acknowledgedBy.isEmpty() ? u"–"_s : alert.acknowledgedBy.toString();
    case ColumnCount:
        break;
    }
    return {};
}

QVariant AlertModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Alert &row = m_alerts.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::ToolTipRole:
        if (index.column() == Since)
            return toolTipText(dateTimeText(row.since, m_zone));
        return toolTipText(text(row, index.column()));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (index.column() == Value ? Qt::AlignRight : Qt::AlignLeft));
    case IdRole:
        return row.id.toString();
    case StateRole:
        return int(row.state);
    case SeverityRole:
        return int(row.severity);
    case SortRole:
        switch (index.column()) {
        case State:
            return u"%1%2%3"_s.arg(urgency(row.state))
                .arg(row.severity == AlertSeverity::Critical ? 0 : 1)
                .arg(9'999'999'999'999 - toMillis(row.since), 13, 10, QChar(u'0'));
        case Severity:
            return row.severity == AlertSeverity::Critical ? 0 : 1;
        case Value:
            return row.value;
        case Since:
            return toMillis(row.since);
        default:
            return text(row, index.column());
        }
    default:
        return {};
    }
}

QVariant AlertModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (section == Value ? Qt::AlignRight : Qt::AlignLeft));
    return role == Qt::DisplayRole ? QVariant(tr(headers.at(size_t(section)))) : QVariant();
}

} // namespace Atom::Console
