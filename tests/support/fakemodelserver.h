// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/pushservice.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <deque>

namespace Atom::Test {

//! \brief A language model behind the OpenAI API, on a free loopback port: real HTTP, answers from a script, one for
//! each request in order. A request without a script waits for the test to answer (see PushService).
class FakeModelServer : public PushService
{
    Q_OBJECT
public:
    enum class End {
        Whole, //!< the answer ends as HTTP wants it
        Cut,   //!< the connection is closed before that
        Hold,  //!< nothing more comes, the connection stays open
        Repeat //!< the last piece comes again for ever
    };
    struct Script
    {
        int status = 200;
        QByteArray type = "text/event-stream";
        QByteArray headers; //!< more lines, each with CR LF
        QByteArrayList pieces;
        End end = End::Whole;
    };

    FakeModelServer()
    {
        connect(this, &PushService::requested, this, [this] {
            if (m_scripts.empty())
                return;
            const Script script = m_scripts.front();
            m_scripts.pop_front();
            play(script);
        });
    }

    QString baseUrl() const { return url(QStringLiteral("/v1")); }
    void add(const Script &script) { m_scripts.push_back(script); }
    void addStream(const QByteArrayList &pieces, End end = End::Whole)
    {
        add({200, "text/event-stream", {}, pieces, end});
    }
    void addJson(int status, const QJsonObject &body, const QByteArray &headers = {})
    {
        add({status, "application/json", headers, {QJsonDocument(body).toJson(QJsonDocument::Compact)}, End::Whole});
    }
    void addError(int status, const QString &code, const QString &message, const QByteArray &headers = {})
    {
        const QJsonObject error{{QStringLiteral("code"), code}, {QStringLiteral("message"), message}};
        addJson(status, {{QStringLiteral("error"), error}}, headers);
    }
    void clearScripts() { m_scripts.clear(); }
    QJsonObject body(qsizetype request) const
    {
        return QJsonDocument::fromJson(requests().value(request).body).object();
    }

    static QByteArray event(const QJsonObject &object)
    {
        return "data: " + QJsonDocument(object).toJson(QJsonDocument::Compact) + "\n\n";
    }
    static QByteArray delta(const QJsonObject &delta, const QJsonValue &finish = QJsonValue::Null)
    {
        const QJsonObject choice{
            {QStringLiteral("index"), 0}, {QStringLiteral("delta"), delta}, {QStringLiteral("finish_reason"), finish}};
        return event({{QStringLiteral("object"), QStringLiteral("chat.completion.chunk")},
                      {QStringLiteral("model"), QStringLiteral("fake-1")},
                      {QStringLiteral("choices"), QJsonArray{choice}}});
    }
    static QByteArray text(const QString &text) { return delta({{QStringLiteral("content"), text}}); }
    static QByteArray finish(const QString &reason) { return delta({}, reason); }
    static QByteArray tool(int index, const QString &id, const QString &name, const QString &arguments)
    {
        QJsonObject call{{QStringLiteral("index"), index},
                         {QStringLiteral("function"),
                          QJsonObject{{QStringLiteral("name"), name}, {QStringLiteral("arguments"), arguments}}}};
        if (!id.isEmpty())
            call.insert(QStringLiteral("id"), id);
        return delta({{QStringLiteral("tool_calls"), QJsonArray{call}}});
    }
    static QByteArray usage(int input, int output)
    {
        return event({{QStringLiteral("choices"), QJsonArray()},
                      {QStringLiteral("usage"), QJsonObject{{QStringLiteral("prompt_tokens"), input},
                                                            {QStringLiteral("completion_tokens"), output}}}});
    }
    static QByteArray done() { return "data: [DONE]\n\n"; }
    //! \brief A whole answer in three pieces, with usage.
    static QByteArrayList greeting()
    {
        return {text(QStringLiteral("Hello")), text(QStringLiteral(", world")), finish(QStringLiteral("stop")),
                usage(12, 3), done()};
    }

private:
    void play(const Script &script)
    {
        send(chunkedHead(script.status, script.type, script.headers));
        for (const QByteArray &piece : script.pieces) {
            if (socket()) // a client may hang up at the head or in the middle
                sendChunk(piece);
        }
        if (!socket())
            return;
        switch (script.end) {
        case End::Whole:
            endChunked();
            break;
        case End::Cut:
            cut();
            break;
        case End::Hold:
            break;
        case End::Repeat:
            repeat(socket(), chunk(script.pieces.last()));
            break;
        }
    }
    void repeat(QTcpSocket *socket, const QByteArray &bytes)
    {
        connect(socket, &QTcpSocket::bytesWritten, this, [socket, bytes] {
            while (socket->bytesToWrite() < 256 * 1024)
                socket->write(bytes);
        });
        socket->write(bytes);
    }

    std::deque<Script> m_scripts;
};

} // namespace Atom::Test
