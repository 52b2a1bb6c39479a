// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/widgets/card.h"
#include "console/widgets/nicescale.h"

#include <QtCharts/QChartGlobal>
#include <QtCore/QList>

#include <optional>

QT_BEGIN_NAMESPACE
class QChart;
class QChartView;
class QLineSeries;
class QValueAxis;
QT_END_NAMESPACE

namespace Atom::Console {

class MetricSeriesModel;

//! \brief A line chart of some columns of a MetricSeriesModel over the last seconds. The time axis stands still
//! ("5 min ago" .. "now") and the lines move; the value axis follows NiceScale. New samples are appended and old
//! ones removed; everything is put in again only for another range or source. Missing seconds are gaps, not lines.
//! Over longer ranges a point is the largest value of some seconds: as many points as can be told apart, peaks kept.
class TimeChart : public Card
{
    Q_OBJECT
public:
    struct Line
    {
        QString name;      //!< empty: the only line of the chart
        int column = 0;    //!< of the model
        double factor = 1; //!< shown = value * factor
    };
    //! \brief `floor`: the value axis never ends below it.
    TimeChart(const QString &title, const QString &unit, QList<Line> lines, double floor, QWidget *parent = nullptr);
    //! \brief Shows what the model holds up to row `last`, at most `rangeSeconds` back from it.
    void display(const MetricSeriesModel &model, int last, int rangeSeconds);
    int pointCount() const; //!< of the first line, all pieces
    int pieceCount() const; //!< of the first line: 1 more than its gaps
    double valueAxisMax() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void clear();
    void showLatest(const MetricSeriesModel &model, int row);
    void append(const MetricSeriesModel &model, int first, int last);
    void dropBefore(double second);
    QLineSeries *startPiece(qsizetype line);
    void applyScale();
    void restyle();
    void layOut();
    double largest() const;
    void paintTimes(QPainter &painter) const;

    QString m_title, m_unit;
    QList<Line> m_lines;
    QList<QList<QLineSeries *>> m_pieces; //!< beside m_lines; owned by the chart
    QList<double> m_latest;
    QChart *m_chart;
    QChartView *m_view;
    QValueAxis *m_time;
    QValueAxis *m_value;
    NiceScale m_scale;
    int m_range = 0;
    int m_step = 1;                     //!< seconds a point stands for
    std::optional<double> m_lastSecond; //!< of the newest sample that is in the lines
};

} // namespace Atom::Console
