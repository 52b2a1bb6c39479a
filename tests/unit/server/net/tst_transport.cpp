// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/eventdispatcher.h"
#include "server/net/ioshards.h"
#include "server/net/transport.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <functional>

#include <unistd.h>

using namespace Atom::Net;

namespace {
//! Accepts one connection and wraps it as the row says.
class Acceptor : public QTcpServer
{
public:
    enum class Kind { Descriptor, Shard, Socket };
    explicit Acceptor(Kind kind) : m_kind(kind), m_shards(kind == Kind::Shard ? 2 : 0)
    {
        listen(QHostAddress::LocalHost);
    }
    std::unique_ptr<Transport> transport;
    std::weak_ptr<int> ticket;

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto place = std::make_shared<int>(1);
        ticket = place;
        if (m_kind == Kind::Socket) {
            auto socket = std::make_unique<QTcpSocket>();
            socket->setSocketDescriptor(descriptor);
            transport = makeTransport(std::move(socket), place);
        } else {
            transport = m_shards.makeTransport(descriptor, place);
        }
    }

private:
    Kind m_kind;
    IoShards m_shards; // they end before the transport: it must not mind
};

class Recorder : public Transport::Events
{
public:
    virtual ~Recorder() = default;
    std::function<void()> readable = [] {};
    int drained = 0, closed = 0;
    void onReadable() override { readable(); }
    void onDrained() override { ++drained; }
    void onClosed() override { ++closed; }
};
} // namespace

class TestTransport : public QObject
{
    Q_OBJECT

