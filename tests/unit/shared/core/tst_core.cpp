// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/core/id.h"
#include "shared/core/jsonlimits.h"
#include "shared/core/uuid.h"
#include "tests/support/fakeclock.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QSet>
#include <QtTest/QTest>

using namespace Atom;
using namespace Qt::StringLiterals;

class CoreTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void errorCodesHaveStableNames()
    {
        for (int i = 0; i <= int(Errc::Internal); ++i)
            QVERIFY(errcFromName(errcName(Errc(i))) == Errc(i));
        QCOMPARE(errcName(Errc::RateLimited), u"rate_limited"_s);
        QVERIFY(errcFromName(u"never heard of"_s) == Errc::Internal);
    }

    void idTexts_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("valid");
        QTest::newRow("plain") << QByteArray("general") << true;
        QTest::newRow("all kinds") << QByteArray("A-z_0.9:x") << true;
        QTest::newRow("longest") << QByteArray(128, 'a') << true;
        QTest::newRow("too long") << QByteArray(129, 'a') << false;
        QTest::newRow("empty") << QByteArray() << false;
        QTest::newRow("space") << QByteArray("a b") << false;
        QTest::newRow("slash") << QByteArray("a/b") << false;
        QTest::newRow("nul") << QByteArray("a\0b", 3) << false;
        QTest::newRow("utf-8") << QByteArray("\xc3\xa9") << false;
    }
    void idTexts()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, valid);
        QCOMPARE(isValidIdText(text), valid);
    }

    void uuidV7IsOrderedAndWellFormed()
    {
        const QByteArray early = newUuidV7(fromMillis(1'000'000));
        const QByteArray late = newUuidV7(fromMillis(1'000'001));
        QCOMPARE(early.size(), 36);
        QCOMPARE(early[14], '7');
        QVERIFY("89ab"_L1.contains(QLatin1Char(early[19])));
        QVERIFY(early < late);
        QVERIFY(firstUuidV7(fromMillis(1'000'000)) <= early);
        QVERIFY(firstUuidV7(fromMillis(1'000'001)) > early);
        QVERIFY(timeOfUuidV7(early) == fromMillis(1'000'000));
        QVERIFY(timeOfUuidV7(newUuidV7(fromMillis(1'767'225'600'123))) == fromMillis(1'767'225'600'123));
        for (const QByteArray &other : {QByteArray(), QByteArrayLiteral("welcome"), late.toUpper().replace('0', 'G'),
                                        QByteArray(late).replace(14, 1, "4"), late + 'a'})
            QVERIFY(!timeOfUuidV7(other));
        static const QRegularExpression form(
            u"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"_s);
        QVERIFY(form.match(QString::fromLatin1(late)).hasMatch());
        QVERIFY(form.match(QString::fromLatin1(firstUuidV7(fromMillis(0)))).hasMatch());
        QSet<QByteArray> many;
        for (int i = 0; i < 10'000; ++i)
            many.insert(newUuidV7(fromMillis(5)));
        QCOMPARE(many.size(), 10'000);
    }

    void isoTimes()
    {
        const Timestamp time = fromMillis(1'767'225'600'123);
        QCOMPARE(toIso(time), u"2026-01-01T00:00:00.123Z"_s);
        QVERIFY(fromIso(toIso(time)) == time);
        QVERIFY(fromIso(u"2026-01-01T01:00:00.123+01:00"_s) == time);
        QVERIFY(!fromIso(u"2026-01-01T00:00:00"_s));
        QVERIFY(!fromIso(u"yesterday"_s));
    }

    void jsonLimits_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("expected"); // -1: fine
        const auto row = [](const char *name, const QByteArray &text, int code) {
            QTest::newRow(name) << text << code;
        };
        row("object", "{\"a\":[1,{\"b\":\"}]\"}]}", -1);
        row("brackets in strings do not nest", "{\"a\":\"" + QByteArray(200, '[') + "\\\"[\"}", -1);
        row("exactly 32 deep", QByteArray("{\"a\":") + QByteArray(31, '[') + QByteArray(31, ']') + '}', -1);
        row("33 deep", QByteArray("{\"a\":") + QByteArray(32, '[') + QByteArray(32, ']') + '}',
            int(Errc::MalformedRequest));
        row("100,000 open", QByteArray(100'000, '['), int(Errc::MalformedRequest));
        row("array", "[1]", int(Errc::ValidationFailed));
        row("number", "42", int(Errc::MalformedRequest));
        row("empty", "", int(Errc::MalformedRequest));
        row("cut off", R"({"a":)", int(Errc::MalformedRequest));
        row("something after", R"({} x)", int(Errc::MalformedRequest));
        row("byte order mark", "\xEF\xBB\xBF{}", int(Errc::MalformedRequest));
        row("overlong", "{\"a\":\"\xc0\xaf\"}", int(Errc::MalformedRequest));
        row("surrogate bytes", "{\"a\":\"\xed\xa0\x80\"}", int(Errc::MalformedRequest));
        row("too large", "{\"a\":\"" + QByteArray(3000, 'x') + "\"}", int(Errc::PayloadTooLarge));
    }
    void jsonLimits()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, expected);
        JsonLimits limits;
        limits.sizeBytes = 2000;
        if (text.size() >= 100'000)
            limits.sizeBytes = 1 << 20;
        const Result<QJsonObject> parsed = parseJsonObject(text, limits);
        QCOMPARE(parsed.isOk() ? -1 : int(parsed.error().code), expected);
    }

    void systemClockTimersFireOnceAndCanBeCancelled()
    {
        SystemClock clock;
        int fired = 0;
        QObject context;
        clock.callAfter(milliseconds(0), &context, [&] { ++fired; });
        const Clock::TimerId cancelled = clock.callAfter(milliseconds(0), &context, [&] { fired += 100; });
        clock.cancel(cancelled);
        {
            QObject shortLived;
            clock.callAfter(milliseconds(0), &shortLived, [&] { fired += 1000; });
        }
        QCOMPARE(fired, 0);
        QTRY_COMPARE(fired, 1);
        QCoreApplication::processEvents();
        QCOMPARE(fired, 1);
    }
};

QTEST_GUILESS_MAIN(CoreTest)
#include "tst_core.moc"
