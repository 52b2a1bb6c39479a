// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/recognizer.h"

#include <QtTest/QTest>

using namespace Atom::Entities;
using namespace Qt::StringLiterals;

namespace {
//! Wednesday, 15 May 2024, 10:20 in Berlin.
Context berlin(bool dayFirst = false)
{
    const QTimeZone zone("Europe/Berlin");
    return {QDateTime(QDate(2024, 5, 15), QTime(10, 20), zone), zone, dayFirst};
}

QString shown(const QDateTime &time)
{
    return time.isValid() ? time.toString(u"yyyy-MM-dd HH:mm:ss"_s).remove(u":00"_s) : u"-"_s;
}

//! "from..to" of the only time in the text, with the grain for a point; else what was found.
QString timeIn(const QString &text, const Context &context)
{
    static const Recognizer recognizer;
    QStringList times;
    for (const Entity &entity : recognizer.find(text, context)) {
        if (entity.kind != Kind::Time)
            continue;
        const TimeValue &value = std::get<TimeValue>(entity.value);
        QString time = shown(value.from);
        if (value.shape == TimeValue::Shape::Point)
            time += u' ' + grainName(value.grain);
        else
            time += u" .. "_s + shown(value.to);
        times.append(time);
    }
    return times.join(u" | "_s);
}
} // namespace

class TimesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void points_data()
    {
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *text, const char *expected) {
            QTest::newRow(text) << QString::fromUtf8(expected);
        };
        row("today", "2024-05-15 00 day");
        row("tomorrow", "2024-05-16 00 day");
        row("yesterday", "2024-05-14 00 day");
        row("the day after tomorrow", "2024-05-17 00 day");
        row("day before yesterday", "2024-05-13 00 day");
        row("right now", "2024-05-15 10:20 second");
        row("2024-07-04", "2024-07-04 00 day");
        row("2024-07-04T17:30:00", "2024-07-04 17:30 second");
        row("2024-07-04T15:30:00Z", "2024-07-04 17:30 second");
        row("2024-07-04 17:30", "2024-07-04 17:30 minute");
        row("7/4/2024", "2024-07-04 00 day");
        row("25/12/2024", "2024-12-25 00 day");
        row("31.12.2024", "2024-12-31 00 day");
        row("31-Oct-1974", "1974-10-31 00 day");
        row("10/2024", "2024-10-01 00 month");
        row("July 4", "2024-07-04 00 day");
        row("4th of July 2025", "2025-07-04 00 day");
        row("the 4th of july", "2024-07-04 00 day");
        row("Jan. 5", "2025-01-05 00 day");
        row("February 29", "2028-02-29 00 day");
        row("dec 24, 2024", "2024-12-24 00 day");
        row("October 2024", "2024-10-01 00 month");
        row("in March", "2025-03-01 00 month");
        row("next March", "2025-03-01 00 month");
        row("in 2025", "2025-01-01 00 year");
        row("on the 20th", "2024-05-20 00 day");
        row("on the 3rd", "2024-06-03 00 day");
        row("Friday", "2024-05-17 00 day");
        row("wednesday", "2024-05-22 00 day");
        row("next friday", "2024-05-17 00 day");
        row("last monday", "2024-05-13 00 day");
        row("friday after next", "2024-05-24 00 day");
        row("Monday of next week", "2024-05-20 00 day");
        row("Friday the 24th", "2024-05-24 00 day");
        row("Fri, May 24, 2024 at 7pm", "2024-05-24 19 hour");
        row("first monday of june", "2024-06-03 00 day");
        row("last friday in may", "2024-05-31 00 day");
        row("last day of february 2024", "2024-02-29 00 day");
        row("second to last day of may", "2024-05-30 00 day");
        row("third week of june", "2024-06-17 00 week");
        row("week of june 12", "2024-06-10 00 week");
        row("this week", "2024-05-13 00 week");
        row("next month", "2024-06-01 00 month");
        row("last year", "2023-01-01 00 year");
        row("Q3 2024", "2024-07-01 00 quarter");
        row("4th quarter", "2024-10-01 00 quarter");
        row("this quarter", "2024-04-01 00 quarter");
        row("5pm", "2024-05-15 17 hour");
        row("at 5pm", "2024-05-15 17 hour");
        row("at 5 p.m.", "2024-05-15 17 hour");
        row("17:30", "2024-05-15 17:30 minute");
        row("17h30", "2024-05-15 17:30 minute");
        row("at 9", "2024-05-15 21 hour");
        row("9:00 am", "2024-05-16 09 minute");
        row("noon", "2024-05-15 12 hour");
        row("at midnight", "2024-05-16 00 hour");
        row("half past three", "2024-05-15 15:30 minute");
        row("a quarter to six", "2024-05-15 17:45 minute");
        row("ten past 4pm", "2024-05-15 16:10 minute");
        row("at 1130", "2024-05-15 11:30 minute");
        row("seven thirty p.m.", "2024-05-15 19:30 minute");
        row("8 o'clock tonight", "2024-05-15 20 hour");
        row("8 tonight", "2024-05-15 20 hour");
        row("tomorrow at 17:30", "2024-05-16 17:30 minute");
        row("5pm tomorrow", "2024-05-16 17 hour");
        row("tomorrow evening at 8", "2024-05-16 20 hour");
        row("monday morning at 9", "2024-05-20 09 hour");
        row("9 in the morning", "2024-05-16 09 hour");
        row("at 8 in the evening", "2024-05-15 20 hour");
        row("4pm UTC", "2024-05-15 18 hour");
        row("in 2 hours", "2024-05-15 12:20 second");
        row("in half an hour", "2024-05-15 10:50 second");
        row("in an hour and a half", "2024-05-15 11:50 second");
        row("in 2h30", "2024-05-15 12:50 second");
        row("in 3 days", "2024-05-18 10 hour");
        row("in two weeks", "2024-05-29 00 day");
        row("2 days ago", "2024-05-13 10 hour");
        row("three months ago", "2024-02-15 00 day");
        row("a year from now", "2025-05-01 00 month");
        row("in 3 days at 5pm", "2024-05-18 17 hour");
        row("3 fridays from now", "2024-05-31 00 day");
        row("two days after tomorrow", "2024-05-18 00 day");
        row("a week before june 10", "2024-06-03 00 day");
        row("February 30", "");
    }
    void points()
    {
        QFETCH(QString, expected);
        QCOMPARE(timeIn(QString::fromUtf8(QTest::currentDataTag()), berlin()), expected);
    }

    void intervals_data()
    {
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *text, const char *expected) {
            QTest::newRow(text) << QString::fromUtf8(expected);
        };
        row("this evening", "2024-05-15 18 .. 2024-05-16 00");
        row("tonight", "2024-05-15 18 .. 2024-05-16 00");
        row("last night", "2024-05-14 18 .. 2024-05-15 00");
        row("tomorrow afternoon", "2024-05-16 12 .. 2024-05-16 19");
        row("in the morning", "2024-05-15 00 .. 2024-05-15 12");
        row("friday night", "2024-05-17 18 .. 2024-05-18 00");
        row("this weekend", "2024-05-17 18 .. 2024-05-20 00");
        row("next weekend", "2024-05-24 18 .. 2024-05-27 00");
        row("next 3 days", "2024-05-16 00 .. 2024-05-19 00");
        row("last 2 weeks", "2024-04-29 00 .. 2024-05-13 00");
        row("past 24 hours", "2024-05-14 10 .. 2024-05-15 10");
        row("this season", "2024-03-20 00 .. 2024-06-21 00");
        row("last season", "2023-12-21 00 .. 2024-03-21 00");
        row("next season", "2024-06-21 00 .. 2024-09-24 00");
        row("summer of 2025", "2025-06-21 00 .. 2025-09-24 00");
        row("tomorrow 9-5", "2024-05-16 09 .. 2024-05-16 18");
        row("this summer", "2024-06-21 00 .. 2024-09-24 00");
        row("from 3 to 5pm", "2024-05-15 15 .. 2024-05-15 18");
        row("3-5pm", "2024-05-15 15 .. 2024-05-15 18");
        row("9:30 - 11:00", "2024-05-15 21:30 .. 2024-05-15 23:01");
        row("between 14:00 and 15:30", "2024-05-15 14 .. 2024-05-15 15:31");
        row("tomorrow from 9:00 to 11:30", "2024-05-16 09 .. 2024-05-16 11:31");
        row("Friday 10am to noon", "2024-05-17 10 .. 2024-05-17 13");
        row("from 10 to 12 on friday", "2024-05-17 10 .. 2024-05-17 13");
        row("between 10am and 1pm tomorrow", "2024-05-16 10 .. 2024-05-16 14");
        row("11pm to 2am", "2024-05-15 23 .. 2024-05-16 03");
        row("July 13-15", "2024-07-13 00 .. 2024-07-16 00");
        row("from the 13th to the 15th of July", "2024-07-13 00 .. 2024-07-16 00");
        row("Dec 28 - Jan 3", "2024-12-28 00 .. 2025-01-04 00");
        row("Monday to Friday", "2024-05-20 00 .. 2024-05-25 00");
        row("between june and august", "2024-06-01 00 .. 2024-09-01 00");
        row("2024-07-01 to 2024-07-03", "2024-07-01 00 .. 2024-07-04 00");
        row("before 6pm", "- .. 2024-05-15 18");
        row("until friday", "- .. 2024-05-17 00");
        row("after 2pm", "2024-05-15 14 .. -");
        row("since yesterday", "2024-05-14 00 .. -");
        row("after 5 days", "2024-05-20 10 .. -");
        row("by friday", "2024-05-15 10:20 .. 2024-05-18 00");
        row("by 6pm", "2024-05-15 10:20 .. 2024-05-15 18");
        row("by the end of the month", "2024-05-15 10:20 .. 2024-06-01 00");
        row("within 2 weeks", "2024-05-15 10:20 .. 2024-05-29 00");
        row("end of next week", "2024-05-24 00 .. 2024-05-27 00");
        row("early June", "2024-06-01 00 .. 2024-06-11 00");
        row("for 3 days from June 1", "2024-06-01 00 .. 2024-06-05 00");
    }
    void intervals()
    {
        QFETCH(QString, expected);
        QCOMPARE(timeIn(QString::fromUtf8(QTest::currentDataTag()), berlin()), expected);
    }

    void lastIsWhatWasSaid()
    {
        const QList<Entity> found = Recognizer().find(u"9:30 - 11:00 tomorrow", berlin());
        QCOMPARE(found.size(), 1);
        const TimeValue value = std::get<TimeValue>(found.first().value);
        QCOMPARE(shown(value.last), u"2024-05-16 11"_s);
        QCOMPARE(shown(value.to), u"2024-05-16 11:01"_s);
    }

    void sentences_data()
    {
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *text, const char *expected) {
            QTest::newRow(text) << QString::fromUtf8(expected);
        };
        row("let's meet tomorrow at 3pm in room 5", "2024-05-16 15 hour");
        row("the report is due by friday, ok?", "2024-05-15 10:20 .. 2024-05-18 00");
        row("Can you call me at 5pm on Monday please", "2024-05-20 17 hour");
        row("remind me in 20 minutes to check the oven", "2024-05-15 10:40 second");
        row("good morning everyone", "");
        row("may I ask something", "");
        row("the sun is out", "");
        row("I second that", "");
        row("we march on", "");
        row("he sat down", "");
        row("we met at 3 different places", "2024-05-15 15 hour"); // known: no dictionary of nouns
        row("at 5 works for me", "2024-05-15 17 hour");
        row("I have 25 of these and 3 more", "");
        row("version 1.2.3 is out", "");
        row("see page 12-15", "");
        row("the first one wins", "");
        row("prices fall and spring back", "");
        row("at 650.650.6500", "");
        row("one or two things", "");
        row("a boy and a girl", "");
        row("ping 10.0.0.1 now", "2024-05-15 10:20 second");
        row("that is 5 to 10 people", "");
        row("last friday in the office", "2024-05-10 00 day");
    }
    void sentences()
    {
        QFETCH(QString, expected);
        QCOMPARE(timeIn(QString::fromUtf8(QTest::currentDataTag()), berlin()), expected);
    }

    void dayFirstReadsTheOtherWay()
    {
        QCOMPARE(timeIn(u"2/3/2025"_s, berlin(true)), u"2025-03-02 00 day"_s);
        QCOMPARE(timeIn(u"2/3/2025"_s, berlin(false)), u"2025-02-03 00 day"_s);
        QCOMPARE(timeIn(u"on 5/6"_s, berlin(true)), u"2024-06-05 00 day"_s);
        QCOMPARE(timeIn(u"12/25/2024"_s, berlin(true)), u"2024-12-25 00 day"_s);
    }

    void clocksThatChange()
    {
        const QTimeZone zone("Europe/Berlin");
        // In the night to Sunday, 31 March 2024, two o'clock became three.
        const Context before{QDateTime(QDate(2024, 3, 30), QTime(20, 0), zone), zone, false};
        QCOMPARE(timeIn(u"in 8 hours"_s, before), u"2024-03-31 05 second"_s);
        QCOMPARE(timeIn(u"in 1 day at 9am"_s, before), u"2024-03-31 09 hour"_s);
        QCOMPARE(timeIn(u"tomorrow at 9:00"_s, before), u"2024-03-31 09 minute"_s);
        QCOMPARE(timeIn(u"tomorrow at 2:30am"_s, before), u"2024-03-31 03:30 minute"_s);
        const QList<Entity> skipped = Recognizer().find(u"tomorrow at 2am", before);
        const TimeValue hour = std::get<TimeValue>(skipped.first().value);
        QCOMPARE(hour.from.secsTo(hour.to), 3600);
        const QList<Entity> day = Recognizer().find(u"tomorrow", before);
        const TimeValue value = std::get<TimeValue>(day.first().value);
        QCOMPARE(value.from.secsTo(value.to), 23 * 3600);
        // On 27 October three became two.
        const Context autumn{QDateTime(QDate(2024, 10, 26), QTime(23, 0), zone), zone, false};
        QCOMPARE(timeIn(u"in 4 hours"_s, autumn), u"2024-10-27 02 second"_s);
        const QList<Entity> later = Recognizer().find(u"in 4 hours", autumn);
        QCOMPARE(autumn.now.secsTo(std::get<TimeValue>(later.first().value).from), 4 * 3600);
    }

    void zonesOfTheWriter()
    {
        const QTimeZone tokyo("Asia/Tokyo");
        const QDateTime now(QDate(2024, 5, 15), QTime(20, 0), Qt::UTC); // the 16th in Tokyo
        QCOMPARE(timeIn(u"today"_s, Context{now, tokyo, false}), u"2024-05-16 00 day"_s);
        const QList<Entity> found = Recognizer().find(u"tomorrow at 9am", Context{now, tokyo, false});
        const TimeValue value = std::get<TimeValue>(found.first().value);
        QCOMPARE(value.from.toUTC(), QDateTime(QDate(2024, 5, 17), QTime(0, 0), Qt::UTC));
        QCOMPARE(value.from.timeZone().id(), tokyo.id());
        QCOMPARE(timeIn(u"today"_s, Context{now, QTimeZone(), false}), u"2024-05-15 00 day"_s); // no zone is UTC
    }

    void repeats_data()
    {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("first");
        const auto row = [](const char *text, const char *rule, const char *first) {
            QTest::newRow(text) << QString::fromUtf8(rule) << QString::fromUtf8(first);
        };
        row("every Monday at 9", "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0", "2024-05-20 09");
        row("every monday and thursday at 14:30", "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=14;BYMINUTE=30", "2024-05-16 14:30");
        row("every day at 5pm", "FREQ=DAILY;BYHOUR=17;BYMINUTE=0", "2024-05-15 17");
        row("daily at 8:00", "FREQ=DAILY;BYHOUR=8;BYMINUTE=0", "2024-05-16 08");
        row("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2", "2024-05-29 00");
        row("every other friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2024-05-17 00");
        row("every second tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2024-05-21 00");
        row("every weekday at 9am", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0", "2024-05-16 09");
        row("weekdays at 11", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=11;BYMINUTE=0", "2024-05-15 11");
        row("on mondays", "FREQ=WEEKLY;BYDAY=MO", "2024-05-20 00");
        row("every morning", "FREQ=DAILY;BYHOUR=9;BYMINUTE=0", "2024-05-16 09");
        row("every tuesday evening at 7", "FREQ=WEEKLY;BYDAY=TU;BYHOUR=19;BYMINUTE=0", "2024-05-21 19");
        row("every month on the 1st", "FREQ=MONTHLY;BYMONTHDAY=1", "2024-06-01 00");
        row("every month on the first monday", "FREQ=MONTHLY;BYDAY=1MO", "2024-06-03 00");
        row("the last friday of every month at 4pm", "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=16;BYMINUTE=0", "2024-05-31 16");
        row("every first monday of the month", "FREQ=MONTHLY;BYDAY=1MO", "2024-06-03 00");
        row("every year on march 3", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3", "2025-03-03 00");
        row("every july 4th", "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4", "2024-07-04 00");
        row("every 15 minutes", "FREQ=MINUTELY;INTERVAL=15", "2024-05-15 10:35");
        row("every 3 months", "FREQ=MONTHLY;INTERVAL=3", "2024-08-15 00");
        row("quarterly", "FREQ=MONTHLY;INTERVAL=3", "2024-08-15 00");
        row("at 9am every day", "FREQ=DAILY;BYHOUR=9;BYMINUTE=0", "2024-05-16 09");
        row("every friday until june 30", "FREQ=WEEKLY;UNTIL=20240630T215959Z;BYDAY=FR", "2024-05-17 00");
        row("every 2 weeks on friday at 16:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;BYHOUR=16;BYMINUTE=0",
            "2024-05-17 16");
        row("every day 10 times", "FREQ=DAILY;COUNT=10", "2024-05-16 00");
        row("every weekend", "FREQ=WEEKLY;BYDAY=SA,SU", "2024-05-18 00");
        row("every one of you", "", "");
        row("each time", "", "");
    }
    void repeats()
    {
        QFETCH(QString, rule);
        QFETCH(QString, first);
        QString foundRule, foundFirst;
        for (const Entity &entity : Recognizer().find(QString::fromUtf8(QTest::currentDataTag()), berlin())) {
            if (entity.kind == Kind::Repeat) {
                foundRule += std::get<RepeatValue>(entity.value).rrule;
                foundFirst += shown(std::get<RepeatValue>(entity.value).first);
            }
        }
        QCOMPARE(foundRule, rule);
        QCOMPARE(foundFirst, first);
    }
};

QTEST_GUILESS_MAIN(TimesTest)
#include "tst_times.moc"
