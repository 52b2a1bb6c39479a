// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QWidget>

class QPushButton;

namespace Atom::Console {

class ConnectionController;
class DisplayPause;
class ElidedLabel;
class Pill;

//! \brief The bottom line of the window: connection, age of the data, pause, who is signed in where.
class StatusStrip : public QWidget
{
    Q_OBJECT
public:
    StatusStrip(ConnectionController &connection, DisplayPause &pause, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void showLink();
    void showPause();
    ConnectionController &m_connection;
    DisplayPause &m_pause;
    Pill *m_link;
    ElidedLabel *m_age;
    ElidedLabel *m_who;
    QPushButton *m_pauseButton;
};

} // namespace Atom::Console
