// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/guardedconnection.h"

#include "server/net/facadesocket.h"
#include "server/net/logging.h"
#include "server/net/portguard_p.h"

#include <algorithm>
#include <array>

namespace Atom::Net {

namespace {
constexpr qsizetype readAheadBytes = 64 * 1024; //!< taken from the kernel while an answer is awaited
constexpr qsizetype joinBytes = 16 * 1024;      //!< a body up to this goes out in one piece with its head
constexpr qint64 pieceBytes = 256 * 1024;       //!< of a body that is read while it is sent
constexpr int piecesAtOnce = 8;
constexpr int readsPerEvent = 4;
} // namespace

GuardedConnection::GuardedConnection(PortGuard &guard, std::unique_ptr<Transport> transport)
    : m_guard(guard), m_transport(std::move(transport))
{
}

GuardedConnection::~GuardedConnection()
{
    dropExchange();
    if (m_facade)
        m_facade->closeFacade();
}

void GuardedConnection::start()
{
    enter(State::Idle, m_guard.d->limits.headTimeout);
    m_transport->setEvents(this);
}

void GuardedConnection::refuse(int status, const char *reason)
{
    const auto self = shared_from_this();
    m_transport->setEvents(this);
    reject({status, QByteArray(reason)});
}

void GuardedConnection::enter(State state, milliseconds budget)
{
    m_state = state;
    m_deadline = m_guard.d->clock.monotonic() + budget;
}

void GuardedConnection::onReadable()
{
    const auto self = shared_from_this();
    static thread_local std::array<char, 64 * 1024> buffer;
    for (int i = 0; i < readsPerEvent && m_transport; ++i) {
        if (m_in.size() >= readAheadBytes && m_state >= State::Answer) {
            m_transport->setReadPaused(true); // process() lets it go on
            return;
        }
        const qint64 n = m_transport->read(buffer.data(), qint64(buffer.size()));
        if (n == 0)
            return;
        if (n < 0)
            m_peerEnded = true;
        else
            m_in.append(buffer.data(), n);
        process();
        if (n < 0)
            return;
    }
}

void GuardedConnection::onDrained()
{
    const auto self = shared_from_this();
    if (m_state != State::Drain)
        return;
    if (m_source) {
        if (pump() && !m_source)
            answered(m_keptAfterSource);
        return;
    }
    enter(State::Idle, m_guard.d->limits.idleTimeout);
    process();
}

void GuardedConnection::onClosed()
{
    const auto self = shared_from_this();
    m_peerEnded = true;
    if (m_state == State::Closing || !m_transport->write({}))
        end();
    else
        process(); // the peer only stopped sending: it still gets the answers to what it sent
}

void GuardedConnection::process()
{
    if (m_processing || m_state >= State::Answer)
        return;
    const auto self = shared_from_this();
    m_processing = true;
    int budget = m_guard.d->limits.pipelined;
    for (bool goOn = true; goOn;) {
        switch (m_state) {
        case State::Idle:
            goOn = !m_in.isEmpty() && budget-- > 0;
            if (goOn) {
                m_parser = std::make_unique<RequestHeadParser>(m_guard.d->limits.head);
                enter(State::Head, m_guard.d->limits.headTimeout);
            } else if (!m_in.isEmpty()) {
                QMetaObject::invokeMethod(
                    &m_guard,
                    [weak = weak_from_this()] {
                        if (const auto connection = weak.lock())
                            connection->process();
                    },
                    Qt::QueuedConnection);
            } else if (m_peerEnded) {
                close();
            }
            break;
        case State::Head:
            goOn = readHead();
            break;
        case State::Body:
            goOn = readBody();
            break;
        case State::Answer:
        case State::Drain:
        case State::Closing:
        case State::Gone:
            goOn = false;
            break;
        }
    }
    m_processing = false;
    if (m_transport && m_state != State::Closing)
        m_transport->setReadPaused(m_in.size() >= readAheadBytes &&
                                   (m_state == State::Idle || m_state >= State::Answer));
}

bool GuardedConnection::readHead()
{
    switch (m_parser->parse(m_in)) {
    case RequestHeadParser::State::NeedMore:
        if (m_peerEnded)
            reject({400, "the request ended before its head was complete"});
        return false;
    case RequestHeadParser::State::Rejected:
        reject(m_parser->rejection());
        return false;
    case RequestHeadParser::State::Done:
        break;
    }
    m_head = m_parser->takeHead();
    QByteArray raw;
    if (m_head.upgradeWebSocket)
        raw = m_in.mid(m_parser->skipped(), m_parser->length() - m_parser->skipped());
    if (m_parser->length() == m_in.size())
        m_in = {};
    else
        m_in.remove(0, m_parser->length());
    m_parser.reset();
    headDone(raw);
    return true;
}

void GuardedConnection::headDone(const QByteArray &rawHead)
{
    if (m_head.upgradeWebSocket) {
        handOver(rawHead);
    } else if (m_head.target == "*") {
        send(204, {{"Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}}, {}, m_head.keepAlive && !m_draining);
    } else if (m_head.chunked || m_head.contentLength > 0) {
        m_bodyReader = std::make_unique<BodyReader>(m_head, m_guard.d->limits.head.bodyBytes);
        enter(State::Body, m_guard.d->limits.bodyTimeout);
        if (m_head.expectContinue && m_in.isEmpty())
            m_transport->write("HTTP/1.1 100 Continue\r\n\r\n");
    } else {
        dispatch({});
    }
}

bool GuardedConnection::readBody()
{
    qsizetype consumed = 0;
    const BodyReader::State state = m_bodyReader->feed(m_in, consumed);
    if (consumed == m_in.size())
        m_in = {};
    else
        m_in.remove(0, consumed);
    if (state == BodyReader::State::Rejected) {
        reject(m_bodyReader->rejection());
        return false;
    }
    m_guard.d->bodyBytes += m_bodyReader->size() - m_countedBody;
    m_countedBody = m_bodyReader->size();
    if (m_guard.d->bodyBytes > m_guard.d->limits.bufferedBodies) {
        reject({503, "too many request bodies are being received"});
        return false;
    }
    if (state == BodyReader::State::NeedMore) {
        if (m_peerEnded)
            reject({400, "the request ended before its body was complete"});
        return false;
    }
    QByteArray body = m_bodyReader->takeBody();
    m_bodyReader.reset();
    dispatch(std::move(body));
    return true;
}

bool GuardedConnection::finish(int status, const HeaderList &headers, const QByteArray &body,
                               std::shared_ptr<BodySource> source)
{
    if (!m_exchange)
        return false;
    const auto self = shared_from_this();
    m_head = std::move(m_exchange->head); // decides the form of the answer
    dropExchange();
    const bool keepAlive = m_head.keepAlive && !m_draining && (!m_peerEnded || !m_in.isEmpty());
    if (status < 200 || status > 599 || !areValidHeaders(headers)) {
        qCCritical(lcNet) << "an answer with an invalid status or header was withheld" << status;
        const Refusal refusal = refusalFor({500, "the answer could not be sent"}, m_guard.d->clock.now());
        send(refusal.status, refusal.headers, refusal.body, keepAlive);
    } else {
        send(status, headers, body, keepAlive, std::move(source));
    }
    return true;
}

void GuardedConnection::send(int status, const HeaderList &headers, const QByteArray &body, bool keepAlive,
                             std::shared_ptr<BodySource> source)
{
    const ResponseForm form{status, m_head.minorVersion, keepAlive, m_head.method == "HEAD", m_guard.d->clock.now()};
    m_head = {};
    m_served = true;
    QByteArray head = writeResponseHead(form, headers, source ? source->size() : body.size());
    const bool withBody = !form.headRequest && mayHaveBody(status) && !body.isEmpty();
    bool sent = false;
    if (withBody && body.size() > joinBytes)
        sent = m_transport->write(head) && m_transport->write(body);
    else
        sent = m_transport->write(withBody ? head.append(body) : head);
    if (!sent) {
        end();
        return;
    }
    if (source && !form.headRequest && mayHaveBody(status) && source->size() > 0) {
        m_source = std::move(source);
        m_sourceLeft = m_source->size();
        m_keptAfterSource = keepAlive;
        if (!pump() || m_source)
            return;
    }
    answered(keepAlive);
}

bool GuardedConnection::pump()
{
    int pieces = piecesAtOnce;
    while (m_source && m_transport->backlog() == 0) {
        if (pieces-- == 0) { // a fast reader must not keep everybody else waiting
            QMetaObject::invokeMethod(
                &m_guard,
                [weak = weak_from_this()] {
                    if (const auto connection = weak.lock())
                        connection->onDrained();
                },
                Qt::QueuedConnection);
            break;
        }
        const QByteArray piece = m_source->read(std::min(m_sourceLeft, pieceBytes));
        if (piece.isEmpty() || piece.size() > m_sourceLeft) {
            // The promised length cannot be kept any more: only a broken connection tells the peer.
            qCWarning(lcNet) << "a body broke off with" << m_sourceLeft << "bytes to come";
            m_source.reset();
            m_transport->abort();
            end();
            return false;
        }
        m_sourceLeft -= piece.size();
        if (m_sourceLeft == 0)
            m_source.reset();
        if (!m_transport->write(piece)) {
            m_source.reset();
            end();
            return false;
        }
    }
    enter(State::Drain, m_guard.d->limits.idleTimeout);
    m_lastBacklog = m_transport->backlog();
    return true;
}

void GuardedConnection::answered(bool keepAlive)
{
    if (!keepAlive || (m_peerEnded && m_in.isEmpty())) {
        close();
        return;
    }
    enter(m_transport->backlog() > 0 ? State::Drain : State::Idle, m_guard.d->limits.idleTimeout);
    m_lastBacklog = m_transport->backlog();
    process();
}

void GuardedConnection::reject(const HeadRejection &rejection)
{
    m_guard.d->rejected.add();
    qCDebug(lcNet) << "refused" << rejection.status << rejection.reason << peerAddress();
    const Refusal refusal = refusalFor(rejection, m_guard.d->clock.now());
    dropExchange();
    m_head = {};
    m_parser.reset();
    m_bodyReader.reset();
    send(refusal.status, refusal.headers, refusal.body, false);
}

void GuardedConnection::handOver(const QByteArray &rawHead)
{
    const auto handler = m_guard.d->upgradeHandler;
    if (!handler || m_draining) {
        reject(handler ? HeadRejection{503, "the server is shutting down"}
                       : HeadRejection{501, "WebSocket is not served here"});
        return;
    }
    UpgradeRequest request;
    request.head = std::move(m_head);
    request.rawHead = rawHead;
    request.leftover = std::move(m_in);
    m_transport->setEvents(nullptr);
    m_transport->setReadPaused(true);
    request.transport = std::move(m_transport);
    end();
    handler(std::move(request));
}

void GuardedConnection::checkDeadline(Monotonic now)
{
    const auto self = shared_from_this();
    if (!isDue(now))
        return;
    switch (m_state) {
    case State::Idle:
        close(); // nothing was asked, so nothing is answered
        break;
    case State::Head:
    case State::Body:
        reject({408, "the request did not come in time"});
        break;
    case State::Answer:
        qCWarning(lcNet) << "no answer in time for" << m_exchange->head.method << m_exchange->head.path();
        reject({503, "the request took too long"});
        break;
    case State::Drain:
        if (m_transport->backlog() < m_lastBacklog) { // slow, but reading
            m_lastBacklog = m_transport->backlog();
            enter(State::Drain, m_guard.d->limits.idleTimeout);
        } else {
            m_transport->abort();
            end();
        }
        break;
    case State::Closing:
    case State::Gone:
        break;
    }
}

void GuardedConnection::drain()
{
    const auto self = shared_from_this();
    m_draining = true;
    if (m_state == State::Idle && m_in.isEmpty())
        close();
    else if (m_state != State::Closing)
        ensureFacade(); // while the guard still listens: afterwards QTcpServer gives none away without complaint
}

void GuardedConnection::dropExchange()
{
    releaseBody();
    if (!m_exchange)
        return;
    m_exchange->connection = nullptr; // a handle that is being used right now sees it too
    m_exchange.reset();
    --m_guard.d->pending;
}

void GuardedConnection::releaseBody()
{
    m_guard.d->bodyBytes -= std::exchange(m_countedBody, 0);
}

void GuardedConnection::close()
{
    m_state = State::Closing;
    m_in = {};
    m_parser.reset();
    m_transport->closeAfterFlush();
}

void GuardedConnection::end()
{
    if (m_state == State::Gone)
        return;
    m_state = State::Gone;
    dropExchange();
    if (m_facade)
        m_facade->closeFacade();
    if (m_transport)
        m_transport->setEvents(nullptr);
    m_transport.reset();
    m_guard.forget(this);
}

} // namespace Atom::Net
