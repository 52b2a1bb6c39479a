// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/figuretile.h"

#include <QtGui/QPainter>

#include <algorithm>
#include <cmath>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
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
    m_course = values.mid(std::max<qsizetype>(0, values.size() - barCount));
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

    paintCourse(painter, QRect(inner.left(), inner.bottom() - courseHeight + 4, inner.width(), courseHeight - 4));
}

//! Bars on whole pixels: a stroked line costs twenty times as much, for twelve tiles once a second.
void FigureTile::paintCourse(QPainter &painter, const QRect &area) const
{
    if (m_course.isEmpty())
        return;
    const Colours &colours = Colours::of(palette());
    const double top = std::max(*std::max_element(m_course.begin(), m_course.end()), 1e-9);
    const QColor ink = m_tone == Tone::Neutral ? colours.series[0] : colours.of(m_tone);
    QColor pale = ink;
    pale.setAlphaF(0.35f);
    painter.setRenderHint(QPainter::Antialiasing, false);
    const qsizetype count = m_course.size();
    for (qsizetype i = 0; i < count; ++i) {
        // From the right, so that a short course stands at its newest end.
        const qsizetype place = barCount - count + i;
        const int left = area.left() + int(place * area.width() / barCount);
        const int right = area.left() + int((place + 1) * area.width() / barCount);
        const int height = 1 + int(std::lround((area.height() - 1) * std::max(0.0, m_course.at(i)) / top));
        painter.fillRect(left, area.bottom() + 1 - height, std::max(1, right - left - 1), height,
                         i + 1 == count ? ink : pale);
    }
}

} // namespace Atom::Console
