// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/protocol/realtimeframes.h"

#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonDocument>

namespace Atom::Protocol {
using namespace Qt::StringLiterals;

namespace {
// Every append below writes a comma first: objects begin with `type`.
void appendKey(QByteArray &out, QByteArrayView key)
{
    out += ",\"";
    out += key;
    out += "\":";
}

//! For values that need no escaping: ids, times, type names.
void appendPlain(QByteArray &out, QByteArrayView key, QByteArrayView value)
{
    appendKey(out, key);
    out += '"';
    out += value;
    out += '"';
}

void appendText(QByteArray &out, QByteArrayView key, QByteArrayView utf8)
{
    appendKey(out, key);
    appendJsonString(out, utf8);
}

void appendText(QByteArray &out, QByteArrayView key, QStringView text)
{
    appendKey(out, key);
    appendJsonString(out, text);
}

void appendNumber(QByteArray &out, QByteArrayView key, qint64 value)
{
    appendKey(out, key);
    out += QByteArray::number(value);
}

void appendFlag(QByteArray &out, QByteArrayView key, bool value)
{
    appendKey(out, key);
    out += value ? "true" : "false";
}

QByteArray begin(QByteArrayView type, qsizetype reserve = 192)
{
    QByteArray out;
    out.reserve(reserve);
    out += "{\"type\":\"";
    out += type;
    out += '"';
    return out;
}

void appendRef(QByteArray &out, const QByteArray &ref)
{
    if (!ref.isEmpty())
        appendText(out, "ref", QByteArrayView(ref));
}

//! The members of `fields`, each with a comma before it.
void appendMembers(QByteArray &out, const QJsonObject &fields)
{
    if (fields.isEmpty())
        return;
    const QByteArray text = QJsonDocument(fields).toJson(QJsonDocument::Compact);
    out += ',';
    out += QByteArrayView(text).sliced(1, text.size() - 2);
}
} // namespace

void appendJsonString(QByteArray &out, QByteArrayView utf8)
{
    static constexpr char hex[] = "0123456789abcdef";
    out += '"';
    qsizetype from = 0;
    const qsizetype size = utf8.size();
    for (qsizetype i = 0; i < size; ++i) {
        const auto c = uchar(utf8[i]);
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        out += utf8.sliced(from, i - from);
        from = i + 1;
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            out += "\\u00";
            out += hex[c >> 4];
            out += hex[c & 15];
        }
    }
    out += utf8.sliced(from);
    out += '"';
}

void appendJsonString(QByteArray &out, QStringView text)
{
    const QByteArray utf8 = text.toUtf8(); // lone surrogates become '?' here
    appendJsonString(out, QByteArrayView(utf8));
}

QByteArray encodePong(Timestamp now, const QByteArray &ref)
{
    QByteArray out = begin("pong", 64);
    appendRef(out, ref);
    appendPlain(out, "timestamp", toIsoBytes(now));
    out += '}';
    return out;
}

QByteArray encodeError(const Error &error, const QByteArray &ref)
{
    QByteArray out = begin("error");
    appendRef(out, ref);
    appendText(out, "code", errcName(error.code));
    appendText(out, "detail", error.detail);
    if (!error.fields.isEmpty()) {
        appendKey(out, "errors");
        char separator = '[';
        for (const FieldError &field : error.fields) {
            out += separator;
            separator = ',';
            out += "{\"pointer\":";
            appendJsonString(out, field.pointer);
            appendText(out, "detail", field.detail);
            out += '}';
        }
        out += ']';
    }
    if (error.retryAfter)
        appendNumber(out, "retry_after", error.retryAfter->count());
    out += '}';
    return out;
}

QByteArray encodeAck(const RoomEvent &event, bool duplicate, const QByteArray &ref)
{
    QByteArray out = begin("message_ack", 256);
    appendRef(out, ref);
    appendText(out, "client_id", QByteArrayView(event.clientId));
    appendPlain(out, "id", event.message.bytes());
    appendNumber(out, "seq", event.seq);
    appendPlain(out, "room_id", event.room.bytes());
    appendPlain(out, "timestamp", toIsoBytes(event.at));
    if (!event.trace.isEmpty())
        appendPlain(out, "trace_id", event.trace.bytes());
    if (duplicate)
        appendFlag(out, "duplicate", true);
    out += '}';
    return out;
}

