// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/figuretile.h"

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

#include <algorithm>

namespace Atom::Console
{

using namespace Qt::StringLiterals;

namespace
{
constexpr int inset = 12;
constexpr int courseHeight = 22;
} // namespace

FigureTile::FigureTile(const QString &title, QWidget *parent) : Card(parent), m_title(title), m_figure(u"–"_s)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(title);
}

QFont FigureTile::figureFont() const
{
    QFont large = font();
    large.setPointSizeF(font().pointSizeF() * 1.7);
    large.setWeight(QFont::DemiBold);
    return large;
}

void FigureTile::setFigure(const QString &figure, const QString &unit)
{
    if (figure == m_figure && unit == m_unit)
        return;
    m_figure = figure;
    m_unit = unit;
    setAccessibleName(u"%1: %2 %3"_s.arg(m_title, figure, unit).trimmed());
    update();
}

void FigureTile::setCourse(const QList<double> &values)
{
    m_course = values;
    update();
}

void FigureTile::setTone(Tone tone)
{
    if (std::exchange(m_tone, tone) != tone)
        update();
}

QSize FigureTile::sizeHint() const
{
    const int height = fontMetrics().height() + QFontMetrics(figureFont()).height() + courseHeight + inset * 2 + 4;
    return {150, height};
}

QSize FigureTile::minimumSizeHint() const
{
    return {104, sizeHint().height()};
}

void FigureTile::paintEvent(QPaintEvent *event)
{
    Card::paintEvent(event);
    const Colours &colours = Colours::of(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect inner = rect().adjusted(inset, inset - 2, -inset, -inset);

    painter.setPen(colours.muted);
    const QFontMetrics small = fontMetrics();
    painter.drawText(inner, Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine,
                     small.elidedText(m_title, Qt::ElideRight, inner.width()));

    const QFont large = figureFont();
    const QFontMetrics metrics(large);
    const int baseline = inner.top() + small.height() + 2 + metrics.ascent();
    painter.setFont(large);
    painter.setPen(m_tone == Tone::Neutral ? colours.text : colours.of(m_tone));
    painter.drawText(QPoint(inner.left(), baseline), m_figure);
    painter.setFont(font());
    painter.setPen(colours.muted);
    painter.drawText(QPoint(inner.left() + metrics.horizontalAdvance(m_figure) + 5, baseline), m_unit);

    if (m_course.size() < 2)
        return;
    const QRectF area(inner.left(), inner.bottom() - courseHeight + 4, inner.width(), courseHeight - 4);
    const double top = std::max(*std::max_element(m_course.begin(), m_course.end()), 1e-9);
    QPainterPath line;
    for (qsizetype i = 0; i < m_course.size(); ++i) {
        const QPointF point(area.left() + area.width() * double(i) / double(m_course.size() - 1),
                            area.bottom() - area.height() * std::max(0.0, m_course.at(i)) / top);
        if (i == 0)
            line.moveTo(point);
        else
            line.lineTo(point);
    }
    QColor ink = m_tone == Tone::Neutral ? colours.series[0] : colours.of(m_tone);
    painter.setPen(QPen(ink, 1.3));
    painter.drawPath(line);
    line.lineTo(area.bottomRight());
    line.lineTo(area.bottomLeft());
    line.closeSubpath();
    ink.setAlphaF(0.10f);
    painter.fillPath(line, ink);
}

} // namespace Atom::Console
