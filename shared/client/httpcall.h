// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/restsession.h"

#include <QtCore/QObject>

class QNetworkReply;

namespace Atom::Client {

//! \brief One HTTP exchange under way: bounded in time and size, answered exactly once. Deletes itself when it ended;
//! after cancel() the caller deletes it.
class HttpCall : public QObject
{
    Q_OBJECT
public:
    //! \brief `ended` is called just before the answer is given; not after cancel().
    HttpCall(QNetworkReply *reply, Clock &clock, milliseconds budget, qint64 limitBytes,
             std::function<void(HttpCall *)> ended);

    //! \return Unavailable (no HTTP answer), DeadlineExceeded, PayloadTooLarge, Cancelled; else status and body.
    OneShot<Result<HttpAnswer>> done() const { return m_done; }
    void cancel();

private:
    void checkAnnouncedSize();
    void collect();
    void tooLarge();
    void stop(Error why);
    void finish();
    Result<HttpAnswer> outcome();

    QNetworkReply *m_reply; // owned by the network access manager
    Clock &m_clock;
    qint64 m_limitBytes;
    std::function<void(HttpCall *)> m_ended;
    Clock::TimerId m_timer = 0;
    QByteArray m_body;
    std::optional<Error> m_stopped;
    OneShot<Result<HttpAnswer>> m_done;
};

} // namespace Atom::Client
