// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/roomchange.h"

#include "server/rooms/moderation.h"

#include <algorithm>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype nameLimit = 128;
constexpr qsizetype topicLimit = 250;
constexpr qsizetype purposeLimit = 2'000;

bool isClean(const QString &text, bool mayBreakLines)
{
    return std::all_of(text.begin(), text.end(), [mayBreakLines](QChar c) {
        return c.category() != QChar::Other_Control || (mayBreakLines && c == u'\n');
    });
}

void checkText(QList<FieldError> &errors, const std::optional<QString> &text, const QString &field, qsizetype limit,
               bool mayBreakLines)
{
    if (!text)
        return;
    if (text->size() > limit)
        errors.append(FieldError{u'/' + field, u"is at most %1 characters long"_s.arg(limit)});
    else if (!isClean(*text, mayBreakLines))
        errors.append(FieldError{u'/' + field, u"must not contain control characters"_s});
}

QJsonValue retentionValue(const std::optional<int> &days)
{
    return days ? QJsonValue(*days) : QJsonValue(QJsonValue::Null);
}

//! Everything about a room that can change, by its name on the wire.
QJsonObject valuesOf(const Room &room)
{
    return {{u"name"_s, room.name},
            {u"topic"_s, room.topic},
            {u"purpose"_s, room.purpose},
            {u"visibility"_s, roomVisibilityName(room.visibility)},
            {u"assistant_enabled"_s, room.assistantEnabled},
            {u"read_only"_s, room.readOnly},
            {u"join_approval"_s, room.joinApproval},
            {u"slow_mode_seconds"_s, room.slowModeSeconds},
            {u"retention_days"_s, retentionValue(room.retentionDays)},
            {u"archived"_s, room.archivedAt.has_value()},
            {u"legal_hold"_s, room.hold.has_value()}};
}
} // namespace

bool RoomChange::isForOwners() const
{
    return visibility || assistantEnabled || retentionDays || archived;
}

Result<void> checkRoomChange(const RoomChange &change)
{
    QList<FieldError> errors;
    checkText(errors, change.name, u"name"_s, nameLimit, false);
    checkText(errors, change.topic, u"topic"_s, topicLimit, false);
    checkText(errors, change.purpose, u"purpose"_s, purposeLimit, true);
    if (change.slowModeSeconds && (*change.slowModeSeconds < 0 || *change.slowModeSeconds > slowModeLimitSeconds))
        errors.append(FieldError{u"/slow_mode_seconds"_s, u"is 0 to %1"_s.arg(slowModeLimitSeconds)});
    if (change.retentionDays && *change.retentionDays &&
        (**change.retentionDays < 0 || **change.retentionDays > retentionLimitDays))
        errors.append(FieldError{u"/retention_days"_s, u"is 0 (kept for ever) to %1"_s.arg(retentionLimitDays)});
    if (errors.isEmpty())
        return {};
    Error error(Errc::ValidationFailed, u"These settings are not possible."_s);
    error.fields = std::move(errors);
    return error;
}

Result<void> checkReason(const QString &reason)
{
    if (reason.size() > reasonLimit || !isClean(reason, false))
        return Error::invalid(u"/reason"_s,
                              u"A reason is at most %1 characters without control characters."_s.arg(reasonLimit));
    return {};
}

QJsonObject changesTo(const Room &room, const RoomChange &change)
{
    QJsonObject wanted;
    if (change.name)
        wanted.insert(u"name"_s, *change.name);
    if (change.topic)
        wanted.insert(u"topic"_s, *change.topic);
    if (change.purpose)
        wanted.insert(u"purpose"_s, *change.purpose);
    if (change.visibility)
        wanted.insert(u"visibility"_s, roomVisibilityName(*change.visibility));
    if (change.assistantEnabled)
        wanted.insert(u"assistant_enabled"_s, *change.assistantEnabled);
    if (change.readOnly)
        wanted.insert(u"read_only"_s, *change.readOnly);
    if (change.joinApproval)
        wanted.insert(u"join_approval"_s, *change.joinApproval);
    if (change.slowModeSeconds)
        wanted.insert(u"slow_mode_seconds"_s, *change.slowModeSeconds);
    if (change.retentionDays)
        wanted.insert(u"retention_days"_s, retentionValue(*change.retentionDays));
    if (change.archived)
        wanted.insert(u"archived"_s, *change.archived);
    const QJsonObject present = valuesOf(room);
    QJsonObject changes;
    for (auto it = wanted.constBegin(); it != wanted.constEnd(); ++it) {
        if (present.value(it.key()) != it.value())
            changes.insert(it.key(), it.value());
    }
    return changes;
}

void applyRoomChanges(Room &room, const RoomEvent &event)
{
    const QJsonObject changes = event.metadata.value("changes"_L1).toObject();
    for (auto it = changes.constBegin(); it != changes.constEnd(); ++it) {
        const QString field = it.key();
        const QJsonValue value = it.value();
        if (field == "name"_L1) {
            room.name = value.toString();
        } else if (field == "topic"_L1) {
            room.topic = value.toString();
        } else if (field == "purpose"_L1) {
            room.purpose = value.toString();
        } else if (field == "visibility"_L1) {
            // What cannot be read must not become public.
            room.visibility = roomVisibilityFromName(value.toString()).value_or(RoomVisibility::Private);
        } else if (field == "assistant_enabled"_L1) {
            room.assistantEnabled = value.toBool();
        } else if (field == "read_only"_L1) {
            room.readOnly = value.toBool();
        } else if (field == "join_approval"_L1) {
            room.joinApproval = value.toBool();
        } else if (field == "slow_mode_seconds"_L1) {
            room.slowModeSeconds = value.toInt();
        } else if (field == "retention_days"_L1) {
            room.retentionDays.reset();
            if (value.isDouble())
                room.retentionDays = value.toInt();
        } else if (field == "archived"_L1) {
            room.archivedAt.reset();
            if (value.toBool())
                room.archivedAt = event.at;
        } else if (field == "legal_hold"_L1) {
            room.hold.reset();
            if (value.toBool())
                room.hold = LegalHold{event.actor, event.at, event.text};
        }
    }
}

QJsonObject presentValues(const Room &room, const QJsonObject &changes)
{
    const QJsonObject present = valuesOf(room);
    QJsonObject values;
    for (auto it = changes.constBegin(); it != changes.constEnd(); ++it)
        values.insert(it.key(), present.value(it.key()));
    return values;
}

} // namespace Atom::Rooms
