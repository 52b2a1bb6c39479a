// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/controllers/displaypause.h"
#include "console/controllers/livecontroller.h"
#include "console/models/metricseriesmodel.h"

namespace Atom::Console {

//! \brief The figures of the server: history by REST, then one sample a second by topic "metrics". Collects always;
//! what is to be shown stands still while the display is paused.
class OverviewController : public LiveController
{
    Q_OBJECT
public:
    static constexpr int longestSeconds = 900;

    OverviewController(Client::ApiClient &api, Client::RealtimeClient &realtime, DisplayPause &pause,
                       QObject *parent = nullptr);

    MetricSeriesModel &series() { return m_series; }
    void setRangeSeconds(int seconds); //!< 60..longestSeconds
    int rangeSeconds() const { return m_range; }
    //! \brief The last row to be shown: the newest, or the one that was newest when the display was paused; -1: none.
    int shownRow() const;
    bool isPaused() const { return m_pause.isPaused(); }

Q_SIGNALS:
    void displayChanged(); //!< at most once a second; never while paused, except for another range

protected:
    void load() override;
    bool hasData() const override { return !m_series.isEmpty(); }
    QString emptyText() const override;
    void onTopic(const QJsonObject &data) override;

private:
    DisplayPause &m_pause;
    MetricSeriesModel m_series;
    int m_range = 60;
    std::optional<Timestamp> m_frozenAt;
};

} // namespace Atom::Console
