// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/widgets/colours.h"

#include <QtGui/QIcon>

class QPainter;

namespace Atom::Console {

//! \brief Small line drawings, painted by us: sharp at every size and in every theme, no files.
enum class Glyph {
    Gauge,
    Bell,
    Bubbles,
    Bars,
    Gear,
    Search,
    Pause,
    Play,
    Cross,
    Check,
    Exclamation,
    Octagon,
    Dots,
    Refresh
};

//! \brief Draws into the square that fits `box`.
void paintGlyph(QPainter &painter, Glyph glyph, const QRectF &box, const QColor &colour);
QIcon glyphIcon(Glyph glyph, const QColor &colour, int size = 18);
//! \brief The symbol that says a tone without colour.
Glyph glyphOf(Tone tone);

} // namespace Atom::Console
