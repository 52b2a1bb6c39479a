// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/bodyreader.h"
#include "server/net/exchange.h"
#include "server/net/portguard.h"
#include "server/net/requestheadparser.h"
#include "server/net/responsewriter.h"
#include "server/net/transport.h"

#include <QtCore/QPointer>

namespace Atom::Net {

class FacadeSocket;

//! \brief One connection of a PortGuard until it ends or is handed over as a WebSocket: reads requests one after the
//! other, gives each to the bound QHttpServer through a facade, writes its answer, and keeps every deadline.
//! Owned by the guard (shared only so that it survives the event in which it ends). Main thread.
class GuardedConnection final : public Transport::Events, public std::enable_shared_from_this<GuardedConnection>
{
public:
    GuardedConnection(PortGuard &guard, std::unique_ptr<Transport> transport);
    ~GuardedConnection();
    Q_DISABLE_COPY_MOVE(GuardedConnection)

    void start();
    //! \brief Refuses whatever this connection wants, without reading it.
    void refuse(int status, const char *reason);
    //! \brief Called by the guard's sweep. Ends what took too long.
    void checkDeadline(Monotonic now);
    bool isDue(Monotonic now) const { return now >= m_deadline && m_state != State::Closing; }
    //! \brief The exchange that is being dispatched; marks it as taken.
    static ExchangeHandle takeCurrent();
    //! \brief Closes when no request is under way, else after its answer.
    void drain();
    bool finish(int status, const HeaderList &headers, const QByteArray &body,
                std::shared_ptr<BodySource> source = {});

    QHostAddress peerAddress() const { return m_transport ? m_transport->peerAddress() : QHostAddress(); }
    quint16 peerPort() const { return m_transport ? m_transport->peerPort() : quint16(0); }

    void onReadable() override;
    void onDrained() override;
    void onClosed() override;

private:
    enum class State { Idle, Head, Body, Answer, Drain, Closing, Gone };

    void enter(State state, milliseconds budget);
    void process();
    bool readHead();
    bool readBody();
    void headDone(const QByteArray &rawHead);
    void dispatch(QByteArray body);
    bool ensureFacade();
    void onFacadeWrote(QByteArrayView bytes);
    void finishFromFacade();
    void handOver(const QByteArray &rawHead);
    void reject(const HeadRejection &rejection);
    void send(int status, const HeaderList &headers, const QByteArray &body, bool keepAlive,
              std::shared_ptr<BodySource> source = {});
    //! Sends of a long body what the peer takes; false when it ended the connection.
    bool pump();
    void answered(bool keepAlive);
    void dropExchange();
    void releaseBody();
    void close();
    void end();

    PortGuard &m_guard;
    std::unique_ptr<Transport> m_transport;
    std::unique_ptr<RequestHeadParser> m_parser; //!< only while a head is read
    std::unique_ptr<BodyReader> m_bodyReader;    //!< only while a body is read
    std::shared_ptr<Exchange> m_exchange;        //!< only while an answer is awaited
    QPointer<FacadeSocket> m_facade;             //!< made at the first plain request; Qt deletes it after closeFacade()
    std::shared_ptr<BodySource> m_source;        //!< only while a long body is sent
    qint64 m_sourceLeft = 0;
    bool m_keptAfterSource = false;
    QByteArray m_in;
    QByteArray m_facadeAnswer; //!< what the QHttpServer wrote itself
    RequestHead m_head;        //!< between the head and the dispatch
    Monotonic m_deadline{};
    qint64 m_countedBody = 0;
    qint64 m_lastBacklog = 0; //!< at the last look of the sweep
    State m_state = State::Idle;
    bool m_processing = false;
    bool m_peerEnded = false;
    bool m_served = false; //!< an answer was sent: further silence is keep-alive
    bool m_draining = false;
};

} // namespace Atom::Net
