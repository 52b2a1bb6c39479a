// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Natives about time. Always UTC: an expression must not depend on where the server stands. A broken-down time is jq's
// array [year, month 0-11, day, hour, minute, second (may have a fraction), weekday from Sunday, day of the year].
#include "server/expressions/natives.h"

#include <chrono>
#include <cmath>
#include <ctime>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
constexpr double maxSeconds = 67'768'036'191'676'799.0; // the last year that fits an int

// Names of days and months are English whatever the locale of the process is.
locale_t plainLocale()
{
    static const locale_t c = newlocale(LC_ALL_MASK, "C", nullptr);
    return c;
}

bool breakDown(Work &work, const Value &input, std::tm *tm, double *seconds)
{
    if (!input.isNumber() || input.isNan() || std::abs(input.toDouble()) > maxSeconds) {
        work.fail(u"gmtime() requires a number"_s);
        return false;
    }
    const double whole = std::floor(input.toDouble());
    const auto t = std::time_t(whole);
    *tm = {};
    if (!gmtime_r(&t, tm)) {
        work.fail(u"error converting number of seconds since epoch to datetime"_s);
        return false;
    }
    *seconds = tm->tm_sec + (input.toDouble() - whole);
    return true;
}

Value toArray(Work &work, const std::tm &tm, double seconds)
{
    return Value::array(work.heap, {Value::integer(qint64(tm.tm_year) + 1900), Value::integer(tm.tm_mon),
                                    Value::integer(tm.tm_mday), Value::integer(tm.tm_hour), Value::integer(tm.tm_min),
                                    Value::number(seconds), Value::integer(tm.tm_wday), Value::integer(tm.tm_yday)});
}

bool fromArray(const Value &input, std::tm *tm)
{
    if (!input.isArray() || input.size() < 6)
        return false;
    int parts[8] = {};
    for (qsizetype i = 0; i < std::min<qsizetype>(8, input.size()); ++i) {
        const Value v = input.at(i);
        if (!v.isNumber() || !(std::abs(v.toDouble()) < 1e9))
            return false;
        parts[i] = int(v.toDouble());
    }
    *tm = {};
    tm->tm_year = parts[0] - 1900;
    tm->tm_mon = parts[1];
    tm->tm_mday = parts[2];
    tm->tm_hour = parts[3];
    tm->tm_min = parts[4];
    tm->tm_sec = parts[5];
    tm->tm_wday = parts[6];
    tm->tm_yday = parts[7];
    return true;
}

Value gmtimeF(Work &work, Value &input, Value *)
{
    std::tm tm;
    double seconds = 0;
    return breakDown(work, input, &tm, &seconds) ? toArray(work, tm, seconds) : Value();
}

Value mktimeF(Work &work, Value &input, Value *)
{
    std::tm tm;
    if (!input.isArray())
        return work.fail(u"mktime requires array of 6 numbers"_s);
    if (!fromArray(input, &tm))
        return work.fail(u"mktime requires parsed datetime inputs"_s);
    return Value::integer(timegm(&tm));
}

Value format(Work &work, const Value &input, const Value &pattern, QStringView name)
{
    std::tm tm;
    double seconds = 0;
    if (input.isNumber() ? !breakDown(work, input, &tm, &seconds) : !fromArray(input, &tm))
        return work.failed ? Value() : work.fail(u"%1/1 requires parsed datetime inputs"_s.arg(name));
    if (!pattern.isString())
        return work.fail(u"%1/1 requires a string format"_s.arg(name));
    if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_wday < 0 || tm.tm_wday > 6 || tm.tm_mday < 0 || tm.tm_mday > 31 ||
        tm.tm_hour < 0 || tm.tm_hour > 23 || tm.tm_min < 0 || tm.tm_min > 59 || tm.tm_sec < 0 || tm.tm_sec > 60)
        return work.fail(u"%1/1: a part of the time is out of range"_s.arg(name));
    const QByteArray bytes = pattern.text().toUtf8();
    if (bytes.size() > 4096)
        return work.fail(u"%1/1: the format is too long"_s.arg(name));
    if (bytes.isEmpty())
        return work.text({});
    tm.tm_zone = "UTC";
    // A trailing mark tells an empty result from one that did not fit. "%500000000d" would ask for that much.
    std::vector<char> out(64 * 1024);
    const std::size_t size = strftime_l(out.data(), out.size(), (bytes + '|').constData(), &tm, plainLocale());
    if (size == 0)
        return work.fail(u"%1/1: unknown system failure"_s.arg(name));
    return work.text(QString::fromUtf8(out.data(), qsizetype(size) - 1));
}
Value strftimeF(Work &work, Value &input, Value *args)
{
    return format(work, input, args[0], u"strftime");
}
Value strflocaltimeF(Work &work, Value &input, Value *args)
{
    return format(work, input, args[0], u"strflocaltime");
}

Value strptimeF(Work &work, Value &input, Value *args)
{
    if (!input.isString())
        return work.fail(u"strptime/1 requires string inputs and arguments"_s);
    if (!args[0].isString())
        return work.fail(u"strptime/1 requires string inputs and arguments"_s);
    std::tm tm = {};
    tm.tm_mday = 1;
    const QByteArray text = input.text().toUtf8();
    const QByteArray pattern = args[0].text().toUtf8();
    work.charge((text.size() + pattern.size()) / 8);
    const char *end = strptime_l(text.constData(), pattern.constData(), &tm, plainLocale());
    if (!end || *end != '\0')
        return work.fail(
            u"date \"%1\" does not match format \"%2\""_s.arg(input.text().left(256), args[0].text().left(256)));
    std::tm normal = tm;
    timegm(&normal); // fills weekday and day of the year
    tm.tm_wday = normal.tm_wday;
    tm.tm_yday = normal.tm_yday;
    return toArray(work, tm, tm.tm_sec);
}

Value nowF(Work &, Value &, Value *)
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return Value::number(double(std::chrono::duration_cast<std::chrono::microseconds>(now).count()) / 1e6);
}

constexpr NativeFunction functions[] = {
    {"gmtime", 0, gmtimeF},
    {"localtime", 0, gmtimeF},
    {"mktime", 0, mktimeF},
    {"strftime", 1, strftimeF},
    {"strflocaltime", 1, strflocaltimeF},
    {"strptime", 1, strptimeF},
    {"now", 0, nowF},
};
} // namespace

std::span<const NativeFunction> dateFunctions()
{
    return functions;
}

} // namespace Atom::Expressions
