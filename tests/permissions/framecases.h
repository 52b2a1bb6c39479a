// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/protocol/realtimeframes.h"
#include "tests/permissions/routecases.h"

//! How each realtime frame is sent in the permission test, and whom to expect. A frame type or topic without a row does
//! not compile, or fails tst_permissionmatrix. To add one: its line here; see tests/README.md.
namespace Atom::Test {

struct FrameCase
{
    const char *frame; //!< JSON without ref; ROOM and MESSAGE are replaced; null: no such type
    Action action;
    In in;
    std::vector<Allow> instead = {};
};

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wswitch"
inline FrameCase frameCase(Protocol::ClientFrameType type)
{
    using Protocol::ClientFrameType;
    switch (type) {
    case ClientFrameType::Ping:
        return {R"({"type":"ping"})", Action::RoomList, In::Open};
    case ClientFrameType::Hello:
        return {R"({"type":"hello","protocol":1})", Action::RoomList, In::Open};
    case ClientFrameType::JoinRoom:
        return {R"({"type":"join_room","room_id":"ROOM"})", Action::RoomJoin, In::Room};
    case ClientFrameType::LeaveRoom:
        return {R"({"type":"leave_room","room_id":"ROOM"})", Action::RoomLeave, In::Room};
    case ClientFrameType::ChatMessage:
        return {R"({"type":"chat_message","room_id":"ROOM","message":"x"})", Action::MessageSend, In::Room};
    case ClientFrameType::TypingIndicator:
        return {R"({"type":"typing_indicator","room_id":"ROOM","is_typing":true})", Action::TypingSend, In::Room};
    case ClientFrameType::Presence:
        return {R"({"type":"presence","status":"away"})", Action::RoomList, In::Open};
    case ClientFrameType::ReadReceipt:
        return {R"({"type":"read_receipt","room_id":"ROOM","up_to":1})", Action::ReceiptSend, In::Room};
    case ClientFrameType::EditMessage:
        return {R"({"type":"edit_message","room_id":"ROOM","id":"MESSAGE","message":"y"})", Action::MessageEdit,
                In::Message};
    case ClientFrameType::DeleteMessage:
        return {R"({"type":"delete_message","room_id":"ROOM","id":"MESSAGE"})", Action::MessageDelete, In::Message};
    case ClientFrameType::History:
        return {R"({"type":"history","room_id":"ROOM"})", Action::RoomRead, In::Room};
    case ClientFrameType::Subscribe: // the other topics: topicCases()
        return {R"({"type":"subscribe","topic":"room:ROOM"})", Action::RoomRead, In::Room};
    case ClientFrameType::Unsubscribe:
        return {R"({"type":"unsubscribe","topic":"metrics"})", Action::RoomList, In::Open};
    case ClientFrameType::React:
        return {R"({"type":"react","room_id":"ROOM","id":"MESSAGE","reaction":"+1"})", Action::MessageReact,
                In::Message};
    case ClientFrameType::Pin:
        return {R"({"type":"pin","room_id":"ROOM","id":"MESSAGE"})", Action::MessagePin, In::Message};
    case ClientFrameType::Acknowledge:
        return {R"({"type":"acknowledge","room_id":"ROOM","id":"MESSAGE"})", Action::MessageAcknowledge, In::Message};
    case ClientFrameType::MarkUnread:
        return {R"({"type":"mark_unread","room_id":"ROOM","from":1})", Action::ReceiptSend, In::Room};
    case ClientFrameType::Draft:
        return {R"({"type":"draft","room_id":"nowhere","message":"x"})",
                Action::PersonalKeep,
                In::Server,
                {{Action::PersonalKeep, accounts, anywhere}}};
    }
    return {nullptr, Action::RoomList, In::Open};
}
#pragma GCC diagnostic pop

struct TopicCase
{
    const char *topic;
    Action action;
};
inline constexpr TopicCase topicCases[] = {
    {"metrics", Action::MetricsRead}, {"alerts", Action::AlertsRead}, {"connections", Action::ConnectionsRead},
    {"runs", Action::RunRead},        {"traces", Action::TraceRead},  {"activity", Action::MetricsRead},
};

} // namespace Atom::Test
