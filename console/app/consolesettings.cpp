// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/consolesettings.h"

#include "shared/core/uuid.h"

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
const QString serverKey = u"signIn/server"_s;
const QString userKey = u"signIn/user"_s;
const QString deviceKey = u"signIn/device"_s;
const QString themeKey = u"display/theme"_s;
const QString zoneKey = u"display/zone"_s;
const QString rangeKey = u"overview/rangeSeconds"_s;
const QString geometryKey = u"window/geometry"_s;
} // namespace

ConsoleSettings::ConsoleSettings(const QString &file)
    : m_settings(file.isEmpty() ? QSettings().fileName() : file,
                 file.isEmpty() ? QSettings::defaultFormat() : QSettings::IniFormat)
{
}

QString ConsoleSettings::server() const
{
    return m_settings.value(serverKey, u"http://127.0.0.1:5059"_s).toString();
}

QString ConsoleSettings::user() const
{
    return m_settings.value(userKey).toString();
}

void ConsoleSettings::setSignIn(const QString &server, const QString &user)
{
    m_settings.setValue(serverKey, server);
    m_settings.setValue(userKey, user);
}

QByteArray ConsoleSettings::device()
{
    QByteArray device = m_settings.value(deviceKey).toByteArray();
    if (device.isEmpty()) {
        device = "console-" + randomHex(8);
        m_settings.setValue(deviceKey, device);
    }
    return device;
}

DisplaySettings ConsoleSettings::display() const
{
    // As words: a settings file is read by people, and enumerators may move.
    DisplaySettings settings;
    const QString theme = m_settings.value(themeKey).toString();
    settings.theme = theme == "light"_L1  ? ThemeChoice::Light
                     : theme == "dark"_L1 ? ThemeChoice::Dark
                                          : ThemeChoice::System;
    settings.zone = m_settings.value(zoneKey).toString() == "utc"_L1 ? TimeZoneChoice::Utc : TimeZoneChoice::Local;
    return settings;
}

void ConsoleSettings::setDisplay(const DisplaySettings &settings)
{
    m_settings.setValue(themeKey, settings.theme == ThemeChoice::Light  ? u"light"_s
                                  : settings.theme == ThemeChoice::Dark ? u"dark"_s
                                                                        : u"system"_s);
    m_settings.setValue(zoneKey, settings.zone == TimeZoneChoice::Utc ? u"utc"_s : u"local"_s);
}

int ConsoleSettings::overviewRangeSeconds() const
{
    return m_settings.value(rangeKey, 60).toInt();
}

void ConsoleSettings::setOverviewRangeSeconds(int seconds)
{
    m_settings.setValue(rangeKey, seconds);
}

QByteArray ConsoleSettings::windowGeometry() const
{
    return m_settings.value(geometryKey).toByteArray();
}

void ConsoleSettings::setWindowGeometry(const QByteArray &geometry)
{
    m_settings.setValue(geometryKey, geometry);
}

} // namespace Atom::Console
