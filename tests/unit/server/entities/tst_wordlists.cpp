// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/wordlists.h"

#include <QtTest/QTest>

using namespace Atom::Entities;
using namespace Qt::StringLiterals;

class WordListsTest : public QObject
{
    Q_OBJECT
    static WordLists lists()
    {
        WordLists lists;
        const QList<Atom::FieldError> mistakes =
            lists.add({WordList{u"product"_s,
                                {{u"Front End"_s, {u"frontend"_s, u"web client"_s}},
                                 {u"Billing"_s, {u"invoices"_s}},
                                 {u"API"_s, {}},
                                 {u"Café"_s, {}}}},
                       WordList{u"city"_s,
                                {{u"New York"_s, {u"NYC"_s, u"big apple"_s}}, {u"York"_s, {}}, {u"Stuttgart"_s, {}}}}});
        Q_ASSERT(mistakes.isEmpty());
        return lists;
    }

private Q_SLOTS:
    void finds_data()
    {
        QTest::addColumn<QString>("found");
        const auto row = [](const char *text, const char *found) { QTest::newRow(text) << QString::fromUtf8(found); };
        row("the billing page", "Billing");
        row("BILLING!", "Billing");
        row("front-end, Front  End, frontend", "Front End|Front End|Front End");
        row("web client", "Front End");
        row("web server", "");
        row("from NYC to new york", "New York|New York|York");
        row("york", "York");
        row("cafe CAFÉ", "Café|Café");
        row("rebilling api2", "");
        row("biling", "Billing*");   // a letter missing
        row("billling", "Billing*"); // one too many
        row("bilking", "Billing*");  // another one
        row("iblling", "Billing*");  // two exchanged
        row("bilkin", "");           // two errors
        row("apo aip", "");          // too short to guess
        row("yorq", "");
        row("stutgart new yorkk", "Stuttgart*"); // "york" has four letters
        row("invoice", "Billing*");
        row("", "");
    }
    void finds()
    {
        QFETCH(QString, found);
        const QString text = QString::fromUtf8(QTest::currentDataTag());
        QStringList all;
        for (const WordLists::Match &match : lists().find(text)) {
            QVERIFY(match.length > 0 && match.start + match.length <= text.size());
            all.append(match.value + (match.corrected ? u"*"_s : QString()));
        }
        QCOMPARE(all.join(u'|'), found);
    }

    void placesAndNames()
    {
        const QList<WordLists::Match> found = lists().find(u"in the Big Apple");
        QCOMPARE(found.size(), 1);
        QCOMPARE(found.first().start, 7);
        QCOMPARE(found.first().length, 9);
        QCOMPARE(found.first().list, u"city"_s);
        QCOMPARE(found.first().value, u"New York"_s);
    }

    void mistakesNameTheirPlace()
    {
        WordLists lists;
        const QList<Atom::FieldError> mistakes =
            lists.add({WordList{u"x"_s, {{u"ok"_s, {u"a b c d e f g h i"_s}}, {u"..."_s, {}}}}});
        QCOMPARE(mistakes.size(), 2);
        QCOMPARE(mistakes.at(0).pointer, u"/lists/0/entries/0/synonyms/0"_s);
        QCOMPARE(mistakes.at(1).pointer, u"/lists/0/entries/1/value"_s);
    }

    void tooMany()
    {
        WordList large{u"x"_s, {}};
        for (int i = 0; i <= WordLists::mostEntries; ++i)
            large.entries.append({u"entry%1"_s.arg(i), {}});
        WordLists lists;
        QCOMPARE(lists.add({large}).size(), 1);
    }

    void hostileTexts()
    {
        const WordLists all = lists();
        (void)all.find(QString(65'536, u'b'));
        (void)all.find(u"new "_s.repeated(16'000));
        (void)all.find(u"biling "_s.repeated(9'000));
        QVERIFY(WordLists().find(u"anything").isEmpty());
    }
};

QTEST_GUILESS_MAIN(WordListsTest)
#include "tst_wordlists.moc"
