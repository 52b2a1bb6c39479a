// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/realtimeclient.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QPointer>

namespace Atom::Test {

//! \brief A FrameStream played by the test: it records what is sent and says what it is told to.
class ScriptedStream final : public Client::FrameStream
{
    Q_OBJECT
public:
    void open(const QUrl &url) override { m_url = url; }
    void send(const QByteArray &text) override { m_sent.append(QJsonDocument::fromJson(text).object()); }
    void close() override { m_closedByClient = true; }

    void say(const QByteArray &json) { Q_EMIT received(json); }
    void cut(int code = 1006, const QString &reason = {}) { Q_EMIT closed(code, reason); }
    void accept() { Q_EMIT opened(); }

    QUrl url() const { return m_url; }
    bool closedByClient() const { return m_closedByClient; }
    //! \brief Frames sent since the last call, of `type` or all.
    QList<QJsonObject> take(const QString &type = {})
    {
        QList<QJsonObject> taken;
        for (const QJsonObject &frame : std::exchange(m_sent, {})) {
            if (type.isEmpty() || frame.value(QStringLiteral("type")).toString() == type)
                taken.append(frame);
        }
        return taken;
    }

private:
    QUrl m_url;
    QList<QJsonObject> m_sent;
    bool m_closedByClient = false;
};

//! \brief Hands ScriptedStreams to a client and keeps hold of the newest.
class StreamFactory
{
public:
    std::function<std::unique_ptr<Client::FrameStream>()> maker()
    {
        return [this] {
            auto stream = std::make_unique<ScriptedStream>();
            m_last = stream.get();
            ++m_made;
            return stream;
        };
    }
    ScriptedStream *last() const { return m_last; }
    int made() const { return m_made; }

private:
    QPointer<ScriptedStream> m_last;
    int m_made = 0;
};

} // namespace Atom::Test
