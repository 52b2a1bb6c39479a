// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/displaysettings.h"
#include "shared/model/trace.h"

#include <QtCore/QAbstractTableModel>

namespace Atom::Console {

//! \brief Recent traces, newest start first, each once (by trace id); at most `capacity`, then the oldest leave.
class TraceListModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Started, Room, Duration, Spans, Errors, ColumnCount };
    enum Role {
        IdRole = Qt::UserRole, //!< QString: trace id
        ErrorRole,             //!< bool: a span failed
    };

    explicit TraceListModel(QObject *parent = nullptr, int capacity = 1'000);

    void upsert(const QList<TraceSummary> &summaries);
    void clear();
    void setZone(TimeZoneChoice zone);
    const TraceSummary &summary(int row) const { return m_rows.at(row); }
    int rowOf(const TraceId &id) const; //!< -1: not listed

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void upsertOne(const TraceSummary &summary);
    int m_capacity;
    QList<TraceSummary> m_rows;
    TimeZoneChoice m_zone = TimeZoneChoice::Local;
};

} // namespace Atom::Console
