// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/pages/timechart.h"

#include "console/models/metricseriesmodel.h"
#include "console/models/texts.h"
#include "console/widgets/colours.h"

#include <QtCharts/QChart>
#include <QtCharts/QChartView>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>
#include <QtCore/QEvent>
#include <QtCore/QSignalBlocker>
#include <QtGui/QPaintEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QGraphicsLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
constexpr int headHeight = 34;
constexpr int footHeight = 24;
constexpr int axisWidth = 52;
constexpr int rightInset = 18;
constexpr double gapSeconds = 3.5; //!< samples come each second; a longer hole is shown as one
constexpr std::array lineStyles{Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};

double valueAt(const MetricSeriesModel &model, int row, const TimeChart::Line &line)
{
    return model.index(row, line.column).data(MetricSeriesModel::ValueRole).toDouble() * line.factor;
}
} // namespace

TimeChart::TimeChart(const QString &title, const QString &unit, QList<Line> lines, double floor, QWidget *parent)
    : Card(parent), m_title(title), m_unit(unit), m_lines(std::move(lines)), m_chart(new QChart),
      m_view(new QChartView(m_chart, this)), m_time(new QValueAxis), m_value(new QValueAxis), m_scale(floor)
{
    setMinimumSize(300, 190);
    setAccessibleName(title);
    m_pieces.resize(m_lines.size());
    m_latest.resize(m_lines.size());
    m_chart->legend()->hide();
    m_chart->setBackgroundVisible(false);
    m_chart->setMargins(QMargins());
    m_chart->setContentsMargins(0, 0, 0, 0);
    m_chart->layout()->setContentsMargins(0, 0, 0, 0);
    m_chart->addAxis(m_time, Qt::AlignBottom);
    m_chart->addAxis(m_value, Qt::AlignLeft);
    m_time->setVisible(false);
    m_value->setLineVisible(false);
    applyScale();
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setRenderHint(QPainter::Antialiasing);
    m_view->setBackgroundBrush(Qt::NoBrush);
    m_view->setStyleSheet(u"background: transparent"_s);
    m_view->setFocusPolicy(Qt::NoFocus);
    m_view->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    restyle();
}

void TimeChart::display(const MetricSeriesModel &model, int last, int rangeSeconds)
{
    if (last < 0) {
        clear();
        return;
    }
    showLatest(model, last);
    const auto secondOf = [&model](int row) { return double(toMillis(model.sample(row).at)) / 1000; };
    const int step = rangeSeconds <= 60 ? 1 : rangeSeconds / 150;
    const auto groupOf = [&](int row) { return std::floor(secondOf(row) / step); };
    // A group is drawn when it is complete, so that its point does not change any more.
    const double open = step == 1 ? INFINITY : groupOf(last);
    while (last > 0 && groupOf(last) >= open)
        --last;
    const double end = secondOf(last);
    const bool again =
        rangeSeconds != m_range || !m_lastSecond || *m_lastSecond > end || end - *m_lastSecond > rangeSeconds;
    if (again)
        clear();
    else if (*m_lastSecond == end)
        return; // shown already
    m_range = rangeSeconds;
    m_step = step;
    const double begin = end - rangeSeconds;
    int row = last;
    while (row > 0 && secondOf(row - 1) >= begin && (!m_lastSecond || secondOf(row - 1) > *m_lastSecond))
        --row;
    while (row <= last) {
        int groupEnd = row;
        while (groupEnd < last && groupOf(groupEnd + 1) == groupOf(row))
            ++groupEnd;
        append(model, row, groupEnd);
        row = groupEnd + 1;
    }
    dropBefore(begin);
    m_time->setRange(begin, end);
    if (again ? m_scale.refit(largest()) : m_scale.fit(largest()))
        applyScale();
}

void TimeChart::applyScale()
{
    m_value->setRange(0, m_scale.max());
    m_value->setTickCount(m_scale.ticks());
    m_value->setLabelFormat(m_scale.max() < 4 ? u"%.1f"_s : u"%.0f"_s);
}

void TimeChart::showLatest(const MetricSeriesModel &model, int row)
{
    QStringList words;
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        m_latest[i] = valueAt(model, row, m_lines.at(i));
        words << u"%1 %2 %3"_s.arg(m_lines.at(i).name, figureText(m_latest.at(i)), m_unit).trimmed();
    }
    setAccessibleDescription(words.join(u", "_s));
    update(0, 0, width(), headHeight);
}

void TimeChart::clear()
{
    for (QList<QLineSeries *> &pieces : m_pieces) {
        for (QLineSeries *series : std::as_const(pieces)) {
            m_chart->removeSeries(series);
            delete series;
        }
        pieces.clear();
    }
    m_lastSecond.reset();
}

QLineSeries *TimeChart::startPiece(qsizetype line)
{
    auto *series = new QLineSeries;
    const QColor ink = Colours::of(palette()).series.at(size_t(line) % 4);
    series->setPen(QPen(ink, 1.8, lineStyles.at(size_t(line) % lineStyles.size()), Qt::FlatCap, Qt::RoundJoin));
    m_chart->addSeries(series);
    series->attachAxis(m_time);
    series->attachAxis(m_value);
    m_pieces[line].append(series);
    return series;
}

void TimeChart::append(const MetricSeriesModel &model, int first, int last)
{
    const double second = double(toMillis(model.sample(last).at)) / 1000;
    const bool gap = !m_lastSecond || second - *m_lastSecond > gapSeconds + m_step;
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        double value = valueAt(model, first, m_lines.at(i));
        for (int row = first + 1; row <= last; ++row)
            value = std::max(value, valueAt(model, row, m_lines.at(i)));
        QLineSeries *series = gap || m_pieces.at(i).isEmpty() ? startPiece(i) : m_pieces.at(i).last();
        const QSignalBlocker quiet(series); // the axis makes the line anew, once for all changes: see display()
        series->append(second, value);
    }
    m_lastSecond = second;
}

