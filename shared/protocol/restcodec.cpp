// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/protocol/restcodec.h"

#include "shared/protocol/jsonfields.h"

namespace Atom::Protocol {
using namespace Qt::StringLiterals;

namespace {
QString persistenceName(RoomPersistence persistence)
{
    return persistence == RoomPersistence::Durable ? u"durable"_s : u"ephemeral"_s;
}

std::optional<RoomPersistence> persistenceFromName(const QString &name)
{
    if (name == "durable"_L1)
        return RoomPersistence::Durable;
    if (name == "ephemeral"_L1)
        return RoomPersistence::Ephemeral;
    return std::nullopt;
}
} // namespace

QJsonObject toJson(const User &user)
{
    QJsonObject json{{u"id"_s, user.id.toString()},
                     {u"display_name"_s, user.displayName},
                     {u"role"_s, roleName(user.role)},
                     {u"disabled"_s, user.disabled},
                     {u"created_at"_s, toIso(user.createdAt)}};
    if (!user.customRole.isEmpty())
        json.insert(u"custom_role"_s, user.customRole.toString());
    return json;
}

Result<User> userFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    User user;
    user.id = f.id<UserId>("id"_L1);
    user.displayName = f.optionalText("display_name"_L1);
    user.role = f.name<Role>("role"_L1, roleFromName);
    user.disabled = f.optionalBool("disabled"_L1, false);
    user.createdAt = f.optionalTime("created_at"_L1).value_or(Timestamp{});
    user.customRole = RoleId::fromString(f.optionalText("custom_role"_L1));
    return checked(f, std::move(user));
}

QJsonObject toJson(const Room &room)
{
    QJsonObject json{{u"id"_s, room.id.toString()},
                     {u"name"_s, room.name},
                     {u"kind"_s, roomKindName(room.kind)},
                     {u"visibility"_s, roomVisibilityName(room.visibility)},
                     {u"persistence"_s, persistenceName(room.persistence)},
                     {u"assistant_enabled"_s, room.assistantEnabled},
                     {u"created_by"_s, room.createdBy.toString()},
                     {u"created_at"_s, toIso(room.createdAt)},
                     {u"last_seq"_s, room.lastSeq},
                     {u"member_count"_s, room.memberCount},
                     {u"topic"_s, room.topic},
                     {u"purpose"_s, room.purpose},
                     {u"read_only"_s, room.readOnly},
                     {u"join_approval"_s, room.joinApproval},
                     {u"slow_mode_seconds"_s, room.slowModeSeconds},
                     {u"archived"_s, room.archivedAt.has_value()},
                     {u"legal_hold"_s, room.hold.has_value()}};
    if (room.archivedAt)
        json.insert(u"archived_at"_s, toIso(*room.archivedAt));
    if (room.retentionDays)
        json.insert(u"retention_days"_s, *room.retentionDays);
    return json;
}

Result<Room> roomFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    Room room;
    room.id = f.id<RoomId>("id"_L1);
    room.name = f.optionalText("name"_L1);
    room.kind = f.name<RoomKind>("kind"_L1, roomKindFromName);
    room.visibility = f.name<RoomVisibility>("visibility"_L1, roomVisibilityFromName);
    room.persistence = f.name<RoomPersistence>("persistence"_L1, persistenceFromName);
    room.assistantEnabled = f.optionalBool("assistant_enabled"_L1, false);
    room.createdBy = f.optionalId<UserId>("created_by"_L1);
    room.createdAt = f.optionalTime("created_at"_L1).value_or(Timestamp{});
    room.lastSeq = f.optionalInteger("last_seq"_L1, 0, 0);
    room.memberCount = int(f.optionalInteger("member_count"_L1, 0, 0, std::numeric_limits<int>::max()));
    room.topic = f.optionalText("topic"_L1);
    room.purpose = f.optionalText("purpose"_L1);
    room.readOnly = f.optionalBool("read_only"_L1, false);
    room.joinApproval = f.optionalBool("join_approval"_L1, false);
    room.slowModeSeconds = int(f.optionalInteger("slow_mode_seconds"_L1, 0, 0, std::numeric_limits<int>::max()));
    room.archivedAt = f.optionalTime("archived_at"_L1);
    if (f.has("retention_days"_L1))
        room.retentionDays = int(f.integer("retention_days"_L1, 0, std::numeric_limits<int>::max()));
    if (f.optionalBool("legal_hold"_L1, false))
        room.hold = LegalHold{}; // who, when and why are told only to those who may set one
    return checked(f, std::move(room));
}

QJsonObject toJson(const Member &member)
{
    return {{u"user_id"_s, member.user.toString()},
            {u"role"_s, memberRoleName(member.role)},
            {u"joined_at"_s, toIso(member.joinedAt)},
            {u"read_up_to"_s, member.readUpTo}};
}

