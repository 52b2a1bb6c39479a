// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/realtime/openinghandshake.h"

#include "server/net/facadesocket.h"
#include "server/realtime/logging.h"

#include <QtCore/QPointer>
#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketServer>

namespace Atom::Realtime {
using namespace Qt::StringLiterals;

//! The QWebSocketServer that does not listen. Its QWebSockets live only until they have answered.
class UpgradeDoor : public QObject
{
public:
    UpgradeDoor() : m_server(u"atom-chat"_s, QWebSocketServer::NonSecureMode)
    {
        m_server.setSupportedSubprotocols({u"atom.v1"_s});
        m_server.setMaxPendingConnections(1'000'000);
        connect(&m_server, &QWebSocketServer::newConnection, this, [this] {
            while (QWebSocket *socket = m_server.nextPendingConnection()) {
                socket->disconnect();
                socket->deleteLater();
            }
        });
    }
    QWebSocketServer m_server;
};

struct OpeningHandshakes::Pending final : Net::Transport::Events
{
    OpeningHandshakes *parent = nullptr;
    quint64 id = 0;
    Opening opening;
    std::unique_ptr<Net::Transport> transport;
    QByteArray leftover;
    QByteArray answer;
    QPointer<Net::FacadeSocket> facade;
    Clock::TimerId timer = 0;

    ~Pending()
    {
        if (timer)
            parent->m_clock.cancel(timer);
        if (transport)
            transport->setEvents(nullptr);
        if (facade) {
            facade->setSink({});
            facade->deleteLater();
        }
    }
    void onReadable() override {}
    void onDrained() override {}
    void onClosed() override { parent->m_pending.erase(id); }
};

//! A refused connection on its way out: throws input away until the peer has read the answer, or time is up.
class OpeningHandshakes::Farewell final : public QObject, Net::Transport::Events
{
public:
    Farewell(OpeningHandshakes &parent, std::unique_ptr<Net::Transport> transport)
        : m_parent(parent), m_clock(parent.m_clock), m_transport(std::move(transport))
    {
        m_transport->setEvents(this);
        m_timer = m_clock.callAfter(m_parent.m_timeout, this, [this] { onClosed(); });
    }
    ~Farewell() override { stop(); }
    //! Nothing happens any more: the parent may go before this object.
    void stop()
    {
        if (const Clock::TimerId timer = std::exchange(m_timer, 0))
            m_clock.cancel(timer);
        m_transport->setEvents(nullptr);
    }
    void say(const QByteArray &answer)
    {
        m_transport->write(answer);
        m_transport->closeAfterFlush(); // drops what still comes
    }

private:
    void onReadable() override {}
    void onDrained() override {}
    void onClosed() override { m_parent.dropFarewell(this); }

    OpeningHandshakes &m_parent;
    Clock &m_clock;
    std::unique_ptr<Net::Transport> m_transport;
    Clock::TimerId m_timer = 0;
};

OpeningHandshakes::OpeningHandshakes(QStringList origins, milliseconds timeout, Clock &clock)
    : m_origins(std::move(origins)), m_timeout(timeout), m_clock(clock), m_door(std::make_unique<UpgradeDoor>())
{
}

OpeningHandshakes::~OpeningHandshakes()
{
    m_pending.clear();
    m_farewells.clear();
}

int OpeningHandshakes::pending() const
{
    return int(m_pending.size());
}

void OpeningHandshakes::begin(Net::UpgradeRequest request)
{
    auto judged = judgeOpening(request.head, m_origins);
    if (const auto *refused = std::get_if<OpeningRefusal>(&judged)) {
        refuse(std::move(request.transport), *refused);
        return;
    }
    Opening &opening = std::get<Opening>(judged);
    if (m_check) {
        if (const auto refused = m_check(opening, request.transport->peerAddress())) {
            refuse(std::move(request.transport), *refused);
            return;
        }
    }
    const quint64 id = m_next++;
    auto pending = std::make_unique<Pending>();
    pending->parent = this;
    pending->id = id;
    pending->opening = std::move(opening);
    pending->transport = std::move(request.transport);
    pending->leftover = std::move(request.leftover);
    pending->transport->setEvents(pending.get());
    auto *facade = new Net::FacadeSocket(pending->transport->peerAddress(), pending->transport->peerPort());
    pending->facade = facade;
    QByteArray head = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
                      pending->opening.key + "\r\n";
    if (pending->opening.subprotocol)
        head += "Sec-WebSocket-Protocol: atom.v1\r\n";
    head += "\r\n";
    facade->setSink([this, id](QByteArrayView bytes) {
        const auto it = m_pending.find(id);
        if (it == m_pending.end())
            return;
        QByteArray &answer = it->second->answer;
        const bool wasComplete = answer.endsWith("\r\n\r\n");
        answer += bytes;
        if (!wasComplete && answer.endsWith("\r\n\r\n")) // Qt is still writing: let it finish first
            QMetaObject::invokeMethod(
                this, [this, id] { answered(id); }, Qt::QueuedConnection);
    });
    pending->timer = m_clock.callAfter(m_timeout, this, [this, id] { fail(id); });
    m_pending.emplace(id, std::move(pending));
    m_door->m_server.handleConnection(facade);
    facade->feed(head);
}

void OpeningHandshakes::answered(quint64 id)
{
    const auto it = m_pending.find(id);
    if (it == m_pending.end())
        return;
    if (!it->second->answer.startsWith("HTTP/1.1 101 ")) {
        fail(id);
        return;
    }
    Pending &p = *it->second;
    p.transport->setEvents(nullptr);
    Opened opened{std::move(p.opening), std::move(p.transport), std::move(p.leftover), std::move(p.answer)};
    m_pending.erase(it);
    m_done(std::move(opened));
}

void OpeningHandshakes::fail(quint64 id)
{
    const auto it = m_pending.find(id);
    if (it == m_pending.end())
        return;
    qCWarning(lcRealtime) << "an opening handshake was not answered:" << it->second->answer.left(100);
    std::unique_ptr<Net::Transport> transport = std::move(it->second->transport);
    m_pending.erase(it);
    refuse(std::move(transport), OpeningRefusal{503, "unavailable", "The connection could not be opened now.", {}});
}

void OpeningHandshakes::refuse(std::unique_ptr<Net::Transport> transport, const OpeningRefusal &refusal)
{
    if (m_refused)
        m_refused(refusal);
    auto farewell = std::make_unique<Farewell>(*this, std::move(transport));
    Farewell *const raw = farewell.get();
    m_farewells.emplace(raw, std::move(farewell));
    raw->say(refusalResponse(refusal));
}

void OpeningHandshakes::dropFarewell(Farewell *farewell)
{
    const auto it = m_farewells.find(farewell);
    if (it == m_farewells.end())
        return;
    // Its transport may be calling: it goes later, maybe after this object.
    farewell->stop();
    it->second.release()->deleteLater();
    m_farewells.erase(it);
}

} // namespace Atom::Realtime
