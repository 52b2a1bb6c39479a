// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Realtime frames: JSON text, one object a frame, `type` says what it is. resources/realtime.md is the specification.
// The server parses with simdjson (parseClientFrame) and writes with an append writer (encode...): no QJson on the hot
// path. The client uses parseServerFrame.

#include "shared/core/result.h"
#include "shared/model/roomevent.h"
#include "shared/model/user.h"

#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QList>

#include <memory>
#include <string>

namespace Atom::Protocol {

inline constexpr int realtimeProtocolVersion = 1;

enum class ClientFrameType {
    Ping,
    Hello,
    JoinRoom,
    LeaveRoom,
    ChatMessage,
    TypingIndicator,
    Presence,
    ReadReceipt,
    EditMessage,
    DeleteMessage,
    History,
    Subscribe,
    Unsubscribe,
    React,
    Pin,
    Acknowledge,
    MarkUnread,
    Draft,
};
//! \brief As on the wire, for example "chat_message".
QByteArray clientFrameTypeName(ClientFrameType type);

//! \brief A frame from a client, checked for types and sizes. Flat; fields a type does not use stay empty.
struct ClientFrame
{
    ClientFrameType type = ClientFrameType::Ping;
    QByteArray ref; //!< optional client reference, 0..64 bytes, echoed in the answer or error
    RoomId room;
    QString message; //!< ChatMessage, EditMessage, Draft: body; DeleteMessage: reason; React: the reaction
    QByteArray clientId;
    QString messageType;
    MessageId messageId; //!< "id"; ChatMessage, Draft: "reply_to"
    QJsonObject metadata;
    //! TypingIndicator: is_typing; Presence: status == "away"; ChatMessage: must_acknowledge; React, Pin: remove; Hello:
    //! snapshot.
    bool flag = false;
    qint64 before = 0;      //!< History; "after": 0 (from the first event) arrives as before = limit + 1 and fromStart
    bool fromStart = false; //!< History
    qint64 after = 0;       //!< History
    qint64 upTo = 0;        //!< ReadReceipt: up_to; MarkUnread: from
    int limit = 50;         //!< History
    QByteArray token;       //!< Hello
    QByteArray device;      //!< Hello: 0..128 bytes
    int protocol = realtimeProtocolVersion; //!< Hello
    QHash<RoomId, qint64> resume;           //!< Hello: room -> last seq seen, at most 1000
    qint64 userState = -1;                  //!< Hello: version of the user's private state; -1: none
    QByteArray topic;                       //!< Subscribe, Unsubscribe
};

//! \brief One parser a thread (simdjson keeps buffers). Depth <= 32 (a flat object has depth 1). Unknown members are
//! ignored; a member that the protocol reads may stand there once only; null is the same as absent.
class ClientFrameParser
{
public:
    ClientFrameParser();
    ~ClientFrameParser();
    //! \return MalformedRequest (not JSON, bad UTF-8, lone surrogates, too deep, not an object, repeated member),
    //! ValidationFailed with pointers (missing or wrong field, unknown type: pointer "/type"). `refOut`, when given,
    //! receives the frame's ref even on failure.
    Result<ClientFrame> parse(QByteArrayView text, QByteArray *refOut = nullptr);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

// --- what the server sends; complete JSON texts
QByteArray encodePong(Timestamp now, const QByteArray &ref);
//! error {code, detail, ref?, errors?, retry_after?}
QByteArray encodeError(const Error &error, const QByteArray &ref);
//! message_ack {client_id, id, seq, room_id, timestamp, trace_id?, thread_root?, mentions?, duplicate?, ref?}
QByteArray encodeAck(const RoomEvent &event, bool duplicate, const QByteArray &ref);
//! The frame of the event's kind, for example chat_message. Encoded once per event.
QByteArray encodeRoomEvent(const RoomEvent &event);
//! typing_indicator {room_id, user_id, is_typing}
QByteArray encodeTyping(const RoomId &room, const UserId &user, bool typing);
//! reply_progress {room_id, message_id, offset, text}: a piece of the assistant's answer to that message
QByteArray encodeReplyProgress(const RoomId &room, const MessageId &question, qint64 offset, const QString &text);
//! presence {user_id, status: online|away|offline, last_seen?}
QByteArray encodePresence(const UserId &user, const QByteArray &status, std::optional<Timestamp> lastSeen);
//! Any other frame (welcome, room_joined, room_left, history, gap, topic, ...): `type` and `ref` are put first.
QByteArray encodeFrame(const QByteArray &type, const QJsonObject &fields, const QByteArray &ref = {});
//! \brief The same with one more member `listName`: the events, each as encodeRoomEvent() writes it (history, gap).
QByteArray encodeEventsFrame(const QByteArray &type, const QJsonObject &fields, const QByteArray &listName,
                             const QList<RoomEvent> &events, const QByteArray &ref = {});

// --- what the client reads
//! \brief A frame from the server: its type, and the whole object.
struct ServerFrame
{
    QByteArray type;
    QJsonObject object;
};
Result<ServerFrame> parseServerFrame(const QByteArray &text);

// --- JSON text building, shared by the encoders
void appendJsonString(std::string &out, QStringView text);
void appendJsonString(std::string &out, QByteArrayView utf8);

} // namespace Atom::Protocol
