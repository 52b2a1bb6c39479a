// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/pages/tracespage.h"

#include "console/controllers/tracescontroller.h"
#include "console/models/attributemodel.h"
#include "console/models/textfilterproxy.h"
#include "console/models/texts.h"
#include "console/widgets/card.h"
#include "console/widgets/elidedlabel.h"
#include "console/widgets/statestack.h"
#include "console/widgets/tables.h"
#include "console/widgets/waterfallview.h"

#include <QtCore/QEvent>
#include <QtGui/QClipboard>
#include <QtGui/QFontDatabase>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace Atom::Console {

using namespace Qt::StringLiterals;

static_assert(int(BarState::Done) == int(SpanStatus::Ok) && int(BarState::Failed) == int(SpanStatus::Error) &&
                  int(BarState::Unfinished) == int(SpanStatus::Unset),
              "the waterfall reads SpanModel::StatusRole as BarState");

namespace {
constexpr int storyRows = 7; //!< shown without scrolling

Glyph glyphOfStatus(SpanStatus status)
{
    return status == SpanStatus::Ok ? Glyph::Check : status == SpanStatus::Error ? Glyph::Cross : Glyph::Dots;
}
} // namespace

TracesPage::TracesPage(TracesController &controller, QWidget *parent)
    : Page(parent), m_controller(controller), m_attributes(new AttributeModel(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(12);
    QBoxLayout *heading = addHeading(layout, tr("Traces"));
    auto *splitter = new QSplitter;
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeList());
    splitter->addWidget(makeInspector());
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({420, 760});
    layout->addWidget(splitter, 1);

    m_open = makeFilter(tr("Id of a message or trace"), m_waterfall);
    m_open->setObjectName(u"openId"_s);
    m_open->setFixedWidth(300);
    auto *open = new QPushButton(tr("Open"));
    open->setToolTip(tr("Open the trace with this id, or of the message with this id"));
    heading->addWidget(m_open);
    heading->addWidget(open);
    const auto openTyped = [this] { m_controller.openText(m_open->text()); };
    connect(m_open, &QLineEdit::returnPressed, this, openTyped);
    connect(open, &QPushButton::clicked, this, openTyped);

    connect(&controller, &TracesController::stateChanged, this, &TracesPage::showState);
    connect(&controller, &TracesController::traceStateChanged, this, &TracesPage::showTraceState);
    connect(&controller, &TracesController::traceChanged, this, &TracesPage::showTrace);
    const QList<QWidget *> order{m_open, open, m_filter, m_list, m_story, m_waterfall};
    for (int i = 1; i < order.size(); ++i)
        setTabOrder(order.at(i - 1), order.at(i));
    showState();
    showTraceState();
}

QWidget *TracesPage::makeList()
{
    m_proxy = new TextFilterProxy(this);
    m_proxy->setSourceModel(&m_controller.list());
    m_list = new QTableView;
    setUpTable(m_list, tr("Recent traces"));
    m_list->setModel(m_proxy);
    const auto toneOf = [](const QModelIndex &index) -> std::optional<Tone> {
        if (index.column() == TraceListModel::Errors && index.data(TraceListModel::ErrorRole).toBool())
            return Tone::Critical;
        return std::nullopt;
    };
    const auto isMuted = [](const QModelIndex &index) {
        return index.column() == TraceListModel::Started || index.column() == TraceListModel::Spans;
    };
    m_list->setItemDelegate(new ToneDelegate(toneOf, isMuted, m_list));
    const int em = m_list->fontMetrics().averageCharWidth();
    m_list->horizontalHeader()->setSectionResizeMode(TraceListModel::Room, QHeaderView::Stretch);
    m_list->horizontalHeader()->setStretchLastSection(false);
    m_list->setColumnWidth(TraceListModel::Started, 13 * em);
    m_list->setColumnWidth(TraceListModel::Duration, 12 * em);
    m_list->setColumnWidth(TraceListModel::Spans, 9 * em);
    m_list->setColumnWidth(TraceListModel::Errors, 10 * em);

    selectCurrent(m_list);
    m_filter = makeFilter(tr("Filter traces"), m_list);
    auto *card = new Card;
    card->setMinimumWidth(260);
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
    connect(m_listStack, &StateStack::actionRequested, this, &TracesPage::refresh);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) {
                const TraceId id = TraceId::fromString(current.data(TraceListModel::IdRole).toString());
                if (!id.isEmpty() && id != m_controller.openId())
                    m_controller.openTrace(id);
            });
    return card;
}

