// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/navigationlist.h"

#include <QtGui/QPainter>
#include <QtWidgets/QStyledItemDelegate>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
enum Role { GlyphRole = Qt::UserRole, BadgeRole, NameRole };

class EntryDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colours &colours = Colours::of(option.palette);
        const bool current = option.state & QStyle::State_Selected;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect box = option.rect.adjusted(8, 2, -8, -2);
        if (current || (option.state & QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(current ? colours.selection : colours.hover);
            painter->drawRoundedRect(box, 5, 5);
        }
        if (option.state & QStyle::State_HasFocus) {
            painter->setPen(QPen(colours.accent, 1.4));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(box).adjusted(0.7, 0.7, -0.7, -0.7), 5, 5);
        }
        const QColor ink = current ? (colours.dark ? colours.text : colours.accent) : colours.text;
        paintGlyph(*painter, Glyph(index.data(GlyphRole).toInt()),
                   QRectF(box.left() + 10, box.center().y() - 8.5, 18, 18), ink);
        QRect words = box.adjusted(38, 0, -8, 0);
        if (const int count = index.data(BadgeRole).toInt(); count > 0) {
            const QString text = count > 99 ? u"99+"_s : QString::number(count);
            const int width = std::max(20, option.fontMetrics.horizontalAdvance(text) + 12);
            const QRect pill(box.right() - 6 - width, box.center().y() - 9, width, 19);
            painter->setPen(Qt::NoPen);
            painter->setBrush(colours.critical);
            painter->drawRoundedRect(pill, 9, 9);
            painter->setPen(colours.dark ? colours.onAccent : colours.surface);
            painter->drawText(pill, Qt::AlignCenter, text);
            words.setRight(pill.left() - 6);
        }
        QFont font = option.font;
        font.setWeight(current ? QFont::DemiBold : QFont::Normal);
        painter->setFont(font);
        painter->setPen(ink);
        painter->drawText(
            words, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
            QFontMetrics(font).elidedText(index.data(NameRole).toString(), Qt::ElideRight, words.width()));
        painter->restore();
    }

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const override
    {
        return {140, option.fontMetrics.height() + 20};
    }
};
} // namespace

NavigationList::NavigationList(QWidget *parent) : QListWidget(parent)
{
    setItemDelegate(new EntryDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
}

void NavigationList::addEntry(Glyph glyph, const QString &name, const QString &shortcut)
{
    auto *item = new QListWidgetItem(name);
    item->setData(GlyphRole, int(glyph));
    item->setData(NameRole, name);
    item->setToolTip(shortcut.isEmpty() ? QString() : u"%1 (%2)"_s.arg(name, shortcut).toHtmlEscaped());
    addItem(item);
}

void NavigationList::setBadge(int row, int count)
{
    QListWidgetItem *entry = item(row);
    if (!entry || entry->data(BadgeRole).toInt() == count)
        return;
    entry->setData(BadgeRole, count);
    const QString name = entry->data(NameRole).toString();
    entry->setData(Qt::AccessibleTextRole, count > 0 ? tr("%1, %2 waiting").arg(name).arg(count) : name);
}

int NavigationList::badge(int row) const
{
    return item(row) ? item(row)->data(BadgeRole).toInt() : 0;
}

QSize NavigationList::sizeHint() const
{
    return {176, 300};
}

} // namespace Atom::Console
