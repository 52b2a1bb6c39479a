// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/search/querydates.h"
#include "server/search/searchquery.h"

#include <QtCore/QRandomGenerator>
#include <QtCore/QTimeZone>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Search;
using namespace Qt::StringLiterals;

namespace {
const UserId ann("ann");
const Timestamp now = *fromIso(u"2026-03-15T12:00:00.000Z"_s);

Result<Query> parse(const QString &text)
{
    return parseQuery(text, ann, QTimeZone::utc(), now);
}

QString shown(const QList<Words> &list)
{
    QStringList all;
    for (const Words &words : list) {
        QStringList parts;
        for (const Words::Part &part : words.parts)
            parts.append(QString::fromUtf8(part.term));
        all.append(parts.join(u'+') + (words.prefix ? u"*"_s : QString()));
    }
    return all.join(u' ');
}
} // namespace

class SearchQueryTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void words_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("with");
        QTest::addColumn<QString>("without");
        QTest::newRow("words") << u"big Plan"_s << u"big plan"_s << u""_s;
        QTest::newRow("twice") << u"a a A"_s << u"a"_s << u""_s;
        QTest::newRow("phrase") << u"\"second quarter\" x"_s << u"second+quarter x"_s << u""_s;
        QTest::newRow("open phrase") << u"\"second quarter"_s << u"second+quarter"_s << u""_s;
        QTest::newRow("typographic quotes") << u"„zweites Quartal“ “x y” «u v»"_s
                                            << u"zweites+quartal x+y u+v"_s << u""_s;
        QTest::newRow("negation") << u"a -b -\"c d\""_s << u"a"_s << u"b c+d"_s;
        QTest::newRow("prefix") << u"deploy* x"_s << u"deploy* x"_s << u""_s;
        QTest::newRow("no prefix in quotes") << u"\"deploy*\""_s << u"deploy"_s << u""_s;
        QTest::newRow("word of parts") << u"foo-bar"_s << u"foo+bar"_s << u""_s;
        QTest::newRow("unknown operator is text") << u"foo:bar http://x.org"_s << u"foo+bar http+x+org"_s << u""_s;
        QTest::newRow("Han") << u"東京都"_s << u"東京+京都"_s << u""_s;
        QTest::newRow("FTS syntax") << u"a AND (b OR NEAR(c)) ^d"_s << u"a and b or near+c d"_s << u""_s;
    }
    void words()
    {
        QFETCH(QString, text);
        QFETCH(QString, with);
        QFETCH(QString, without);
        const Result<Query> query = parse(text);
        QVERIFY(query.isOk());
        QCOMPARE(shown(query->words), with);
        QCOMPARE(shown(query->withoutWords), without);
    }

    void operators()
    {
        const Result<Query> query = parse(u"FROM:me from:@ben -from:cleo in:general in:\"Big room\" -in:#old mentions:me "
                                          "-mentions:ben thread:m-1 has:link is:edited -is:unread hi"_s);
        QVERIFY(query.isOk());
        QCOMPARE(query->from, QList<UserId>({ann, UserId("ben")}));
        QCOMPARE(query->notFrom, QList<UserId>({UserId("cleo")}));
        QCOMPARE(query->in, QStringList({u"general"_s, u"Big room"_s}));
        QCOMPARE(query->notIn, QStringList({u"#old"_s}));
        QCOMPARE(query->mentions, QList<UserId>({ann}));
        QCOMPARE(query->notMentions, QList<UserId>({UserId("ben")}));
        QCOMPARE(query->threads, QList<MessageId>({MessageId("m-1")}));
        QCOMPARE(query->traits, QSet<Trait>({Trait::Link, Trait::Edited}));
        QCOMPARE(query->notTraits, QSet<Trait>({Trait::Unread}));
        QCOMPARE(shown(query->words), u"hi"_s);
    }

    void wrongValues_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"from:", "in:", "from:a/b", "has:wings", "is:", "is:green", "before:soon", "before:2026-13",
                                 "after:2026-02-30", "on:99999999", "thread:a/b", "-before:2026", "mentions:\"a b\"",
                                 "since:-3d", "before:0001", "after:2026-03-01T99:00:00Z"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void wrongValues()
    {
        QFETCH(QString, text);
        const Result<Query> query = parse(u"x "_s + text);
        QVERIFY(!query.isOk());
        QCOMPARE(query.error().code, Errc::ValidationFailed);
        QCOMPARE(query.error().fields.constFirst().pointer, u"/query/q"_s);
    }

    void dates_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("since");
        QTest::addColumn<QString>("until");
        const auto row = [](const char *text, const char *since, const char *until) {
            const auto full = [](const char *t) { return *t ? QString::fromLatin1(t) + u":00.000Z"_s : QString(); };
            QTest::newRow(text) << QString::fromLatin1(text) << full(since) << full(until);
        };
        row("before:2026-03-01", "", "2026-03-01T00:00");
        row("until:2026-03-01", "", "2026-03-02T00:00");
        row("after:2026-03-01", "2026-03-02T00:00", "");
        row("since:2026-03-01", "2026-03-01T00:00", "");
        row("on:2026/3/1", "2026-03-01T00:00", "2026-03-02T00:00");
        row("during:2026-02", "2026-02-01T00:00", "2026-03-01T00:00");
        row("after:2025", "2026-01-01T00:00", "");
        row("on:today", "2026-03-15T00:00", "2026-03-16T00:00");
        row("since:yesterday", "2026-03-14T00:00", "");
        row("since:7d", "2026-03-08T12:00", "");
        row("before:2w", "", "2026-03-01T12:00");
        row("since:1m", "2026-02-15T12:00", "");
        row("before:2026-03-01T10:30:00Z", "", "2026-03-01T10:30");
        row("before:2026-03-01T10:30:00", "", "2026-03-01T10:30");
        row("since:2026-01 since:2026-02 before:2027", "2026-02-01T00:00", "2027-01-01T00:00");
    }
    void dates()
    {
        QFETCH(QString, text);
        QFETCH(QString, since);
        QFETCH(QString, until);
        const Result<Query> query = parse(text);
        QVERIFY(query.isOk());
        QCOMPARE(query->since ? toIso(*query->since) : QString(), since);
        QCOMPARE(query->until ? toIso(*query->until) : QString(), until);
    }

    void daysAreOfTheZone()
    {
        const auto day = readDate(u"2026-03-01"_s, QTimeZone("America/New_York"), now);
        QVERIFY(day);
        QCOMPARE(toIso(day->begin), u"2026-03-01T05:00:00.000Z"_s);
        const auto today = readDate(u"today"_s, QTimeZone("Pacific/Kiritimati"), now); // it is the 16th there
        QVERIFY(today);
        QCOMPARE(toIso(today->begin), u"2026-03-15T10:00:00.000Z"_s);
    }

    void nothingToSearchFor()
    {
        QVERIFY(parse(u"  "_s)->isEmpty());
        const Result<Query> query = parse(u"--- \"\" ?! :"_s);
        QVERIFY(query.isOk());
        QVERIFY(query->isEmpty());
        QVERIFY(!query->ignored.isEmpty());
        QVERIFY(!parse(QString(1001, u'x')).isOk());
    }

    //! Any text is a query or a clear refusal, and its highlights lie in the text.
    void anyTextIsRead()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        const QStringList pieces{u"from:"_s, u"-"_s, u"\""_s, u"in:x"_s, u"has:"_s, u"link"_s, u" "_s, u"*"_s, u"東京"_s,
                                 u"é"_s,     u"🎉"_s, u":"_s,  u"AND"_s, u"NEAR("_s, u"before:"_s, u"2026"_s,
                                 QString(QChar(0xD83C)), QString(QChar(0)), u"\u0301"_s, u"word"_s};
        for (int i = 0; i < 5000; ++i) {
            QString text;
            for (int n = random.bounded(12); n >= 0; --n)
                text += pieces.at(random.bounded(int(pieces.size())));
            const Result<Query> query = parse(text);
            if (!query) {
                QCOMPARE(query.error().code, Errc::ValidationFailed);
                continue;
            }
            qsizetype end = 0;
            for (const Highlight &span : highlights(text, *query)) {
                QVERIFY(span.start >= end && span.length > 0 && span.start + span.length <= text.size());
                end = span.start + span.length;
            }
        }
    }

    void highlightsFindWordsAndPhrases()
    {
        const QString text = u"The Café in the second quarter; second café, 東京都 deploying."_s;
        const auto marked = [&text](const QString &query) {
            QStringList pieces;
            for (const Highlight &span : highlights(text, *parse(query)))
                pieces.append(text.mid(span.start, span.length));
            return pieces;
        };
        QCOMPARE(marked(u"cafe"_s), QStringList({u"Café"_s, u"café"_s}));
        QCOMPARE(marked(u"\"second quarter\""_s), QStringList({u"second quarter"_s}));
        QCOMPARE(marked(u"京都"_s), QStringList({u"京都"_s}));
        QCOMPARE(marked(u"東京都"_s), QStringList({u"東京都"_s}));
        QCOMPARE(marked(u"deploy*"_s), QStringList({u"deploying"_s}));
        QCOMPARE(marked(u"the second"_s), QStringList({u"The"_s, u"the"_s, u"second"_s, u"second"_s}));
        QCOMPARE(marked(u"-cafe from:ann"_s), QStringList());
    }
};

QTEST_GUILESS_MAIN(SearchQueryTest)
#include "tst_searchquery.moc"
