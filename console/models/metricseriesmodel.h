// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/monitoring.h"

#include <QtCore/QAbstractTableModel>

#include <deque>

namespace Atom::Console {

//! \brief The newest samples of a server, oldest first, at most `capacity` (then the oldest leave). A row is a sample,
//! a column is Time or one figure in the order of Protocol::metricNames(). Samples are told apart by their time, so
//! history and live samples may overlap and come in any order.
class MetricSeriesModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Role { ValueRole = Qt::UserRole /*!< double; of the time column: qint64 unix ms */ };
    static constexpr int timeColumn = 0;

    explicit MetricSeriesModel(int capacity = 900, QObject *parent = nullptr);

    //! \brief Adds what is new. Any order; samples older than a full buffer's oldest are ignored.
    void insert(QList<MetricSample> samples);
    void clear();

    int size() const { return int(m_samples.size()); }
    const MetricSample &sample(int row) const { return m_samples.at(size_t(row)); }
    bool isEmpty() const { return m_samples.empty(); }
    const MetricSample &newest() const { return m_samples.back(); } //!< not when isEmpty()

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    int m_capacity;
    QStringList m_names;
    std::deque<MetricSample> m_samples;
};

} // namespace Atom::Console
