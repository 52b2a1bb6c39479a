// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/credentials.h"
#include "shared/core/clock.h"
#include "shared/core/deadline.h"
#include "shared/model/monitoring.h"
#include "shared/model/room.h"
#include "shared/model/roomevent.h"
#include "shared/model/trace.h"
#include "shared/model/workflow.h"

#include <QCoro/QCoroTask>

#include <QtCore/QJsonObject>
#include <QtCore/QUrl>
#include <QtCore/QUrlQuery>

class QNetworkAccessManager;

namespace Atom::Client {

//! \brief What `POST /api/v1/chat/message` answers.
struct ChatReply
{
    QString response;
    RoomId contextId;
    bool workflowTriggered = false;
    RunId workflowId;
    QStringList suggestions;
    Timestamp timestamp{};
};

//! \brief The REST API of one server, typed. One thread (its own). Access tokens are renewed by themselves shortly
//! before they expire and once after a 401; parallel calls share one refresh. Requests have a deadline (default 15 s);
//! answers above 16 MB are refused. Errors keep the server's code and fields (Protocol::errorFromProblem);
//! Unavailable means that the server could not be reached.
class ApiClient : public QObject
{
    Q_OBJECT
public:
    //! \brief `baseUrl` for example http://127.0.0.1:5059. The clock must outlive the client.
    ApiClient(QUrl baseUrl, Clock &clock, QObject *parent = nullptr);
    ~ApiClient() override;

    QUrl baseUrl() const;
    const Tokens &tokens() const;
    void setTokens(Tokens tokens); //!< from a former run (keychain)

    // --- sign-in
    //! \brief Exchanges a password for tokens. \return Unauthenticated; with the field `/code` when the password is right
    //! and the account asks for a one-time code: then completeSignIn() goes on. Forbidden with the field `/enrolment` when
    //! the account has to set one-time codes up first.
    QCoro::Task<Result<Tokens>> signIn(QString user, QString password, QString device);
    //! \brief Goes on where signIn() asked for a code: the six digits of an authenticator program, or a recovery code.
    //! \return Unauthenticated with the field `/code` for a wrong code, which may be followed by another; without it
    //! when the sign-in is over and has to begin anew.
    QCoro::Task<Result<Tokens>> completeSignIn(QString code);
    //! \brief A valid access token, renewed when it is about to expire: for the realtime hello.
    QCoro::Task<Result<QByteArray>> accessToken();
    QCoro::Task<Result<void>> signOut();
    QCoro::Task<Result<User>> me();

    // --- rooms
    QCoro::Task<Result<QList<Room>>> rooms();
    QCoro::Task<Result<Room>> createRoom(QJsonObject draft);
    QCoro::Task<Result<Room>> room(RoomId id);
    QCoro::Task<Result<QList<Member>>> members(RoomId room);
    QCoro::Task<Result<Room>> joinRoom(RoomId room);
    QCoro::Task<Result<void>> leaveRoom(RoomId room);
    QCoro::Task<Result<RoomEventPage>> history(RoomId room, qint64 before, qint64 after, int limit);
    //! \brief The stored event; sending the same clientId again returns the first one.
    QCoro::Task<Result<RoomEvent>> sendMessage(RoomId room, QString text, QByteArray clientId);
    QCoro::Task<Result<RoomEvent>> editMessage(RoomId room, MessageId message, QString text);
    QCoro::Task<Result<RoomEvent>> deleteMessage(RoomId room, MessageId message);
    QCoro::Task<Result<ChatReply>> chat(QString text, UserId user, RoomId context);

    // --- seeing what happens
    QCoro::Task<Result<Trace>> trace(TraceId id);
    QCoro::Task<Result<Trace>> traceOfMessage(MessageId message);
    QCoro::Task<Result<QList<TraceSummary>>> traces(RoomId room, qint64 beforeMicros, int limit);
    QCoro::Task<Result<QList<MetricSample>>> metricHistory(int seconds);
    QCoro::Task<Result<QList<Alert>>> alerts();
    QCoro::Task<Result<Alert>> acknowledgeAlert(AlertId id);
    QCoro::Task<Result<QList<RunSnapshot>>> runs(WorkflowId workflow, RunId before, int limit);
    QCoro::Task<Result<RunSnapshot>> run(RunId id);

    //! \brief Any call: JSON in, JSON object out ({} for 204). Lists come as {items: [...], next?: cursor}.
    QCoro::Task<Result<QJsonObject>> call(QByteArray method, QString path, QUrlQuery query, QJsonObject body,
                                          milliseconds budget);

Q_SIGNALS:
    //! \brief New tokens (to be kept in the keychain) or none: signed out, or refresh was refused.
    void tokensChanged(const Atom::Client::Tokens &tokens);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::Client
