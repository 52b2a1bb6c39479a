// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/waterfallview.h"

#include "console/widgets/glyphs.h"

#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

#include <algorithm>
#include <cmath>

namespace Atom::Console {

namespace {
constexpr int axisInset = 10;
constexpr int leastBar = 3;

int symbolSide(const QFontMetrics &metrics)
{
    return metrics.ascent() + 3;
}

QRectF axisArea(const QRect &cell)
{
    return QRectF(cell).adjusted(axisInset, 0, -axisInset - 14, 0);
}

Tone toneOf(BarState state)
{
    switch (state) {
    case BarState::Done:
        return Tone::Accent;
    case BarState::Failed:
        return Tone::Critical;
    case BarState::Unfinished:
        break;
    }
    return Tone::Warning;
}

Glyph symbolOf(BarState state)
{
    switch (state) {
    case BarState::Done:
        return Glyph::Check;
    case BarState::Failed:
        return Glyph::Cross;
    case BarState::Unfinished:
        break;
    }
    return Glyph::Dots;
}
} // namespace

//! Draws the bars, and the symbol of the state before the first column's text.
class WaterfallDelegate : public QStyledItemDelegate
{
public:
    explicit WaterfallDelegate(WaterfallView *view) : QStyledItemDelegate(view), m_view(view) {}

    QRectF bar(const QRect &cell, const QModelIndex &index) const
    {
        const QRectF area = axisArea(cell);
        const qint64 start = index.data(m_view->m_roles.start).toLongLong();
        const qint64 length = index.data(m_view->m_roles.length).toLongLong();
        const double left = m_view->xOf(start, area);
        const double right = std::max(m_view->xOf(start + length, area), left + leastBar);
        const double height = std::min(12.0, area.height() - 6);
        return {left, area.center().y() - height / 2, right - left, height};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const auto state = BarState(index.data(m_view->m_roles.state).toInt());
        const Colours &colours = Colours::of(option.palette);
        if (index.column() == 0) {
            QStyleOptionViewItem shifted = option;
            initStyleOption(&shifted, index);
            const int side = symbolSide(option.fontMetrics);
            shifted.decorationSize = QSize(side, side);
            shifted.features |= QStyleOptionViewItem::HasDecoration;
            shifted.icon = QIcon(); // keeps the place; the symbol itself is painted below
            const QStyle *style = option.widget->style();
            style->drawControl(QStyle::CE_ItemViewItem, &shifted, painter, option.widget);
            QRectF place = style->subElementRect(QStyle::SE_ItemViewItemDecoration, &shifted, option.widget);
            place.moveCenter(QPointF(place.center().x(), option.rect.center().y() + 0.5));
            paintGlyph(*painter, symbolOf(state), place,
                       state == BarState::Done ? colours.good : colours.of(toneOf(state)));
            return;
        }
        if (index.column() != m_view->m_barColumn) {
            QStyledItemDelegate::paint(painter, option, index);
            return;
        }
        QStyledItemDelegate::paint(painter, option, index);
        painter->save();
        painter->setClipRect(option.rect);
        const QRectF area = axisArea(option.rect);
        painter->setPen(colours.grid);
        const qint64 step = m_view->step(int(area.width()));
        for (qint64 at = 0; at <= m_view->m_span; at += step) {
            const double x = std::floor(m_view->xOf(at, area)) + 0.5;
            painter->drawLine(QPointF(x, option.rect.top()), QPointF(x, option.rect.bottom() + 1));
        }
        const QRectF box = bar(option.rect, index);
        const QColor ink = colours.of(toneOf(state));
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(state == BarState::Unfinished ? QPen(ink, 1.2, Qt::DashLine) : QPen(Qt::NoPen));
        painter->setBrush(state == BarState::Unfinished ? colours.tint(Tone::Warning) : ink);
        painter->drawRoundedRect(box, 2.5, 2.5);
        if (state == BarState::Failed) // beside the bar, so that it shows however short the bar is
            paintGlyph(*painter, Glyph::Cross, QRectF(box.right() + 3, box.center().y() - 6, 12, 12), ink);
        painter->restore();
    }

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QSize size = QStyledItemDelegate::sizeHint(option, index);
        if (index.column() == 0)
            size.rwidth() += symbolSide(option.fontMetrics) + 6;
        size.setHeight(option.fontMetrics.height() + 10);
        return size;
    }

private:
    WaterfallView *m_view;
};

