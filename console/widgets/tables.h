// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/widgets/colours.h"

#include <QtWidgets/QStyledItemDelegate>

#include <functional>
#include <optional>

class QAbstractItemView;
class QTableView;

namespace Atom::Console {

//! \brief The habits of all our tables: whole rows, one selection, no grid, columns that may be moved and widened.
void setUpTable(QTableView *table, const QString &accessibleName);
//! \brief Moves the current row by `delta` within the view (a tree: through the visible items). False: nothing to move.
bool moveCurrentRow(QAbstractItemView *view, int delta);

//! \brief Selects whatever becomes current: giving a view the focus makes its first row current, but not selected.
void selectCurrent(QAbstractItemView *view);

//! \brief Paints a cell as a Pill when `tone` says one, and in muted ink when `muted` says so; never as rich text.
class ToneDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using ToneOf = std::function<std::optional<Tone>(const QModelIndex &)>;
    using MutedOf = std::function<bool(const QModelIndex &)>;
    ToneDelegate(ToneOf tone, MutedOf muted, QObject *parent);
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    ToneOf m_tone;
    MutedOf m_muted;
};

} // namespace Atom::Console