QWidget *TracesPage::makeInspector()
{
    m_title = new ElidedLabel;
    QFont bold = m_title->font();
    bold.setWeight(QFont::DemiBold);
    bold.setPointSizeF(bold.pointSizeF() * 1.15);
    m_title->setFont(bold);
    m_subtitle = new ElidedLabel;
    m_subtitle->setMuted(true);
    m_story = new QListWidget;
    m_story->setAccessibleName(tr("Why it was answered so"));
    m_story->setFrameShape(QFrame::NoFrame);
    m_story->setWordWrap(true);
    m_story->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_story->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    connect(m_story, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0 && row < m_controller.story().size())
            m_waterfall->setCurrentIndex(m_controller.spans().indexOf(m_controller.story().at(row).span));
    });

    m_waterfall =
        new WaterfallView({SpanModel::StartRole, SpanModel::LengthRole, SpanModel::StatusRole}, SpanModel::Timeline);
    m_waterfall->setAccessibleName(tr("Stages of the trace"));
    m_waterfall->setModel(&m_controller.spans());
    const int em = m_waterfall->fontMetrics().averageCharWidth();
    m_waterfall->setColumnWidth(SpanModel::Name, 42 * em);
    m_waterfall->setColumnWidth(SpanModel::Duration, 12 * em);
    selectCurrent(m_waterfall);
    connect(m_waterfall->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &TracesPage::showSpan);

    auto *head = new QVBoxLayout;
    head->setContentsMargins(14, 10, 14, 4);
    head->setSpacing(2);
    head->addWidget(m_title);
    head->addWidget(m_subtitle);
    auto *upper = new QWidget;
    auto *upperLayout = new QVBoxLayout(upper);
    upperLayout->setContentsMargins(0, 0, 0, 0);
    upperLayout->setSpacing(4);
    upperLayout->addLayout(head);
    auto *storyRow = new QHBoxLayout;
    storyRow->setContentsMargins(9, 0, 0, 0); // in line with the title
    storyRow->addWidget(m_story);
    upperLayout->addLayout(storyRow);
    upperLayout->addWidget(m_waterfall, 1);
    auto *content = new QSplitter(Qt::Vertical);
    content->setChildrenCollapsible(false);
    content->addWidget(upper);
    content->addWidget(makeDetails());
    content->setStretchFactor(0, 3);
    content->setStretchFactor(1, 2);
    content->setSizes({480, 240});

    auto *card = new Card;
    auto *layout = new QVBoxLayout(card);
    layout->setContentsMargins(1, 1, 1, 1);
    m_traceStack = new StateStack(content);
    layout->addWidget(m_traceStack);
    connect(m_traceStack, &StateStack::actionRequested, &m_controller, &TracesController::reopen);
    return card;
}

QWidget *TracesPage::makeDetails()
{
    auto *tabs = new QTabWidget;
    tabs->setDocumentMode(true);
    tabs->tabBar()->setDrawBase(false);
    m_table = new QTableView;
    setUpTable(m_table, tr("Attributes of the stage"));
    m_table->setModel(m_attributes);
    m_table->setColumnWidth(AttributeModel::Name, 24 * m_table->fontMetrics().averageCharWidth());
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 8);
    tabs->addTab(m_table, tr("Attributes"));

    auto *raw = new QWidget;
    auto *layout = new QVBoxLayout(raw);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_raw = new QPlainTextEdit;
    m_raw->setObjectName(u"rawJson"_s);
    m_raw->setReadOnly(true);
    m_raw->setFrameShape(QFrame::NoFrame);
    m_raw->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_raw->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_raw->setAccessibleName(tr("The trace as JSON"));
    m_raw->setTabChangesFocus(true);
    layout->addWidget(m_raw);
    tabs->addTab(raw, tr("Raw JSON"));

    auto *copy = new QPushButton(tr("Copy JSON"));
    copy->setObjectName(u"copyJson"_s);
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_controller.rawJson()); });
    tabs->setCornerWidget(copy, Qt::TopRightCorner);
    // Indented text of a large trace is made only when somebody looks at it.
    connect(tabs, &QTabWidget::currentChanged, this, [this](int) {
        if (m_raw->isVisible() && m_raw->toPlainText().isEmpty())
            m_raw->setPlainText(m_controller.rawJson());
    });
    return tabs;
}

