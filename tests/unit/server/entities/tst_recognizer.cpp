// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/recognizer.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

using namespace Atom::Entities;
using namespace Qt::StringLiterals;

namespace {
Context context()
{
    return {QDateTime(QDate(2024, 5, 15), QTime(10, 20), Qt::UTC), QTimeZone::utc(), false};
}

QString number(double value)
{
    return QString::number(value, 'g', 15);
}

QString shown(const Entity &entity)
{
    switch (entity.kind) {
    case Kind::Number:
    case Kind::Ordinal: {
        const NumberValue value = std::get<NumberValue>(entity.value);
        return number(value.value) + (value.percent ? u"%"_s : QString());
    }
    case Kind::Money: {
        const MoneyValue value = std::get<MoneyValue>(entity.value);
        const QString from = value.from ? number(*value.from) : u""_s;
        const QString to = value.to ? number(*value.to) : u""_s;
        return (from == to ? from : from + u".."_s + to) + u' ' + value.unit;
    }
    case Kind::Duration: {
        const DurationValue value = std::get<DurationValue>(entity.value);
        return number(value.value) + u' ' + grainName(value.unit);
    }
    case Kind::Time:
        return std::get<TimeValue>(entity.value).from.toString(u"MM-dd HH:mm"_s);
    case Kind::Repeat:
        return std::get<RepeatValue>(entity.value).rrule;
    case Kind::List:
        return std::get<ListValue>(entity.value).value;
    case Kind::Pattern:
        return std::get<PatternValue>(entity.value).pattern;
    default:
        return std::get<TextValue>(entity.value).text;
    }
}

QString found(const QString &text)
{
    static const Recognizer recognizer;
    QStringList all;
    for (const Entity &entity : recognizer.find(text, context()))
        all.append(kindName(entity.kind) + u' ' + shown(entity));
    return all.join(u" | "_s);
}
} // namespace

class RecognizerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void entities_data()
    {
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *text, const char *expected) {
            QTest::newRow(text) << QString::fromUtf8(expected);
        };
        row("", "");
        row("hello there, how are you?", "");
        // addresses, links, names
        row("write to Alice.B+x@example.co.uk.", "email Alice.B+x@example.co.uk");
        row("mailto:a@b.org", "email a@b.org");
        row("see https://example.org/a?b=c#d, ok", "url https://example.org/a?b=c#d");
        row("(see http://en.wikipedia.org/wiki/A_(b))", "url http://en.wikipedia.org/wiki/A_(b)");
        row("www.example.org:8080/x and bla.com", "url www.example.org:8080/x | url bla.com");
        row("example.rs/path/to", "url example.rs/path/to");
        row("http://localhost:8080", "url http://localhost:8080");
        row("file.txt and e.g. this.or that", "");
        row("@alice and @bob-2: hi", "mention alice | mention bob-2");
        row("#general, #team.a", "channel general | channel team.a");
        row("issue #42", "");
        row("a#b c@d", "");
        // quotes and code
        row("he said \"come here\" and left", "quote come here");
        row("“one” «two» „three“", "quote one | quote two | quote three");
        row("run `ls -l` or ``a`b``", "code ls -l | code a`b");
        row("```\nint x = 5;\n``` done", "code \nint x = 5;\n");
        row("`not closed 5", "number 5");
        row("\"open only", "");
        row("`@alice http://a.org 5pm`", "code @alice http://a.org 5pm");
        row("remind me to \"buy milk tomorrow\"", "quote buy milk tomorrow");
        // numbers
        row("42", "number 42");
        row("1,200,000.50", "number 1200000.5");
        row("-3.5", "number -3.5");
        row("1.5k", "number 1500");
        row("20 %", "number 20%");
        row("fifty percent", "number 50%");
        row("two hundred and five", "number 205");
        row("three billion one hundred million two thousand and six", "number 3100002006");
        row("twenty-one", "number 21");
        row("two dozen", "number 24");
        row("half a million", "number 500000");
        row("-.5", "number -0.5");
        row("one, two, three", "number 1 | number 2 | number 3");
        row("in 1080p at 5 stars", "number 5");
        row("x1 abc123 1.2.3 10.0.0.1 4a", "");
        row("a 5-3 b", "number 5");
        // ordinals
        row("third", "ordinal 3");
        row("21st", "ordinal 21");
        row("twenty-first", "ordinal 21");
        row("hundredth", "ordinal 100");
        // money
        row("$20", "money 20 USD");
        row("$1.5k", "money 1500 USD");
        row("20€", "money 20 EUR");
        row("£10", "money 10 GBP");
        row("EUR 12.50", "money 12.5 EUR");
        row("12 usd", "money 12 USD");
        row("5 dollars and 20 cents", "money 5.2 USD");
        row("a dollar", "money 1 USD");
        row("a hundred bucks", "money 100 USD");
        row("ten bucks", "money 10 USD");
        row("fifty cents", "money 50 Cent");
        row("two million euros", "money 2000000 EUR");
        row("between 10 and 20 dollars", "money 10..20 USD");
        row("$10-20", "money 10..20 USD");
        row("from $10 to $20", "money 10..20 USD");
        row("10-20 dollars", "money 10..20 USD");
        row("less than 7 dollars", "money ..7 USD");
        row("no more than $7", "money ..7 USD");
        row("at least 5€", "money 5.. EUR");
        row("about $5", "money 5 USD");
        row("Kuwaiti dinar", "");
        row("3 kuwaiti dinars", "money 3 KWD");
        row("we all won 5 games", "number 5");
        row("i have $5 and 3 apples", "money 5 USD | number 3");
        // durations
        row("2h30m", "duration 150 minute");
        row("it took 2h30", "duration 150 minute");
        row("half an hour", "duration 30 minute");
        row("an hour and a half", "duration 90 minute");
        row("1.5 hours", "duration 90 minute");
        row("a week and a day", "duration 8 day");
        row("2 days and 3 hours", "duration 51 hour");
        row("a couple of minutes", "duration 2 minute");
        row("a few days", "duration 3 day");
        row("three quarters of an hour", "duration 45 minute");
        row("a year and a half", "duration 18 month");
        row("five and a half minutes", "duration 330 second");
        row("90 sec", "duration 90 second");
        row("minutes", "");
        row("a fortnight", "duration 14 day");
        // together
        row("pay $20 to @bob by 5pm", "money 20 USD | mention bob | time 05-15 10:20");
        row("#ops: deploy at 18:00, takes 2 hours", "channel ops | time 05-15 18:00 | duration 2 hour");
    }
    void entities()
    {
        QFETCH(QString, expected);
        QCOMPARE(found(QString::fromUtf8(QTest::currentDataTag())), expected);
    }

    void placesAreOfTheText()
    {
        const QString text = u"Grüße 👋 @ana: 5€ bis 17:30 „ja“ https://x.org/ä"_s;
        const QList<Entity> all = Recognizer().candidates(text, context());
        QVERIFY(all.size() >= 5);
        for (const Entity &entity : all) {
            QVERIFY(entity.length > 0);
            QCOMPARE(entity.text, text.mid(entity.start, entity.length));
        }
    }

    void bestOnesDoNotOverlap()
    {
        const QString text =
            u"say \"at 5pm\" for 5 dollars and 20 cents or at 5 on the 5th of May 2025 from 5 to 7pm"_s;
        const QList<Entity> best = Recognizer().find(text, context());
        const QList<Entity> all = Recognizer().candidates(text, context());
        qsizetype end = 0;
        for (const Entity &entity : best) {
            QVERIFY(entity.start >= end);
            end = entity.start + entity.length;
            QVERIFY(all.contains(entity));
        }
        QVERIFY(all.size() > best.size());
    }

    void listsAndPatterns()
    {
        const WordList products{u"product"_s, {{u"Atom Console"_s, {u"console"_s}}, {u"Server"_s, {}}}};
        const Atom::Result<Recognizer> recognizer =
            Recognizer::create({products}, {{u"ticket"_s, u"[a-z]{2,5}-\\d+"_s, false}});
        QVERIFY(recognizer.isOk());
        QStringList all;
        for (const Entity &entity :
             recognizer->find(u"OPS-123: the atom-consol and the server crash at 5pm", context()))
            all.append(kindName(entity.kind) + u' ' + shown(entity));
        QCOMPARE(all.join(u" | "_s), u"pattern ticket | list Atom Console | list Server | time 05-15 17:00"_s);
    }

    void mistakesAreReportedTogether()
    {
        const Atom::Result<Recognizer> recognizer =
            Recognizer::create({WordList{u""_s, {{u"!"_s, {}}}}}, {{u"a"_s, u"a"_s}, {u"b"_s, u"(a"_s}});
        QVERIFY(!recognizer.isOk());
        QCOMPARE(recognizer.error().code, Atom::Errc::ValidationFailed);
        QStringList pointers;
        for (const Atom::FieldError &field : recognizer.error().fields)
            pointers.append(field.pointer);
        QCOMPARE(pointers,
                 QStringList({u"/lists/0/name"_s, u"/lists/0/entries/0/value"_s, u"/patterns/1/expression"_s}));
    }

    void hostileTexts_data()
    {
        QTest::addColumn<QString>("text");
        const auto many = [](const char *name, const QString &piece) {
            QTest::newRow(name) << piece.repeated(int(Recognizer::longestText / piece.size()));
        };
        many("and one", u"and one "_s);
        many("one and", u"one and a half "_s);
        many("digits", u"7"_s);
        many("grouped digits", u"1,111"_s);
        many("thousand", u"one thousand "_s);
        many("points", u"1."_s);
        many("quotes", u"\" \""_s);
        many("deep quotes", u"“"_s);
        many("backquotes", u"` "_s);
        QString growing;
        for (int i = 1; growing.size() < 60'000; ++i)
            growing += QString(i, u'`') + u' ';
        QTest::newRow("growing backquotes") << growing;
        many("at", u"@"_s);
        many("addresses", u"a@b."_s);
        many("points and letters", u"a."_s);
        many("schemes", u"a://"_s);
        many("parentheses", u"http://a.org/((((((("_s);
        many("days", u"tomorrow at "_s);
        many("weekdays", u"monday and "_s);
        many("every", u"every monday at 9 "_s);
        many("from to", u"from 3 to "_s);
        many("week of", u"week of "_s);
        many("end of", u"end of the "_s);
        many("durations", u"1 year 2 days 3 hours 4 seconds, "_s);
        many("after", u"2 days after "_s);
        many("dates", u"2024-05-15T"_s);
        many("slashes", u"1/2/"_s);
        many("money", u"$5 and 3 "_s);
        many("dashes", u"-"_s);
        many("surrogates", QString(QChar(0xD800)));
        many("joined letters", u"e\u0301"_s);
        QTest::newRow("large numbers") << u"in 999999999999999999 years and 99999999999 days, 1e99, 9"_s +
                                              QString(500, u'9') + u" weeks ago"_s;
        QTest::newRow("far dates") << u"9999-12-31 12/31/9999 in 2999 next 1000 years 1000 years ago, 31 feb 2999"_s;
    }
    void hostileTexts()
    {
        QFETCH(QString, text);
        QElapsedTimer timer;
        timer.start();
        const QList<Entity> all = Recognizer().find(text, context());
        const qint64 whole = timer.nsecsElapsed();
        timer.restart();
        (void)Recognizer().find(QStringView(text).left(text.size() / 8), context());
        qInfo() << text.size() << "units," << all.size() << "entities," << whole / 1000 << "us; an eighth"
                << timer.nsecsElapsed() / 1000 << "us";
        qsizetype end = 0;
        for (const Entity &entity : all) {
            QVERIFY(entity.start >= end && entity.length > 0);
            end = entity.start + entity.length;
        }
        QVERIFY(end <= text.size());
    }

    void longTextsAreCut()
    {
        const QString text = QString(Recognizer::longestText, u' ') + u"5pm"_s;
        QVERIFY(Recognizer().find(text, context()).isEmpty());
    }
};

QTEST_GUILESS_MAIN(RecognizerTest)
#include "tst_recognizer.moc"
