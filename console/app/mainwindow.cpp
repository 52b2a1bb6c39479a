// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/mainwindow.h"

#include "console/app/consolesettings.h"
#include "console/app/theme.h"
#include "console/app/workspace.h"
#include "console/controllers/connectioncontroller.h"
#include "console/pages/settingsdialog.h"
#include "console/pages/signinpage.h"

#include <QtGui/QCloseEvent>
#include <QtWidgets/QStackedLayout>

namespace Atom::Console {

MainWindow::MainWindow(ConnectionController &connection, ConsoleSettings &settings, Theme &theme, Clock &clock,
                       QWidget *parent)
    : QWidget(parent), m_connection(connection), m_settings(settings), m_theme(theme), m_clock(clock),
      m_stack(new QStackedLayout(this)), m_signIn(new SignInPage(connection))
{
    setWindowTitle(tr("Atom Chat console"));
    m_stack->addWidget(m_signIn);
    resize(1280, 820);
    restoreGeometry(settings.windowGeometry());
    connect(&connection, &ConnectionController::signedIn, this, &MainWindow::enter);
    connect(&connection, &ConnectionController::aboutToSignOut, this, &MainWindow::leave);
}

MainWindow::~MainWindow()
{
    leave();
}

void MainWindow::enter()
{
    m_settings.setSignIn(m_connection.server().toString(), m_connection.user().id.toString());
    m_workspace = new Workspace(m_connection, m_clock, m_settings.display(), m_settings.overviewRangeSeconds());
    m_stack->addWidget(m_workspace);
    m_stack->setCurrentWidget(m_workspace);
    setWindowTitle(tr("Atom Chat console: %1").arg(m_connection.server().host()));
    connect(m_workspace, &Workspace::settingsRequested, this, &MainWindow::openSettings);
    connect(m_workspace, &Workspace::overviewRangeChosen, this,
            [this](int seconds) { m_settings.setOverviewRangeSeconds(seconds); });
}

void MainWindow::leave()
{
    delete m_workspace;
    m_workspace = nullptr;
    setWindowTitle(tr("Atom Chat console"));
}

void MainWindow::openSettings()
{
    auto *dialog = new SettingsDialog(m_settings.display(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &SettingsDialog::settingsChanged, this, [this](const DisplaySettings &settings) {
        m_settings.setDisplay(settings);
        m_theme.choose(settings.theme);
        if (m_workspace)
            m_workspace->setDisplaySettings(settings);
    });
    dialog->open();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_settings.setWindowGeometry(saveGeometry());
    QWidget::closeEvent(event);
}

} // namespace Atom::Console
