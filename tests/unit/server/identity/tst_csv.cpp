// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// CSV as RFC 4180 and as people's programs write it.
#include "server/identity/csv.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Identity;
using namespace Qt::StringLiterals;

class CsvTest : public QObject
{
    Q_OBJECT
    static QList<QStringList> fieldsOf(const Result<QList<CsvRow>> &rows)
    {
        QList<QStringList> all;
        for (const CsvRow &row : rows.valueOr({}))
            all.append(row.fields);
        return all;
    }

private Q_SLOTS:
    void texts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QList<QStringList>>("fields");
        using L = QList<QStringList>;
        QTest::newRow("plain") << u"a,b\nc,d\n"_s << L{{u"a"_s, u"b"_s}, {u"c"_s, u"d"_s}};
        QTest::newRow("no last line end") << u"a,b\nc,d"_s << L{{u"a"_s, u"b"_s}, {u"c"_s, u"d"_s}};
        QTest::newRow("CRLF") << u"a,b\r\nc,d\r\n"_s << L{{u"a"_s, u"b"_s}, {u"c"_s, u"d"_s}};
        QTest::newRow("BOM") << u"\ufeffa,b\n"_s << L{{u"a"_s, u"b"_s}};
        QTest::newRow("semicolons") << u"a;b\nc;d,e\n"_s << L{{u"a"_s, u"b"_s}, {u"c"_s, u"d,e"_s}};
        QTest::newRow("quotes") << u"\"a,1\",\"say \"\"hi\"\"\"\n"_s << L{{u"a,1"_s, u"say \"hi\""_s}};
        QTest::newRow("line break in quotes") << u"\"a\nb\",c\n"_s << L{{u"a\nb"_s, u"c"_s}};
        QTest::newRow("CRLF in quotes") << u"\"a\r\nb\",c\r\n"_s << L{{u"a\r\nb"_s, u"c"_s}};
        QTest::newRow("empty fields") << u",,\n"_s << L{{QString(), QString(), QString()}};
        QTest::newRow("empty quotes") << u"\"\"\n"_s << L{{QString()}};
        QTest::newRow("ends in separator") << u"a,"_s << L{{u"a"_s, QString()}};
        QTest::newRow("empty lines") << u"\na\n\n\r\nb\n\n"_s << L{{u"a"_s}, {u"b"_s}};
        QTest::newRow("nothing") << QString() << L{};
        QTest::newRow("only BOM") << u"\ufeff"_s << L{};
    }
    void texts()
    {
        QFETCH(QString, text);
        QFETCH(QList<QStringList>, fields);
        const Result<QList<CsvRow>> rows = readCsv(text, 10);
        QVERIFY2(rows.isOk(), rows.isOk() ? "" : qPrintable(rows.error().detail));
        QCOMPARE(fieldsOf(rows), fields);
    }

    void mistakes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("open quote") << u"a\n\"b\nc\n"_s;
        QTest::newRow("quote in the middle") << u"a\"b,c\n"_s;
        QTest::newRow("text after quotes") << u"\"a\"b,c\n"_s;
        QTest::newRow("NUL") << (u"a"_s + QChar(u'\0') + u"\n"_s);
        QTest::newRow("long field") << QString(1'002, u'x');
        QTest::newRow("many rows") << QString(u"a\n"_s).repeated(11);
        QTest::newRow("many rows without last line end") << QString(u"a\n"_s).repeated(10) + u'a';
    }
    void mistakes()
    {
        QFETCH(QString, text);
        const Result<QList<CsvRow>> rows = readCsv(text, 10);
        QVERIFY(!rows.isOk());
        QCOMPARE(rows.error().code, Errc::ValidationFailed);
        QCOMPARE(rows.error().fields.first().pointer, u"/csv"_s);
    }

    void linesAreWhereRowsBegin()
    {
        const Result<QList<CsvRow>> rows = readCsv(u"a\n\n\"b\nb\"\nc\n"_s, 10);
        QVERIFY(rows.isOk());
        QCOMPARE(rows->size(), 3);
        QCOMPARE(rows->at(0).line, 1);
        QCOMPARE(rows->at(1).line, 3);
        QCOMPARE(rows->at(2).line, 5);
    }
};

QTEST_GUILESS_MAIN(CsvTest)
#include "tst_csv.moc"
