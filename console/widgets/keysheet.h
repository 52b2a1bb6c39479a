// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QDialog>

namespace Atom::Console {

//! \brief A table of keys and what they do, closed by Escape or `?`.
class KeySheet : public QDialog
{
    Q_OBJECT
public:
    struct Entry
    {
        QString keys;
        QString meaning;
    };
    explicit KeySheet(const QList<Entry> &entries, QWidget *parent = nullptr);

protected:
    void keyPressEvent(QKeyEvent *event) override;
};

} // namespace Atom::Console
