// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/logsink.h"
#include "server/app/standarderror.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QLoggingCategory>
#include <QtTest/QtTest>

#include <thread>
#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <unistd.h>
#endif

using namespace Atom;
using namespace Atom::App;
using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcHttp, "atom.server.http", QtInfoMsg)
Q_LOGGING_CATEGORY(lcHttpTopic, "atom.server.http.cors", QtInfoMsg)
Q_LOGGING_CATEGORY(lcNet, "atom.server.net", QtInfoMsg)

class tst_logsink : public QObject
{
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;

    QString path() const { return m_folder->filePath(u"atom.log"_s); }
    static QByteArray read(const QString &name)
    {
        QFile file(name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QList<QByteArray> lines() const
    {
        QList<QByteArray> list = read(path()).split('\n');
        list.removeLast();
        return list;
    }
    std::unique_ptr<LogSink> sink(LogSink::Settings settings = {}) const
    {
        settings.file = path();
        Result<std::unique_ptr<LogSink>> made = LogSink::create(settings);
        if (!made)
            qFatal("%s", qPrintable(made.error().detail));
        return std::move(made).value();
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void textLines()
    {
        const auto log = sink();
        qCInfo(lcHttp).noquote() << "started on" << 5059;
        qCWarning(lcNet).noquote() << u"Tür zu"_s;
        const QList<QByteArray> found = lines();
        QCOMPARE(found.size(), 2);
        static const QRegularExpression form(
            u"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  atom\\.server\\.http  started on 5059$"_s);
        QVERIFY2(form.match(QString::fromUtf8(found.at(0))).hasMatch(), found.at(0).constData());
        QVERIFY(found.at(1).endsWith(u"Z WARN  atom.server.net  Tür zu"_s.toUtf8()));
    }

    void exactForm()
    {
        QCOMPARE(LogSink::format(false, u"2026-01-02T03:04:05.678Z"_s, QtInfoMsg, u"atom.server.http"_s, u"message"_s),
                 "2026-01-02T03:04:05.678Z INFO  atom.server.http  message");
        QCOMPARE(LogSink::format(false, u"T"_s, QtDebugMsg, u"c"_s, u"m"_s), "T DEBUG c  m");
        QCOMPARE(LogSink::format(false, u"T"_s, QtCriticalMsg, u"c"_s, u"m"_s), "T ERROR c  m");
        const QByteArray json = LogSink::format(true, u"T"_s, QtWarningMsg, u"c"_s, u"a\n\"b\""_s);
        QVERIFY(!json.contains('\n'));
        const QJsonObject object = QJsonDocument::fromJson(json).object();
        QCOMPARE(object.value("time"_L1).toString(), u"T"_s);
        QCOMPARE(object.value("level"_L1).toString(), u"warn"_s);
        QCOMPARE(object.value("category"_L1).toString(), u"c"_s);
        QCOMPARE(object.value("message"_L1).toString(), u"a\n\"b\""_s);
        const QByteArray longLine = LogSink::format(false, u"T"_s, QtInfoMsg, u"c"_s, QString(100'000, u'x'));
        QVERIFY(longLine.size() < 17'000);
        QVERIFY(longLine.endsWith(" ... (83616 more characters)"));
    }

    void linesCannotBeForged_data()
    {
        QTest::addColumn<bool>("json");
        QTest::newRow("text") << false;
        QTest::newRow("json") << true;
    }
    void linesCannotBeForged()
    {
        QFETCH(bool, json);
        LogSink::Settings settings;
        settings.json = json;
        const auto log = sink(settings);
        const QString evil =
            u"ann\r\n2026-01-02T03:04:05.678Z INFO  atom.server.http  forged\x1b[2J\x07\t\u0085\u2028\u202e"_s +
            QChar(0) + u"end"_s;
        qCInfo(lcHttp).noquote() << evil;
        qCInfo(lcHttp, "%s", qPrintable(evil));
        const QList<QByteArray> found = lines();
        QCOMPARE(found.size(), 2);
        for (const QByteArray &line : found) {
            for (const char c : line)
                QVERIFY(uchar(c) >= 0x20 && uchar(c) != 0x7f);
            if (json) {
                QVERIFY(QJsonDocument::fromJson(line).isObject());
            } else {
                QVERIFY(line.contains("ann\\r\\n2026"));
                QVERIFY(line.contains("\\x1b[2J\\x07\\t\\x85\\u2028\\u202e"));
            }
        }
    }

    void canarySecretsNeverArrive_data()
    {
        QTest::addColumn<QString>("text");
        // The word CANARY is part of each secret.
        const QString jwt = u"eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJDQU5BUlkifQ.c2lnbmF0dXJlCANARY"_s;
        QTest::newRow("JWT") << u"got %1 from the client"_s.arg(jwt);
        QTest::newRow("JWT cut") << u"eyJhbGciOiJub25lIn0.CANARY."_s;
        QTest::newRow("bearer") << u"Authorization: Bearer CANARY-abc/def+g=="_s;
        QTest::newRow("bearer alone") << u"sent bearer  CANARY to it"_s;
        QTest::newRow("basic") << u"header Basic CANARYxyz="_s;
        QTest::newRow("authorization") << u"authorization=CANARY"_s;
        QTest::newRow("cookie") << u"Cookie: sid=CANARY; other=CANARY"_s;
        QTest::newRow("set-cookie") << u"Set-Cookie: __Host-r=CANARY; Path=/"_s;
        QTest::newRow("refresh token") << u"refresh atr_CANARYabcdefghijklmnopqrstuvwxyz0123456789-_ failed"_s;
        QTest::newRow("password=") << u"retry with password=CANARY&user=ann"_s;
        QTest::newRow("password:") << u"password: CANARY"_s;
        QTest::newRow("Password in JSON") << u"{\"user\":\"ann\",\"Password\":\"CANARY with \\\"quotes\\\" CANARY\"}"_s;
        QTest::newRow("escaped JSON") << u"\"{\\\"password\\\":\\\"CANARY and CANARY\\\"}\""_s;
        QTest::newRow("JSON with space") << u"{ \"refresh_token\" : \"CANARY\" }"_s;
        QTest::newRow("single quotes") << u"passwd='CANARY CANARY'"_s;
        QTest::newRow("unfinished quote") << u"{\"password\":\"CANARY and CANARY"_s;
        QTest::newRow("client secret") << u"client_secret=CANARY"_s;
        QTest::newRow("api key") << u"X-Api-Key: CANARY"_s;
        QTest::newRow("apikey") << u"?apikey=CANARY&x=1"_s;
        QTest::newRow("private key") << u"private_key = CANARY"_s;
        QTest::newRow("access_token in a URL") << u"GET /ws?access_token=CANARY HTTP/1.1"_s;
        QTest::newRow("user info") << u"calling https://ann:CANARY@example.org/x"_s;
        QTest::newRow("over lines") << u"password=CANARY\r\ntoken=CANARY"_s;
    }
    void canarySecretsNeverArrive()
    {
        QFETCH(QString, text);
        for (const bool json : {false, true}) {
            init();
            LogSink::Settings settings;
            settings.json = json;
            const auto log = sink(settings);
            qCInfo(lcHttp).noquote() << text;
            qCInfo(lcHttp) << text; // as qDebug() quotes and escapes it
            const QByteArray all = read(path());
            QVERIFY2(!all.contains("CANARY"), all.constData());
            QVERIFY(all.contains("***"));
        }
    }

    void harmlessTextStaysAsItIs_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << u"room general has 12 members"_s;
        QTest::newRow("words") << u"the password was changed, tokens are fine, secretary waits"_s;
        QTest::newRow("bearer of news") << u"the ring-bearer, a basic thing"_s;
        QTest::newRow("time") << u"took 12:30 min"_s;
        QTest::newRow("URL") << u"https://example.org/a?b=c"_s;
        QTest::newRow("mail") << u"ann@example.org"_s;
    }
    void harmlessTextStaysAsItIs()
    {
        QFETCH(QString, text);
        QCOMPARE(maskSecrets(text), text);
        QCOMPARE(escapeControls(text), text);
    }

    void hostileTextDoesNotTakeLong()
    {
        QElapsedTimer timer;
        timer.start();
        for (const QString &text :
             {QString(16'000, u'a') + u"password"_s, u"eyJ"_s.repeated(5'000), u"://"_s.repeated(5'000),
              u"token=\\"_s.repeated(2'000), u"password:\""_s + u"\\"_s.repeated(15'000)})
            LogSink::format(false, u"T"_s, QtInfoMsg, u"c"_s, text);
        QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
    }

    void levelsChangeWhileRunning()
    {
        LogSink::Settings settings;
        settings.levels.insert(u"atom.server.net"_s, u"critical"_s);
        const auto log = sink(settings);
        qCDebug(lcHttp) << "1";
        qCWarning(lcNet) << "2";
        QCOMPARE(lines().size(), 0);
        QVERIFY(log->setLevel(u"atom.server.http"_s, u"debug"_s).isOk());
        qCDebug(lcHttp) << "3";
        qCDebug(lcHttpTopic) << "4"; // below it
        QCOMPARE(lines().size(), 2);
        QVERIFY(log->setLevel(u"atom.server.http.cors"_s, u"critical"_s).isOk());
        qCInfo(lcHttpTopic) << "5";
        qCDebug(lcHttp) << "6";
        QCOMPARE(lines().size(), 3);
        QVERIFY(log->setLevel(u"*"_s, u"warning"_s).isOk()); // the more specific ones stay
        qCDebug(lcHttp) << "7";
        QCOMPARE(lines().size(), 4);
        QCOMPARE(log->levels().size(), 4);
        QCOMPARE(log->levels().value(u"atom.server.http"_s), u"debug"_s);
        for (const QString &bad : {u""_s, u"atom server"_s, u"atom.*.http"_s, u"x=true\n*.debug"_s, QString(200, u'a')})
            QCOMPARE(log->setLevel(bad, u"debug"_s).error().code, Errc::ValidationFailed);
        QCOMPARE(log->setLevel(u"atom"_s, u"loud"_s).error().code, Errc::ValidationFailed);
    }

    void levelsEndWithTheSink()
    {
        {
            LogSink::Settings settings;
            settings.levels.insert(u"atom"_s, u"debug"_s);
            const auto log = sink(settings);
            QVERIFY(lcHttp().isDebugEnabled());
        }
        QVERIFY(!lcHttp().isDebugEnabled());
    }

    void rotation()
    {
        LogSink::Settings settings;
        settings.maxBytes = 1'000;
        settings.keep = 2;
        const auto log = sink(settings);
        for (int i = 0; i < 100; ++i)
            qCInfo(lcHttp).noquote() << "line" << i << QString(60, u'x');
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files, QDir::Name),
                 (QStringList{u"atom.log"_s, u"atom.log.1"_s, u"atom.log.2"_s}));
        QByteArray all;
        for (const char *name : {"atom.log.2", "atom.log.1", "atom.log"}) {
            const QByteArray part = read(m_folder->filePath(QString::fromLatin1(name)));
            QVERIFY(part.size() <= 1'000 && part.endsWith('\n'));
            all += part;
        }
        QVERIFY(all.contains("line 99 "));
        QVERIFY(all.indexOf("line 98 ") < all.indexOf("line 99 "));
        QCOMPARE(log->dropped(), 0u);
    }

    void rotationWithoutKeeping()
    {
        LogSink::Settings settings;
        settings.maxBytes = 1'000;
        settings.keep = 0;
        const auto log = sink(settings);
        for (int i = 0; i < 50; ++i)
            qCInfo(lcHttp).noquote() << "line" << i << QString(60, u'x');
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{u"atom.log"_s});
        QVERIFY(read(path()).contains("line 49 "));
    }

    void reopen()
    {
        const auto log = sink();
        qCInfo(lcHttp) << "before";
        QVERIFY(QFile::rename(path(), path() + u".old"_s));
        log->reopen();
        qCInfo(lcHttp) << "after";
        QCOMPARE(lines().size(), 1);
        QVERIFY(lines().first().endsWith("after"));
    }

    void manyThreads()
    {
        LogSink::Settings settings;
        settings.maxBytes = 20'000;
        settings.keep = 100;
        const auto log = sink(settings);
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t) {
                threads.emplace_back([t, &log] {
                    for (int i = 0; i < 250; ++i) {
                        qCInfo(lcHttp).noquote() << "thread" << t << "line" << i << "end";
                        if (i % 50 == 0 && !log->setLevel(u"atom.server.net"_s, u"debug"_s).isOk())
                            qFatal("setLevel");
                    }
                });
            }
        }
        int count = 0;
        const QStringList files = QDir(m_folder->path()).entryList(QDir::Files);
        for (const QString &file : files) {
            QList<QByteArray> found = read(m_folder->filePath(file)).split('\n');
            QVERIFY(found.takeLast().isEmpty());
            for (const QByteArray &line : found)
                QVERIFY(line.endsWith("end"));
            count += int(found.size());
        }
        QCOMPARE(count, 1'000);
        QVERIFY(files.size() > 1);
    }

    void fileThatCannotBeWritten()
    {
        LogSink::Settings settings;
        settings.file = m_folder->filePath(u"no/such/folder/atom.log"_s);
        QCOMPARE(LogSink::create(settings).error().code, Errc::Unavailable);
        settings.file = path();
        settings.levels.insert(u"atom"_s, u"loud"_s);
        QCOMPARE(LogSink::create(settings).error().code, Errc::ValidationFailed);
    }

    void folderThatVanishes()
    {
        const auto log = sink();
        qCInfo(lcHttp) << "before";
        QVERIFY(QDir(m_folder->path()).removeRecursively());
        log->reopen();
        qCInfo(lcHttp) << "lost";
        QCOMPARE(log->dropped(), 1u);
        QVERIFY(QDir().mkpath(m_folder->path()));
        qCInfo(lcHttp) << "again";
        QCOMPARE(lines().size(), 1);
    }

#ifdef Q_OS_UNIX
    void readersThatAreGoneOrStuckDoNotStopUs()
    {
        int ends[2];
        QCOMPARE(::pipe(ends), 0);
        StandardError log(ends[1]);
        QVERIFY(log.write("one\n"));
        char buffer[16];
        QCOMPARE(::read(ends[0], buffer, sizeof buffer), 4);
        const QByteArray line(1'000, 'x');
        int written = 0;
        while (written < 10'000 && log.write(line)) // nobody reads: the pipe fills up
            ++written;
        QVERIFY(written > 0 && written < 10'000);
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 1'000; ++i)
            QVERIFY(!log.write(line));
        QVERIFY(timer.elapsed() < 2'000);
        QByteArray drained(1 << 20, '\0');
        QVERIFY(::read(ends[0], drained.data(), size_t(drained.size())) > 0);
        QVERIFY(log.write(line)); // somebody reads again
        ::close(ends[0]);
        QVERIFY(!log.write(line)); // gone: an error, no signal
        ::close(ends[1]);
        QVERIFY(!log.write(line));
    }
#endif
};

QTEST_GUILESS_MAIN(tst_logsink)
#include "tst_logsink.moc"
