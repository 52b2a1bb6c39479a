// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/cron.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Workflows;
using namespace Qt::StringLiterals;

class TestCron : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void next_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<QString>("after");    // UTC
        QTest::addColumn<QString>("expected"); // UTC, one or several in a row
        const auto row = [](const char *expression, const char *after, const char *expected, const char *zone = "UTC") {
            QTest::addRow("%s | %s | %s", expression, zone, after)
                << QString::fromUtf8(expression) << QByteArray(zone) << QString::fromUtf8(after)
                << QString::fromUtf8(expected);
        };
        row("* * * * *", "2026-01-01T00:00:00", "2026-01-01T00:01:00 2026-01-01T00:02:00");
        row("* * * * *", "2026-01-01T00:00:30", "2026-01-01T00:01:00");
        row("* * * * * *", "2026-01-01T00:00:59", "2026-01-01T00:01:00 2026-01-01T00:01:01");
        row("30 5 4 * * *", "2026-01-01T00:00:00", "2026-01-01T04:05:30 2026-01-02T04:05:30");
        row("*/15 * * * *", "2026-01-01T00:46:00", "2026-01-01T01:00:00 2026-01-01T01:15:00");
        row("5/20 * * * *", "2026-01-01T00:00:00",
            "2026-01-01T00:05:00 2026-01-01T00:25:00 2026-01-01T00:45:00 2026-01-01T01:05:00");
        row("0 9-17/4 * * *", "2026-01-01T00:00:00",
            "2026-01-01T09:00:00 2026-01-01T13:00:00 2026-01-01T17:00:00 2026-01-02T09:00:00");
        row("0 0 * * MON", "2026-01-01T00:00:00", "2026-01-05T00:00:00 2026-01-12T00:00:00"); // 1 January is a Thursday
        row("0 0 * * 7", "2026-01-01T00:00:00", "2026-01-04T00:00:00");
        row("0 0 * * 0", "2026-01-01T00:00:00", "2026-01-04T00:00:00");
        row("0 0 * * sat,SUN", "2026-01-01T00:00:00", "2026-01-03T00:00:00 2026-01-04T00:00:00 2026-01-10T00:00:00");
        row("0 12 * * Mon-Fri", "2026-01-02T12:00:00", "2026-01-05T12:00:00");
        row("0 0 13 * FRI", "2026-01-01T00:00:00",
            "2026-01-02T00:00:00 2026-01-09T00:00:00 2026-01-13T00:00:00"); // either
        row("0 0 ? * FRI", "2026-01-01T00:00:00", "2026-01-02T00:00:00 2026-01-09T00:00:00");
        row("0 0 */2 * MON", "2026-01-01T00:00:00", "2026-01-05T00:00:00 2026-01-19T00:00:00"); // a star: both
        row("0 0 31 * *", "2026-01-31T00:00:00", "2026-03-31T00:00:00 2026-05-31T00:00:00");
        row("0 0 1 JAN,jul *", "2026-01-01T00:00:00", "2026-07-01T00:00:00 2027-01-01T00:00:00");
        row("0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00 2032-02-29T00:00:00");
        row("0 0 29 2 *", "2096-03-01T00:00:00", "2104-02-29T00:00:00"); // 2100 is no leap year
        row("59 59 23 31 12 *", "1969-12-30T00:00:00", "1969-12-31T23:59:59 1970-12-31T23:59:59");
        row("@daily", "2026-01-01T05:00:00", "2026-01-02T00:00:00");
        row("@hourly", "2026-01-01T05:00:00", "2026-01-01T06:00:00");
        row("@weekly", "2026-01-01T05:00:00", "2026-01-04T00:00:00");
        row("  0   0  1 1   * ", "2026-01-01T00:00:00", "2027-01-01T00:00:00");

        // Berlin: 2:00 to 3:00 is missing on 29 March 2026 (1:00 UTC), and comes twice on 25 October (until 1:00 UTC).
        row("30 8 * * *", "2026-03-28T00:00:00", "2026-03-28T07:30:00 2026-03-29T06:30:00", "Europe/Berlin");
        row("30 2 * * *", "2026-03-28T12:00:00", "2026-03-29T01:00:00 2026-03-30T00:30:00", "Europe/Berlin");
        row("*/20 2 * * *", "2026-03-28T12:00:00", "2026-03-29T01:00:00 2026-03-30T00:00:00", "Europe/Berlin");
        row("0 3 * * *", "2026-03-28T12:00:00", "2026-03-29T01:00:00 2026-03-30T01:00:00", "Europe/Berlin");
        row("0 2,3 * * *", "2026-03-28T12:00:00", "2026-03-29T01:00:00 2026-03-30T00:00:00", "Europe/Berlin");
        row("30 2 29 3 *", "2026-01-01T00:00:00", "2026-03-29T01:00:00 2027-03-29T00:30:00", "Europe/Berlin");
        row("30 * * * *", "2026-03-29T00:00:00", "2026-03-29T00:30:00 2026-03-29T01:30:00", "Europe/Berlin");
        row("30 2 * * *", "2026-10-24T12:00:00", "2026-10-25T00:30:00 2026-10-26T01:30:00", "Europe/Berlin");
        row("30 2 * * *", "2026-10-25T00:45:00", "2026-10-26T01:30:00", "Europe/Berlin"); // between the two
        row("30 2 * * *", "2026-10-25T01:15:00", "2026-10-26T01:30:00", "Europe/Berlin"); // in the second hour
        row("0 3 * * *", "2026-10-24T12:00:00", "2026-10-25T02:00:00", "Europe/Berlin");
        row("*/30 * * * *", "2026-10-24T23:45:00",
            "2026-10-25T00:00:00 2026-10-25T00:30:00 2026-10-25T01:00:00 2026-10-25T01:30:00 2026-10-25T02:00:00",
            "Europe/Berlin"); // each hour that passes
        row("*/30 1-3 * * *", "2026-10-24T23:45:00", "2026-10-25T00:00:00 2026-10-25T00:30:00 2026-10-25T02:00:00",
            "Europe/Berlin"); // 2:00, 2:30, then 3:00
        // New York, west of Greenwich: forward on 8 March at 7:00 UTC, back on 1 November at 6:00 UTC.
        row("15 2 * * *", "2026-03-07T12:00:00", "2026-03-08T07:00:00 2026-03-09T06:15:00", "America/New_York");
        row("15 1 * * *", "2026-10-31T12:00:00", "2026-11-01T05:15:00 2026-11-02T06:15:00", "America/New_York");
        // Lord Howe changes by half an hour; Apia left out the whole 30 December 2011 (10:00 UTC).
        row("15 2 * * *", "2026-10-03T00:00:00", "2026-10-03T15:30:00 2026-10-04T15:15:00", "Australia/Lord_Howe");
        row("0 12 30 12 *", "2011-01-01T00:00:00", "2011-12-30T10:00:00 2012-12-29T22:00:00", "Pacific/Apia");
        row("0 0 * * *", "2026-01-01T00:00:00", "2026-01-01T18:30:00", "Asia/Kolkata");
    }
    void next()
    {
        QFETCH(QString, expression);
        QFETCH(QByteArray, zone);
        QFETCH(QString, after);
        QFETCH(QString, expected);
        const QTimeZone timeZone(zone);
        if (!timeZone.isValid())
            QSKIP("this system has no such time zone");
        const Result<CronExpression> cron = CronExpression::parse(expression);
        QVERIFY2(cron.isOk(), cron ? "" : qPrintable(cron.error().detail));
        QDateTime at = QDateTime::fromString(after + u'Z', Qt::ISODate);
        QStringList found;
        while (found.size() < expected.split(u' ').size()) {
            const std::optional<QDateTime> due = cron->next(at, timeZone);
            QVERIFY(due);
            QVERIFY(*due > at);
            at = *due;
            found.append(at.toUTC().toString(u"yyyy-MM-ddThh:mm:ss"_s));
        }
        QCOMPARE(found.join(u' '), expected);
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *expression, const char *part) {
            QTest::newRow(expression) << QString::fromUtf8(expression) << QString::fromUtf8(part);
        };
        row("", "there are 0");
        row("* * * *", "there are 4");
        row("* * * * * * *", "there are 7");
        row("60 * * * *", "field 1 (minute): `60` is not 0 to 59");
        row("60 * * * * *", "field 1 (second): `60`");
        row("* 24 * * *", "field 2 (hour): `24` is not 0 to 23");
        row("* * 0 * *", "field 3 (day of month): `0` is not 1 to 31");
        row("* * * 13 *", "field 4 (month): `13` is not 1 to 12 or JAN-DEC");
        row("* * * FOO *", "field 4 (month): `FOO`");
        row("* * * * 8", "field 5 (day of week): `8` is not 0 to 7 or SUN-SAT");
        row("* * * * * MOON", "field 6 (day of week): `MOON`");
        row("*/0 * * * *", "the step `0`");
        row("*/x * * * *", "the step `x`");
        row("*/ * * * *", "the step ``");
        row("*/60 * * * *", "the step `60` is not a number from 1 to 59");
        row("1, * * * *", "beside a comma");
        row("1,,2 * * * *", "`` is not 0 to 59");
        row("5-1 * * * *", "`5-1` goes backwards");
        row("1- * * * *", "`` is not");
        row("-1 * * * *", "`` is not");
        row("1-2-3 * * * *", "`2-3` is not");
        row("+1 * * * *", "`+1` is not");
        row("? * * * *", "`?` is not");
        row("* * L * *", "`L` is not");
        row("0 0 30 2 *", "field 3 (day of month): none of the months");
        row("0 0 0 31 4,6,9,11 *", "field 4 (day of month): none of the months");
        row("@reboot", "@hourly");
        row("99999999999 * * * *", "is not 0 to 59");
    }
    void refuses()
    {
        QFETCH(QString, expression);
        QFETCH(QString, part);
        const Result<CronExpression> cron = CronExpression::parse(expression);
        QVERIFY(!cron.isOk());
        QCOMPARE(cron.error().code, Errc::ValidationFailed);
        QVERIFY2(cron.error().detail.contains(part), qPrintable(cron.error().detail));
    }

    void neverAnswersNonsense()
    {
        const Result<CronExpression> cron = CronExpression::parse(u"* * * * *"_s);
        QVERIFY(!cron->next({}, QTimeZone::utc()));
        QVERIFY(!cron->next(QDateTime::fromSecsSinceEpoch(0, Qt::UTC), QTimeZone("No/Where")));
        QVERIFY(!CronExpression().next(QDateTime::fromSecsSinceEpoch(0, Qt::UTC), QTimeZone::utc()));
        QVERIFY(!CronExpression::parse(QString(300, u'*')).isOk());
        // A fraction of a second before it is due.
        const QDateTime just = QDateTime::fromMSecsSinceEpoch(59'999, Qt::UTC);
        QCOMPARE(cron->next(just, QTimeZone::utc())->toSecsSinceEpoch(), 60);
    }
};

QTEST_GUILESS_MAIN(TestCron)
#include "tst_cron.moc"