//! Writes the times of the axis above the bars.
class TimeAxisHeader : public QHeaderView
{
public:
    explicit TimeAxisHeader(WaterfallView *view) : QHeaderView(Qt::Horizontal, view), m_view(view) {}

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override
    {
        QHeaderView::paintSection(painter, rect, section);
        if (section != m_view->m_barColumn)
            return;
        const Colours &colours = Colours::of(palette());
        painter->save();
        painter->setClipRect(rect);
        painter->fillRect(rect.adjusted(0, 0, 0, -1), colours.surface);
        painter->setPen(colours.muted);
        const QRectF area = axisArea(rect);
        const qint64 step = m_view->step(int(area.width()));
        // Every label, or every second, third, ... one: never some here and some there.
        int widest = 0;
        for (qint64 at = 0; at <= m_view->m_span; at += step)
            widest = std::max(widest, fontMetrics().horizontalAdvance(m_view->words(at)));
        const double apart = area.width() * double(step) / double(m_view->m_span);
        const qint64 every = step * qint64(std::ceil((widest + 14) / std::max(1.0, apart)));
        for (qint64 at = 0; at <= m_view->m_span; at += every) {
            const QString text = at == 0 ? QStringLiteral("0") : m_view->words(at);
            const double width = fontMetrics().horizontalAdvance(text) + 4;
            const double x = m_view->xOf(at, area);
            double left = std::max(x - width / 2, double(rect.left()) + 2);
            left = std::min(left, rect.right() - width);
            painter->drawText(QRectF(left, rect.top(), width, rect.height()), Qt::AlignCenter, text);
        }
        painter->restore();
    }

private:
    WaterfallView *m_view;
};

WaterfallView::WaterfallView(Roles roles, int barColumn, QWidget *parent)
    : QTreeView(parent), m_roles(roles), m_barColumn(barColumn)
{
    setHeader(new TimeAxisHeader(this));
    setItemDelegate(new WaterfallDelegate(this));
    setUniformRowHeights(true);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setFrameShape(QFrame::NoFrame);
    setIndentation(16);
    setMouseTracking(true);
    header()->setSectionsMovable(false);
    header()->setStretchLastSection(true);
}

void WaterfallView::setSpan(qint64 micros, std::function<QString(qint64)> words)
{
    m_span = std::max<qint64>(1, micros);
    m_words = std::move(words);
    viewport()->update();
    header()->viewport()->update();
}

QRect WaterfallView::barRect(const QModelIndex &index) const
{
    const QModelIndex cell = index.siblingAtColumn(m_barColumn);
    const QRect rect = visualRect(cell);
    if (rect.isEmpty())
        return {};
    return static_cast<const WaterfallDelegate *>(itemDelegate())->bar(rect, cell).toAlignedRect();
}

double WaterfallView::xOf(qint64 micros, const QRectF &area) const
{
    const double share = double(std::clamp<qint64>(micros, 0, m_span)) / double(m_span);
    return area.left() + area.width() * share;
}

qint64 WaterfallView::tickStep(qint64 span, int least)
{
    const double rough = double(std::max<qint64>(1, span)) / std::max(1, least);
    const double power = std::pow(10, std::floor(std::log10(std::max(1.0, rough))));
    for (const double step : {5.0, 2.0, 1.0}) {
        if (step * power <= rough)
            return qint64(step * power);
    }
    return 1;
}

qint64 WaterfallView::step(int width) const
{
    return tickStep(m_span, std::clamp(width / 110, 1, 8));
}

} // namespace Atom::Console
