// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/workspace.h"

#include "console/app/statusstrip.h"
#include "console/controllers/alertscontroller.h"
#include "console/controllers/connectioncontroller.h"
#include "console/controllers/overviewcontroller.h"
#include "console/controllers/roomscontroller.h"
#include "console/controllers/tracescontroller.h"
#include "console/models/texts.h"
#include "console/pages/alertspage.h"
#include "console/pages/overviewpage.h"
#include "console/pages/roomspage.h"
#include "console/pages/tracespage.h"
#include "console/widgets/banner.h"
#include "console/widgets/commandpalette.h"
#include "console/widgets/keysheet.h"
#include "console/widgets/navigationlist.h"

#include <QtCore/QEvent>
#include <QtGui/QPainter>
#include <QtGui/QShortcut>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QToolButton>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
const QString roomPrefix = u"room:"_s;
}

Workspace::Workspace(ConnectionController &connection, Clock &clock, const DisplaySettings &settings, int overviewRange,
                     QWidget *parent)
    : QWidget(parent), m_connection(connection), m_pause(std::make_unique<DisplayPause>()),
      m_overview(std::make_unique<OverviewController>(connection.api(), connection.realtime(), *m_pause)),
      m_alerts(std::make_unique<AlertsController>(connection.api(), connection.realtime(), clock)),
      m_rooms(std::make_unique<RoomsController>(connection.api(), connection.realtime(), *m_pause)),
      m_traces(std::make_unique<TracesController>(connection.api(), connection.realtime(), *m_pause)),
      m_navigation(new NavigationList), m_pages(new QStackedWidget), m_banner(new Banner)
{
    m_overview->setRangeSeconds(overviewRange);
    auto *overviewPage = new OverviewPage(*m_overview);
    m_roomsPage = new RoomsPage(*m_rooms);
    m_tracesPage = new TracesPage(*m_traces);
    for (Page *page : std::initializer_list<Page *>{overviewPage, new AlertsPage(*m_alerts), m_roomsPage, m_tracesPage})
        addPage(page);
    m_navigation->addEntry(Glyph::Gauge, tr("Overview"), u"Ctrl+1"_s);
    m_navigation->addEntry(Glyph::Bell, tr("Alerts"), u"Ctrl+2"_s);
    m_navigation->addEntry(Glyph::Bubbles, tr("Rooms"), u"Ctrl+3"_s);
    m_navigation->addEntry(Glyph::Bars, tr("Traces"), u"Ctrl+4"_s);

    auto *right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(m_banner);
    right->addWidget(m_pages, 1);
    auto *columns = new QHBoxLayout;
    columns->setSpacing(0);
    columns->addWidget(makeSide());
    columns->addLayout(right, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(columns, 1);
    layout->addWidget(new StatusStrip(connection, *m_pause));
    m_palette = new CommandPalette(this);

    connect(m_navigation, &NavigationList::currentRowChanged, m_pages, &QStackedWidget::setCurrentIndex);
    connect(m_palette, &CommandPalette::chosen, this, &Workspace::runEntry);
    connect(m_roomsPage, &RoomsPage::traceRequested, this, &Workspace::openTrace);
    connect(overviewPage, &OverviewPage::rangeChosen, this, &Workspace::overviewRangeChosen);
    for (LiveController *live :
         std::initializer_list<LiveController *>{m_overview.get(), m_alerts.get(), m_rooms.get(), m_traces.get()}) {
        connect(live, &LiveController::dataArrived, &connection, &ConnectionController::noteData);
        live->refresh(); // by REST at once; the realtime connection may take longer
    }
    watchAlerts();
    makeShortcuts();
    setDisplaySettings(settings);
    paintIcons();
    m_navigation->setCurrentRow(OverviewIndex);
    m_navigation->setFocus();
}

Workspace::~Workspace()
{
    // The pages look at the controllers until they are gone; QWidget would delete them only after our members.
    delete m_pages;
}

void Workspace::addPage(Page *page)
{
    m_pages->addWidget(page);
}

QWidget *Workspace::makeSide()
{
    auto *side = new QWidget;
    side->setFixedWidth(176);
    auto *layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 12, 1, 10);
    layout->setSpacing(8);
    m_navigation->setAccessibleName(tr("Pages"));
    layout->addWidget(m_navigation, 1);
    auto *buttons = new QHBoxLayout;
    buttons->setContentsMargins(12, 0, 12, 0);
    const auto add = [&](const QString &name, const QString &tip) {
        auto *button = new QToolButton;
        button->setAutoRaise(true);
        button->setAccessibleName(name);
        button->setToolTip(tip);
        buttons->addWidget(button);
        m_sideButtons.append(button);
        return button;
    };
    QToolButton *search = add(tr("Go to"), tr("Go to a page or a room (Ctrl+K)"));
    QToolButton *settings = add(tr("Settings"), tr("Settings (Ctrl+,)"));
    settings->setObjectName(u"settings"_s);
    QToolButton *out = add(tr("Sign out"), tr("Sign out"));
    out->setObjectName(u"signOut"_s);
    out->setText(tr("Sign out"));
    buttons->insertStretch(2, 1);
    layout->addLayout(buttons);
    connect(search, &QToolButton::clicked, this, &Workspace::openPalette);
    connect(settings, &QToolButton::clicked, this, &Workspace::settingsRequested);
    connect(out, &QToolButton::clicked, &m_connection, &ConnectionController::signOut, Qt::QueuedConnection);
    return side;
}

