// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/realtime/topics.h"

#include "server/identity/permissions.h"
#include "shared/protocol/realtimeframes.h"
#include "shared/protocol/restcodec.h"

#include <array>

namespace Atom::Realtime {
using namespace Qt::StringLiterals;
using Identity::Action;

namespace {
constexpr std::array<std::pair<const char *, Action>, 6> table{{{"metrics", Action::MetricsRead},
                                                                {"alerts", Action::AlertsRead},
                                                                {"connections", Action::ConnectionsRead},
                                                                {"runs", Action::RunRead},
                                                                {"traces", Action::TraceRead},
                                                                {"activity", Action::MetricsRead}}};

std::optional<Action> actionOf(QByteArrayView topic)
{
    for (const auto &[name, action] : table) {
        if (topic == QByteArrayView(name))
            return action;
    }
    return std::nullopt;
}
} // namespace

QList<QByteArray> Topics::names()
{
    QList<QByteArray> names;
    for (const auto &[name, action] : table)
        names.append(name);
    return names;
}

Result<void> Topics::subscribe(Connection &connection, const QByteArray &topic)
{
    const std::optional<Action> action = actionOf(topic);
    if (!action)
        return Error::invalid(u"/topic"_s, u"Unknown topic."_s);
    if (Result<void> allowed = m_permissions.require(*connection.actor, *action, Identity::Object::none()); !allowed)
        return allowed;
    if (!connection.topics.contains(topic)) {
        connection.topics.insert(topic);
        m_subscribers[topic].append(&connection);
    }
    return {};
}

void Topics::unsubscribe(Connection &connection, const QByteArray &topic)
{
    if (!connection.topics.remove(topic))
        return;
    const auto it = m_subscribers.find(topic);
    it->removeOne(&connection);
    if (it->isEmpty())
        m_subscribers.erase(it);
}

void Topics::unsubscribeAll(Connection &connection)
{
    const QSet<QByteArray> topics = connection.topics;
    for (const QByteArray &topic : topics)
        unsubscribe(connection, topic);
}

QList<QByteArray> Topics::review(Connection &connection)
{
    QList<QByteArray> ended;
    const QSet<QByteArray> topics = connection.topics;
    for (const QByteArray &topic : topics) {
        if (m_permissions.can(*connection.actor, *actionOf(topic), Identity::Object::none()))
            continue;
        unsubscribe(connection, topic);
        ended.append(topic);
    }
    std::sort(ended.begin(), ended.end());
    return ended;
}

void Topics::publish(const QByteArray &topic, const QJsonObject &data) const
{
    const QList<Connection *> subscribers = m_subscribers.value(topic);
    if (subscribers.isEmpty())
        return;
    const QJsonObject fields{{u"topic"_s, QString::fromLatin1(topic)}, {u"data"_s, data}};
    const QByteArray frame = FrameCodec::encodeText(Protocol::encodeFrame("topic", fields));
    for (Connection *c : subscribers)
        c->sendFrame(frame, Connection::Priority::Delivery);
}

void Topics::publishEvent(const RoomEvent &event) const
{
    const QByteArray topic = QByteArrayLiteral("activity");
    const QList<Connection *> subscribers = m_subscribers.value(topic);
    if (subscribers.isEmpty())
        return;
    const auto encode = [&event](bool hidden) {
        QJsonObject data = Protocol::toJson(event);
        if (hidden) {
            constexpr std::array contents{"message"_L1,  "metadata"_L1, "mentions"_L1,
                                          "reaction"_L1, "reason"_L1,   "changes"_L1};
            bool wasThere = false;
            for (const QLatin1StringView name : contents) {
                wasThere = wasThere || data.contains(name);
                data.remove(name);
            }
            if (wasThere)
                data.insert(u"content_hidden"_s, true);
        }
        const QJsonObject fields{{u"topic"_s, u"activity"_s}, {u"data"_s, data}};
        return FrameCodec::encodeText(Protocol::encodeFrame("topic", fields));
    };
    QByteArray open;
    QByteArray hidden;
    for (Connection *c : subscribers) {
        QByteArray &frame = m_rooms.isReader(*c->actor, event.room) ? open : hidden;
        if (frame.isEmpty())
            frame = encode(&frame == &hidden);
        c->sendFrame(frame, Connection::Priority::Delivery);
    }
}

} // namespace Atom::Realtime
