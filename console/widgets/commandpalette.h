// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QFrame>

class QLineEdit;
class QListWidget;

namespace Atom::Console {

//! \brief One thing the palette can do.
struct PaletteEntry
{
    QString id; //!< given back by chosen()
    QString text;
    QString hint; //!< shown muted at the right: kind or shortcut
};

//! \brief A box over its parent: type, arrows, Enter. Escape or losing the focus closes it. Plain text.
class CommandPalette : public QFrame
{
    Q_OBJECT
public:
    explicit CommandPalette(QWidget *parent);
    void open(QList<PaletteEntry> entries);
    int shownEntries() const;

    //! \brief How well `text` fits what was typed: < 0 not at all, else smaller is better. Letters in order suffice;
    //! whole words and beginnings come first.
    static int rank(const QString &text, const QString &typed);

Q_SIGNALS:
    void chosen(const QString &id);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void fill();
    void fitHeight();
    void choose();
    QList<PaletteEntry> m_entries;
    QLineEdit *m_edit;
    QListWidget *m_list;
};

} // namespace Atom::Console
