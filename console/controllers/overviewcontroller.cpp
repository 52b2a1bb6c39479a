// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/controllers/overviewcontroller.h"

#include "console/controllers/logging.h"
#include "shared/protocol/restcodec.h"

#include <algorithm>

namespace Atom::Console {

OverviewController::OverviewController(Client::ApiClient &api, Client::RealtimeClient &realtime, DisplayPause &pause,
                                       QObject *parent)
    : LiveController(api, realtime, QByteArrayLiteral("metrics"), parent), m_pause(pause), m_series(longestSeconds)
{
    connect(&pause, &DisplayPause::pausedChanged, this, [this](bool paused) {
        m_frozenAt = paused && !m_series.isEmpty() ? std::optional(m_series.newest().at) : std::nullopt;
        Q_EMIT displayChanged();
    });
}

void OverviewController::setRangeSeconds(int seconds)
{
    seconds = std::clamp(seconds, 60, longestSeconds);
    if (std::exchange(m_range, seconds) != seconds)
        Q_EMIT displayChanged();
}

int OverviewController::shownRow() const
{
    int row = m_series.size() - 1;
    if (m_frozenAt) {
        while (row >= 0 && m_series.sample(row).at > *m_frozenAt)
            --row;
    }
    return row;
}

void OverviewController::load()
{
    QCoro::connect(m_api.metricHistory(longestSeconds), this, [this](Result<QList<MetricSample>> history) {
        if (!history) {
            loadFailed(history.error());
            return;
        }
        m_series.insert(std::move(*history));
        loaded();
        if (!m_pause.isPaused())
            Q_EMIT displayChanged();
    });
}

QString OverviewController::emptyText() const
{
    return tr("The server has not measured anything yet. Figures appear with the next second.");
}

void OverviewController::onTopic(const QJsonObject &data)
{
    Result<MetricSample> sample = Protocol::metricSampleFromJson(data);
    if (!sample) {
        qCInfo(lcConsole) << "ignored a metric sample:" << sample.error().detail;
        return;
    }
    m_series.insert({std::move(*sample)});
    dataChanged();
    if (!m_pause.isPaused())
        Q_EMIT displayChanged();
}

} // namespace Atom::Console
