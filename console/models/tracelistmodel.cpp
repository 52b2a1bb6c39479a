// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/tracelistmodel.h"

#include "console/models/texts.h"

#include <algorithm>
#include <array>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
constexpr std::array<const char *, TraceListModel::ColumnCount> headers{
    QT_TRANSLATE_NOOP("Atom::Console::TraceListModel", "Started"),
    QT_TRANSLATE_NOOP("Atom::Console::TraceListModel", "Room"),
    QT_TRANSLATE_NOOP("Atom::Console::TraceListModel", "Took"),
    QT_TRANSLATE_NOOP("Atom::Console::TraceListModel", "Spans"),
    QT_TRANSLATE_NOOP("Atom::Console::TraceListModel", "Errors"),
};
} // namespace

TraceListModel::TraceListModel(QObject *parent, int capacity)
    : QAbstractTableModel(parent), m_capacity(std::max(1, capacity))
{
}

void TraceListModel::upsert(const QList<TraceSummary> &summaries)
{
    // Oldest first, so that a live trace is one insertion at the top.
    QList<TraceSummary> ordered = summaries;
    std::sort(ordered.begin(), ordered.end(),
              [](const TraceSummary &a, const TraceSummary &b) { return a.startMicros < b.startMicros; });
    for (const TraceSummary &summary : std::as_const(ordered))
        upsertOne(summary);
    if (const int excess = int(m_rows.size()) - m_capacity; excess > 0) {
        beginRemoveRows({}, m_capacity, int(m_rows.size()) - 1);
        m_rows.remove(m_capacity, excess);
        endRemoveRows();
    }
}

void TraceListModel::upsertOne(const TraceSummary &summary)
{
    if (const int row = rowOf(summary.id); row >= 0) {
        TraceSummary updated = summary;
        updated.startMicros = m_rows.at(row).startMicros; // the place in the order stays
        m_rows[row] = updated;
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        return;
    }
    const auto place = std::find_if(m_rows.begin(), m_rows.end(), [&](const TraceSummary &known) {
        return known.startMicros <= summary.startMicros;
    });
    const int row = int(place - m_rows.begin());
    beginInsertRows({}, row, row);
    m_rows.insert(row, summary);
    endInsertRows();
}

void TraceListModel::clear()
{
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

void TraceListModel::setZone(TimeZoneChoice zone)
{
    if (std::exchange(m_zone, zone) != zone && !m_rows.isEmpty())
        Q_EMIT dataChanged(index(0, Started), index(int(m_rows.size()) - 1, Started), {Qt::DisplayRole});
}

int TraceListModel::rowOf(const TraceId &id) const
{
    const auto it = std::find_if(m_rows.begin(), m_rows.end(), [&](const TraceSummary &s) { return s.id == id; });
    return it == m_rows.end() ? -1 : int(it - m_rows.begin());
}

int TraceListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int TraceListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TraceListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const TraceSummary &row = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        switch (Column(index.column())) {
        case Started:
            return clockText(fromMillis(row.startMicros / 1000), m_zone);
        case Room:
            return row.room.toString();
        case Duration:
            return durationText(row.durationMicros);
        case Spans:
            return QString::number(row.spans);
        case Errors:
            return row.errors == 0 ? u"–"_s : QString::number(row.errors);
        case ColumnCount:
            break;
        }
        return {};
    case Qt::ToolTipRole:
        return toolTipText(tr("Trace %1\nMessage %2\nRoom %3\nStarted %4")
                               .arg(row.id.toString(), row.message.toString(), row.room.toString(),
                                    dateTimeText(fromMillis(row.startMicros / 1000), m_zone)));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (index.column() >= Duration ? Qt::AlignRight : Qt::AlignLeft));
    case IdRole:
        return row.id.toString();
    case ErrorRole:
        return row.errors > 0;
    default:
        return {};
    }
}

QVariant TraceListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (section >= Duration ? Qt::AlignRight : Qt::AlignLeft));
    return role == Qt::DisplayRole ? QVariant(tr(headers.at(size_t(section)))) : QVariant();
}

} // namespace Atom::Console
