// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/tables.h"

#include "console/widgets/pill.h"

#include <QtGui/QPainter>
#include <QtWidgets/QApplication>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QTableView>
#include <QtWidgets/QTreeView>

namespace Atom::Console {

void setUpTable(QTableView *table, const QString &accessibleName)
{
    table->setAccessibleName(accessibleName);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false); // Tab leaves the table, as everywhere else
    table->setFrameShape(QFrame::NoFrame);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 14);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setSectionsMovable(true);
    table->horizontalHeader()->setMinimumSectionSize(48);
}

bool moveCurrentRow(QAbstractItemView *view, int delta)
{
    const QAbstractItemModel *model = view->model();
    if (!model || model->rowCount(view->rootIndex()) == 0)
        return false;
    QModelIndex next;
    const QModelIndex current = view->currentIndex();
    if (!current.isValid()) {
        next = model->index(delta > 0 ? 0 : model->rowCount(view->rootIndex()) - 1, 0, view->rootIndex());
    } else if (auto *tree = qobject_cast<QTreeView *>(view)) {
        next = delta > 0 ? tree->indexBelow(current) : tree->indexAbove(current);
    } else {
        next = current.sibling(current.row() + delta, current.column());
    }
    if (!next.isValid())
        return false;
    view->setCurrentIndex(next);
    view->scrollTo(next);
    return true;
}

void selectCurrent(QAbstractItemView *view)
{
    QItemSelectionModel *selection = view->selectionModel();
    QObject::connect(selection, &QItemSelectionModel::currentChanged, view, [selection](const QModelIndex &current) {
        if (current.isValid() && !selection->isSelected(current))
            selection->select(current, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    });
}

ToneDelegate::ToneDelegate(ToneOf tone, MutedOf muted, QObject *parent)
    : QStyledItemDelegate(parent), m_tone(std::move(tone)), m_muted(std::move(muted))
{
}

void ToneDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    if (m_muted && m_muted(index)) {
        const QColor muted = Colours::of(option->palette).muted;
        option->palette.setColor(QPalette::Text, muted);
        option->palette.setColor(QPalette::HighlightedText, muted);
    }
}

void ToneDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const std::optional<Tone> tone = m_tone ? m_tone(index) : std::nullopt;
    if (!tone) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    const QString text = std::exchange(background.text, {});
    const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &background, painter, option.widget);
    QRect cell = option.rect.adjusted(8, 2, -6, -2);
    if (background.displayAlignment & Qt::AlignRight)
        cell.setLeft(std::max(cell.left(), cell.right() - Pill::width(option.fontMetrics, text)));
    Pill::paint(*painter, cell, Colours::of(option.palette), *tone, text, option.font);
}

} // namespace Atom::Console
