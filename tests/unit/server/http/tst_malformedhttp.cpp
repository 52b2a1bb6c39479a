// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

//! The checker of hostile, malformed and slow requests against a server with our two edges and nothing behind them.
class TestMalformedHttp : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingFails()
    {
        const QString checker = QStringLiteral(ATOM_SOURCE_DIR "/../shared/tools/http_malformed.py");
        const QString python = u"/usr/bin/python3"_s;
        if (!QFile::exists(checker) || !QFile::exists(python))
            QSKIP("the checker is not here");
        QProcess server;
        server.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        server.start(QStringLiteral(ATOM_BINARY_DIR "/tests/edgeserver"), {u"2000"_s, u"3000"_s, u"4000"_s});
        QVERIFY(server.waitForReadyRead(10'000));
        const QString port = QString::fromLatin1(server.readLine().trimmed());

        QProcess check;
        check.setProcessChannelMode(QProcess::MergedChannels);
        check.start(python,
                    {checker, u"http://127.0.0.1:"_s + port, u"--health"_s, u"/health"_s, u"--post"_s, u"/echo"_s,
                     u"--slow-deadline"_s, u"8"_s, u"--pid"_s, QString::number(server.processId())});
        QVERIFY(check.waitForFinished(280'000));
        const QByteArray report = check.readAll();
        QVERIFY2(check.exitStatus() == QProcess::NormalExit && check.exitCode() == 0, report.constData());
        QVERIFY2(!report.contains("NONSTRICT"), report.constData());

        server.closeWriteChannel();
        QVERIFY(server.waitForFinished(10'000));
        QCOMPARE(server.exitStatus(), QProcess::NormalExit);
        QCOMPARE(server.exitCode(), 0);
    }
};

QTEST_GUILESS_MAIN(TestMalformedHttp)
#include "tst_malformedhttp.moc"
