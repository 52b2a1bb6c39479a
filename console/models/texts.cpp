// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/texts.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QLocale>

#include <cmath>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Texts)
};

QString formatted(Timestamp time, TimeZoneChoice zone, const QString &format)
{
    const bool utc = zone == TimeZoneChoice::Utc;
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(toMillis(time), utc ? Qt::UTC : Qt::LocalTime);
    return at.toString(format) + (utc ? u"Z"_s : QString());
}

bool turnsDirection(QChar c)
{
    const char16_t u = c.unicode();
    return (u >= 0x202A && u <= 0x202E) || (u >= 0x2066 && u <= 0x2069) || u == 0x200E || u == 0x200F || u == 0x061C;
}

QString cut(const QString &text, int limit)
{
    if (text.size() <= limit)
        return text;
    // Never between the halves of a surrogate pair.
    const int end = text.at(limit - 1).isHighSurrogate() ? limit - 1 : limit;
    return text.left(end) + u"…"_s;
}
} // namespace

QString clockText(Timestamp time, TimeZoneChoice zone)
{
    return formatted(time, zone, u"HH:mm:ss"_s);
}

QString dateTimeText(Timestamp time, TimeZoneChoice zone)
{
    return formatted(time, zone, u"yyyy-MM-dd HH:mm:ss"_s);
}

QString agoText(Timestamp time, Timestamp now)
{
    const qint64 past = (toMillis(now) - toMillis(time)) / 1000;
    if (past < 5)
        return Texts::tr("just now");
    if (past < 60)
        return Texts::tr("%1 s ago").arg(past);
    if (past < 3600)
        return Texts::tr("%1 min ago").arg(past / 60);
    if (past < 86'400)
        return Texts::tr("%1 h ago").arg(past / 3600);
    return Texts::tr("%1 d ago").arg(past / 86'400);
}

QString durationText(qint64 micros)
{
    const auto fixed = [](double value) {
        return QLocale::c().toString(value, 'f', value < 10 ? 2 : value < 100 ? 1 : 0);
    };
    if (micros < 1'000)
        return Texts::tr("%1 µs").arg(micros);
    if (micros < 1'000'000)
        return Texts::tr("%1 ms").arg(fixed(double(micros) / 1'000));
    if (micros < 60'000'000)
        return Texts::tr("%1 s").arg(fixed(double(micros) / 1'000'000));
    const qint64 total = micros / 1'000'000;
    if (total < 3600)
        return Texts::tr("%1 min %2 s").arg(total / 60).arg(total % 60);
    return Texts::tr("%1 h %2 min").arg(total / 3600).arg(total % 3600 / 60);
}

QString figureText(double value)
{
    if (!std::isfinite(value))
        return u"–"_s;
    const double size = std::abs(value);
    QLocale locale = QLocale::c();
    locale.setNumberOptions(QLocale::DefaultNumberOptions);
    if (size >= 100 || value == std::floor(value))
        return locale.toString(qint64(std::llround(value)));
    return locale.toString(value, 'f', size < 10 ? 2 : 1);
}

QString oneLine(const QString &foreign, int limit)
{
    QString line;
    line.reserve(qMin<qsizetype>(foreign.size(), limit + 1));
    bool space = false;
    for (const QChar c : foreign) {
        if (turnsDirection(c))
            continue;
        const bool blank = c.isSpace() || c.category() == QChar::Other_Control;
        if (blank && (space || line.isEmpty()))
            continue;
        space = blank;
        line += blank ? QChar(u' ') : c;
        if (line.size() > limit)
            break;
    }
    return cut(line, limit);
}

QString toolTipText(const QString &foreign, int limit)
{
    const QString escaped = cut(foreign, limit).toHtmlEscaped();
    return u"<p style=\"white-space:pre-wrap\">"_s + escaped + u"</p>"_s;
}

} // namespace Atom::Console
