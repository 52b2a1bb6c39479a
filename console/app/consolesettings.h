// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/displaysettings.h"

#include <QtCore/QByteArray>
#include <QtCore/QSettings>
#include <QtCore/QString>

namespace Atom::Console {

//! \brief What the console remembers between runs; the only place that knows the keys. Never a password or a token.
class ConsoleSettings
{
public:
    //! \brief `file` empty: the user's own settings; tests name an ini file.
    explicit ConsoleSettings(const QString &file = {});

    QString server() const;
    QString user() const;
    void setSignIn(const QString &server, const QString &user);
    //! \brief A random name of this installation, made at the first call.
    QByteArray device();
    DisplaySettings display() const;
    void setDisplay(const DisplaySettings &settings);
    int overviewRangeSeconds() const;
    void setOverviewRangeSeconds(int seconds);
    QByteArray windowGeometry() const;
    void setWindowGeometry(const QByteArray &geometry);

private:
    QSettings m_settings;
};

} // namespace Atom::Console
