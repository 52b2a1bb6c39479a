// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/pages/alertspage.h"

#include "console/controllers/alertscontroller.h"
#include "console/models/textfilterproxy.h"
#include "console/widgets/card.h"
#include "console/widgets/pill.h"
#include "console/widgets/statestack.h"
#include "console/widgets/tables.h"

#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
std::optional<Tone> toneOf(const QModelIndex &index)
{
    const auto state = AlertState(index.data(AlertModel::StateRole).toInt());
    const auto severity = AlertSeverity(index.data(AlertModel::SeverityRole).toInt());
    if (index.column() == AlertModel::Severity) {
        if (state == AlertState::Resolved)
            return Tone::Neutral;
        return severity == AlertSeverity::Critical ? Tone::Critical : Tone::Warning;
    }
    if (index.column() != AlertModel::State)
        return std::nullopt;
    switch (state) {
    case AlertState::Firing:
        return severity == AlertSeverity::Critical ? Tone::Critical : Tone::Warning;
    case AlertState::Pending:
        return Tone::Neutral;
    case AlertState::Acknowledged:
        return Tone::Accent;
    case AlertState::Resolved:
        return Tone::Good;
    }
    return std::nullopt;
}

bool isMuted(const QModelIndex &index)
{
    return index.data(AlertModel::StateRole).toInt() == int(AlertState::Resolved);
}
} // namespace

AlertsPage::AlertsPage(AlertsController &controller, QWidget *parent) : Page(parent), m_controller(controller)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(12);
    QBoxLayout *heading = addHeading(layout, tr("Alerts"));

    m_proxy = new TextFilterProxy(this);
    m_proxy->setSourceModel(&controller.alerts());
    m_proxy->setSortRole(AlertModel::SortRole);
    m_table = new QTableView;
    setUpTable(m_table, tr("Alerts"));
    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new ToneDelegate(toneOf, isMuted, m_table));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(AlertModel::State, Qt::AscendingOrder);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    m_table->horizontalHeader()->setSectionResizeMode(AlertModel::Summary, QHeaderView::Stretch);
    const int em = m_table->fontMetrics().averageCharWidth();
    const QList<QPair<int, int>> widths{{AlertModel::Severity, 16}, {AlertModel::State, 24},
                                        {AlertModel::Rule, 28},     {AlertModel::Value, 20},
                                        {AlertModel::Since, 28},    {AlertModel::AcknowledgedBy, 22}};
    for (const auto &[column, letters] : widths)
        m_table->setColumnWidth(column, letters * em);

    selectCurrent(m_table);
    m_stale = new Pill;
    m_filter = makeFilter(tr("Filter alerts"), m_table);
    m_filter->setFixedWidth(240);
    m_button = new QPushButton(tr("Acknowledge"));
    m_button->setObjectName(u"acknowledge"_s);
    m_button->setToolTip(tr("Tell the others that you take care of it (A)"));
    heading->addWidget(m_stale);
    heading->addWidget(m_filter);
    heading->addWidget(m_button);

    auto *card = new Card;
    auto *cardLayout = new QVBoxLayout(card);
    cardLayout->setContentsMargins(1, 1, 1, 1);
    m_stack = new StateStack(m_table);
    cardLayout->addWidget(m_stack);
    layout->addWidget(card, 1);
    setTabOrder(m_filter, m_button);
    setTabOrder(m_button, m_table);

    connect(m_filter, &QLineEdit::textChanged, m_proxy, &TextFilterProxy::setWords);
    connect(m_button, &QPushButton::clicked, this, &AlertsPage::acknowledge);
    connect(m_stack, &StateStack::actionRequested, this, &AlertsPage::refresh);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &AlertsPage::updateButton);
    connect(&controller.alerts(), &AlertModel::dataChanged, this, &AlertsPage::updateButton);
    connect(&controller, &AlertsController::acknowledgeFailed, this, &AlertsPage::updateButton);
    connect(&controller, &AlertsController::stateChanged, this, &AlertsPage::showState);
    showState();
}

void AlertsPage::refresh()
{
    m_controller.refresh();
}

void AlertsPage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void AlertsPage::moveSelection(int delta)
{
    moveCurrentRow(m_table, delta);
}

QString AlertsPage::currentId() const
{
    return m_table->currentIndex().data(AlertModel::IdRole).toString();
}

void AlertsPage::acknowledge()
{
    if (!m_table->currentIndex().isValid())
        moveCurrentRow(m_table, 1); // the most urgent one
    m_controller.acknowledge(AlertId::fromString(currentId()));
    updateButton();
}

void AlertsPage::setDisplaySettings(const DisplaySettings &settings)
{
    m_controller.alerts().setZone(settings.zone);
}

void AlertsPage::showState()
{
    applyState(*m_stack, m_controller.state());
    m_stale->show(Tone::Warning, m_controller.staleReason());
    m_stale->setVisible(!m_controller.staleReason().isEmpty());
    if (!m_table->currentIndex().isValid() && m_proxy->rowCount() > 0)
        m_table->setCurrentIndex(m_proxy->index(0, 0));
    updateButton();
}

void AlertsPage::updateButton()
{
    m_button->setEnabled(m_controller.canAcknowledge(AlertId::fromString(currentId())));
}

} // namespace Atom::Console
