// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Atom::Console {

enum class ThemeChoice { System, Light, Dark };
enum class TimeZoneChoice { Local, Utc };

//! \brief How this console shows things; kept by ConsoleSettings, changed in the settings dialog.
struct DisplaySettings
{
    ThemeChoice theme = ThemeChoice::System;
    TimeZoneChoice zone = TimeZoneChoice::Local;
    bool operator==(const DisplaySettings &) const = default;
};

} // namespace Atom::Console
