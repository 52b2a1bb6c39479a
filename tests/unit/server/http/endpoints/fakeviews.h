// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/views.h"

#include <QtCore/QHash>

namespace Atom::Test {

//! \brief Echoes; knows the users in `known`.
class FakeAssistant final : public HttpEndpoints::AssistantView
{
public:
    QCoro::Task<Result<Assistant::Reply>> chat(Actor actor, QString text, RoomId context, QJsonObject metadata,
                                               milliseconds) override
    {
        ++chats;
        lastActor = actor;
        lastMetadata = metadata;
        if (failure)
            co_return *failure;
        Assistant::Reply answer = reply;
        answer.text = QStringLiteral("echo: ") + text;
        answer.context = context.isEmpty() ? RoomId("room-of-" + actor.user.bytes()) : context;
        co_return answer;
    }
    QCoro::Task<Result<void>> stop(Actor actor, MessageId question) override
    {
        lastActor = actor;
        if (failure)
            co_return *failure;
        if (rooms) { // as the service does
            const Result<RoomEvent> asked = co_await rooms->locate(actor, question);
            if (!asked)
                co_return asked.error();
            co_return rooms->mayRemove(actor, *asked);
        }
        if (!questions.contains(question.bytes()))
            co_return Error(Errc::NotFound, QStringLiteral("no such message"));
        stopped.append(question);
        co_return Result<void>();
    }
    QCoro::Task<Result<Assistant::UserContext>> contextOf(Actor, UserId user, QString about) override
    {
        if (!known.contains(user.bytes()))
            co_return Error(Errc::NotFound, QStringLiteral("never talked"));
        Assistant::UserContext context;
        context.user = user;
        context.context = RoomId("room-of-" + user.bytes());
        context.state.insert(QStringLiteral("question"), QStringLiteral("which order?"));
        context.recent.append(RoomEvent{});
        if (!about.isEmpty()) {
            Memory::ContextEntry entry;
            entry.kind = Memory::ContextEntry::Kind::Recalled;
            entry.text = QStringLiteral("said about ") + about;
            entry.score = 4.25;
            entry.reason = QStringLiteral("words 4.2");
            context.remembered.append(entry);
        }
        co_return context;
    }
    Assistant::IntentCatalog &catalog() override { return *intents; }
    Assistant::RoomMemory &memory() override { return *remembered; }
    QList<Assistant::IntentScore> rank(const QString &, int) const override { return ranked; }
    Assistant::IntentTraining training() const override { return trained; }

    Assistant::Reply reply;
    std::optional<Error> failure;
    QByteArrayList known;
    QByteArrayList questions;            //!< being answered
    Rooms::RoomService *rooms = nullptr; //!< that say who may stop; null: everybody who asks
    QList<MessageId> stopped;
    Assistant::IntentCatalog *intents = nullptr; //!< of the fixture
    Assistant::RoomMemory *remembered = nullptr; //!< likewise
    QList<Assistant::IntentScore> ranked;
    Assistant::IntentTraining trained;
    Actor lastActor;
    QJsonObject lastMetadata;
    int chats = 0;
};

class FakeRealtime final : public HttpEndpoints::RealtimeView
{
public:
    HttpEndpoints::RealtimeCounts counts() const override
    {
        HttpEndpoints::RealtimeCounts c;
        c.connections = int(rows.size());
        return c;
    }
    QList<HttpEndpoints::ConnectionRow> connections() const override { return rows; }
    QList<UserId> usersInRoom(const RoomId &room) const override { return usersByRoom.value(room); }
    int sendToUser(const UserId &, const QJsonObject &fields) override
    {
        sent = fields;
        return reached;
    }
    int broadcastToRoom(const RoomId &, const QJsonObject &fields) override
    {
        sent = fields;
        return reached;
    }

    QList<HttpEndpoints::ConnectionRow> rows;
    QHash<RoomId, QList<UserId>> usersByRoom;
    QJsonObject sent;
    int reached = 0;
};

} // namespace Atom::Test