    std::unique_ptr<Acceptor> m_server;
    std::unique_ptr<QTcpSocket> m_peer;
    std::unique_ptr<Recorder> m_events;
    QByteArray m_received;
    Transport *t() { return m_server->transport.get(); }
    void readAll()
    {
        char buffer[1024];
        for (;;) {
            const qint64 n = t()->read(buffer, sizeof buffer);
            if (n <= 0)
                return;
            m_received.append(buffer, n);
        }
    }
    void open()
    {
        QFETCH_GLOBAL(int, kind);
        m_received.clear();
        m_events = std::make_unique<Recorder>();
        m_events->readable = [this] { readAll(); };
        m_server = std::make_unique<Acceptor>(Acceptor::Kind(kind));
        m_peer = std::make_unique<QTcpSocket>();
        m_peer->connectToHost(QHostAddress(QHostAddress::LocalHost), m_server->serverPort());
        QTRY_VERIFY(m_server->transport && m_peer->state() == QAbstractSocket::ConnectedState);
        t()->setEvents(m_events.get());
    }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("descriptor") << int(Acceptor::Kind::Descriptor);
        QTest::newRow("shard") << int(Acceptor::Kind::Shard);
        QTest::newRow("QTcpSocket") << int(Acceptor::Kind::Socket);
    }
    void init() { open(); }
    void cleanup()
    {
        m_server.reset();
        m_peer.reset();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    void readsWritesAndKnowsThePeer()
    {
        QCOMPARE(t()->peerAddress(), QHostAddress(QHostAddress::LocalHost));
        QCOMPARE(t()->peerPort(), m_peer->localPort());
        m_peer->write("hello");
        QTRY_COMPARE(m_received, QByteArray("hello"));
        QVERIFY(t()->write("wor"));
        QVERIFY(t()->write("ld"));
        QTRY_COMPARE(m_peer->bytesAvailable(), 5);
        QCOMPARE(m_peer->readAll(), QByteArray("world"));
        QCOMPARE(t()->backlog(), 0);
    }

    void keepsWhatTheKernelDoesNotTakeInOrder()
    {
        m_peer->setReadBufferSize(4096); // reads only when asked
        QByteArray expected;
        for (int i = 0; i < 200; ++i) {
            const QByteArray piece(100'000, char('a' + i % 26));
            QVERIFY(t()->write(piece));
            expected += piece;
        }
        QVERIFY(t()->backlog() > 0);
        QCOMPARE(m_events->drained, 0);
        m_peer->setReadBufferSize(0);
        QByteArray got;
        QTRY_VERIFY_WITH_TIMEOUT((got += m_peer->readAll()).size() == expected.size(), 20'000);
        QVERIFY(got == expected);
        QTRY_COMPARE(m_events->drained, 1);
        QCOMPARE(t()->backlog(), 0);
    }

    void pausedItDoesNotRead()
    {
        t()->setReadPaused(true);
        m_peer->write("x");
        m_peer->flush();
        QTest::qWait(20);
        QCOMPARE(m_received, QByteArray());
        t()->setReadPaused(false);
        QTRY_COMPARE(m_received, QByteArray("x"));
    }

    void tellsTheEndOnce()
    {
        m_peer->write("last");
        m_peer->disconnectFromHost();
        QTRY_COMPARE(m_events->closed, 1);
        QCOMPARE(m_received, QByteArray("last"));
        QTest::qWait(10);
        QCOMPARE(m_events->closed, 1);
    }

    void aResetIsAnEndThatCannotBeWrittenTo()
    {
        m_peer->abort();
        QTRY_COMPARE(m_events->closed, 1);
        // After a reset the first write may only provoke it, the second knows.
        t()->write("x");
        QTRY_VERIFY(!t()->write("x"));
    }

    void closesAfterFlushAndWaitsForThePeer()
    {
        m_peer->write(QByteArray(300'000, 'u')); // the peer is in the middle of sending
        QTRY_VERIFY(!m_received.isEmpty());
        QVERIFY(t()->write("bye"));
        t()->closeAfterFlush();
        QVERIFY(!t()->write("more"));
        for (int i = 0; i < 20; ++i)
            m_peer->write(QByteArray(100'000, 'v'));
        QTRY_COMPARE(m_peer->state(), QAbstractSocket::UnconnectedState); // by FIN, not by reset
        QCOMPARE(m_peer->error(), QAbstractSocket::RemoteHostClosedError);
        QCOMPARE(m_peer->readAll(), QByteArray("bye"));
        QTRY_COMPARE(m_events->closed, 1);
        QVERIFY(m_server->ticket.expired());
    }

    void closeAfterFlushFlushesFirst()
    {
        m_peer->setReadBufferSize(4096);
        const QByteArray large(20'000'000, 'z');
        QVERIFY(t()->write(large));
        t()->closeAfterFlush();
        m_peer->setReadBufferSize(0);
        QByteArray got;
        QTRY_VERIFY_WITH_TIMEOUT((got += m_peer->readAll()).size() == large.size(), 20'000);
        QTRY_COMPARE(m_events->closed, 1);
    }

    //! A peer that neither reads on nor closes is left after a short wait.
    void closeAfterFlushDoesNotWaitForEver()
    {
        // A second owner of the peer's descriptor keeps its direction open after QTcpSocket answered the FIN.
        const int copy = ::dup(int(m_peer->socketDescriptor()));
        t()->closeAfterFlush();
        QElapsedTimer clock;
        clock.start();
        QTRY_COMPARE_WITH_TIMEOUT(m_events->closed, 1, 8'000);
        QVERIFY(clock.elapsed() > 500);
        ::close(copy);
    }

    void abortAndDestructionCloseAtOnceAndFreeThePlace()
    {
        t()->write("x");
        t()->abort();
        QVERIFY(m_server->ticket.expired());
        QVERIFY(!t()->write("y"));
        QTRY_COMPARE(m_peer->state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(m_events->closed, 0);
        open();
        m_server->transport.reset();
        QVERIFY(m_server->ticket.expired());
        QTRY_COMPARE(m_peer->state(), QAbstractSocket::UnconnectedState);
    }

    void mayBeDestroyedInItsOwnEvents()
    {
        m_events->readable = [this] { m_server->transport.reset(); };
        m_peer->write("x");
        QTRY_VERIFY(!m_server->transport);
        open();
        class Killer : public Recorder
        {
        public:
            std::unique_ptr<Transport> *victim = nullptr;
            void onClosed() override { victim->reset(); }
        } killer;
        killer.victim = &m_server->transport;
        killer.readable = [this] { readAll(); };
        t()->setEvents(&killer);
        m_peer->disconnectFromHost();
        QTRY_VERIFY(!m_server->transport);
    }

    void mayBeHandedOverInItsOwnEvent()
    {
        Recorder second;
        QByteArray later;
        m_events->readable = [&] {
            char one = 0;
            QCOMPARE(t()->read(&one, 1), 1);
            t()->setEvents(nullptr);
            t()->setReadPaused(true);
        };
        m_peer->write("abc");
        QTest::qWait(20);
        second.readable = [this] { readAll(); };
        t()->setEvents(&second);
        t()->setReadPaused(false);
        QTRY_COMPARE(m_received, QByteArray("bc"));
        m_peer->disconnectFromHost();
        QTRY_COMPARE(second.closed, 1);
        QCOMPARE(m_events->closed, 0);
    }
};

int main(int argc, char **argv)
{
    installEventDispatcher();
    QCoreApplication app(argc, argv);
    TestTransport test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_transport.moc"
