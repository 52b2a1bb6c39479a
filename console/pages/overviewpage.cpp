// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/pages/overviewpage.h"

#include "console/controllers/overviewcontroller.h"
#include "console/models/texts.h"
#include "console/pages/timechart.h"
#include "console/widgets/figuretile.h"
#include "console/widgets/pill.h"
#include "console/widgets/statestack.h"
#include "shared/protocol/restcodec.h"

#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
constexpr int courseSeconds = FigureTile::barCount;

int columnOf(const QString &metric)
{
    return int(Protocol::metricNames().indexOf(metric)) + 1;
}
} // namespace

OverviewPage::OverviewPage(OverviewController &controller, QWidget *parent) : Page(parent), m_controller(controller)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(12);
    QBoxLayout *heading = addHeading(layout, tr("Overview"));
    m_stale = new Pill;
    heading->addWidget(m_stale);
    auto *ranges = new QButtonGroup(this);
    for (const int minutes : {1, 5, 15}) {
        auto *button = new QToolButton;
        button->setText(tr("%1 min").arg(minutes));
        button->setAccessibleName(tr("Show the last %1 min").arg(minutes));
        button->setObjectName(u"range%1"_s.arg(minutes));
        button->setCheckable(true);
        button->setChecked(minutes * 60 == controller.rangeSeconds());
        ranges->addButton(button, minutes * 60);
        heading->addWidget(button);
    }
    connect(ranges, &QButtonGroup::idClicked, this, [this](int seconds) {
        m_controller.setRangeSeconds(seconds);
        Q_EMIT rangeChosen(seconds);
    });

    auto *content = new QWidget;
    auto *contentLayout = new QVBoxLayout(content);
    contentLayout->setContentsMargins(0, 0, 0, 0);
    contentLayout->setSpacing(12);
    m_tileGrid = new QGridLayout;
    m_tileGrid->setSpacing(12);
    contentLayout->addLayout(m_tileGrid);
    m_chartGrid = new QGridLayout;
    m_chartGrid->setSpacing(12);
    contentLayout->addLayout(m_chartGrid, 1);

    addTile(tr("Connections"), u"connections"_s, {});
    addTile(tr("Users online"), u"users"_s, {});
    addTile(tr("Messages"), u"messages_per_second"_s, tr("/s"));
    addTile(tr("Deliveries"), u"deliveries_per_second"_s, tr("/s"));
    addTile(tr("Requests"), u"requests_per_second"_s, tr("/s"));
    addTile(tr("Errors"), u"errors_per_second"_s, tr("/s"));
    addTile(tr("Ack p50"), u"ack_p50_ms"_s, tr("ms"));
    addTile(tr("Ack p95"), u"ack_p95_ms"_s, tr("ms"));
    addTile(tr("Ack p99"), u"ack_p99_ms"_s, tr("ms"));
    addTile(tr("CPU"), u"cpu_percent"_s, tr("%"));
    addTile(tr("Memory"), u"memory_mb"_s, tr("MB"));
    addTile(tr("Running workflows"), u"running_workflows"_s, {});

    using Line = TimeChart::Line;
    const QList<Line> messages{Line{{}, columnOf(u"messages_per_second"_s)}};
    const QList<Line> latency{Line{tr("p50"), columnOf(u"ack_p50_ms"_s)}, Line{tr("p95"), columnOf(u"ack_p95_ms"_s)},
                              Line{tr("p99"), columnOf(u"ack_p99_ms"_s)}};
    const QList<Line> load{Line{tr("CPU %"), columnOf(u"cpu_percent"_s)},
                           Line{tr("Memory MB"), columnOf(u"memory_mb"_s)}};
    const QList<Line> connections{Line{tr("connections"), columnOf(u"connections"_s)},
                                  Line{tr("users"), columnOf(u"users"_s)}};
    addChart(new TimeChart(tr("Messages"), tr("per second"), messages, 5), u"chartMessages"_s);
    addChart(new TimeChart(tr("Acknowledgement"), tr("ms"), latency, 1), u"chartLatency"_s);
    addChart(new TimeChart(tr("CPU and memory"), {}, load, 10), u"chartLoad"_s);
    addChart(new TimeChart(tr("Connections"), {}, connections, 5), u"chartConnections"_s);

    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    m_stack = new StateStack(scroll);
    layout->addWidget(m_stack, 1);
    connect(m_stack, &StateStack::actionRequested, this, &OverviewPage::refresh);
    connect(&controller, &OverviewController::stateChanged, this, &OverviewPage::showState);
    connect(&controller, &OverviewController::displayChanged, this, &OverviewPage::showFigures);
    showState();
}

void OverviewPage::addTile(const QString &title, const QString &metric, const QString &unit)
{
    auto *tile = new FigureTile(title);
    tile->setObjectName(u"tile_"_s + metric);
    m_tiles.append(Tile{tile, columnOf(metric), unit});
}

void OverviewPage::addChart(TimeChart *chart, const QString &name)
{
    chart->setObjectName(name);
    const int at = int(m_charts.size());
    m_charts.append(chart);
    m_chartGrid->addWidget(chart, at / 2, at % 2);
}

void OverviewPage::refresh()
{
    m_controller.refresh();
}

void OverviewPage::showState()
{
    applyState(*m_stack, m_controller.state());
    m_stale->show(Tone::Warning, m_controller.staleReason());
    m_stale->setVisible(!m_controller.staleReason().isEmpty());
    showFigures();
}

void OverviewPage::showFigures()
{
    // A hidden page costs nothing; it catches up when it is shown.
    if (!isVisible())
        return;
    const MetricSeriesModel &series = m_controller.series();
    const int last = m_controller.shownRow();
    for (const Tile &tile : std::as_const(m_tiles)) {
        if (last < 0)
            continue;
        QList<double> course;
        for (int row = std::max(0, last - courseSeconds + 1); row <= last; ++row)
            course.append(series.index(row, tile.column).data(MetricSeriesModel::ValueRole).toDouble());
        tile.widget->setFigure(figureText(course.last()), tile.unit);
        tile.widget->setCourse(course);
    }
    if (last >= 0) {
        const MetricSample &sample = series.sample(last);
        for (const Tile &tile : std::as_const(m_tiles)) {
            if (tile.column == columnOf(u"errors_per_second"_s))
                tile.widget->setTone(sample.errorsPerSecond > 0 ? Tone::Critical : Tone::Neutral);
        }
    }
    for (TimeChart *chart : std::as_const(m_charts))
        chart->display(series, last, m_controller.rangeSeconds());
}

void OverviewPage::arrangeTiles()
{
    const int wide = width() - 40;
    const int columns = wide >= 960 ? 6 : wide >= 620 ? 4 : wide >= 460 ? 3 : 2;
    if (std::exchange(m_columns, columns) == columns)
        return;
    for (int i = 0; i < m_tiles.size(); ++i)
        m_tileGrid->addWidget(m_tiles.at(i).widget, i / columns, i % columns);
    for (int i = 0; i < 6; ++i)
        m_tileGrid->setColumnStretch(i, i < columns ? 1 : 0);
    const int chartColumns = columns >= 4 ? 2 : 1;
    for (int i = 0; i < m_charts.size(); ++i)
        m_chartGrid->addWidget(m_charts.at(i), i / chartColumns, i % chartColumns);
}

void OverviewPage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    arrangeTiles();
}

void OverviewPage::showEvent(QShowEvent *event)
{
    Page::showEvent(event);
    showFigures();
}

} // namespace Atom::Console
