// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/pill.h"

#include <QtGui/QPainter>

namespace Atom::Console {

namespace {
constexpr int inset = 8;
constexpr int gap = 5;

int glyphSide(const QFontMetrics &metrics)
{
    return metrics.ascent();
}
} // namespace

Pill::Pill(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Pill::show(Tone tone, const QString &text)
{
    if (tone == m_tone && text == m_text)
        return;
    m_tone = tone;
    m_text = text;
    setAccessibleName(text);
    updateGeometry();
    update();
}

QSize Pill::sizeHint() const
{
    return {width(fontMetrics(), m_text), fontMetrics().height() + 6};
}

int Pill::width(const QFontMetrics &metrics, const QString &text)
{
    return inset * 2 + glyphSide(metrics) + gap + metrics.horizontalAdvance(text);
}

QRect Pill::paint(QPainter &painter, const QRect &cell, const Colours &colours, Tone tone, const QString &text,
                  const QFont &font)
{
    const QFontMetrics metrics(font);
    const int side = glyphSide(metrics);
    const int wanted = width(metrics, text);
    const int height = std::min(cell.height(), metrics.height() + 6);
    const QRect box(cell.left(), cell.center().y() - height / 2, std::min(wanted, cell.width()), height);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.tint(tone));
    painter.drawRoundedRect(box, 5, 5);
    const QColor ink = colours.of(tone);
    paintGlyph(painter, glyphOf(tone), QRectF(box.left() + inset, box.center().y() - side / 2.0 + 0.5, side, side),
               ink);
    painter.setPen(ink);
    painter.setFont(font);
    const QRect words = box.adjusted(inset + side + gap, 0, -inset / 2, 0);
    painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                     metrics.elidedText(text, Qt::ElideRight, words.width()));
    painter.restore();
    return box;
}

void Pill::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paint(painter, rect(), Colours::of(palette()), m_tone, m_text, font());
}

} // namespace Atom::Console
