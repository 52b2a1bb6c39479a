// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/pages/roomspage.h"

#include "console/controllers/roomscontroller.h"
#include "console/models/textfilterproxy.h"
#include "console/widgets/card.h"
#include "console/widgets/elidedlabel.h"
#include "console/widgets/pill.h"
#include "console/widgets/statestack.h"
#include "console/widgets/tables.h"
#include "console/widgets/twolinedelegate.h"

#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

namespace Atom::Console {

using namespace Qt::StringLiterals;

RoomsPage::RoomsPage(RoomsController &controller, QWidget *parent) : Page(parent), m_controller(controller)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(12);
    addHeading(layout, tr("Rooms"));
    auto *splitter = new QSplitter;
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeList());
    splitter->addWidget(makeTail());
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({280, 800});
    layout->addWidget(splitter, 1);
    setTabOrder(m_filter, m_list);
    setTabOrder(m_list, m_tail);

    connect(&controller, &RoomsController::stateChanged, this, &RoomsPage::showState);
    connect(&controller, &RoomsController::eventsStateChanged, this, &RoomsPage::showEvents);
    connect(&controller, &RoomsController::selectedChanged, this, &RoomsPage::showEvents);
    connect(&controller, &RoomsController::heldBackChanged, this, &RoomsPage::showEvents);
    showState();
    showEvents();
}

QWidget *RoomsPage::makeList()
{
    m_proxy = new TextFilterProxy(this);
    m_proxy->setSourceModel(&m_controller.rooms());
    m_proxy->setSortRole(RoomModel::SortRole);
    m_proxy->sort(RoomModel::Name);
    m_list = new QListView;
    m_list->setAccessibleName(tr("Rooms"));
    m_list->setModel(m_proxy);
    m_list->setItemDelegate(new TwoLineDelegate(RoomModel::DetailRole, RoomModel::ActiveRole, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_filter = makeFilter(tr("Filter rooms"), m_list);
    auto *card = new Card;
    card->setMinimumWidth(200);
    auto *layout = new QVBoxLayout(card);
    layout->setContentsMargins(1, 8, 1, 1);
    layout->setSpacing(8);
    auto *filterRow = new QHBoxLayout;
    filterRow->setContentsMargins(8, 0, 8, 0);
    filterRow->addWidget(m_filter);
    layout->addLayout(filterRow);
    m_listStack = new StateStack(m_list);
    layout->addWidget(m_listStack, 1);
    connect(m_filter, &QLineEdit::textChanged, m_proxy, &TextFilterProxy::setWords);
    connect(m_listStack, &StateStack::actionRequested, this, &RoomsPage::refresh);
    selectCurrent(m_list);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &current) {
        // A filter that hides the room, or a refresh, must not close what is being watched.
        if (current.isValid())
            m_controller.select(RoomId::fromString(current.data(RoomModel::IdRole).toString()));
    });
    return card;
}

QWidget *RoomsPage::makeTail()
{
    auto *card = new Card;
    auto *layout = new QVBoxLayout(card);
    layout->setContentsMargins(1, 10, 1, 1);
    layout->setSpacing(6);
    m_title = new ElidedLabel;
    QFont bold = m_title->font();
    bold.setWeight(QFont::DemiBold);
    bold.setPointSizeF(bold.pointSizeF() * 1.15);
    m_title->setFont(bold);
    m_summary = new ElidedLabel;
    m_summary->setMuted(true);
    m_held = new Pill;
    auto *names = new QVBoxLayout;
    names->setSpacing(2);
    names->addWidget(m_title);
    names->addWidget(m_summary);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(14, 0, 14, 4);
    head->addLayout(names, 1);
    head->addWidget(m_held);
    layout->addLayout(head);
    m_noticeRow = new QWidget;
    m_notice = new ElidedLabel;
    m_notice->setMuted(true);
    auto *noticeLayout = new QHBoxLayout(m_noticeRow);
    noticeLayout->setContentsMargins(14, 0, 14, 4);
    noticeLayout->addWidget(m_notice);
    layout->addWidget(m_noticeRow);

    m_tail = new QTableView;
    setUpTable(m_tail, tr("Events of the room"));
    m_tail->setModel(&m_controller.events());
    const auto isMuted = [](const QModelIndex &index) { return index.data(EventModel::MutedRole).toBool(); };
    m_tail->setItemDelegate(new ToneDelegate({}, isMuted, m_tail));
    const int em = m_tail->fontMetrics().averageCharWidth();
    m_tail->setColumnWidth(EventModel::Time, 14 * em);
    m_tail->setColumnWidth(EventModel::Seq, 10 * em);
    m_tail->setColumnWidth(EventModel::Who, 20 * em);
    m_tail->horizontalHeader()->setStretchLastSection(true);
    m_tail->setToolTipDuration(20'000);
    selectCurrent(m_tail);
    m_tailStack = new StateStack(m_tail);
    layout->addWidget(m_tailStack, 1);

    connect(m_tail, &QTableView::clicked, this, &RoomsPage::openTraceOf);
    connect(m_tail, &QTableView::activated, this, &RoomsPage::openTraceOf);
    QScrollBar *bar = m_tail->verticalScrollBar();
    connect(bar, &QScrollBar::valueChanged, this, [this, bar](int value) {
        m_atEnd = value >= bar->maximum() - 1;
        if (value == 0 && bar->maximum() > 0)
            m_controller.loadOlder();
    });
    connect(bar, &QScrollBar::rangeChanged, this, [this](int, int) {
        if (m_atEnd)
            m_tail->scrollToBottom();
    });
    return card;
}

void RoomsPage::refresh()
{
    m_controller.refresh();
}

void RoomsPage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void RoomsPage::moveSelection(int delta)
{
    QAbstractItemView *view = m_tail->hasFocus() ? static_cast<QAbstractItemView *>(m_tail) : m_list;
    moveCurrentRow(view, delta);
}

void RoomsPage::setDisplaySettings(const DisplaySettings &settings)
{
    m_controller.events().setZone(settings.zone);
}

void RoomsPage::selectRoom(const RoomId &room)
{
    m_filter->clear();
    const int row = m_controller.rooms().rowOf(room);
    if (row >= 0)
        m_list->setCurrentIndex(m_proxy->mapFromSource(m_controller.rooms().index(row, 0)));
    else
        m_controller.select(room);
}

void RoomsPage::showState()
{
    applyState(*m_listStack, m_controller.state());
    showEvents();
}

void RoomsPage::showEvents()
{
    const Room *room = m_controller.rooms().find(m_controller.selected());
    const bool selected = !m_controller.selected().isEmpty();
    m_title->setText(room ? roomTitle(*room) : m_controller.selected().toString());
    m_summary->setText(room ? roomSummary(*room) : QString());
    m_title->setVisible(selected);
    m_summary->setVisible(selected);
    m_notice->setText(m_controller.notice());
    m_noticeRow->setVisible(!m_controller.notice().isEmpty());
    m_held->show(Tone::Accent, tr("%1 new while paused").arg(m_controller.heldBack()));
    m_held->setVisible(m_controller.heldBack() > 0);
    if (m_controller.events().rowCount() == 0)
        m_atEnd = true;
    applyState(*m_tailStack, m_controller.eventsState());
}

void RoomsPage::openTraceOf(const QModelIndex &index)
{
    const TraceId trace = TraceId::fromString(index.data(EventModel::TraceIdRole).toString());
    const MessageId message = MessageId::fromString(index.data(EventModel::MessageIdRole).toString());
    if (!trace.isEmpty() || !message.isEmpty())
        Q_EMIT traceRequested(trace, message);
}

} // namespace Atom::Console
