// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/egressurl.h"

#include <QtNetwork/QHostAddress>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Connectors;
using namespace Qt::StringLiterals;

class TestEgressUrl : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<QByteArray>("hostHeader");
        QTest::newRow("http") << u"http://Example.org/a?b=%20c#frag"_s << u"example.org"_s << 80
                              << QByteArray("example.org");
        QTest::newRow("https") << u"https://example.org"_s << u"example.org"_s << 443 << QByteArray("example.org");
        QTest::newRow("port") << u"https://example.org:8443/"_s << u"example.org"_s << 8443
                              << QByteArray("example.org:8443");
        QTest::newRow("standard port") << u"http://example.org:80/"_s << u"example.org"_s << 80
                                       << QByteArray("example.org");
        QTest::newRow("v4") << u"http://127.0.0.1:5061/w"_s << u"127.0.0.1"_s << 5061 << QByteArray("127.0.0.1:5061");
        QTest::newRow("v6") << u"http://[::1]:81/w"_s << u"::1"_s << 81 << QByteArray("[::1]:81");
        QTest::newRow("international") << u"http://bücher.example/"_s << u"xn--bcher-kva.example"_s << 80
                                       << QByteArray("xn--bcher-kva.example");
    }
    void reads()
    {
        QFETCH(QString, text);
        QFETCH(QString, host);
        QFETCH(int, port);
        QFETCH(QByteArray, hostHeader);
        const Result<EgressUrl> url = parseEgressUrl(text);
        QVERIFY2(url.isOk(), url ? "" : qPrintable(url.error().detail));
        QCOMPARE(url->host, host);
        QCOMPARE(int(url->port), port);
        QCOMPARE(url->hostHeader, hostHeader);
        QVERIFY(!url->url.hasFragment());
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"",
                                 "/relative",
                                 "example.org",
                                 "ftp://example.org/",
                                 "file:///etc/passwd",
                                 "gopher://x/",
                                 "http:///x",
                                 "http://user@example.org/",
                                 "http://user:pw@example.org/",
                                 "http://@example.org/",
                                 "http://a b/",
                                 "http://example.org/\r\nX: y",
                                 "http://example.org/a b",
                                 "http://example.org\\@127.0.0.1/",
                                 "http://0x7f000001/",
                                 "http://2130706433/",
                                 "http://0177.0.0.1/",
                                 "http://127.1/",
                                 "http://0/",
                                 "http://1.2.3.4.5/",
                                 "http://example.0x10/",
                                 "http://[fe80::1%25eth0]/",
                                 "http://[::1/",
                                 "http://%00/",
                                 "http://ex%61mple%2eorg%00/",
                                 "http://-bad-.org/",
                                 "http://example..org/",
                                 "http://example.org:0/",
                                 "http://example.org:99999/",
                                 "http://example.org:x/",
                                 "HTTP//example.org"})
            QTest::newRow(text) << QString::fromUtf8(text);
        QTest::newRow("too long") << u"http://h/"_s + QString(9000, u'a');
    }
    void refuses()
    {
        QFETCH(QString, text);
        const Result<EgressUrl> url = parseEgressUrl(text);
        // Some spellings of loopback are taken to 127.0.0.1 by the parser: then the address check has it.
        if (url.isOk() && !QHostAddress(url->host).isNull())
            QVERIFY2(url->host.startsWith(u"127.") || url->host.startsWith(u"0."), qPrintable(url->host));
        else
            QVERIFY2(!url.isOk(), url ? qPrintable(url->host) : "");
        if (!url)
            QCOMPARE(url.error().code, Errc::ValidationFailed);
    }
};

QTEST_GUILESS_MAIN(TestEgressUrl)
#include "tst_egressurl.moc"