QByteArray encodeRoomEvent(const RoomEvent &event)
{
    QByteArray out = begin(roomEventType(event.kind), 320 + event.text.size());
    appendPlain(out, "room_id", event.room.bytes());
    appendPlain(out, "user_id", event.actor.bytes());
    switch (event.kind) {
    case RoomEventKind::Message:
        appendText(out, "message", event.text);
        appendPlain(out, "id", event.message.bytes());
        if (!event.clientId.isEmpty())
            appendText(out, "client_id", QByteArrayView(event.clientId));
        appendText(out, "message_type", event.messageType);
        if (!event.replyTo.isEmpty())
            appendPlain(out, "reply_to", event.replyTo.bytes());
        if (!event.metadata.isEmpty()) {
            appendKey(out, "metadata");
            out += QJsonDocument(event.metadata).toJson(QJsonDocument::Compact);
        }
        if (!event.trace.isEmpty())
            appendPlain(out, "trace_id", event.trace.bytes());
        if (event.edited)
            appendFlag(out, "edited", true);
        if (event.deleted)
            appendFlag(out, "deleted", true);
        break;
    case RoomEventKind::Edit:
        appendPlain(out, "id", event.message.bytes());
        appendText(out, "message", event.text);
        break;
    case RoomEventKind::Deletion:
        appendPlain(out, "id", event.message.bytes());
        break;
    case RoomEventKind::Receipt:
        appendNumber(out, "up_to", event.readUpTo);
        break;
    case RoomEventKind::MemberJoined:
    case RoomEventKind::MemberLeft:
        break;
    }
    appendNumber(out, "seq", event.seq);
    appendPlain(out, "timestamp", toIsoBytes(event.at));
    out += '}';
    return out;
}

QByteArray encodeTyping(const RoomId &room, const UserId &user, bool typing)
{
    QByteArray out = begin("typing_indicator");
    appendPlain(out, "room_id", room.bytes());
    appendPlain(out, "user_id", user.bytes());
    appendFlag(out, "is_typing", typing);
    out += '}';
    return out;
}

QByteArray encodePresence(const UserId &user, const QByteArray &status, std::optional<Timestamp> lastSeen)
{
    QByteArray out = begin("presence");
    appendPlain(out, "user_id", user.bytes());
    appendPlain(out, "status", status);
    if (lastSeen)
        appendPlain(out, "last_seen", toIsoBytes(*lastSeen));
    out += '}';
    return out;
}

QByteArray encodeFrame(const QByteArray &type, const QJsonObject &fields, const QByteArray &ref)
{
    QByteArray out = begin(type);
    appendRef(out, ref);
    appendMembers(out, fields);
    out += '}';
    return out;
}

QByteArray encodeEventsFrame(const QByteArray &type, const QJsonObject &fields, const QByteArray &listName,
                             const QList<RoomEvent> &events, const QByteArray &ref)
{
    QByteArray out = begin(type, 256 + events.size() * 320);
    appendRef(out, ref);
    appendMembers(out, fields);
    appendKey(out, listName);
    out += '[';
    for (const RoomEvent &event : events) {
        if (!out.endsWith('['))
            out += ',';
        out += encodeRoomEvent(event);
    }
    out += "]}";
    return out;
}

Result<ServerFrame> parseServerFrame(const QByteArray &text)
{
    // A page of 200 large events; events carry metadata of their own depth inside a list.
    Result<QJsonObject> object = parseJsonObject(text, JsonLimits{32 << 20, 64});
    if (!object)
        return object.error();
    const QJsonValue type = object->value("type"_L1);
    if (!type.isString() || type.toString().isEmpty())
        return Error::invalid(u"/type"_s, u"The frame has no type."_s);
    return ServerFrame{type.toString().toUtf8(), std::move(*object)};
}

} // namespace Atom::Protocol
