// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/displaysettings.h"
#include "shared/core/id.h"

#include <QtWidgets/QWidget>

#include <memory>

class QStackedWidget;
class QToolButton;

namespace Atom {
class Clock;
}

namespace Atom::Console {

class AlertsController;
class Banner;
class CommandPalette;
class ConnectionController;
class DisplayPause;
class NavigationList;
class OverviewController;
class Page;
class RoomsController;
class RoomsPage;
class TracesController;
class TracesPage;

//! \brief Everything of a signed-in window: controllers, pages, navigation, keys. Lives from sign-in to sign-out; the
//! clients of `connection` must outlive it.
class Workspace : public QWidget
{
    Q_OBJECT
public:
    enum PageIndex { OverviewIndex, AlertsIndex, RoomsIndex, TracesIndex };

    Workspace(ConnectionController &connection, Clock &clock, const DisplaySettings &settings, int overviewRange,
              QWidget *parent = nullptr);
    ~Workspace() override;

    void setDisplaySettings(const DisplaySettings &settings);
    void showPage(PageIndex index);
    PageIndex currentPage() const;

Q_SIGNALS:
    void settingsRequested();
    void overviewRangeChosen(int seconds);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    Page *page() const;
    QWidget *makeSide();
    void addPage(Page *page);
    void makeShortcuts();
    void watchAlerts();
    void openPalette();
    void runEntry(const QString &id);
    void showKeys();
    void openTrace(const TraceId &trace, const MessageId &message);
    void paintIcons();

    ConnectionController &m_connection;
    std::unique_ptr<DisplayPause> m_pause;
    std::unique_ptr<OverviewController> m_overview;
    std::unique_ptr<AlertsController> m_alerts;
    std::unique_ptr<RoomsController> m_rooms;
    std::unique_ptr<TracesController> m_traces;
    NavigationList *m_navigation;
    QStackedWidget *m_pages;
    Banner *m_banner;
    RoomsPage *m_roomsPage;
    TracesPage *m_tracesPage;
    CommandPalette *m_palette = nullptr;
    QList<QToolButton *> m_sideButtons;
};

} // namespace Atom::Console
