// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGui/QColor>
#include <QtGui/QPalette>

#include <array>

namespace Atom::Console {

//! \brief How serious something is; never told by colour alone (see Glyph).
enum class Tone { Neutral, Accent, Good, Warning, Critical };

//! \brief The colours of one theme by meaning. Text colours have a contrast of at least 4.5 on window and surface.
struct Colours
{
    bool dark = false;
    QColor window, surface, raised, text, muted, border, grid, accent, onAccent, selection, hover;
    QColor good, warning, critical;
    std::array<QColor, 4> series; //!< of charts, told apart also by line style

    static const Colours &light();
    static const Colours &night();
    //! \brief The theme that a widget's palette belongs to, so that painting follows a change of theme by itself.
    static const Colours &of(const QPalette &palette);
    QColor of(Tone tone) const;
    //! \brief A background for text of that tone.
    QColor tint(Tone tone) const;
    QPalette palette() const;
};

} // namespace Atom::Console
