// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/protocol/realtimeframes.h"

#include "shared/core/jsonlimits.h"

#include <QtCore/QJsonDocument>

#include <charconv>
#include <cstring>

namespace Atom::Protocol {
using namespace Qt::StringLiterals;

namespace {

//! Builds one JSON text. A std::string inside: its appends are inlined, which QByteArray's are not.
class Writer
{
public:
    explicit Writer(QByteArrayView type, qsizetype reserve = 192)
    {
        m_out.reserve(size_t(reserve));
        raw("{\"type\":\"");
        raw(type);
        m_out += '"';
    }
    // Every member below writes a comma first: objects begin with `type`.
    void key(QByteArrayView name)
    {
        m_out += ",\"";
        raw(name);
        m_out += "\":";
    }
    //! For values that need no escaping: ids, times, type names.
    void plain(QByteArrayView name, QByteArrayView value)
    {
        key(name);
        m_out += '"';
        raw(value);
        m_out += '"';
    }
    void text(QByteArrayView name, QByteArrayView utf8)
    {
        key(name);
        appendJsonString(m_out, utf8);
    }
    void text(QByteArrayView name, QStringView utf16)
    {
        key(name);
        appendJsonString(m_out, utf16);
    }
    void number(QByteArrayView name, qint64 value)
    {
        key(name);
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, value);
        m_out.append(digits, end.ptr);
    }
    void flag(QByteArrayView name, bool value)
    {
        key(name);
        m_out += value ? "true" : "false";
    }
    void ref(const QByteArray &ref)
    {
        if (!ref.isEmpty())
            text("ref", QByteArrayView(ref));
    }
    //! The members of `fields`, each with a comma before it.
    void members(const QJsonObject &fields)
    {
        if (fields.isEmpty())
            return;
        const QByteArray json = QJsonDocument(fields).toJson(QJsonDocument::Compact);
        m_out += ',';
        raw(QByteArrayView(json).sliced(1, json.size() - 2));
    }
    void raw(QByteArrayView bytes) { m_out.append(bytes.data(), size_t(bytes.size())); }
    std::string &out() { return m_out; }
    QByteArray finish()
    {
        m_out += '}';
        return QByteArray(m_out.data(), qsizetype(m_out.size()));
    }

private:
    std::string m_out;
};

//! Whether one of the eight bytes has to be escaped in a JSON string; may err towards yes.
bool needsEscape(const char *bytes)
{
    constexpr quint64 ones = 0x0101'0101'0101'0101u;
    constexpr quint64 highs = 0x8080'8080'8080'8080u;
    quint64 word = 0;
    std::memcpy(&word, bytes, sizeof word);
    const auto hasZero = [](quint64 x) { return (x - ones) & ~x & highs; };
    const quint64 control = (word - ones * 0x20) & ~word & highs;
    return control | hasZero(word ^ ones * '"') | hasZero(word ^ ones * '\\');
}

void appendEscaped(std::string &out, uchar c)
{
    static constexpr char hex[] = "0123456789abcdef";
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        out += "\\u00";
        out += hex[c >> 4];
        out += hex[c & 15];
    }
}

} // namespace

void appendJsonString(std::string &out, QByteArrayView utf8)
{
    out += '"';
    const char *const data = utf8.data();
    const qsizetype size = utf8.size();
    qsizetype from = 0;
    for (qsizetype i = 0; i < size; ++i) {
        while (i + 8 <= size && !needsEscape(data + i))
            i += 8;
        if (i >= size)
            break;
        const auto c = uchar(data[i]);
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        out.append(data + from, size_t(i - from));
        from = i + 1;
        appendEscaped(out, c);
    }
    out.append(data + from, size_t(size - from));
    out += '"';
}

void appendJsonString(std::string &out, QStringView text)
{
    const QByteArray utf8 = text.toUtf8(); // lone surrogates become '?' here
    appendJsonString(out, QByteArrayView(utf8));
}

QByteArray encodePong(Timestamp now, const QByteArray &ref)
{
    Writer out("pong", 64);
    out.ref(ref);
    out.plain("timestamp", toIsoBytes(now));
    return out.finish();
}

QByteArray encodeError(const Error &error, const QByteArray &ref)
{
    Writer out("error");
    out.ref(ref);
    out.text("code", errcName(error.code));
    out.text("detail", error.detail);
    if (!error.fields.isEmpty()) {
        out.key("errors");
        char separator = '[';
        for (const FieldError &field : error.fields) {
            out.raw({&separator, 1});
            separator = ',';
            out.raw("{\"pointer\":");
            appendJsonString(out.out(), field.pointer);
            out.text("detail", field.detail);
            out.raw("}");
        }
        out.raw("]");
    }
    if (error.retryAfter)
        out.number("retry_after", error.retryAfter->count());
    return out.finish();
}

