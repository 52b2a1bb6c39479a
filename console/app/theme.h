// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/displaysettings.h"
#include "console/widgets/colours.h"

#include <QtCore/QObject>

namespace Atom::Console {

//! \brief Gives the whole program its palette and style sheet. Made once, before the first window: it looks at the
//! system's colours first. Follows the system while the choice is System (from Qt 6.5 on also when it changes).
class Theme : public QObject
{
    Q_OBJECT
public:
    explicit Theme(QObject *parent = nullptr);
    void choose(ThemeChoice choice);
    bool isDark() const { return m_dark; }

private:
    void apply();
    bool systemIsDark() const;
    ThemeChoice m_choice = ThemeChoice::System;
    bool m_systemStartedDark;
    bool m_applied = false;
    bool m_dark = false;
};

} // namespace Atom::Console