void TracesPage::refresh()
{
    m_controller.refresh();
    m_controller.reopen();
}

void TracesPage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void TracesPage::moveSelection(int delta)
{
    for (QAbstractItemView *view :
         {static_cast<QAbstractItemView *>(m_waterfall), static_cast<QAbstractItemView *>(m_story)}) {
        if (view->hasFocus()) {
            moveCurrentRow(view, delta);
            return;
        }
    }
    moveCurrentRow(m_list, delta);
}

void TracesPage::setDisplaySettings(const DisplaySettings &settings)
{
    m_settings = settings;
    m_controller.list().setZone(settings.zone);
    showTrace();
}

void TracesPage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        showStory();
    Page::changeEvent(event);
}

void TracesPage::showState()
{
    applyState(*m_listStack, m_controller.state());
}

void TracesPage::showTraceState()
{
    applyState(*m_traceStack, m_controller.traceState());
}

void TracesPage::showTrace()
{
    const Trace &trace = m_controller.spans().trace();
    if (trace.id.isEmpty())
        return;
    const int failed = int(std::count_if(trace.spans.begin(), trace.spans.end(),
                                         [](const Span &s) { return s.status == SpanStatus::Error; }));
    m_title->setText(tr("Message %1").arg(trace.message.toString()));
    QStringList facts{tr("room %1").arg(trace.room.toString())};
    if (!trace.spans.isEmpty())
        facts << dateTimeText(fromMillis(m_controller.spans().trace().spans.first().startMicros / 1000),
                              m_settings.zone);
    facts << tr("took %1").arg(durationText(m_controller.spans().totalMicros()))
          << tr("stages: %1").arg(trace.spans.size());
    if (failed > 0)
        facts << tr("failed: %1").arg(failed);
    m_subtitle->setText(facts.join(u", "_s));
    m_waterfall->setSpan(m_controller.spans().totalMicros(), [](qint64 micros) { return durationText(micros); });
    m_waterfall->expandAll();
    m_waterfall->setCurrentIndex(m_controller.spans().index(0, 0));
    m_raw->setPlainText(m_raw->isVisible() ? m_controller.rawJson() : QString());
    showStory();
    const int row = m_controller.list().rowOf(trace.id);
    if (row >= 0) {
        const QModelIndex listed = m_proxy->mapFromSource(m_controller.list().index(row, 0));
        if (listed.isValid() && listed.row() != m_list->currentIndex().row())
            m_list->setCurrentIndex(listed);
    }
}

void TracesPage::showStory()
{
    const Colours &colours = Colours::of(palette());
    const QSignalBlocker quiet(m_story);
    m_story->clear();
    for (const StoryLine &line : m_controller.story()) {
        const QColor ink = line.status == SpanStatus::Ok      ? colours.good
                           : line.status == SpanStatus::Error ? colours.critical
                                                              : colours.warning;
        auto *item = new QListWidgetItem(glyphIcon(glyphOfStatus(line.status), ink, 14), line.text, m_story);
        item->setToolTip(toolTipText(line.text));
    }
    const int rows = std::clamp(m_story->count(), 1, storyRows);
    m_story->setFixedHeight(rows * (m_story->fontMetrics().height() + 8) + 4);
    m_story->setVisible(m_story->count() > 0);
}

void TracesPage::showSpan(const QModelIndex &index)
{
    if (const Span *span = m_controller.spans().spanAt(index))
        m_attributes->setSpan(*span);
    else
        m_attributes->clear();
}

} // namespace Atom::Console
