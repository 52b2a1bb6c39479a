// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/widgets/glyphs.h"

#include <QtWidgets/QListWidget>

namespace Atom::Console {

//! \brief The list at the left side: an icon, a name, and a count when something waits there.
class NavigationList : public QListWidget
{
    Q_OBJECT
public:
    explicit NavigationList(QWidget *parent = nullptr);
    void addEntry(Glyph glyph, const QString &name, const QString &shortcut);
    void setBadge(int row, int count); //!< 0: none
    int badge(int row) const;
    QSize sizeHint() const override;
};

} // namespace Atom::Console