Result<Member> memberFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    Member member;
    member.user = f.id<UserId>("user_id"_L1);
    member.role = f.name<MemberRole>("role"_L1, memberRoleFromName);
    member.joinedAt = f.optionalTime("joined_at"_L1).value_or(Timestamp{});
    member.readUpTo = f.optionalInteger("read_up_to"_L1, 0, 0);
    return checked(f, std::move(member));
}

namespace {
QJsonArray idArray(const QList<UserId> &users)
{
    QJsonArray array;
    for (const UserId &user : users)
        array.append(user.toString());
    return array;
}

QList<UserId> idList(JsonFields &f, QLatin1StringView name, const QJsonValue &value)
{
    QList<UserId> users;
    for (const QJsonValue &item : value.toArray()) {
        const UserId user = UserId::fromString(item.toString());
        if (!isValidIdText(user.bytes()))
            f.fail(name, u"Must be a list of user ids."_s);
        users.append(user);
    }
    return users;
}

void putMarks(QJsonObject &json, const RoomEvent &event)
{
    putId(json, "thread_root"_L1, event.threadRoot);
    if (event.mustAcknowledge)
        json.insert(u"must_acknowledge"_s, true);
    if (!event.mentions.isEmpty()) {
        QJsonArray mentions;
        for (const QByteArray &mention : event.mentions)
            mentions.append(QString::fromUtf8(mention));
        json.insert(u"mentions"_s, mentions);
    }
    const MessageMarks &marks = event.marks;
    if (!marks.reactions.isEmpty()) {
        QJsonObject reactions;
        for (auto it = marks.reactions.cbegin(); it != marks.reactions.cend(); ++it)
            reactions.insert(it.key(), idArray(it.value()));
        json.insert(u"reactions"_s, reactions);
    }
    if (!marks.acknowledgedBy.isEmpty())
        json.insert(u"acknowledged_by"_s, idArray(marks.acknowledgedBy));
    putId(json, "pinned_by"_L1, marks.pinnedBy);
    if (marks.replies > 0) {
        json.insert(u"reply_count"_s, marks.replies);
        json.insert(u"last_reply_seq"_s, marks.lastReplySeq);
    }
}

void readMarks(JsonFields &f, const QJsonObject &json, RoomEvent &event)
{
    event.threadRoot = f.optionalId<MessageId>("thread_root"_L1);
    event.mustAcknowledge = f.optionalBool("must_acknowledge"_L1, false);
    for (const QJsonValue &mention : json.value("mentions"_L1).toArray())
        event.mentions.append(mention.toString().toUtf8());
    const QJsonObject reactions = json.value("reactions"_L1).toObject();
    for (auto it = reactions.constBegin(); it != reactions.constEnd(); ++it)
        event.marks.reactions.insert(it.key(), idList(f, "reactions"_L1, it.value()));
    event.marks.acknowledgedBy = idList(f, "acknowledged_by"_L1, json.value("acknowledged_by"_L1));
    event.marks.pinnedBy = f.optionalId<UserId>("pinned_by"_L1);
    event.marks.replies = int(f.optionalInteger("reply_count"_L1, 0, 0, std::numeric_limits<int>::max()));
    event.marks.lastReplySeq = f.optionalInteger("last_reply_seq"_L1, 0, 0);
}
} // namespace

QJsonObject toJson(const RoomEvent &event)
{
    QJsonObject json{{u"type"_s, QString::fromLatin1(roomEventType(event.kind))},
                     {u"room_id"_s, event.room.toString()},
                     {u"seq"_s, event.seq},
                     {u"user_id"_s, event.actor.toString()},
                     {u"timestamp"_s, toIso(event.at)}};
    switch (event.kind) {
    case RoomEventKind::Message:
        json.insert(u"id"_s, event.message.toString());
        json.insert(u"message"_s, event.text);
        json.insert(u"message_type"_s, event.messageType);
        if (!event.clientId.isEmpty())
            json.insert(u"client_id"_s, QString::fromUtf8(event.clientId));
        putId(json, "reply_to"_L1, event.replyTo);
        if (!event.metadata.isEmpty())
            json.insert(u"metadata"_s, event.metadata);
        putId(json, "trace_id"_L1, event.trace);
        if (event.edited)
            json.insert(u"edited"_s, true);
        if (event.deleted)
            json.insert(u"deleted"_s, true);
        putMarks(json, event);
        break;
    case RoomEventKind::Edit:
        json.insert(u"id"_s, event.message.toString());
        json.insert(u"message"_s, event.text);
        break;
    case RoomEventKind::Deletion:
        json.insert(u"id"_s, event.message.toString());
        if (!event.text.isEmpty())
            json.insert(u"reason"_s, event.text);
        break;
    case RoomEventKind::ReactionAdded:
    case RoomEventKind::ReactionRemoved:
        json.insert(u"id"_s, event.message.toString());
        json.insert(u"reaction"_s, event.text);
        break;
    case RoomEventKind::Pinned:
    case RoomEventKind::Unpinned:
    case RoomEventKind::Acknowledged:
        json.insert(u"id"_s, event.message.toString());
        break;
    case RoomEventKind::Receipt:
        json.insert(u"up_to"_s, event.readUpTo);
        break;
    case RoomEventKind::MemberJoined:
    case RoomEventKind::MemberLeft:
    case RoomEventKind::RoomUpdated:
    case RoomEventKind::MemberUpdated:
    case RoomEventKind::UserBanned:
    case RoomEventKind::UserUnbanned:
        for (auto it = event.metadata.constBegin(); it != event.metadata.constEnd(); ++it)
            json.insert(it.key(), it.value());
        break;
    }
    return json;
}

