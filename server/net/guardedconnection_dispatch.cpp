// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a complete request reaches the bound QHttpServer and how the duty to answer it is taken over.

#include "server/net/facadeframing.h"
#include "server/net/facadesocket.h"
#include "server/net/guardedconnection.h"
#include "server/net/logging.h"
#include "server/net/portguard_p.h"

namespace Atom::Net {

namespace {
thread_local std::weak_ptr<Exchange> currentlyDispatched;
} // namespace

ExchangeHandle GuardedConnection::takeCurrent()
{
    const auto exchange = currentlyDispatched.lock();
    if (!exchange || !exchange->connection || exchange->taken)
        return {};
    exchange->taken = true;
    return ExchangeHandle(exchange);
}

bool GuardedConnection::ensureFacade()
{
    if (m_facade && m_facade->state() == QAbstractSocket::ConnectedState)
        return true;
    auto *facade = new FacadeSocket(peerAddress(), peerPort());
    facade->setSink([this](QByteArrayView bytes) { onFacadeWrote(bytes); });
    m_guard.addPendingConnection(facade);
    if (m_guard.hasPendingConnections()) { // no QHttpServer is bound to take it
        delete m_guard.nextPendingConnection();
        return false;
    }
    m_facade = facade;
    return true;
}

void GuardedConnection::dispatch(QByteArray body)
{
    m_exchange = std::make_shared<Exchange>(Exchange{this, std::move(m_head)});
    ++m_guard.d->pending;
    m_head = {};
    m_facadeAnswer = {};
    enter(State::Answer, m_guard.d->limits.answerTimeout);
    if (!ensureFacade()) {
        reject({503, "the server is not ready"});
        return;
    }
    const auto exchange = m_exchange;
    const auto outer = std::exchange(currentlyDispatched, std::weak_ptr<Exchange>(exchange));
    m_facade->feed(facadeRequest(exchange->head, body));
    currentlyDispatched = outer;
    if (m_exchange != exchange || exchange->taken)
        return;
    if (m_facadeAnswer.isEmpty()) {
        qCCritical(lcNet) << "a request got neither an answer nor an owner" << exchange->head.method
                          << exchange->head.path();
        const Refusal refusal = refusalFor({500, "the request was not answered"}, m_guard.d->clock.now());
        finish(refusal.status, refusal.headers, refusal.body);
    } else {
        finishFromFacade();
    }
}

void GuardedConnection::onFacadeWrote(QByteArrayView bytes)
{
    if (!m_exchange || m_exchange->taken)
        return;
    m_facadeAnswer.append(bytes);
    if (!m_processing)
        finishFromFacade();
}

void GuardedConnection::finishFromFacade()
{
    if (const auto answer = parseFacadeAnswer(m_facadeAnswer))
        finish(answer->status, answer->headers, answer->body);
}

} // namespace Atom::Net
