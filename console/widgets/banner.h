// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/widgets/colours.h"

#include <QtWidgets/QWidget>

class QPushButton;
class QToolButton;

namespace Atom::Console {

class ElidedLabel;

//! \brief A strip that says something important without stopping the work: one line, one action, one close button.
//! Hidden until announce(). Plain text.
class Banner : public QWidget
{
    Q_OBJECT
public:
    explicit Banner(QWidget *parent = nullptr);
    void announce(Tone tone, const QString &text, const QString &action);
    QString text() const;

Q_SIGNALS:
    void actionRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void paintIcons();
    Tone m_tone = Tone::Neutral;
    ElidedLabel *m_text;
    QPushButton *m_action;
    QToolButton *m_close;
};

} // namespace Atom::Console
