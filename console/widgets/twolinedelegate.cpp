// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/twolinedelegate.h"

#include "console/widgets/colours.h"

#include <QtGui/QPainter>

namespace Atom::Console {

TwoLineDelegate::TwoLineDelegate(int detailRole, int markRole, QObject *parent)
    : QStyledItemDelegate(parent), m_detailRole(detailRole), m_markRole(markRole)
{
}

void TwoLineDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Colours &colours = Colours::of(option.palette);
    painter->save();
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, colours.selection);
    else if (option.state & QStyle::State_MouseOver)
        painter->fillRect(option.rect, colours.hover);
    if ((option.state & QStyle::State_Selected) && (option.state & QStyle::State_Active))
        painter->fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), colours.accent);
    QRect words = option.rect.adjusted(14, 6, -12, -6);
    if (index.data(m_markRole).toBool()) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(colours.accent);
        painter->drawEllipse(QPointF(words.right() - 4, words.top() + option.fontMetrics.height() / 2.0), 3.5, 3.5);
        words.setRight(words.right() - 14);
    }
    painter->setFont(option.font);
    painter->setPen(colours.text);
    painter->drawText(words, Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine,
                      option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, words.width()));
    QFont small = option.font;
    small.setPointSizeF(small.pointSizeF() * 0.9);
    painter->setFont(small);
    painter->setPen(colours.muted);
    painter->drawText(
        words, Qt::AlignLeft | Qt::AlignBottom | Qt::TextSingleLine,
        QFontMetrics(small).elidedText(index.data(m_detailRole).toString(), Qt::ElideRight, words.width()));
    painter->restore();
}

QSize TwoLineDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {160, option.fontMetrics.height() * 2 + 14};
}

} // namespace Atom::Console
