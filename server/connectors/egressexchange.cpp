// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/egressexchange.h"

#include "server/connectors/hostresolver.h"

#include <QtNetwork/QNetworkReply>

#include <algorithm>

namespace Atom::Connectors {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 pieceBytes = 64 * 1024;   // the consumer works a moment at a time

Error cancelledError()
{
    return Error(Errc::Cancelled, u"The call was cancelled."_s);
}

// QNetworkReply makes errors of 4xx and 5xx; a broken connection keeps the status but is no answer.
bool isBroken(const QNetworkReply &reply)
{
    const QNetworkReply::NetworkError error = reply.error();
    return reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() == 0 ||
           (error != QNetworkReply::NoError && error < QNetworkReply::ContentAccessDenied);
}
} // namespace

QByteArray HttpHead::header(QByteArrayView lowerCaseName) const
{
    for (const auto &[name, value] : headers) {
        if (name == lowerCaseName)
            return value;
    }
    return {};
}

EgressExchange::EgressExchange(Clock &clock, QString host, const StreamLimits &limits, std::function<void(bool)> ended)
    : m_clock(&clock), m_host(std::move(host)), m_limits(limits), m_onEnded(std::move(ended))
{
}

EgressExchange::~EgressExchange()
{
    finish(false);
}

Error EgressExchange::tooLarge() const
{
    return Error(Errc::PayloadTooLarge, u"The answer is larger than %1 bytes."_s.arg(m_limits.replyBytes));
}

void EgressExchange::begin(Deadline deadline, const CancellationToken &token)
{
    m_totalTimer = m_clock->callAfter(deadline.remaining(*m_clock), this, [this] {
        end(Error(Errc::DeadlineExceeded, u"%1 did not answer in time."_s.arg(m_host)));
    });
    enter(Phase::Connecting);
    // Weak: tokens outlive calls, and keep what they are given.
    token.onCancelled([weak = weak_from_this()] {
        if (const auto alive = weak.lock())
            alive->end(cancelledError());
    });
}

void EgressExchange::end(Error error)
{
    if (m_ended)
        return;
    m_error = std::move(error);
    finish(false);
    wake();
}

//! Gives everything back; with an answer that came whole the connection can serve again, otherwise it is closed.
void EgressExchange::finish(bool whole)
{
    if (m_ended)
        return;
    m_ended = true;
    disarm();
    if (m_totalTimer)
        m_clock->cancel(std::exchange(m_totalTimer, 0));
    m_clock = nullptr;
    if (QNetworkReply *reply = m_reply.data()) {
        // Not inside one of the reply's own signals only by luck: cut the wires first, then abort, delete later.
        disconnect(reply, nullptr, this, nullptr);
        reply->abort();
        reply->deleteLater();
        m_reply.clear();
    }
    if (const auto ended = std::exchange(m_onEnded, {}))
        ended(whole);
}

void EgressExchange::enter(Phase phase)
{
    disarm();
    milliseconds bound{0};
    Error error(Errc::DeadlineExceeded, u"%1 did not answer in time."_s.arg(m_host));
    switch (phase) {
    case Phase::Connecting:
        bound = m_limits.connect;
        // Who cannot be reached in time cannot be reached; nothing was asked yet, so asking again is harmless.
        error = Error(Errc::UpstreamFailed, u"%1 could not be reached in time."_s.arg(m_host));
        break;
    case Phase::AwaitingHead:
        bound = m_limits.firstByte;
        break;
    case Phase::AwaitingBytes:
        bound = m_limits.idle;
        error.detail = u"%1 stopped in the middle of its answer."_s.arg(m_host);
        break;
    }
    if (m_ended || bound <= milliseconds(0))
        return;
    m_phaseTimer = m_clock->callAfter(bound, this, [this, error = std::move(error)] {
        m_phaseTimer = 0;
        end(error);
    });
}

void EgressExchange::disarm()
{
    if (m_phaseTimer && m_clock)
        m_clock->cancel(m_phaseTimer);
    m_phaseTimer = 0;
}

OneShot<bool> EgressExchange::waiter()
{
    m_waiter.emplace();
    return *m_waiter;
}

void EgressExchange::wake()
{
    if (const auto waiting = std::exchange(m_waiter, std::nullopt))
        waiting->resolve(true);
}