Result<RoomEvent> roomEventFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    RoomEvent event;
    const auto kind = roomEventKindFromType(f.text("type"_L1).toUtf8());
    if (!kind)
        f.fail("type"_L1, u"Not an event of a room."_s);
    event.kind = kind.value_or(RoomEventKind::Message);
    event.room = f.id<RoomId>("room_id"_L1);
    event.seq = f.optionalInteger("seq"_L1, 0, 0);
    event.actor = f.id<UserId>("user_id"_L1);
    event.at = f.time("timestamp"_L1);
    switch (event.kind) {
    case RoomEventKind::Message:
        event.message = f.id<MessageId>("id"_L1);
        event.text = f.optionalText("message"_L1);
        event.messageType = f.optionalText("message_type"_L1);
        if (event.messageType.isEmpty())
            event.messageType = u"text"_s;
        event.clientId = f.optionalText("client_id"_L1).toUtf8();
        event.replyTo = f.optionalId<MessageId>("reply_to"_L1);
        event.metadata = f.optionalObject("metadata"_L1);
        event.trace = f.optionalId<TraceId>("trace_id"_L1);
        event.edited = f.optionalBool("edited"_L1, false);
        event.deleted = f.optionalBool("deleted"_L1, false);
        readMarks(f, json, event);
        break;
    case RoomEventKind::Edit:
        event.message = f.id<MessageId>("id"_L1);
        event.text = f.optionalText("message"_L1);
        break;
    case RoomEventKind::Deletion:
        event.message = f.id<MessageId>("id"_L1);
        event.text = f.optionalText("reason"_L1);
        break;
    case RoomEventKind::ReactionAdded:
    case RoomEventKind::ReactionRemoved:
        event.message = f.id<MessageId>("id"_L1);
        event.text = f.text("reaction"_L1, 1);
        break;
    case RoomEventKind::Pinned:
    case RoomEventKind::Unpinned:
    case RoomEventKind::Acknowledged:
        event.message = f.id<MessageId>("id"_L1);
        break;
    case RoomEventKind::Receipt:
        event.readUpTo = f.integer("up_to"_L1, 0);
        break;
    case RoomEventKind::MemberJoined:
    case RoomEventKind::MemberLeft:
    case RoomEventKind::RoomUpdated:
    case RoomEventKind::MemberUpdated:
    case RoomEventKind::UserBanned:
    case RoomEventKind::UserUnbanned:
        for (const QString &name : {u"owner"_s, u"added_by"_s, u"removed_by"_s, u"reason"_s, u"banned_until"_s,
                                    u"member_id"_s, u"changes"_s, u"invited_by"_s, u"approved_by"_s}) {
            if (json.contains(name))
                event.metadata.insert(name, json.value(name));
        }
        break;
    }
    return checked(f, std::move(event));
}

QJsonObject toJson(const RoomEventPage &page)
{
    return {{u"events"_s, writeList(page.events)},
            {u"has_more_before"_s, page.hasMoreBefore},
            {u"has_more_after"_s, page.hasMoreAfter}};
}

Result<RoomEventPage> roomEventPageFromJson(const QJsonObject &json)
{
    JsonFields f(json);
    RoomEventPage page;
    page.events = readList<RoomEvent>(f, "events"_L1, roomEventFromJson);
    page.hasMoreBefore = f.optionalBool("has_more_before"_L1, false);
    page.hasMoreAfter = f.optionalBool("has_more_after"_L1, false);
    return checked(f, std::move(page));
}

Error errorFromProblem(const QJsonObject &problem, int httpStatus)
{
    Error error;
    const QString code = problem.value("code"_L1).toString();
    error.code = code.isEmpty() ? (httpStatus >= 500 ? Errc::Unavailable : Errc::UpstreamFailed) : errcFromName(code);
    error.detail = problem.value("detail"_L1).toString();
    if (error.detail.isEmpty())
        error.detail = u"The server answered with status %1."_s.arg(httpStatus);
    for (const QJsonValue &value : problem.value("errors"_L1).toArray()) {
        const QJsonObject field = value.toObject();
        error.fields.append(FieldError{field.value("pointer"_L1).toString(), field.value("detail"_L1).toString()});
    }
    if (const QJsonValue retry = problem.value("retry_after"_L1); retry.isDouble())
        error.retryAfter = seconds(retry.toInteger());
    return error;
}

} // namespace Atom::Protocol
