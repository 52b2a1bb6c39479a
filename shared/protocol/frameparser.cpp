// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Client frames, read with simdjson's DOM: it validates the whole document, members we do not read included.
#include "shared/protocol/framemembers.h"
#include "shared/protocol/realtimeframes.h"

#include <QtCore/QJsonArray>

#include <array>
#include <bit>
#include <cstring>
#include <string_view>

namespace Atom::Protocol {
using namespace Qt::StringLiterals;

namespace {
using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr int maxDepth = 32;
constexpr int maxResume = 1000;
constexpr qsizetype maxToken = 4096;
constexpr qsizetype maxReason = 2048; //!< bytes; the service has the limit in characters

struct TypeName
{
    std::string_view name;
    ClientFrameType type;
};
constexpr std::array<TypeName, 18> typeNames{{{"ping", ClientFrameType::Ping},
                                              {"hello", ClientFrameType::Hello},
                                              {"join_room", ClientFrameType::JoinRoom},
                                              {"leave_room", ClientFrameType::LeaveRoom},
                                              {"chat_message", ClientFrameType::ChatMessage},
                                              {"typing_indicator", ClientFrameType::TypingIndicator},
                                              {"presence", ClientFrameType::Presence},
                                              {"read_receipt", ClientFrameType::ReadReceipt},
                                              {"edit_message", ClientFrameType::EditMessage},
                                              {"delete_message", ClientFrameType::DeleteMessage},
                                              {"history", ClientFrameType::History},
                                              {"subscribe", ClientFrameType::Subscribe},
                                              {"unsubscribe", ClientFrameType::Unsubscribe},
                                              {"react", ClientFrameType::React},
                                              {"pin", ClientFrameType::Pin},
                                              {"acknowledge", ClientFrameType::Acknowledge},
                                              {"mark_unread", ClientFrameType::MarkUnread},
                                              {"draft", ClientFrameType::Draft}}};

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

//! The code unit of an escape `\uXXXX` at `at`, or -1.
int escapedUnit(QByteArrayView text, qsizetype at)
{
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u')
        return -1;
    int unit = 0;
    for (int i = 2; i < 6; ++i) {
        const int digit = hexDigit(text[at + i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

//! simdjson lets a lone low surrogate through as three bytes that are not UTF-8; such text must not get further.
bool hasLoneSurrogate(QByteArrayView text)
{
    const char *const start = text.data();
    const char *const end = start + text.size();
    const char *p = start;
    while (p < end && (p = static_cast<const char *>(std::memchr(p, '\\', size_t(end - p))))) {
        const int unit = escapedUnit(text, p - start);
        if (unit < 0xD800 || unit > 0xDFFF) {
            p += 2;
            continue;
        }
        const int low = unit < 0xDC00 ? escapedUnit(text, p - start + 6) : -1;
        if (low < 0xDC00 || low > 0xDFFF)
            return true;
        p += 12;
    }
    return false;
}

Error malformed(const QString &detail)
{
    return Error(Errc::MalformedRequest, detail);
}

//! Copies a JSON value; false for a member that stands twice in one object.
bool toQJson(element from, QJsonValue &out)
{
    switch (from.type()) {
    case element_type::OBJECT: {
        QJsonObject object;
        for (const auto field : simdjson::dom::object(from)) {
            const QString key = textOf(field.key);
            QJsonValue value;
            if (object.contains(key) || !toQJson(field.value, value))
                return false;
            object.insert(key, value);
        }
        out = object;
        return true;
    }
    case element_type::ARRAY: {
        QJsonArray array;
        for (const element item : simdjson::dom::array(from)) {
            QJsonValue value;
            if (!toQJson(item, value))
                return false;
            array.append(value);
        }
        out = array;
        return true;
    }
    case element_type::STRING:
        out = textOf(std::string_view(from));
        return true;
    case element_type::INT64:
        out = qint64(int64_t(from));
        return true;
    case element_type::UINT64:
        out = double(uint64_t(from));
        return true;
    case element_type::DOUBLE:
        out = double(from);
        return true;
    case element_type::BOOL:
        out = bool(from);
        return true;
    case element_type::NULL_VALUE:
        out = QJsonValue(QJsonValue::Null);
        return true;
    }
    return false;
}

bool readMetadata(Members &members, ClientFrame &frame)
{
    if (!members.has(MMetadata))
        return true;
    if (!members.at(MMetadata).is_object()) {
        members.fail(MMetadata, u"Must be an object."_s);
        return true;
    }
    QJsonValue value;
    if (!toQJson(members.at(MMetadata), value))
        return false;
    frame.metadata = value.toObject();
    return true;
}

bool readResume(Members &members, ClientFrame &frame)
{
    if (!members.has(MResume))
        return true;
    simdjson::dom::object rooms;
    if (members.at(MResume).get(rooms) != simdjson::SUCCESS) {
        members.fail(MResume, u"Must be an object of room ids with sequence numbers."_s);
        return true;
    }
    for (const auto field : rooms) {
        if (frame.resume.size() >= maxResume) {
            members.fail(MResume, u"Must name at most %1 rooms."_s.arg(maxResume));
            return true;
        }
        const QByteArray room = bytesOf(field.key);
        int64_t seq = 0;
        if (!isValidIdText(room) || field.value.get(seq) != simdjson::SUCCESS || seq < 0) {
            members.fail(MResume, u"Must be an object of room ids with sequence numbers."_s);
            return true;
        }
        if (frame.resume.contains(RoomId(room)))
            return false;
        frame.resume.insert(RoomId(room), seq);
    }
    return true;
}

void readHistory(Members &members, ClientFrame &frame)
{
    constexpr qint64 maxSeq = std::numeric_limits<qint64>::max() - 1000;
    frame.room = RoomId(members.id(MRoom, true));
    frame.limit = int(members.integer(MLimit, false, 1, 200, 50));
    frame.before = members.integer(MBefore, false, 1, maxSeq, 0);
    frame.after = members.integer(MAfter, false, 0, maxSeq, 0);
    if (members.has(MBefore) && members.has(MAfter))
        members.fail(MAfter, u"Give either before or after."_s);
    else if (members.has(MAfter) && frame.after == 0) {
        frame.before = frame.limit + 1; // the service reads "neither" as the newest page; this is the oldest one
        frame.fromStart = true;
    }
}

//! False for a repeated member.
bool readFields(Members &members, ClientFrame &frame)
{
    switch (frame.type) {
    case ClientFrameType::Ping:
        return true;
    case ClientFrameType::Hello:
        frame.token = bytesOf(members.text(MToken, false, 1, maxToken));
        frame.device = bytesOf(members.text(MDevice, false, 0, 128));
        frame.protocol = int(members.integer(MProtocol, false, 1, 1'000'000, realtimeProtocolVersion));
        frame.flag = members.flag(MSnapshot, false);
        frame.userState = members.integer(MUserState, false, 0, std::numeric_limits<qint64>::max(), -1);
        return readResume(members, frame);
    case ClientFrameType::JoinRoom:
    case ClientFrameType::LeaveRoom:
        frame.room = RoomId(members.id(MRoom, true));
        return true;
    case ClientFrameType::ChatMessage:
        frame.room = RoomId(members.id(MRoom, true));
        frame.message = textOf(members.text(MMessage, true, 0, std::numeric_limits<int>::max()));
        frame.clientId = bytesOf(members.text(MClientId, false, 1, 128));
        frame.messageType = textOf(members.text(MMessageType, false, 1, 32));
        frame.messageId = MessageId(members.id(MReplyTo, false));
        frame.flag = members.flag(MMustAcknowledge, false);
        return readMetadata(members, frame);
    case ClientFrameType::TypingIndicator:
        frame.room = RoomId(members.id(MRoom, true));
        frame.flag = members.flag(MIsTyping);
        return true;
    case ClientFrameType::Presence: {
        const std::string_view status = members.text(MStatus, true, 0, 64);
        frame.flag = status == "away";
        if (members.isOk() && !frame.flag && status != "online")
            members.fail(MStatus, u"Must be \"online\" or \"away\"."_s);
        return true;
    }
    case ClientFrameType::ReadReceipt:
        frame.room = RoomId(members.id(MRoom, true));
        frame.upTo = members.integer(MUpTo, true, 0, std::numeric_limits<qint64>::max(), 0);
        return true;
    case ClientFrameType::EditMessage:
        frame.room = RoomId(members.id(MRoom, true));
        frame.messageId = MessageId(members.id(MId, true));
        frame.message = textOf(members.text(MMessage, true, 0, std::numeric_limits<int>::max()));
        return true;
    case ClientFrameType::DeleteMessage:
        frame.room = RoomId(members.id(MRoom, true));
        frame.messageId = MessageId(members.id(MId, true));
        frame.message = textOf(members.text(MReason, false, 0, maxReason));
        return true;
    case ClientFrameType::React:
        frame.room = RoomId(members.id(MRoom, true));
        frame.messageId = MessageId(members.id(MId, true));
        frame.message = textOf(members.text(MReaction, true, 1, maxReason));
        frame.flag = members.flag(MRemove, false);
        return true;
    case ClientFrameType::Pin:
        frame.room = RoomId(members.id(MRoom, true));
        frame.messageId = MessageId(members.id(MId, true));
        frame.flag = members.flag(MRemove, false);
        return true;
    case ClientFrameType::Acknowledge:
        frame.room = RoomId(members.id(MRoom, true));
        frame.messageId = MessageId(members.id(MId, true));
        return true;
    case ClientFrameType::MarkUnread:
        frame.room = RoomId(members.id(MRoom, true));
        frame.upTo = members.integer(MFrom, true, 1, std::numeric_limits<qint64>::max(), 0);
        return true;
    case ClientFrameType::Draft:
        frame.room = RoomId(members.id(MRoom, true));
        frame.message = textOf(members.text(MMessage, true, 0, std::numeric_limits<int>::max()));
        frame.messageId = MessageId(members.id(MReplyTo, false));
        return true;
    case ClientFrameType::History:
        readHistory(members, frame);
        return true;
    case ClientFrameType::Subscribe:
    case ClientFrameType::Unsubscribe:
        frame.topic = members.id(MTopic, true);
        return true;
    }
    return true;
}
} // namespace

QByteArray clientFrameTypeName(ClientFrameType type)
{
    const auto found =
        std::find_if(typeNames.begin(), typeNames.end(), [type](const TypeName &t) { return t.type == type; });
    return QByteArray(found->name.data(), qsizetype(found->name.size()));
}

struct ClientFrameParser::Private
{
    simdjson::dom::parser parser;
    std::unique_ptr<char[]> buffer; // the text with the padding that simdjson reads over
    size_t capacity = 0;
};

ClientFrameParser::ClientFrameParser() : d(std::make_unique<Private>()) {}
ClientFrameParser::~ClientFrameParser() = default;

Result<ClientFrame> ClientFrameParser::parse(QByteArrayView text, QByteArray *refOut)
{
    if (refOut)
        refOut->clear();
    const auto size = size_t(text.size());
    if (d->capacity < size || !d->buffer) {
        const size_t wanted = std::bit_ceil(size + 1024);
        d->buffer = std::make_unique<char[]>(wanted + simdjson::SIMDJSON_PADDING);
        // simdjson refuses at its limit, and does not count an empty innermost container
        if (d->parser.allocate(wanted, maxDepth + 1) != simdjson::SUCCESS) {
            d->buffer.reset();
            d->capacity = 0;
            return Error(Errc::Unavailable, u"Not enough memory for this frame."_s);
        }
        d->capacity = wanted;
    }
    if (size)
        std::memcpy(d->buffer.get(), text.data(), size);
    std::memset(d->buffer.get() + size, 0, simdjson::SIMDJSON_PADDING);

    element root;
    const auto code = d->parser.parse(d->buffer.get(), size, false).get(root);
    if (code == simdjson::DEPTH_ERROR)
        return malformed(u"The frame is nested deeper than %1 levels."_s.arg(maxDepth));
    if (code != simdjson::SUCCESS)
        return malformed(u"The frame is not valid JSON."_s);
    if (hasLoneSurrogate(text))
        return malformed(u"The frame holds half of a surrogate pair."_s);
    simdjson::dom::object object;
    if (root.get(object) != simdjson::SUCCESS)
        return malformed(u"A frame must be a JSON object."_s);

    Members members;
    const bool unique = members.load(object);
    ClientFrame frame;
    frame.ref = bytesOf(members.text(MRef, false, 0, 64));
    if (refOut)
        *refOut = frame.ref;
    if (!unique)
        return malformed(u"A member stands twice in the frame."_s);
    const std::string_view name = members.text(MType, true, 0, std::numeric_limits<int>::max());
    if (!members.isOk())
        return members.error();
    const auto known =
        std::find_if(typeNames.begin(), typeNames.end(), [name](const TypeName &t) { return t.name == name; });
    if (known == typeNames.end())
        return Error::invalid(u"/type"_s, u"Unknown frame type."_s);
    frame.type = known->type;
    if (!readFields(members, frame))
        return malformed(u"A member stands twice in the frame."_s);
    if (!members.isOk())
        return members.error();
    return frame;
}

} // namespace Atom::Protocol