void Workspace::paintIcons()
{
    const Colours &colours = Colours::of(palette());
    m_sideButtons.at(0)->setIcon(glyphIcon(Glyph::Search, colours.muted));
    m_sideButtons.at(1)->setIcon(glyphIcon(Glyph::Gear, colours.muted));
}

void Workspace::watchAlerts()
{
    const auto showCount = [this](int count) { m_navigation->setBadge(AlertsIndex, count); };
    connect(&m_alerts->alerts(), &AlertModel::firingCountChanged, this, [this, showCount](int count) {
        showCount(count);
        if (count == 0)
            m_banner->hide();
    });
    connect(m_alerts.get(), &AlertsController::alertFired, this, [this](const Alert &alert) {
        m_banner->announce(alert.severity == AlertSeverity::Critical ? Tone::Critical : Tone::Warning,
                           tr("%1: %2").arg(oneLine(alert.rule), oneLine(alert.summary)), tr("Show alerts"));
    });
    connect(m_alerts.get(), &AlertsController::acknowledgeFailed, this,
            [this](const QString &why) { m_banner->announce(Tone::Warning, why, {}); });
    connect(m_banner, &Banner::actionRequested, this, [this] {
        m_banner->hide();
        showPage(AlertsIndex);
    });
}

void Workspace::makeShortcuts()
{
    const auto on = [this](const QKeySequence &keys, auto action) {
        auto *shortcut = new QShortcut(keys, this);
        connect(shortcut, &QShortcut::activated, this, action);
        return shortcut;
    };
    on(QKeySequence(Qt::CTRL | Qt::Key_K), [this] { openPalette(); });
    on(QKeySequence(Qt::Key_Slash), [this] { page()->focusFilter(); });
    on(QKeySequence(Qt::Key_J), [this] { page()->moveSelection(1); });
    on(QKeySequence(Qt::Key_K), [this] { page()->moveSelection(-1); });
    on(QKeySequence(Qt::Key_A), [this] { page()->acknowledge(); });
    on(QKeySequence(Qt::Key_Question), [this] { showKeys(); });
    on(QKeySequence(Qt::Key_F5), [this] { page()->refresh(); });
    on(QKeySequence(Qt::CTRL | Qt::Key_Comma), [this] { Q_EMIT settingsRequested(); });
    for (int i = 0; i <= TracesIndex; ++i)
        on(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + i)), [this, i] { showPage(PageIndex(i)); });
    QShortcut *space = on(QKeySequence(Qt::Key_Space), [this] { m_pause->toggle(); });
    // Space belongs to a button that has the focus.
    connect(qApp, &QApplication::focusChanged, space, [space](QWidget *, QWidget *now) {
        space->setEnabled(!qobject_cast<QAbstractButton *>(now) && !qobject_cast<QComboBox *>(now));
    });
}

