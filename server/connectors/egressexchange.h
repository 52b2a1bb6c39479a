// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/httpcall.h"
#include "shared/core/cancellation.h"
#include "shared/core/deadline.h"
#include "shared/core/oneshot.h"
#include "shared/core/result.h"

#include <QCoro/QCoroTask>

#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtNetwork/QHostAddress>

#include <functional>
#include <memory>
#include <optional>

class QNetworkReply;

namespace Atom::Connectors {

class HostResolver;

//! \brief One outgoing call from the resolving of its name to its last byte: what EgressClient and EgressStream share.
//! Not for others.
//!
//! However it ends - answer, error, time-out, cancellation, end of the client - it ends once: the timers stop, the
//! connection is given back or closed, and whoever waits goes on. Held by shared pointers, because a coroutine may wait
//! in it while its owner goes. Main thread.
class EgressExchange final : public QObject, public std::enable_shared_from_this<EgressExchange>
{
    Q_OBJECT
public:
    //! \brief `ended` is called exactly once, with whether the answer was read to its end.
    EgressExchange(Clock &clock, QString host, const StreamLimits &limits, std::function<void(bool whole)> ended);
    ~EgressExchange() override;

    //! \brief From here on the deadline and the token can end it.
    void begin(Deadline deadline, const CancellationToken &token);
    //! \brief The first end wins; later ones are ignored.
    void end(Error error);
    bool hasEnded() const { return m_ended; }
    const HttpHead &head() const { return m_head; }

    static QCoro::Task<Result<QList<QHostAddress>>> resolve(std::shared_ptr<EgressExchange> self,
                                                            HostResolver &resolver, QString host);
    //! \brief Takes the reply and waits for status and headers.
    static QCoro::Task<Result<void>> waitForHead(std::shared_ptr<EgressExchange> self, QNetworkReply *reply);
    //! \brief The next piece of the body, empty at its end.
    static QCoro::Task<Result<QByteArray>> next(std::shared_ptr<EgressExchange> self);

private:
    enum class Phase { Connecting, AwaitingHead, AwaitingBytes };
    void watch(QNetworkReply *reply);
    Error tooLarge() const;
    void onHead();
    void onBytes();
    void onFinished();
    Result<QByteArray> take();
    void finish(bool whole);
    void enter(Phase phase);
    void disarm();
    void wake();
    OneShot<bool> waiter();

    Clock *m_clock; //!< null once ended: the clock may be gone then
    const QString m_host;
    const StreamLimits m_limits;
    std::function<void(bool)> m_onEnded;
    QPointer<QNetworkReply> m_reply;
    HttpHead m_head;
    std::optional<Result<QList<QHostAddress>>> m_addresses;
    std::optional<Error> m_error;
    std::optional<OneShot<bool>> m_waiter;
    Clock::TimerId m_totalTimer = 0;
    Clock::TimerId m_phaseTimer = 0; //!< 0: none
    qint64 m_taken = 0;
    bool m_headIsThere = false;
    bool m_ended = false;
};

} // namespace Atom::Connectors
