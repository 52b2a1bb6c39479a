// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/exports/exportdocument.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <array>

namespace Atom::Exports {
using namespace Qt::StringLiterals;

namespace {
constexpr std::array<std::pair<ExportState, const char *>, 5> states{{{ExportState::Queued, "queued"},
                                                                      {ExportState::Running, "running"},
                                                                      {ExportState::Ready, "ready"},
                                                                      {ExportState::Failed, "failed"},
                                                                      {ExportState::Expired, "expired"}}};

QJsonArray namesOf(const QList<UserId> &users)
{
    QJsonArray names;
    for (const UserId &user : users)
        names.append(user.toString());
    return names;
}

QByteArray compactLine(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

//! Letters, digits and single dashes of `text`, at most `limit`.
QString slugOf(const QString &text, qsizetype limit)
{
    QString slug;
    // Letters with accents become plain ones: "Räume" -> "raume".
    for (const QChar c : text.left(256).normalized(QString::NormalizationForm_KD)) {
        const char latin = c.toLatin1();
        if (c.unicode() < 128 &&
            ((latin >= '0' && latin <= '9') || (latin >= 'a' && latin <= 'z') || (latin >= 'A' && latin <= 'Z')))
            slug += c.toLower();
        else if (!c.isMark() && !slug.isEmpty() && !slug.endsWith(u'-'))
            slug += u'-';
        if (slug.size() >= limit)
            break;
    }
    while (slug.endsWith(u'-'))
        slug.chop(1);
    return slug;
}
} // namespace

QString exportStateName(ExportState state)
{
    for (const auto &[value, name] : states) {
        if (value == state)
            return QString::fromLatin1(name);
    }
    return {};
}

std::optional<ExportState> exportStateFromName(const QString &text)
{
    for (const auto &[value, name] : states) {
        if (text == QLatin1StringView(name))
            return value;
    }
    return std::nullopt;
}

QByteArray roomDocument(const ExportHead &head)
{
    const Room &room = head.room;
    QJsonObject settings{{u"id"_s, room.id.toString()},
                         {u"name"_s, room.name},
                         {u"kind"_s, roomKindName(room.kind)},
                         {u"visibility"_s, roomVisibilityName(room.visibility)},
                         {u"topic"_s, room.topic},
                         {u"purpose"_s, room.purpose},
                         {u"assistant_enabled"_s, room.assistantEnabled},
                         {u"read_only"_s, room.readOnly},
                         {u"join_approval"_s, room.joinApproval},
                         {u"slow_mode_seconds"_s, room.slowModeSeconds},
                         {u"archived"_s, room.archivedAt.has_value()},
                         {u"legal_hold"_s, room.hold.has_value()},
                         {u"created_by"_s, room.createdBy.toString()},
                         {u"created_at"_s, toIso(room.createdAt)}};
    if (room.retentionDays)
        settings.insert(u"retention_days"_s, *room.retentionDays);
    QJsonArray members;
    for (const Member &member : head.members) {
        members.append(QJsonObject{{u"user_id"_s, member.user.toString()},
                                   {u"role"_s, memberRoleName(member.role)},
                                   {u"joined_at"_s, toIso(member.joinedAt)},
                                   {u"read_up_to"_s, member.readUpTo}});
    }
    const QJsonObject document{{u"room"_s, settings},
                               {u"members"_s, members},
                               {u"up_to_seq"_s, head.upToSeq},
                               {u"exported_by"_s, head.exportedBy.toString()},
                               {u"exported_at"_s, toIso(head.exportedAt)},
                               {u"server"_s, head.server}};
    return QJsonDocument(document).toJson(QJsonDocument::Indented);
}

QByteArray eventLine(const RoomEvent &event)
{
    QJsonObject json{{u"seq"_s, event.seq},
                     {u"type"_s, QString::fromLatin1(roomEventType(event.kind))},
                     {u"user_id"_s, event.actor.toString()},
                     {u"timestamp"_s, toIso(event.at)}};
    if (!event.message.isEmpty())
        json.insert(u"id"_s, event.message.toString());
    if (event.kind == RoomEventKind::Message || event.kind == RoomEventKind::Edit)
        json.insert(u"message"_s, event.text);
    else if (event.kind == RoomEventKind::ReactionAdded || event.kind == RoomEventKind::ReactionRemoved)
        json.insert(u"reaction"_s, event.text);
    else if (event.kind == RoomEventKind::Deletion && !event.text.isEmpty())
        json.insert(u"reason"_s, event.text);
    if (!event.messageType.isEmpty())
        json.insert(u"message_type"_s, event.messageType);
    if (!event.replyTo.isEmpty())
        json.insert(u"reply_to"_s, event.replyTo.toString());
    if (!event.metadata.isEmpty())
        json.insert(u"metadata"_s, event.metadata);
    if (event.readUpTo > 0)
        json.insert(u"up_to"_s, event.readUpTo);
    if (!event.threadRoot.isEmpty())
        json.insert(u"thread_root"_s, event.threadRoot.toString());
    if (event.mustAcknowledge)
        json.insert(u"must_acknowledge"_s, true);
    if (!event.marks.reactions.isEmpty()) {
        QJsonObject reactions;
        for (auto it = event.marks.reactions.cbegin(); it != event.marks.reactions.cend(); ++it)
            reactions.insert(it.key(), namesOf(it.value()));
        json.insert(u"reactions"_s, reactions);
    }
    if (!event.marks.acknowledgedBy.isEmpty())
        json.insert(u"acknowledged_by"_s, namesOf(event.marks.acknowledgedBy));
    if (!event.marks.pinnedBy.isEmpty())
        json.insert(u"pinned_by"_s, event.marks.pinnedBy.toString());
    if (event.edited)
        json.insert(u"edited"_s, true);
    if (event.deleted)
        json.insert(u"deleted"_s, true);
    return compactLine(json);
}

QByteArray heldLine(const HeldText &text)
{
    QJsonObject json{{u"id"_s, text.message.toString()},
                     {u"seq"_s, text.seq},
                     {u"user_id"_s, text.sender.toString()},
                     {u"message"_s, text.text},
                     {u"replaced_at"_s, toIso(text.replacedAt)},
                     {u"replaced_by"_s, text.replacedBy.toString()},
                     {u"replaced"_s, text.isDeletion ? u"deleted"_s : u"edited"_s}};
    if (!text.metadata.isEmpty())
        json.insert(u"metadata"_s, text.metadata);
    return compactLine(json);
}

QString archiveName(const Room &room, Timestamp at)
{
    QString slug = slugOf(room.name, 40);
    if (slug.isEmpty())
        slug = slugOf(room.id.toString(), 40);
    if (slug.isEmpty())
        slug = u"room"_s;
    // The prefix also keeps it from being CON, NUL and their like.
    return u"atom-chat-%1-%2.zip"_s.arg(slug, toIso(at).left(10).remove(u'-'));
}

} // namespace Atom::Exports
