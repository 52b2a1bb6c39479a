// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The realtime edge on a real port, against the conformance checker. With the argument --serve the program only serves.
#include "server/net/eventdispatcher.h"

#include "chatfixture.h"

#include <QtCore/QAbstractEventDispatcher>
#include <QtCore/QProcess>
#include <QtHttpServer/QHttpServer>
#include <QtTest/QtTest>

#include <cstdio>

using namespace Atom;
using namespace Atom::Test;

namespace {
//! A port with the realtime server behind it; plain requests get 404 from an empty QHttpServer.
struct Port
{
    SystemClock clock;
    MetricRegistry metrics;
    QHttpServer http; // owns the guard once bound
    Net::PortGuard &guard = *new Net::PortGuard(Net::GuardLimits(), clock, metrics);
    Rooms::PresenceTracker presence{clock};
    MemoryTraces traces;
    MemoryUsers userRepository;
    MemorySessions sessionRepository;
    MemoryRooms roomRepository;
    Identity::PasswordHasher hasher{Identity::PasswordHasher::Cost{1, 8192}};
    Identity::UserService users{userRepository, hasher, clock};
    Identity::Permissions permissions{clock};
    Identity::SessionService sessions;
    Rooms::RoomService rooms;
    Realtime::RealtimeServer server;
    quint16 number = 0;

    static Identity::SessionService::Settings guestsWelcome()
    {
        Identity::SessionService::Settings s;
        s.guests = Identity::GuestPolicy::Loopback;
        return s;
    }
    static Rooms::RoomLimits roomLimits()
    {
        Rooms::RoomLimits limits;
        limits.createOnJoin = true;
        return limits;
    }
    static Realtime::RealtimeSettings unlimited()
    {
        Realtime::RealtimeSettings s;
        s.messagesPerSecond = 0;
        s.framesPerSecond = 0;
        s.connectionsPerUser = 0;
        return s;
    }
    Port()
        : sessions(guestsWelcome(), users, sessionRepository, hasher, clock),
          rooms(roomRepository, permissions, traces, clock, metrics, roomLimits()),
          server(unlimited(), rooms, presence, sessions, users, permissions, traces, clock, metrics)
    {
        ChatFixture::must(QCoro::waitFor(users.load()));
        ChatFixture::must(QCoro::waitFor(sessions.load()));
        ChatFixture::must(QCoro::waitFor(rooms.load()));
        guard.setUpgradeHandler([this](Net::UpgradeRequest request) { server.accept(std::move(request)); });
        const Result<quint16> bound = guard.listenOn(QHostAddress(QHostAddress::LocalHost), 0);
        ChatFixture::must(bound);
        number = bound.value();
        http.bind(&guard);
    }
    ~Port()
    {
        guard.stopAccepting();
        QCoro::waitFor(server.drain(milliseconds(0), milliseconds(100)));
        QCoro::waitFor(rooms.close());
        QCoro::waitFor(sessions.close());
        QCoro::waitFor(users.close());
    }
};
} // namespace

class TestWsConformance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void checker()
    {
        const QString folder =
            qEnvironmentVariable("ATOM_CHECKERS", QStringLiteral(ATOM_SOURCE_DIR "/../shared/tools"));
        const QString script = folder + u"/ws_conformance.py"_s;
        if (!QFile::exists(script))
            QSKIP("the checker is not here");
        QLoggingCategory::setFilterRules(u"atom.*.info=false"_s);
        Port port;
        QProcess checker;
        checker.setProcessChannelMode(QProcess::MergedChannels);
        checker.start(u"/usr/bin/python3"_s,
                      {script, u"ws://127.0.0.1:%1/ws/tester"_s.arg(port.number), u"--pid"_s,
                       QString::number(QCoreApplication::applicationPid()), u"--max-message"_s, u"65536"_s,
                       u"--bad-origin"_s, u"https://evil.example"_s, u"--strict-utf8"_s});
        QTRY_COMPARE_WITH_TIMEOUT(checker.state(), QProcess::NotRunning, 280000);
        const QByteArray report = checker.readAll();
        QVERIFY2(checker.exitStatus() == QProcess::NormalExit && checker.exitCode() == 0, report.constData());
        QVERIFY2(!report.contains("FAIL "), report.constData());
        qInfo("%s", report.right(200).constData());
    }
};

int main(int argc, char **argv)
{
    Net::installEventDispatcher();
    QCoreApplication app(argc, argv);
    if (app.arguments().contains("--serve"_L1)) {
        Port port;
        std::printf("%d\n", int(port.number));
        std::fflush(stdout);
        return app.exec();
    }
    TestWsConformance test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_wsconformance.moc"
