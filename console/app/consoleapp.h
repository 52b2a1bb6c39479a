// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/app/consolesettings.h"
#include "console/app/mainwindow.h"
#include "console/app/theme.h"
#include "console/controllers/connectioncontroller.h"

namespace Atom::Console {

//! \brief Composition root of the console. A QApplication must exist.
class ConsoleApp
{
public:
    struct Options
    {
        QString server;       //!< empty: the one used last
        QString user;         //!< empty: the one used last
        QString password;     //!< not empty: signs in at once
        QString settingsFile; //!< empty: the user's own
    };
    //! \brief Real time and sockets unless a test brings its own; `clock` must outlive the app.
    explicit ConsoleApp(Options options, Clock *clock = nullptr,
                        ConnectionController::MakeStream makeStream = Client::makeWebSocketStream);

    void start();
    MainWindow &window() { return m_window; }
    ConnectionController &connection() { return m_connection; }
    ConsoleSettings &settings() { return m_settings; }

private:
    Options m_options;
    SystemClock m_systemClock;
    Clock &m_clock;
    ConsoleSettings m_settings;
    Theme m_theme;
    ConnectionController m_connection;
    MainWindow m_window; //!< before the connection in destruction: it uses the clients
};

} // namespace Atom::Console
