// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/widgets/glyphs.h"

#include <QtWidgets/QStackedWidget>

class QLabel;
class QPushButton;

namespace Atom::Console {

//! \brief Shows either its content or, in words, why there is none, with one thing to do about it. Plain text.
class StateStack : public QStackedWidget
{
    Q_OBJECT
public:
    explicit StateStack(QWidget *content, QWidget *parent = nullptr);
    void showContent();
    //! \brief `action` is the button's text; empty: no button.
    void showState(Glyph glyph, const QString &title, const QString &text, const QString &action = {});
    bool isShowingContent() const { return currentIndex() == 0; }
    QString stateTitle() const;
    QString stateText() const;

Q_SIGNALS:
    void actionRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    void paintIcon();
    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_text;
    QPushButton *m_action;
    Glyph m_glyph = Glyph::Dots;
};

} // namespace Atom::Console
