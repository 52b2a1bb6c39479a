// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/glyphs.h"

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtGui/QPixmap>

namespace Atom::Console {

void paintGlyph(QPainter &painter, Glyph glyph, const QRectF &box, const QColor &colour)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double side = std::min(box.width(), box.height());
    painter.translate(box.center().x() - side / 2, box.center().y() - side / 2);
    painter.scale(side / 20, side / 20); // all drawings are on a 20 x 20 grid
    painter.setPen(QPen(colour, 1.7, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    switch (glyph) {
    case Glyph::Gauge:
        painter.drawArc(QRectF(2.5, 3.5, 15, 15), -20 * 16, 220 * 16);
        painter.drawLine(QPointF(10, 11), QPointF(13.5, 7));
        painter.drawPoint(QPointF(10, 11));
        break;
    case Glyph::Bell: {
        QPainterPath path(QPointF(3.5, 14.5));
        path.cubicTo(5.5, 12.5, 5, 10, 5.2, 8.2);
        path.cubicTo(5.6, 5, 7.6, 3.2, 10, 3.2);
        path.cubicTo(12.4, 3.2, 14.4, 5, 14.8, 8.2);
        path.cubicTo(15, 10, 14.5, 12.5, 16.5, 14.5);
        path.closeSubpath();
        painter.drawPath(path);
        painter.drawArc(QRectF(8, 13.6, 4, 4), 200 * 16, 140 * 16);
        break;
    }
    case Glyph::Bubbles: {
        QPainterPath path;
        path.addRoundedRect(QRectF(2.5, 3.5, 15, 10.5), 2.5, 2.5);
        painter.drawPath(path);
        painter.drawPolyline(QPolygonF({QPointF(6, 14), QPointF(6, 17.2), QPointF(9.6, 14)}));
        painter.drawLine(QPointF(6, 7.4), QPointF(14, 7.4));
        painter.drawLine(QPointF(6, 10.4), QPointF(11, 10.4));
        break;
    }
    case Glyph::Bars:
        painter.setPen(QPen(colour, 2.4, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(3, 5), QPointF(12, 5));
        painter.drawLine(QPointF(6, 10), QPointF(14, 10));
        painter.drawLine(QPointF(11, 15), QPointF(17, 15));
        break;
    case Glyph::Gear:
        painter.drawEllipse(QPointF(10, 10), 2.6, 2.6);
        painter.drawEllipse(QPointF(10, 10), 5.6, 5.6);
        for (int i = 0; i < 8; ++i) {
            painter.save();
            painter.translate(10, 10);
            painter.rotate(i * 45.0);
            painter.drawLine(QPointF(0, -5.8), QPointF(0, -7.8));
            painter.restore();
        }
        break;
    case Glyph::Search:
        painter.drawEllipse(QPointF(8.7, 8.7), 5, 5);
        painter.drawLine(QPointF(12.6, 12.6), QPointF(17, 17));
        break;
    case Glyph::Pause:
        painter.setPen(QPen(colour, 2.6, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(7, 5), QPointF(7, 15));
        painter.drawLine(QPointF(13, 5), QPointF(13, 15));
        break;
    case Glyph::Play:
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF({QPointF(7, 5), QPointF(15, 10), QPointF(7, 15)}));
        break;
    case Glyph::Cross:
        painter.drawLine(QPointF(5.5, 5.5), QPointF(14.5, 14.5));
        painter.drawLine(QPointF(14.5, 5.5), QPointF(5.5, 14.5));
        break;
    case Glyph::Check:
        painter.drawPolyline(QPolygonF({QPointF(4.5, 10.5), QPointF(8.5, 14.5), QPointF(15.5, 6)}));
        break;
    case Glyph::Exclamation:
        painter.drawPolygon(QPolygonF({QPointF(10, 3), QPointF(18, 16.5), QPointF(2, 16.5)}));
        painter.drawLine(QPointF(10, 8), QPointF(10, 11.6));
        painter.drawPoint(QPointF(10, 14));
        break;
    case Glyph::Octagon:
        painter.drawPolygon(QPolygonF({QPointF(7, 2.8), QPointF(13, 2.8), QPointF(17.2, 7), QPointF(17.2, 13),
                                       QPointF(13, 17.2), QPointF(7, 17.2), QPointF(2.8, 13), QPointF(2.8, 7)}));
        painter.drawLine(QPointF(10, 6.4), QPointF(10, 10.8));
        painter.drawPoint(QPointF(10, 13.6));
        break;
    case Glyph::Dots:
        painter.setPen(QPen(colour, 2.6, Qt::SolidLine, Qt::RoundCap));
        for (const double x : {4.5, 10.0, 15.5})
            painter.drawPoint(QPointF(x, 10));
        break;
    case Glyph::Refresh:
        painter.drawArc(QRectF(4, 4, 12, 12), 60 * 16, 280 * 16);
        painter.drawPolyline(QPolygonF({QPointF(9.5, 2.2), QPointF(13.3, 4.8), QPointF(10.2, 8)}));
        break;
    }
    painter.restore();
}

QIcon glyphIcon(Glyph glyph, const QColor &colour, int size)
{
    QIcon icon;
    for (const int scale : {1, 2, 3}) {
        QPixmap pixmap(size * scale, size * scale);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paintGlyph(painter, glyph, QRectF(pixmap.rect()), colour);
        painter.end();
        pixmap.setDevicePixelRatio(scale);
        icon.addPixmap(pixmap);
    }
    return icon;
}

Glyph glyphOf(Tone tone)
{
    switch (tone) {
    case Tone::Good:
        return Glyph::Check;
    case Tone::Warning:
        return Glyph::Exclamation;
    case Tone::Critical:
        return Glyph::Octagon;
    case Tone::Neutral:
    case Tone::Accent:
        break;
    }
    return Glyph::Dots;
}

} // namespace Atom::Console
