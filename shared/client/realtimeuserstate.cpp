// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeClient: what is new to the user, and what they keep for themselves, the same on all their devices.
#include "shared/client/realtimeclient_p.h"

namespace Atom::Client {
using namespace Qt::StringLiterals;

RoomCounters RealtimeClient::counters(const RoomId &room) const
{
    return d->counters.value(room);
}

QMap<std::pair<QString, QString>, QJsonObject> RealtimeClient::userState() const
{
    QMap<std::pair<QString, QString>, QJsonObject> state;
    for (auto it = d->items.cbegin(); it != d->items.cend(); ++it) {
        if (!it->value.isEmpty())
            state.insert(it.key(), it->value);
    }
    return state;
}

void RealtimeClient::markUnread(const RoomId &room, qint64 from)
{
    d->pendingUnread.insert(room, from);
    d->pump();
}

void RealtimeClient::setDraft(const RoomId &room, const QString &text)
{
    d->pendingDrafts.insert(room, text);
    d->pump();
}

//! One at a time for each room: what comes meanwhile replaces what waits.
void RealtimeClient::Private::pumpPrivate()
{
    for (auto it = pendingUnread.cbegin(); it != pendingUnread.cend(); ++it) {
        if (takesMessages(it.key()) && !isAsked(Request::Kind::Unread, it.key()))
            ask(Request::Kind::Unread, it.key(), it.value());
    }
    for (auto it = pendingDrafts.cbegin(); it != pendingDrafts.cend(); ++it) {
        if (takesMessages(it.key()) && !isAsked(Request::Kind::Draft, it.key()))
            ask(Request::Kind::Draft, it.key(), 0, it.value());
    }
}

void RealtimeClient::Private::setCounters(const RoomId &room, const QJsonObject &fields, qint64 asOf)
{
    if (!fields.contains("unread"_L1))
        return; // a server of before
    RoomCounters &mine = counters[room];
    const RoomCounters before = mine;
    mine.unread = fields.value("unread"_L1).toInteger();
    mine.mentions = int(fields.value("mentions"_L1).toInteger());
    mine.seenUpTo = fields.value("seen_up_to"_L1).toInteger();
    mine.asOf = asOf;
    if (mine != before)
        announce([this, room, now = mine] { Q_EMIT q->countersChanged(room, now); });
}

void RealtimeClient::Private::onCounters(const QJsonObject &frame)
{
    const RoomId room = RoomId::fromString(frame.value("room_id"_L1).toString());
    setCounters(room, frame, frame.value("seq"_L1).toInteger());
}

//! The server tells of what a device cannot know; the rest it counts itself.
void RealtimeClient::Private::countEvent(const RoomEvent &event)
{
    if (event.kind != RoomEventKind::Message || event.seq <= 0)
        return;
    const auto mine = counters.find(event.room);
    if (mine == counters.end() || event.seq <= mine->asOf)
        return;
    mine->asOf = event.seq;
    if (event.actor == user) {
        mine->unread = 0;
        mine->mentions = 0;
        mine->seenUpTo = event.seq;
    } else {
        ++mine->unread;
        if (event.mentions.contains("@room"))
            ++mine->mentions;
    }
    announce([this, room = event.room, now = *mine] { Q_EMIT q->countersChanged(room, now); });
}

void RealtimeClient::Private::setItem(const QString &kind, const QString &key, qint64 version, const QJsonObject &value)
{
    Item &item = items[{kind, key}];
    if (version <= item.version)
        return;
    const bool isNews = item.value != value;
    item.version = version;
    item.value = value;
    if (stateComplete)
        stateVersion = std::max(stateVersion, version);
    if (isNews)
        announce([this, kind, key, value] { Q_EMIT q->userStateChanged(kind, key, value); });
}

void RealtimeClient::Private::onUserState(const QJsonObject &frame)
{
    const bool fromBeginning = frame.value("complete"_L1).toBool();
    if (fromBeginning && stateVersion > frame.value("version"_L1).toInteger()) {
        // The server was restored from a backup: its versions begin lower again.
        for (Item &item : items)
            item.version = 0;
        stateVersion = 0;
    }
    if (fromBeginning) {
        const auto known = items.keys();
        unconfirmed = QSet<std::pair<QString, QString>>(known.cbegin(), known.cend());
    }
    for (const QJsonValue &value : frame.value("items"_L1).toArray()) {
        const QJsonObject item = value.toObject();
        const QString kind = item.value("kind"_L1).toString();
        const QString key = item.value("key"_L1).toString();
        unconfirmed.remove({kind, key});
        setItem(kind, key, item.value("version"_L1).toInteger(), item.value("value"_L1).toObject());
    }
    const qint64 version = frame.value("version"_L1).toInteger();
    // A frame with "more" tells whether it belongs to what was missed, or is news of the moment.
    if (!frame.contains("more"_L1))
        return;
    if (!frame.value("more"_L1).toBool()) {
        stateComplete = true;
        // All there is has come: what was not among it, and is not newer, was removed.
        const auto gone = std::exchange(unconfirmed, {});
        for (const auto &key : gone) {
            if (items.value(key).version < version && !items.value(key).value.isEmpty())
                setItem(key.first, key.second, version, QJsonObject());
        }
        stateVersion = std::max(stateVersion, version);
        for (const Item &item : std::as_const(items))
            stateVersion = std::max(stateVersion, item.version);
    }
}

} // namespace Atom::Client
