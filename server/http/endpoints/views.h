// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the endpoints see of parts of which they need only a slice: narrow enough to be played by a test. The
// composition root adapts the real objects; all calls are on the main thread.

#include "server/assistant/assistantservice.h"

namespace Atom::HttpEndpoints {

//! \brief One open realtime connection.
struct ConnectionRow
{
    QByteArray id;
    UserId user;
    bool guest = false;
    QByteArray device;
    QString peer;
    Timestamp since{};
    int rooms = 0;
    qint64 backlogBytes = 0;
};

struct RealtimeCounts
{
    int connections = 0;
    int authenticated = 0;
    int users = 0;
    int rooms = 0; //!< rooms with at least one device joined
    quint64 framesIn = 0, framesOut = 0, bytesIn = 0, bytesOut = 0;
    quint64 slowClosed = 0, errorsSent = 0;
};

//! \brief The realtime edge, as REST shows and uses it.
class RealtimeView
{
public:
    virtual ~RealtimeView() = default;
    virtual RealtimeCounts counts() const = 0;
    virtual QList<ConnectionRow> connections() const = 0;
    virtual QList<UserId> usersInRoom(const RoomId &room) const = 0; //!< connected and joined now, by user id
    //! \brief Sends a `system_message` frame with these fields; the number of devices reached.
    virtual int sendToUser(const UserId &user, const QJsonObject &fields) = 0;
    virtual int broadcastToRoom(const RoomId &room, const QJsonObject &fields) = 0;
};

//! \brief RealtimeView of a Realtime::RealtimeServer. A template so that the edges are built apart from each other:
//! only the composition root, which knows both, names the type.
template <typename Server> class RealtimeViewOf final : public RealtimeView
{
public:
    explicit RealtimeViewOf(Server &server) : m_server(server) {}
    RealtimeCounts counts() const override
    {
        const auto s = m_server.stats();
        RealtimeCounts c;
        c.connections = s.connections;
        c.authenticated = s.authenticated;
        c.users = s.users;
        c.rooms = s.rooms;
        c.framesIn = s.framesIn;
        c.framesOut = s.framesOut;
        c.bytesIn = s.bytesIn;
        c.bytesOut = s.bytesOut;
        c.slowClosed = s.slowClosed;
        c.errorsSent = s.errorsSent;
        return c;
    }
    QList<ConnectionRow> connections() const override
    {
        QList<ConnectionRow> rows;
        for (const auto &s : m_server.connections())
            rows.append(ConnectionRow{s.id, s.user, s.guest, s.device, s.peer, s.since, s.rooms, s.backlogBytes});
        return rows;
    }
    QList<UserId> usersInRoom(const RoomId &room) const override { return m_server.usersInRoom(room); }
    int sendToUser(const UserId &user, const QJsonObject &fields) override { return m_server.sendToUser(user, fields); }
    int broadcastToRoom(const RoomId &room, const QJsonObject &fields) override
    {
        return m_server.broadcastToRoom(room, fields);
    }

private:
    Server &m_server;
};

//! \brief The assistant, as REST asks it.
class AssistantView
{
public:
    virtual ~AssistantView() = default;
    virtual QCoro::Task<Result<Assistant::Reply>> chat(Actor actor, QString text, RoomId context, QJsonObject metadata,
                                                       milliseconds budget) = 0;
    virtual QCoro::Task<Result<void>> stop(Actor actor, MessageId question) = 0;
    virtual QCoro::Task<Result<Assistant::UserContext>> contextOf(Actor asker, UserId user, QString about) = 0;
    virtual Assistant::IntentCatalog &catalog() = 0;
    virtual Assistant::RoomMemory &memory() = 0;
    virtual Assistant::IntentTraining training() const = 0;
    virtual QList<Assistant::IntentScore> rank(const QString &text, int count) const = 0;
};

//! \brief AssistantView of the service itself.
class AssistantServiceView final : public AssistantView
{
public:
    explicit AssistantServiceView(Assistant::AssistantService &service) : m_service(service) {}
    QCoro::Task<Result<Assistant::Reply>> chat(Actor actor, QString text, RoomId context, QJsonObject metadata,
                                               milliseconds budget) override
    {
        return m_service.chat(std::move(actor), std::move(text), std::move(context), std::move(metadata), budget);
    }
    QCoro::Task<Result<void>> stop(Actor actor, MessageId question) override
    {
        return m_service.stop(std::move(actor), std::move(question));
    }
    QCoro::Task<Result<Assistant::UserContext>> contextOf(Actor asker, UserId user, QString about) override
    {
        return m_service.contextOf(std::move(asker), std::move(user), std::move(about));
    }
    Assistant::IntentCatalog &catalog() override { return m_service.catalog(); }
    Assistant::RoomMemory &memory() override { return m_service.memory(); }
    Assistant::IntentTraining training() const override { return m_service.training(); }
    QList<Assistant::IntentScore> rank(const QString &text, int count) const override
    {
        return m_service.rank(text, count);
    }

private:
    Assistant::AssistantService &m_service;
};

} // namespace Atom::HttpEndpoints
