// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// RealtimeServer: what only the user's own devices are told.
#include "server/realtime/realtimecore.h"

namespace Atom::Realtime {
using namespace Qt::StringLiterals;
using Protocol::ClientFrame;

QJsonObject RealtimeServer::Private::counterFields(const UserId &user, const RoomId &room) const
{
    const Rooms::Counters counters = rooms.counters(user, room);
    return QJsonObject{{u"room_id"_s, room.toString()},
                       {u"seq"_s, counters.lastSeq},
                       {u"unread"_s, counters.unread},
                       {u"mentions"_s, counters.mentions},
                       {u"seen_up_to"_s, counters.seenUpTo}};
}

//! Leaves with this turn of the loop, and so before the event that moved the counters: a device never counts it twice.
void RealtimeServer::Private::onCounters(const UserId &user, const RoomId &room)
{
    const auto mine = byUser.constFind(user);
    if (mine == byUser.cend())
        return;
    const QList<Connection *> devices = *mine;
    const QByteArray frame = FrameCodec::encodeText(Protocol::encodeFrame("counters", counterFields(user, room)));
    for (Connection *c : devices) {
        if (c->greeted && mayHear(*c->actor, room))
            c->sendFrame(frame);
    }
}

QCoro::Task<void> RealtimeServer::Private::markUnread(QPointer<Connection> c, ClientFrame frame)
{
    c->beginWork();
    const Actor actor = *c->actor;
    const Result<Rooms::Counters> counters = co_await rooms.markUnread(actor, frame.room, frame.upTo);
    if (!c)
        co_return;
    c->endWork();
    if (!c->isOpen())
        co_return;
    if (!counters) {
        refuse(*c, counters.error(), frame.type, frame.room, frame.ref);
    } else if (!frame.ref.isEmpty()) {
        const QJsonObject fields{{u"room_id"_s, frame.room.toString()}, {u"seq"_s, 0}};
        sendFields(*c, "ack", fields, frame.ref);
    }
}

QCoro::Task<void> RealtimeServer::Private::saveDraft(QPointer<Connection> c, ClientFrame frame)
{
    if (!personal) {
        sendError(*c, Error(Errc::Unavailable, u"Drafts are not kept here."_s), frame.ref);
        co_return;
    }
    c->beginWork();
    const Actor actor = *c->actor;
    const Result<Rooms::PersonalItem> stored =
        co_await personal->setDraft(actor, frame.room, frame.message, frame.messageId);
    if (!c)
        co_return;
    c->endWork();
    if (!c->isOpen())
        co_return;
    if (!stored) {
        refuse(*c, stored.error(), frame.type, frame.room, frame.ref);
    } else if (!frame.ref.isEmpty()) {
        const QJsonObject fields{{u"room_id"_s, frame.room.toString()}, {u"version"_s, stored->version}};
        sendFields(*c, "ack", fields, frame.ref);
    }
}

namespace {
QJsonObject itemFields(const Rooms::PersonalItem &item)
{
    QJsonObject fields{{u"kind"_s, QString::fromLatin1(item.kind)},
                       {u"key"_s, QString::fromUtf8(item.key)},
                       {u"version"_s, item.version}};
    if (!item.value.isEmpty())
        fields.insert(u"value"_s, item.value);
    return fields;
}
} // namespace

void RealtimeServer::Private::onPersonal(const UserId &user, const Rooms::PersonalItem &item, const DeviceId &origin)
{
    const QList<Connection *> devices = byUser.value(user);
    if (devices.isEmpty())
        return;
    const QJsonObject fields{{u"version"_s, item.version}, {u"items"_s, QJsonArray{itemFields(item)}}};
    const QByteArray frame = FrameCodec::encodeText(Protocol::encodeFrame("user_state", fields));
    for (Connection *c : devices) {
        if (c->greeted && c->id != origin.bytes() &&
            permissions.can(*c->actor, Identity::Action::PersonalKeep, Identity::Object::ownedBy(user)))
            c->sendFrame(frame);
    }
}

//! Pages of what changed since the version that the device knows. Changes of the moment are told as well, in between or
//! before: each item has its version, so the order does not matter.
QCoro::Task<void> RealtimeServer::Private::sendUserState(QPointer<Connection> c, qint64 since)
{
    constexpr int itemsInOneFrame = 20; // drafts may be as large as messages
    for (;;) {
        if (!c || !c->isOpen())
            co_return;
        const Actor actor = *c->actor;
        const Result<Rooms::PersonalChanges> changes = co_await personal->changes(actor, since, itemsInOneFrame);
        if (!c || !c->isOpen())
            co_return;
        if (!changes) {
            sendError(*c, changes.error(), {});
            co_return;
        }
        QJsonArray items;
        for (const Rooms::PersonalItem &item : changes->items)
            items.append(itemFields(item));
        QJsonObject fields{{u"version"_s, changes->version}, {u"items"_s, items}, {u"more"_s, changes->more}};
        if (changes->complete)
            fields.insert(u"complete"_s, true);
        sendFields(*c, "user_state", fields, {});
        if (!changes->more)
            co_return;
        since = changes->version;
        if (c->backlog() > settings.outgoingBytes / 4) {
            const OneShot<bool> drainedAgain = c->whenDrained();
            co_await drainedAgain;
        }
    }
}

} // namespace Atom::Realtime
