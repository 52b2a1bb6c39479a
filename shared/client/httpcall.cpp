// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/client/httpcall.h"

#include <QtNetwork/QNetworkReply>

namespace Atom::Client {
using namespace Qt::StringLiterals;

HttpCall::HttpCall(QNetworkReply *reply, Clock &clock, milliseconds budget, qint64 limitBytes,
                   std::function<void(HttpCall *)> ended)
    : m_reply(reply), m_clock(clock), m_limitBytes(limitBytes), m_ended(std::move(ended))
{
    connect(reply, &QNetworkReply::metaDataChanged, this, &HttpCall::checkAnnouncedSize);
    connect(reply, &QIODevice::readyRead, this, &HttpCall::collect);
    // Queued: the waiter may destroy the network access manager, which must not be on the stack then.
    connect(reply, &QNetworkReply::finished, this, &HttpCall::finish, Qt::QueuedConnection);
    m_timer = clock.callAfter(budget, this,
                              [this] { stop(Error(Errc::DeadlineExceeded, u"The server did not answer in time."_s)); });
}

void HttpCall::cancel()
{
    m_clock.cancel(m_timer);
    disconnect(m_reply, nullptr, this, nullptr);
    m_done.resolve(Error(Errc::Cancelled, u"The client was closed."_s));
}

void HttpCall::checkAnnouncedSize()
{
    if (m_reply->header(QNetworkRequest::ContentLengthHeader).toLongLong() > m_limitBytes)
        tooLarge();
}

void HttpCall::collect()
{
    if (m_body.size() + m_reply->bytesAvailable() > m_limitBytes) {
        tooLarge();
        return;
    }
    m_body += m_reply->readAll();
}

void HttpCall::tooLarge()
{
    stop(Error(Errc::PayloadTooLarge, u"The server's answer is larger than %1 MB."_s.arg(m_limitBytes >> 20)));
}

void HttpCall::stop(Error why)
{
    if (m_stopped)
        return;
    m_stopped = std::move(why);
    m_body.clear();
    m_reply->abort(); // finished() follows
}

void HttpCall::finish()
{
    if (m_done.isResolved())
        return;
    m_clock.cancel(m_timer);
    if (!m_stopped)
        collect();
    Result<HttpAnswer> result = outcome();
    m_reply->deleteLater();
    deleteLater();
    m_ended(this);
    m_done.resolve(std::move(result));
}

Result<HttpAnswer> HttpCall::outcome()
{
    if (m_stopped)
        return *m_stopped;
    HttpAnswer answer;
    answer.status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    // Qt reports statuses from 400 on as errors too; those are answers. An error after a good status is a cut body.
    if (answer.status == 0 || (answer.status < 400 && m_reply->error() != QNetworkReply::NoError))
        return Error(Errc::Unavailable, u"The server cannot be reached."_s, m_reply->errorString());
    bool isNumber = false;
    const int wait = m_reply->rawHeader("Retry-After").toInt(&isNumber);
    if (isNumber && wait >= 0)
        answer.retryAfter = seconds(wait);
    answer.body = std::move(m_body);
    return answer;
}

} // namespace Atom::Client