void Workspace::openPalette()
{
    QList<PaletteEntry> entries;
    for (int i = 0; i < m_navigation->count(); ++i)
        entries.append(PaletteEntry{u"page:%1"_s.arg(i), m_navigation->item(i)->text(), u"Ctrl+%1"_s.arg(i + 1)});
    entries.append(PaletteEntry{u"settings"_s, tr("Settings"), u"Ctrl+,"_s});
    entries.append(PaletteEntry{u"keys"_s, tr("Keys"), u"?"_s});
    entries.append(
        PaletteEntry{u"pause"_s, m_pause->isPaused() ? tr("Resume displays") : tr("Pause displays"), tr("Space")});
    const RoomModel &rooms = m_rooms->rooms();
    for (int row = 0; row < rooms.rowCount(); ++row)
        entries.append(
            PaletteEntry{roomPrefix + rooms.room(row).id.toString(), roomTitle(rooms.room(row)), tr("room")});
    m_palette->open(std::move(entries));
}

void Workspace::runEntry(const QString &id)
{
    if (id.startsWith(u"page:"_s)) {
        showPage(PageIndex(id.mid(5).toInt()));
    } else if (id == "settings"_L1) {
        Q_EMIT settingsRequested();
    } else if (id == "keys"_L1) {
        showKeys();
    } else if (id == "pause"_L1) {
        m_pause->toggle();
    } else if (id.startsWith(roomPrefix)) {
        showPage(RoomsIndex);
        m_roomsPage->selectRoom(RoomId::fromString(id.mid(roomPrefix.size())));
    }
}

void Workspace::showKeys()
{
    const QList<KeySheet::Entry> entries{
        {u"Ctrl+1 … Ctrl+4"_s, tr("Go to a page")},
        {u"Ctrl+K"_s, tr("Go to a page or a room by name")},
        {u"/"_s, tr("Filter the list")},
        {u"J, K"_s, tr("Next and previous row")},
        {tr("Space"), tr("Pause and resume the displays")},
        {u"A"_s, tr("Acknowledge the selected alert")},
        {u"F5"_s, tr("Ask the server again")},
        {u"Ctrl+,"_s, tr("Settings")},
        {u"?"_s, tr("This sheet")},
    };
    auto *sheet = new KeySheet(entries, this);
    sheet->setAttribute(Qt::WA_DeleteOnClose);
    sheet->open();
}

void Workspace::openTrace(const TraceId &trace, const MessageId &message)
{
    if (!trace.isEmpty())
        m_traces->openTrace(trace);
    else
        m_traces->openMessage(message);
    showPage(TracesIndex);
}

void Workspace::setDisplaySettings(const DisplaySettings &settings)
{
    for (int i = 0; i < m_pages->count(); ++i)
        static_cast<Page *>(m_pages->widget(i))->setDisplaySettings(settings);
}

void Workspace::showPage(PageIndex index)
{
    m_navigation->setCurrentRow(index);
}

Workspace::PageIndex Workspace::currentPage() const
{
    return PageIndex(m_pages->currentIndex());
}

Page *Workspace::page() const
{
    return static_cast<Page *>(m_pages->currentWidget());
}

void Workspace::paintEvent(QPaintEvent *)
{
    const Colours &colours = Colours::of(palette());
    QPainter painter(this);
    painter.fillRect(QRect(0, 0, 176, height()), colours.surface);
    painter.fillRect(QRect(175, 0, 1, height()), colours.border);
}

void Workspace::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange && !m_sideButtons.isEmpty())
        paintIcons();
    QWidget::changeEvent(event);
}

void Workspace::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (m_palette)
        m_palette->hide();
}

} // namespace Atom::Console