namespace {
void writeUsers(Writer &out, const QList<UserId> &users)
{
    out.raw("[");
    for (const UserId &user : users) {
        if (&user != &users.constFirst())
            out.raw(",");
        appendJsonString(out.out(), QByteArrayView(user.bytes()));
    }
    out.raw("]");
}

//! What few messages have: nothing is written, and nothing allocated, for the others.
void writeMarks(Writer &out, const RoomEvent &event)
{
    if (!event.threadRoot.isEmpty())
        out.plain("thread_root", event.threadRoot.bytes());
    if (event.mustAcknowledge)
        out.flag("must_acknowledge", true);
    if (!event.mentions.isEmpty()) {
        out.key("mentions");
        out.raw("[");
        for (const QByteArray &mention : event.mentions) {
            if (&mention != &event.mentions.constFirst())
                out.raw(",");
            appendJsonString(out.out(), QByteArrayView(mention));
        }
        out.raw("]");
    }
    const MessageMarks &marks = event.marks;
    if (!marks.reactions.isEmpty()) {
        out.key("reactions");
        char separator = '{';
        for (auto it = marks.reactions.cbegin(); it != marks.reactions.cend(); ++it) {
            out.raw({&separator, 1});
            separator = ',';
            appendJsonString(out.out(), it.key());
            out.raw(":");
            writeUsers(out, it.value());
        }
        out.raw("}");
    }
    if (!marks.acknowledgedBy.isEmpty()) {
        out.key("acknowledged_by");
        writeUsers(out, marks.acknowledgedBy);
    }
    if (!marks.pinnedBy.isEmpty())
        out.plain("pinned_by", marks.pinnedBy.bytes());
    if (marks.replies > 0) {
        out.number("reply_count", marks.replies);
        out.number("last_reply_seq", marks.lastReplySeq);
    }
}
} // namespace

QByteArray encodeAck(const RoomEvent &event, bool duplicate, const QByteArray &ref)
{
    Writer out("message_ack", 256);
    out.ref(ref);
    out.text("client_id", QByteArrayView(event.clientId));
    out.plain("id", event.message.bytes());
    out.number("seq", event.seq);
    out.plain("room_id", event.room.bytes());
    out.plain("timestamp", toIsoBytes(event.at));
    if (!event.trace.isEmpty())
        out.plain("trace_id", event.trace.bytes());
    writeMarks(out, event);
    if (duplicate)
        out.flag("duplicate", true);
    return out.finish();
}

QByteArray encodeRoomEvent(const RoomEvent &event)
{
    Writer out(roomEventType(event.kind), 320 + event.text.size());
    out.plain("room_id", event.room.bytes());
    out.plain("user_id", event.actor.bytes());
    switch (event.kind) {
    case RoomEventKind::Message:
        out.text("message", event.text);
        out.plain("id", event.message.bytes());
        if (!event.clientId.isEmpty())
            out.text("client_id", QByteArrayView(event.clientId));
        out.text("message_type", event.messageType);
        if (!event.replyTo.isEmpty())
            out.plain("reply_to", event.replyTo.bytes());
        if (!event.metadata.isEmpty()) {
            out.key("metadata");
            out.raw(QJsonDocument(event.metadata).toJson(QJsonDocument::Compact));
        }
        if (!event.trace.isEmpty())
            out.plain("trace_id", event.trace.bytes());
        if (event.edited)
            out.flag("edited", true);
        if (event.deleted)
            out.flag("deleted", true);
        writeMarks(out, event);
        break;
    case RoomEventKind::Edit:
        out.plain("id", event.message.bytes());
        out.text("message", event.text);
        break;
    case RoomEventKind::Deletion:
        out.plain("id", event.message.bytes());
        if (!event.text.isEmpty())
            out.text("reason", event.text);
        break;
    case RoomEventKind::ReactionAdded:
    case RoomEventKind::ReactionRemoved:
        out.plain("id", event.message.bytes());
        out.text("reaction", event.text);
        break;
    case RoomEventKind::Pinned:
    case RoomEventKind::Unpinned:
    case RoomEventKind::Acknowledged:
        out.plain("id", event.message.bytes());
        break;
    case RoomEventKind::Receipt:
        out.number("up_to", event.readUpTo);
        break;
    case RoomEventKind::MemberJoined:
    case RoomEventKind::MemberLeft:
    case RoomEventKind::RoomUpdated:
    case RoomEventKind::MemberUpdated:
    case RoomEventKind::UserBanned:
    case RoomEventKind::UserUnbanned:
        out.members(event.metadata);
        break;
    }
    out.number("seq", event.seq);
    out.plain("timestamp", toIsoBytes(event.at));
    return out.finish();
}

QByteArray encodeTyping(const RoomId &room, const UserId &user, bool typing)
{
    Writer out("typing_indicator");
    out.plain("room_id", room.bytes());
    out.plain("user_id", user.bytes());
    out.flag("is_typing", typing);
    return out.finish();
}

QByteArray encodeReplyProgress(const RoomId &room, const MessageId &question, qint64 offset, const QString &text)
{
    Writer out("reply_progress");
    out.plain("room_id", room.bytes());
    out.plain("message_id", question.bytes());
    out.number("offset", offset);
    out.text("text", text);
    return out.finish();
}

QByteArray encodePresence(const UserId &user, const QByteArray &status, std::optional<Timestamp> lastSeen)
{
    Writer out("presence");
    out.plain("user_id", user.bytes());
    out.plain("status", status);
    if (lastSeen)
        out.plain("last_seen", toIsoBytes(*lastSeen));
    return out.finish();
}

QByteArray encodeFrame(const QByteArray &type, const QJsonObject &fields, const QByteArray &ref)
{
    Writer out(type);
    out.ref(ref);
    out.members(fields);
    return out.finish();
}

QByteArray encodeEventsFrame(const QByteArray &type, const QJsonObject &fields, const QByteArray &listName,
                             const QList<RoomEvent> &events, const QByteArray &ref)
{
    Writer out(type, 256 + events.size() * 320);
    out.ref(ref);
    out.members(fields);
    out.key(listName);
    out.raw("[");
    for (const RoomEvent &event : events) {
        if (&event != &events.constFirst())
            out.raw(",");
        out.raw(encodeRoomEvent(event));
    }
    out.raw("]");
    return out.finish();
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
