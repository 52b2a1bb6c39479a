// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/consoleapp.h"

#include "console/pages/signinpage.h"

namespace Atom::Console {

ConsoleApp::ConsoleApp(Options options, Clock *clock, ConnectionController::MakeStream makeStream)
    : m_options(std::move(options)), m_clock(clock ? *clock : m_systemClock), m_settings(m_options.settingsFile),
      m_connection(m_clock, m_settings.device(), std::move(makeStream)),
      m_window(m_connection, m_settings, m_theme, m_clock)
{
    m_theme.choose(m_settings.display().theme);
}

void ConsoleApp::start()
{
    const QString server = m_options.server.isEmpty() ? m_settings.server() : m_options.server;
    const QString user = m_options.user.isEmpty() ? m_settings.user() : m_options.user;
    m_window.signInPage().prefill(server, user);
    m_window.show();
    if (!m_options.password.isEmpty() && !user.isEmpty())
        m_connection.signIn(server, user, m_options.password);
    m_options.password.clear();
}

} // namespace Atom::Console
