// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/colours.h"

namespace Atom::Console {

const Colours &Colours::light()
{
    static const Colours colours{.dark = false,
                                 .window = QColor(0xF4, 0xF5, 0xF7),
                                 .surface = QColor(0xFF, 0xFF, 0xFF),
                                 .raised = QColor(0xEC, 0xEE, 0xF1),
                                 .text = QColor(0x1B, 0x1F, 0x24),
                                 .muted = QColor(0x58, 0x60, 0x6B),
                                 .border = QColor(0xD8, 0xDC, 0xE2),
                                 .grid = QColor(0xE6, 0xE9, 0xED),
                                 .accent = QColor(0x25, 0x56, 0xC9),
                                 .onAccent = QColor(0xFF, 0xFF, 0xFF),
                                 .selection = QColor(0xDC, 0xE6, 0xFB),
                                 .hover = QColor(0xEF, 0xF2, 0xF7),
                                 .good = QColor(0x16, 0x71, 0x42),
                                 .warning = QColor(0x8A, 0x5A, 0x00),
                                 .critical = QColor(0xBA, 0x28, 0x28),
                                 .series = {QColor(0x25, 0x56, 0xC9), QColor(0xB4, 0x56, 0x0B),
                                            QColor(0x7B, 0x3F, 0xC4), QColor(0x0F, 0x76, 0x76)}};
    return colours;
}

const Colours &Colours::night()
{
    static const Colours colours{.dark = true,
                                 .window = QColor(0x14, 0x17, 0x1C),
                                 .surface = QColor(0x1B, 0x1F, 0x26),
                                 .raised = QColor(0x26, 0x2B, 0x33),
                                 .text = QColor(0xE6, 0xE9, 0xED),
                                 .muted = QColor(0x9D, 0xA7, 0xB3),
                                 .border = QColor(0x32, 0x38, 0x42),
                                 .grid = QColor(0x2A, 0x30, 0x39),
                                 .accent = QColor(0x7A, 0xA5, 0xFF),
                                 .onAccent = QColor(0x0E, 0x16, 0x28),
                                 .selection = QColor(0x26, 0x3A, 0x63),
                                 .hover = QColor(0x22, 0x28, 0x31),
                                 .good = QColor(0x4C, 0xC3, 0x8A),
                                 .warning = QColor(0xE3, 0xB3, 0x41),
                                 .critical = QColor(0xFF, 0x7F, 0x76),
                                 .series = {QColor(0x7A, 0xA5, 0xFF), QColor(0xF0, 0xA3, 0x5E),
                                            QColor(0xC8, 0xA2, 0xFF), QColor(0x4F, 0xD1, 0xC5)}};
    return colours;
}

const Colours &Colours::of(const QPalette &palette)
{
    // By the ink: style sheets make backgrounds transparent, and transparent is black.
    return palette.color(QPalette::Active, QPalette::Text).lightness() > 128 ? night() : light();
}

QColor Colours::of(Tone tone) const
{
    switch (tone) {
    case Tone::Neutral:
        return muted;
    case Tone::Accent:
        return accent;
    case Tone::Good:
        return good;
    case Tone::Warning:
        return warning;
    case Tone::Critical:
        return critical;
    }
    return text;
}

QColor Colours::tint(Tone tone) const
{
    if (tone == Tone::Neutral)
        return raised;
    const QColor colour = of(tone);
    const double share = dark ? 0.16 : 0.10;
    const auto mix = [share](int over, int under) { return int(over * share + under * (1 - share)); };
    return QColor(mix(colour.red(), surface.red()), mix(colour.green(), surface.green()),
                  mix(colour.blue(), surface.blue()));
}

QPalette Colours::palette() const
{
    QPalette p;
    p.setColor(QPalette::Window, window);
    p.setColor(QPalette::WindowText, text);
    p.setColor(QPalette::Base, surface);
    p.setColor(QPalette::AlternateBase, hover);
    p.setColor(QPalette::Text, text);
    p.setColor(QPalette::PlaceholderText, muted);
    p.setColor(QPalette::Button, surface);
    p.setColor(QPalette::ButtonText, text);
    p.setColor(QPalette::BrightText, critical);
    p.setColor(QPalette::ToolTipBase, raised);
    p.setColor(QPalette::ToolTipText, text);
    p.setColor(QPalette::Highlight, selection);
    p.setColor(QPalette::HighlightedText, text);
    p.setColor(QPalette::Link, accent);
    p.setColor(QPalette::LinkVisited, accent);
    p.setColor(QPalette::Light, raised);
    p.setColor(QPalette::Midlight, hover);
    p.setColor(QPalette::Mid, border);
    p.setColor(QPalette::Dark, border);
    p.setColor(QPalette::Shadow, dark ? QColor(Qt::black) : QColor(0x9A, 0xA3, 0xAE));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, muted);
    return p;
}

} // namespace Atom::Console