void TimeChart::dropBefore(double second)
{
    for (QList<QLineSeries *> &pieces : m_pieces) {
        while (!pieces.isEmpty()) {
            QLineSeries *oldest = pieces.first();
            int passed = 0;
            // One point left of the edge stays, so that the line enters from the side.
            while (passed + 1 < oldest->count() && oldest->at(passed + 1).x() < second)
                ++passed;
            if (passed > 0) {
                const QSignalBlocker quiet(oldest);
                oldest->removePoints(0, passed);
            }
            if (pieces.size() == 1 || oldest->at(oldest->count() - 1).x() >= second)
                break;
            m_chart->removeSeries(oldest);
            delete pieces.takeFirst();
        }
    }
}

double TimeChart::largest() const
{
    double most = 0;
    for (const QList<QLineSeries *> &pieces : m_pieces) {
        for (const QLineSeries *series : pieces) {
            for (int i = 0; i < series->count(); ++i)
                most = std::max(most, series->at(i).y());
        }
    }
    return most;
}

int TimeChart::pointCount() const
{
    int count = 0;
    for (const QLineSeries *series : m_pieces.first())
        count += series->count();
    return count;
}

int TimeChart::pieceCount() const
{
    return int(m_pieces.first().size());
}

double TimeChart::valueAxisMax() const
{
    return m_value->max();
}

void TimeChart::restyle()
{
    const Colours &colours = Colours::of(palette());
    m_value->setLabelsColor(colours.muted);
    m_value->setGridLineColor(colours.grid);
    QFont small = font();
    small.setPointSizeF(font().pointSizeF() * 0.9);
    m_value->setLabelsFont(small);
    for (qsizetype i = 0; i < m_pieces.size(); ++i) {
        for (QLineSeries *series : std::as_const(m_pieces[i])) {
            QPen pen = series->pen();
            pen.setColor(colours.series.at(size_t(i) % 4));
            series->setPen(pen);
        }
    }
    update();
}

void TimeChart::layOut()
{
    const QRect place(4, headHeight, std::max(80, width() - 8), std::max(60, height() - headHeight - footHeight));
    // Fixed margins: with Qt's own the plot would move whenever a label gets another digit. Before the resize, which
    // lays the labels out: setting the plot area moves only the lines.
    m_chart->setPlotArea(QRectF(axisWidth, 8, place.width() - axisWidth - rightInset, place.height() - 20));
    m_view->setGeometry(place);
}

void TimeChart::resizeEvent(QResizeEvent *event)
{
    Card::resizeEvent(event);
    layOut();
}

void TimeChart::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        restyle();
    Card::changeEvent(event);
}

void TimeChart::paintEvent(QPaintEvent *event)
{
    Card::paintEvent(event);
    const Colours &colours = Colours::of(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const QRect head(14, 8, width() - 28, headHeight - 10);
    painter.setFont(bold);
    painter.setPen(colours.text);
    painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, m_title);
    int left = head.left() + QFontMetrics(bold).horizontalAdvance(m_title) + 6;
    painter.setFont(font());
    painter.setPen(colours.muted);
    painter.drawText(QRect(left, head.top(), head.right() - left, head.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     m_unit);

    // The legend from the right: line, name, newest value in a column of fixed width.
    const int valueWidth = fontMetrics().horizontalAdvance(u"88,888"_s);
    int right = head.right();
    for (qsizetype i = m_lines.size() - 1; i >= 0; --i) {
        const QString value = m_lastSecond ? figureText(m_latest.at(i)) : u"–"_s;
        const bool named = !m_lines.at(i).name.isEmpty();
        const QRect box(right - valueWidth, head.top(), valueWidth, head.height());
        painter.setPen(colours.text);
        painter.drawText(box, (named ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, value);
        if (!named)
            break;
        right = box.left() - 6 - fontMetrics().horizontalAdvance(m_lines.at(i).name);
        painter.setPen(colours.muted);
        painter.drawText(QRect(right, head.top(), box.left() - right, head.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         m_lines.at(i).name);
        painter.setPen(
            QPen(colours.series.at(size_t(i) % 4), 2.2, lineStyles.at(size_t(i) % lineStyles.size()), Qt::FlatCap));
        painter.drawLine(QPointF(right - 26, head.center().y() + 1), QPointF(right - 6, head.center().y() + 1));
        right -= 26 + 12;
    }
    if (event->rect().bottom() >= height() - footHeight)
        paintTimes(painter);
}

void TimeChart::paintTimes(QPainter &painter) const
{
    const Colours &colours = Colours::of(palette());
    const QRectF plot = m_chart->plotArea().translated(m_view->pos());
    const int range = m_range > 0 ? m_range : 60;
    const int step = range <= 60 ? 15 : range <= 300 ? 60 : 180;
    QFont small = font();
    small.setPointSizeF(font().pointSizeF() * 0.9);
    painter.setFont(small);
    painter.setPen(colours.muted);
    for (int ago = 0; ago <= range; ago += step) {
        const double x = plot.right() - plot.width() * ago / range;
        const QString text = ago == 0 ? tr("now") : ago < 60 ? tr("%1 s").arg(-ago) : tr("%1 min").arg(-ago / 60);
        painter.drawText(QRectF(x - 40, height() - footHeight - 2, 80, footHeight - 2), Qt::AlignCenter, text);
    }
}

} // namespace Atom::Console