QCoro::Task<Result<QList<QHostAddress>>> EgressExchange::resolve(std::shared_ptr<EgressExchange> self,
                                                                 HostResolver &resolver, QString host)
{
    if (const QHostAddress literal(host); !literal.isNull())
        co_return QList<QHostAddress>{literal};
    resolver.resolve(host, self.get(), [exchange = self.get()](Result<QList<QHostAddress>> addresses) {
        exchange->m_addresses = std::move(addresses);
        exchange->wake();
    });
    while (!self->m_ended && !self->m_addresses) {
        const OneShot<bool> something = self->waiter();
        co_await something;
    }
    if (self->m_error)
        co_return Result<QList<QHostAddress>>(*self->m_error);
    co_return std::move(*self->m_addresses);
}

QCoro::Task<Result<void>> EgressExchange::waitForHead(std::shared_ptr<EgressExchange> self, QNetworkReply *reply)
{
    self->watch(reply);
    while (!self->m_ended && !self->m_headIsThere) {
        const OneShot<bool> something = self->waiter();
        co_await something;
    }
    if (self->m_error)
        co_return Result<void>(*self->m_error);
    co_return Result<void>();
}

void EgressExchange::watch(QNetworkReply *reply)
{
    m_reply = reply;
    connect(reply, &QNetworkReply::requestSent, this, [this] {
        if (!m_headIsThere)
            enter(Phase::AwaitingHead);
    });
    connect(reply, &QNetworkReply::metaDataChanged, this, [this] { onHead(); });
    connect(reply, &QNetworkReply::readyRead, this, [this] { onBytes(); });
    connect(reply, &QNetworkReply::finished, this, [this] { onFinished(); });
}

void EgressExchange::onHead()
{
    m_head.status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    m_head.reason = m_reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toByteArray();
    m_head.headers.clear();
    for (const auto &[name, value] : m_reply->rawHeaderPairs())
        m_head.headers.append({name.toLower(), value});
    if (m_head.status == 0 || m_headIsThere)
        return;
    m_headIsThere = true;
    disarm();
    wake();
}

//! Qt reads on whether or not somebody takes the bytes (setReadBufferSize() is lost when its network thread has not
//! begun with the request yet), so the bound of the whole body is also the bound of what waits in memory.
void EgressExchange::onBytes()
{
    const auto keep = shared_from_this();
    if (m_limits.replyBytes > 0 && m_taken + m_reply->bytesAvailable() > m_limits.replyBytes)
        end(tooLarge());
    else
        wake();
}

void EgressExchange::onFinished()
{
    const auto keep = shared_from_this(); // whoever is woken may drop it
    if (isBroken(*m_reply) && !m_headIsThere) {
        end(Error(Errc::UpstreamFailed, u"%1 could not be reached."_s.arg(m_host), m_reply->errorString()));
        return;
    }
    onHead();
    wake();
}

//! Empty without an error: nothing there yet, or - once ended - no more.
Result<QByteArray> EgressExchange::take()
{
    if (m_error)
        return *m_error;
    if (m_ended)
        return QByteArray();
    QByteArray piece = m_reply->read(pieceBytes);
    m_taken += piece.size();
    if (m_limits.replyBytes > 0 && m_taken > m_limits.replyBytes)
        end(tooLarge());
    else if (piece.isEmpty() && m_reply->isFinished() && isBroken(*m_reply))
        end(Error(Errc::UpstreamFailed, u"%1 broke off its answer."_s.arg(m_host), m_reply->errorString()));
    else if (piece.isEmpty() && m_reply->isFinished())
        finish(true);
    if (m_error)
        return *m_error;
    return piece;
}

QCoro::Task<Result<QByteArray>> EgressExchange::next(std::shared_ptr<EgressExchange> self)
{
    Result<QByteArray> piece = self->take();
    if (piece && piece->isEmpty() && !self->m_ended)
        self->enter(Phase::AwaitingBytes);
    while (piece && piece->isEmpty() && !self->m_ended) {
        const OneShot<bool> something = self->waiter();
        co_await something;
        piece = self->take();
    }
    self->disarm();
    co_return piece;
}

} // namespace Atom::Connectors
