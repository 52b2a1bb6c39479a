// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/fakeclock.h"
#include "tests/support/scriptedstream.h"

namespace Atom::Test {

inline QCoro::Task<Result<QByteArray>> answerWith(Result<QByteArray> token)
{
    co_return token;
}

//! \brief A message of `user` in r1 as the server sends it.
inline QByteArray eventFrame(qint64 seq, const QByteArray &text = "hi", const QByteArray &user = "ben")
{
    const QByteArray n = QByteArray::number(seq);
    return R"({"type":"chat_message","room_id":"r1","user_id":")" + user + R"(","id":"m)" + n + R"(","message":")" +
           text + R"(","seq":)" + n + R"(,"timestamp":"2026-01-01T00:00:00.000Z"})";
}

//! A client with its clock, streams and the events it told.
struct RealtimeFixture
{
    explicit RealtimeFixture(Client::RealtimeClient::Settings settings = make())
        : client(
              std::move(settings),
              [this] {
                  ++tokensAsked;
                  return answerWith(token);
              },
              clock, streams.maker())
    {
        QObject::connect(&client, &Client::RealtimeClient::roomEvent, &client, [this](const RoomEvent &e) {
            seqs.append(e.seq);
            events.append(e);
        });
        QObject::connect(&client, &Client::RealtimeClient::gap, &client,
                         [this](const RoomId &, qint64 from, qint64 to) {
                             gaps.append({from, to});
                         });
    }
    static Client::RealtimeClient::Settings make()
    {
        Client::RealtimeClient::Settings settings;
        settings.url = QUrl(QStringLiteral("ws://server/ws"));
        settings.device = "laptop";
        return settings;
    }
    ScriptedStream &stream() { return *streams.last(); }
    //! Up to the welcome, as member of r1 whose last event is `lastSeq`.
    void welcome(qint64 lastSeq)
    {
        stream().accept();
        stream().say(R"({"type":"welcome","ref":"hello","user":{"id":"ann"},"rooms":[{"id":"r1","last_seq":)" +
                     QByteArray::number(lastSeq) + "}]}");
    }
    //! Online in r1, at `position`.
    void online(qint64 position)
    {
        client.setPositions({{RoomId("r1"), position}});
        client.start();
        welcome(position);
        stream().say(R"({"type":"resumed","room_id":"r1","seq":)" + QByteArray::number(position) + "}");
        stream().take();
    }
    FakeClock clock;
    StreamFactory streams;
    Result<QByteArray> token = QByteArray("secret");
    int tokensAsked = 0;
    Client::RealtimeClient client;
    QList<qint64> seqs;
    QList<RoomEvent> events;
    QList<std::pair<qint64, qint64>> gaps;
};

} // namespace Atom::Test
