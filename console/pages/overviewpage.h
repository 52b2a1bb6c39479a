// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/pages/page.h"

class QButtonGroup;
class QGridLayout;

namespace Atom::Console {

class FigureTile;
class OverviewController;
class Pill;
class TimeChart;

//! \brief The server at a glance: figures as tiles, their course as charts.
class OverviewPage : public Page
{
    Q_OBJECT
public:
    explicit OverviewPage(OverviewController &controller, QWidget *parent = nullptr);
    void refresh() override;

Q_SIGNALS:
    void rangeChosen(int seconds);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    struct Tile
    {
        FigureTile *widget;
        int column;
        QString unit;
    };
    void addTile(const QString &title, const QString &metric, const QString &unit);
    void addChart(TimeChart *chart, const QString &name);
    void showState();
    void showFigures();
    void arrangeTiles();

    OverviewController &m_controller;
    StateStack *m_stack;
    Pill *m_stale;
    QGridLayout *m_tileGrid;
    QGridLayout *m_chartGrid;
    QList<Tile> m_tiles;
    QList<TimeChart *> m_charts;
    int m_columns = 0;
};

} // namespace Atom::Console
