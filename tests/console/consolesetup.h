// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/app/consoleapp.h"
#include "console/app/workspace.h"
#include "tests/console/demodata.h"

#include <QtCore/QDir>
#include <QtCore/QSet>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>

namespace Atom::Test {

using namespace Qt::StringLiterals;

//! \brief The whole console beside a fake server, signed in unless told otherwise.
struct ConsoleSetup
{
    QTemporaryDir directory;
    FakeServer server;
    SystemClock clock;
    Timestamp now = clock.now();
    std::unique_ptr<Console::ConsoleApp> app;

    explicit ConsoleSetup(bool signIn = true)
    {
        fill(server, now);
        Console::ConsoleApp::Options options;
        options.server = server.url().toString();
        options.user = u"ada"_s;
        options.password = signIn ? u"correct horse"_s : QString();
        options.settingsFile = directory.filePath(u"console.ini"_s);
        app = std::make_unique<Console::ConsoleApp>(std::move(options));
        app->start();
        app->window().resize(1360, 860);
        if (signIn)
            [&] { QTRY_VERIFY(isOnline()); }();
    }
    bool isOnline() const
    {
        return app->window().workspace() && app->connection().link() == Console::ConnectionController::Link::Online &&
               server.subscribers("metrics") == 1 && server.subscribers("alerts") == 1 &&
               server.subscribers("activity") == 1 && server.subscribers("traces") == 1;
    }
    Console::MainWindow &window() const { return app->window(); }
    Console::Workspace &workspace() const { return *app->window().workspace(); }
    template <typename T> T *find(const QString &name = {}) const { return window().findChild<T *>(name); }
    template <typename T> T *accessible(const QString &name) const
    {
        for (T *widget : window().findChildren<T *>()) {
            if (widget->accessibleName() == name)
                return widget;
        }
        return nullptr;
    }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) const
    {
        QWidget *focus = QApplication::focusWidget();
        QTest::keyClick(focus ? focus : &app->window(), key, modifiers);
    }
};

//! Many colours: text, lines and surfaces were painted.
inline bool isBlank(const QImage &image)
{
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 3) {
        for (int x = 0; x < image.width(); x += 3)
            colours.insert(image.pixel(x, y));
    }
    return colours.size() < 20;
}
inline void keep(const QImage &image, const QString &name)
{
    const QString folder = qEnvironmentVariable("ATOM_GRAB_DIR");
    if (!folder.isEmpty())
        image.save(QDir(folder).filePath(name + u".png"_s));
}

//! Warnings fail a test, but for what the offscreen platform says of every window.
inline void failOnWarnings()
{
    QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support propagateSizeHints)"_s));
}

} // namespace Atom::Test
