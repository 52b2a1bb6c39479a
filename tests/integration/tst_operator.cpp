// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The operator's tools over the shipped binary: a backup beside a running server, a disk that is lost, a restore that
// serves again, and an audit log that can be checked at every step.
#include "shared/client/apiclient.h"
#include "tests/support/serverprocess.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtTest/QTest>

using namespace Atom;
using namespace Qt::StringLiterals;

class OperatorTest : public QObject
{
    Q_OBJECT

    SystemClock m_clock;
    std::unique_ptr<Test::ServerProcess> m_server;
    std::unique_ptr<Client::ApiClient> m_owner;

    bool signIn()
    {
        m_owner = std::make_unique<Client::ApiClient>(m_server->http(), m_clock);
        return QCoro::waitFor(m_owner->signIn(u"owner"_s, m_server->ownerPassword(), u"test"_s)).isOk();
    }
    Result<QJsonObject> call(const QByteArray &method, const QString &path, const QJsonObject &body = {})
    {
        return QCoro::waitFor(m_owner->call(method, path, {}, body, seconds(20)));
    }
    bool post(const QString &text)
    {
        return call("POST", u"/api/v1/rooms/ops/messages"_s, {{u"message"_s, text}}).isOk();
    }

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<Test::ServerProcess>();
        QVERIFY2(m_server->start(), qPrintable(m_server->error()));
        QVERIFY(signIn());
        QVERIFY(call("POST", u"/api/v1/rooms"_s, {{u"id"_s, u"ops"_s}, {u"name"_s, u"Operations"_s}}));
        for (int i = 0; i < 20; ++i)
            QVERIFY(post(u"before %1"_s.arg(i)));
    }
    void cleanup()
    {
        m_owner.reset();
        m_server.reset();
    }

    void commandsThatOnlyLookMakeNothing()
    {
        QCOMPARE(m_server->terminate(), 0);
        QVERIFY(QDir(m_server->dataFolder()).removeRecursively());
        QByteArray out;
        QCOMPARE(m_server->run({u"user"_s, u"list"_s}, &out), 1);
        QVERIFY2(out.contains("no database in"), out.constData());
        QCOMPARE(m_server->run({u"user"_s}, &out), 2);
        QCOMPARE(m_server->run({u"user"_s, u"disable"_s}, &out), 2);
        QVERIFY(!QDir(m_server->dataFolder()).exists());
    }

    void aRestoredBackupVerifiesAndServes()
    {
        const QString file = m_server->folder() + u"/nightly.tar"_s;
        QByteArray out;
        QCOMPARE(m_server->run({u"backup"_s, file}, &out), 0); // beside the running server
        QVERIFY2(out.contains("20 messages"), out.constData());
        QCOMPARE(m_server->run({u"backup"_s, file}, &out), 1); // never over another one
        QVERIFY(post(u"after the backup"_s));
        out.clear();
        QVERIFY2(m_server->run({u"audit"_s, u"verify"_s}, &out) == 0, out.constData());
        QVERIFY2(out.contains("Intact"), out.constData());

        QCOMPARE(m_server->terminate(), 0);
        out.clear();
        QCOMPARE(m_server->run({u"restore"_s, file}, &out), 1);   // never over a folder that is in use
        const QString kept = m_server->folder() + u"/kept.key"_s; // the operator has a copy of the key elsewhere
        QVERIFY(QFile::copy(m_server->dataFolder() + u"/master.key"_s, kept));
        QVERIFY(QDir(m_server->dataFolder()).removeRecursively()); // the disk is lost
        QVERIFY(QDir().mkpath(m_server->dataFolder()));
        QVERIFY(QFile::copy(kept, m_server->dataFolder() + u"/master.key"_s));
        out.clear();
        QVERIFY2(m_server->run({u"restore"_s, file}, &out) == 0, out.constData());
        out.clear();
        QVERIFY2(m_server->run({u"audit"_s, u"verify"_s, u"--json"_s}, &out) == 0, out.constData());

        QVERIFY2(m_server->restart(), qPrintable(m_server->error()));
        QVERIFY(signIn()); // with the password of then
        const Result<QJsonObject> page = call("GET", u"/api/v1/rooms/ops/messages"_s);
        QVERIFY2(page, page ? "" : qPrintable(page.error().detail));
        QStringList texts;
        for (const QJsonValue item : page->value("events"_L1).toArray())
            texts.append(item["message"_L1].toString());
        QCOMPARE(texts.filter(u"before"_s).size(), 20);
        QVERIFY(texts.filter(u"after"_s).isEmpty());
        QVERIFY(post(u"life goes on"_s));
    }

    void aDamagedBackupIsRefused()
    {
        const QString file = m_server->folder() + u"/nightly.tar"_s;
        QCOMPARE(m_server->run({u"backup"_s, file}, nullptr), 0);
        QCOMPARE(m_server->terminate(), 0);
        QFile archive(file);
        QVERIFY(archive.open(QIODevice::ReadWrite));
        archive.seek(archive.size() / 2);
        archive.write("damaged");
        archive.close();
        QVERIFY(QDir(m_server->dataFolder()).removeRecursively());
        QByteArray out;
        QCOMPARE(m_server->run({u"restore"_s, file}, &out), 1);
        QVERIFY2(out.contains("hash"), out.constData());
        QVERIFY(!QDir(m_server->dataFolder()).exists());
    }

    void usageIsExplained()
    {
        for (const QStringList &words :
             {QStringList{u"backup"_s}, {u"restore"_s}, {u"audit"_s}, {u"audit"_s, u"verify"_s, u"--nonsense"_s}}) {
            QByteArray out;
            QCOMPARE(m_server->run(words, &out), 2);
            QVERIFY2(out.contains("usage"), out.constData());
        }
    }
};

QTEST_GUILESS_MAIN(OperatorTest)
#include "tst_operator.moc"
