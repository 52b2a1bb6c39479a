// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/displaysettings.h"

#include <QtWidgets/QDialog>

class QComboBox;

namespace Atom::Console {

//! \brief How this console shows things. Changes apply at once; there is nothing to cancel.
class SettingsDialog : public QDialog
{
    Q_OBJECT
public:
    explicit SettingsDialog(const DisplaySettings &settings, QWidget *parent = nullptr);

Q_SIGNALS:
    void settingsChanged(const Atom::Console::DisplaySettings &settings);

private:
    void collect();
    QComboBox *m_theme;
    QComboBox *m_zone;
};

} // namespace Atom::Console
