// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QWidget>

class QStackedLayout;

namespace Atom {
class Clock;
}

namespace Atom::Console {

class ConnectionController;
class ConsoleSettings;
class SignInPage;
class Theme;
class Workspace;

//! \brief One window for one server: the sign-in page, or the workspace while signed in.
class MainWindow : public QWidget
{
    Q_OBJECT
public:
    MainWindow(ConnectionController &connection, ConsoleSettings &settings, Theme &theme, Clock &clock,
               QWidget *parent = nullptr);
    ~MainWindow() override;

    SignInPage &signInPage() { return *m_signIn; }
    Workspace *workspace() const { return m_workspace; } //!< null while signed out

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void enter();
    void leave();
    void openSettings();

    ConnectionController &m_connection;
    ConsoleSettings &m_settings;
    Theme &m_theme;
    Clock &m_clock;
    QStackedLayout *m_stack;
    SignInPage *m_signIn;
    Workspace *m_workspace = nullptr;
};

} // namespace Atom::Console
