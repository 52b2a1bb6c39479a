// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/widgets/glyphs.h"

#include <QtWidgets/QWidget>

namespace Atom::Console {

//! \brief A short state in a rounded box: symbol, words and colour say the same thing. Plain text.
class Pill : public QWidget
{
    Q_OBJECT
public:
    explicit Pill(QWidget *parent = nullptr);
    void show(Tone tone, const QString &text);
    using QWidget::show;
    QString text() const { return m_text; }
    Tone tone() const { return m_tone; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

    static int width(const QFontMetrics &metrics, const QString &text);
    using QWidget::width;
    //! \brief The same drawing inside another widget, for example a table cell; returns the box it took.
    static QRect paint(QPainter &painter, const QRect &cell, const Colours &colours, Tone tone, const QString &text,
                       const QFont &font);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Tone m_tone = Tone::Neutral;
    QString m_text;
};

} // namespace Atom::Console
