// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/metricseriesmodel.h"

#include "console/models/texts.h"
#include "shared/protocol/restcodec.h"

#include <algorithm>

namespace Atom::Console {

MetricSeriesModel::MetricSeriesModel(int capacity, QObject *parent)
    : QAbstractTableModel(parent), m_capacity(std::max(1, capacity)), m_names(Protocol::metricNames())
{
}

void MetricSeriesModel::insert(QList<MetricSample> samples)
{
    const auto earlier = [](const MetricSample &a, const MetricSample &b) { return a.at < b.at; };
    std::stable_sort(samples.begin(), samples.end(), earlier);
    const auto same = [](const MetricSample &a, const MetricSample &b) { return a.at == b.at; };
    samples.erase(std::unique(samples.begin(), samples.end(), same), samples.end());
    if (samples.size() > m_capacity)
        samples.remove(0, samples.size() - m_capacity);

    // Each run of new samples that falls between the same two neighbours goes in at once.
    for (qsizetype i = 0; i < samples.size();) {
        const auto place = std::lower_bound(m_samples.begin(), m_samples.end(), samples.at(i), earlier);
        if (place != m_samples.end() && place->at == samples.at(i).at) {
            ++i;
            continue;
        }
        if (place == m_samples.begin() && size() >= m_capacity) {
            ++i; // older than everything a full buffer holds
            continue;
        }
        qsizetype end = i + 1;
        while (end < samples.size() && (place == m_samples.end() || samples.at(end).at < place->at))
            ++end;
        const int row = int(place - m_samples.begin());
        beginInsertRows({}, row, row + int(end - i) - 1);
        m_samples.insert(place, samples.cbegin() + i, samples.cbegin() + end);
        endInsertRows();
        i = end;
    }
    if (const int excess = size() - m_capacity; excess > 0) {
        beginRemoveRows({}, 0, excess - 1);
        m_samples.erase(m_samples.begin(), m_samples.begin() + excess);
        endRemoveRows();
    }
}

void MetricSeriesModel::clear()
{
    beginResetModel();
    m_samples.clear();
    endResetModel();
}

int MetricSeriesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : size();
}

int MetricSeriesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_names.size()) + 1;
}

QVariant MetricSeriesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const MetricSample &row = sample(index.row());
    if (index.column() == timeColumn) {
        if (role == ValueRole)
            return toMillis(row.at);
        return role == Qt::DisplayRole ? QVariant(clockText(row.at, TimeZoneChoice::Utc)) : QVariant();
    }
    const std::optional<double> value = Protocol::metricValue(row, m_names.at(index.column() - 1));
    if (!value)
        return {};
    if (role == ValueRole)
        return *value;
    return role == Qt::DisplayRole ? QVariant(figureText(*value)) : QVariant();
}

QVariant MetricSeriesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section > m_names.size())
        return {};
    return section == timeColumn ? tr("Time") : m_names.at(section - 1);
}

} // namespace Atom::Console
