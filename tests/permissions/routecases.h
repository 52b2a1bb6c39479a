// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/permissions/actiontable.h"

#include <vector>

//! How each route is called in the permission test, and by what its outcome is known. A route without a row fails
//! tst_permissionmatrix. To add one: its line here; see tests/README.md.
namespace Atom::Test {

//! What the route is about, which says what to call it with and whom to expect.
enum class In {
    Open,    //!< everybody, also without a token
    Account, //!< everybody with an account
    Server,  //!< the row's action, nowhere in particular
    Room,    //!< the row's action, in a room of each state, at each position
    Message, //!< the same, once with a message of one's own and once with a foreign one
    Profile, //!< the row's action, once about oneself and once about another
};

struct RouteCase
{
    const char *route; //!< "METHOD /path/{with}/{parts}"
    Action action;
    In in;
    const char *body = "";           //!< JSON; ROOM, MESSAGE, ME and ZOE are replaced
    const char *query = "";          //!< "?..."
    std::vector<Allow> instead = {}; //!< who may, where it is not what the action table says of the row's action
};

// Every room has the member zoe (a plain one) and the owner keeper; group rooms have both, direct rooms one of them.
inline const std::vector<RouteCase> &routeCases()
{
    static const char *const aMessage = R"({"message":"x"})";
    static const std::vector<RouteCase> cases{
        // --- open to everybody
        {"GET /", Action::RoomList, In::Open},
        {"GET /health", Action::RoomList, In::Open},
        {"GET /livez", Action::RoomList, In::Open},
        {"GET /readyz", Action::RoomList, In::Open},
        {"GET /metrics", Action::RoomList, In::Open},
        {"GET /api/docs", Action::RoomList, In::Open},
        {"GET /api/v1/openapi.json", Action::RoomList, In::Open},
        {"GET /api/v1/openapi.yaml", Action::RoomList, In::Open},
        {"GET /.well-known/jwks.json", Action::RoomList, In::Open},
        {"POST /api/v1/auth/sign-in", Action::RoomList, In::Open, "{}"},
        {"POST /api/v1/auth/refresh", Action::RoomList, In::Open, "{}"},
        {"POST /api/v1/auth/sign-in/enrol", Action::RoomList, In::Open, "{}"},
        {"POST /api/v1/auth/sign-in/totp", Action::RoomList, In::Open, "{}"},
        {"POST /api/v1/auth/password-reset", Action::RoomList, In::Open, "{}"},
        {"POST /api/v1/auth/join", Action::RoomList, In::Open, "{}"},
        {"POST /api/v1/chat/message", Action::ChatWithAssistant, In::Open, R"({"message":"hi","user_id":"ME"})"},
        {"GET /api/v1/chat/connections", Action::ConnectionsRead, In::Open},
        {"GET /api/v1/chat/features", Action::RoomList, In::Open},
        {"GET /api/v1/websocket/stats", Action::PresenceRead, In::Open},
        {"GET /api/v1/websocket/users/{user_id}/status", Action::PresenceRead, In::Open},
        // --- the own account
        {"POST /api/v1/auth/sign-out", Action::ProfileRead, In::Account},
        {"GET /api/v1/users/me", Action::ProfileRead, In::Account},
        {"POST /api/v1/auth/step-up", Action::AccountManage, In::Account, "{}"},
        {"GET /api/v1/users/me/profile", Action::AccountManage, In::Account},
        {"PATCH /api/v1/users/me/profile", Action::AccountManage, In::Account, "{}"},
        {"PUT /api/v1/users/me/status", Action::AccountManage, In::Account, "{}"},
        {"DELETE /api/v1/users/me/status", Action::AccountManage, In::Account},
        {"PUT /api/v1/users/me/password", Action::AccountManage, In::Account, "{}"},
        {"GET /api/v1/users/me/totp", Action::AccountManage, In::Account},
        {"POST /api/v1/users/me/totp", Action::AccountManage, In::Account, "{}"},
        {"POST /api/v1/users/me/totp/confirm", Action::AccountManage, In::Account, "{}"},
        {"POST /api/v1/users/me/totp/recovery-codes", Action::AccountManage, In::Account, "{}"},
        {"POST /api/v1/users/me/totp/remove", Action::AccountManage, In::Account, "{}"},
        {"GET /api/v1/users/me/sessions", Action::AccountManage, In::Account},
        {"DELETE /api/v1/users/me/sessions", Action::AccountManage, In::Account},
        {"DELETE /api/v1/users/me/sessions/{session_id}", Action::AccountManage, In::Account},
        {"GET /api/v1/users/me/counters", Action::RoomList, In::Account},
        {"GET /api/v1/users/me/mentions", Action::RoomList, In::Account},
        {"GET /api/v1/users/me/state", Action::PersonalKeep, In::Account},
        {"GET /api/v1/users/me/drafts", Action::PersonalKeep, In::Account},
        {"PUT /api/v1/users/me/drafts/{room_id}", Action::PersonalKeep, In::Account, "{}"},
        {"DELETE /api/v1/users/me/drafts/{room_id}", Action::PersonalKeep, In::Account},
        {"GET /api/v1/users/me/bookmarks", Action::PersonalKeep, In::Account},
        {"PUT /api/v1/users/me/bookmarks/{message_id}", Action::PersonalKeep, In::Account, "{}"},
        {"DELETE /api/v1/users/me/bookmarks/{message_id}", Action::PersonalKeep, In::Account},
        {"GET /api/v1/users/me/keywords", Action::PersonalKeep, In::Account},
        {"PUT /api/v1/users/me/keywords", Action::PersonalKeep, In::Account, "{}"},
        {"GET /api/v1/users/me/reminders", Action::PersonalKeep, In::Account},
        {"POST /api/v1/users/me/reminders", Action::PersonalKeep, In::Account, "{}"},
        {"DELETE /api/v1/users/me/reminders/{reminder_id}", Action::PersonalKeep, In::Account},
        {"GET /api/v1/users/me/scheduled", Action::PersonalKeep, In::Account},
        {"POST /api/v1/users/me/scheduled", Action::PersonalKeep, In::Account, "{}"},
        {"PUT /api/v1/users/me/scheduled/{scheduled_id}", Action::PersonalKeep, In::Account, "{}"},
        {"DELETE /api/v1/users/me/scheduled/{scheduled_id}", Action::PersonalKeep, In::Account},
        {"GET /api/v1/tokens/actions", Action::TokenManage, In::Account},
        {"GET /api/v1/tokens", Action::TokenManage, In::Account},
        {"POST /api/v1/tokens", Action::TokenManage, In::Account, "{}"},
        {"DELETE /api/v1/tokens/{token_id}", Action::TokenManage, In::Account},
        {"GET /api/v1/chat/users/{user_id}/context", Action::ProfileRead, In::Profile},
        // --- rooms
        {"GET /api/v1/rooms", Action::RoomList, In::Account},
        {"POST /api/v1/rooms", Action::RoomCreate, In::Server, "{}"},
        {"GET /api/v1/rooms/{room_id}", Action::RoomRead, In::Room},
        {"POST /api/v1/rooms/{room_id}/join", Action::RoomJoin, In::Room},
        {"POST /api/v1/rooms/{room_id}/leave", Action::RoomLeave, In::Room},
        {"GET /api/v1/rooms/{room_id}/members", Action::RoomRead, In::Room},
        {"POST /api/v1/rooms/{room_id}/members", Action::RoomManageMembers, In::Room, R"({"user_id":"ben"})"},
        {"DELETE /api/v1/rooms/{room_id}/members/{user_id}", Action::RoomManageMembers, In::Room},
        {"GET /api/v1/websocket/rooms/{room_id}",
         Action::PresenceRead,
         In::Room,
         "",
         "",
         {{Action::PresenceRead, accounts, asMember},
          {Action::PresenceRead, accounts, "G0"},
          {Action::RoomJoin, "g", "G0"}}}, // whoever may walk in may look
        {"POST /api/v1/rooms/{room_id}/members/bulk",
         Action::RoomManageMembers,
         In::Room,
         R"({"add":["ben"]})",
         "",
         {{Action::RoomRead, accounts, asMember}, {Action::RoomRead, accounts, "G0"}}}, // decided for each item
        // --- settings and moderation of rooms
        {"PATCH /api/v1/rooms/{room_id}", Action::RoomUpdate, In::Room, R"({"topic":"x"})"},
        {"POST /api/v1/rooms/{room_id}/archive", Action::RoomAdminister, In::Room},
        {"POST /api/v1/rooms/{room_id}/unarchive", Action::RoomAdminister, In::Room},
        {"GET /api/v1/rooms/{room_id}/legal-hold", Action::LegalHoldManage, In::Server},
        {"PUT /api/v1/rooms/{room_id}/legal-hold", Action::LegalHoldManage, In::Server, R"({"reason":"x"})"},
        {"DELETE /api/v1/rooms/{room_id}/legal-hold", Action::LegalHoldManage, In::Server, R"({"reason":"x"})"},
        {"PATCH /api/v1/rooms/{room_id}/members/{user_id}",
         Action::RoomAdminister,
         In::Room,
         R"({"role":"moderator"})",
         "",
         {{Action::RoomAdminister, accounts, "G3 P3"}}}, // nobody else is in a room with the assistant
        {"PUT /api/v1/rooms/{room_id}/owner",
         Action::RoomAdminister,
         In::Room,
         R"({"user_id":"zoe"})",
         "",
         {{Action::RoomAdminister, accounts, "G3 P3"}}},
        {"GET /api/v1/rooms/{room_id}/mutes", Action::RoomModerate, In::Room},
        {"PUT /api/v1/rooms/{room_id}/mutes/{user_id}", Action::RoomModerate, In::Room, R"({"seconds":60})"},
        {"DELETE /api/v1/rooms/{room_id}/mutes/{user_id}", Action::RoomModerate, In::Room},
        {"GET /api/v1/rooms/{room_id}/bans", Action::RoomModerate, In::Room},
        {"PUT /api/v1/rooms/{room_id}/bans/{user_id}", Action::RoomModerate, In::Room, R"({"seconds":60})"},
        {"DELETE /api/v1/rooms/{room_id}/bans/{user_id}", Action::RoomModerate, In::Room},
        {"GET /api/v1/rooms/{room_id}/join-requests", Action::RoomModerate, In::Room},
        {"POST /api/v1/rooms/{room_id}/join-requests/{user_id}/approve", Action::RoomModerate, In::Room},
        {"POST /api/v1/rooms/{room_id}/join-requests/{user_id}/deny", Action::RoomModerate, In::Room},
        {"DELETE /api/v1/rooms/{room_id}/join-requests/{user_id}", Action::RoomJoin, In::Account}, // one's own
        {"POST /api/v1/rooms/{room_id}/invitations", Action::RoomInvite, In::Room},
        {"GET /api/v1/rooms/{room_id}/invitations", Action::RoomModerate, In::Room},
        // 404 for an id that is not there, as for a room that is not one's own: tst_roomadminendpoints, tst_exports
        {"DELETE /api/v1/rooms/{room_id}/invitations/{invitation_id}", Action::RoomModerate, In::Account},
        {"POST /api/v1/room-invitations/redeem", Action::RoomJoin, In::Account, "{}"},
        {"PATCH /api/v1/rooms/{room_id}/preferences", Action::RoomPreferencesSet, In::Room, R"({"favourite":true})"},
        {"GET /api/v1/users/me/room-preferences", Action::RoomList, In::Account},
        {"PUT /api/v1/users/me/favourites", Action::RoomPreferencesSet, In::Account, R"({"rooms":[]})"},
        {"POST /api/v1/rooms/{room_id}/exports", Action::RoomExport, In::Room},
        {"GET /api/v1/rooms/{room_id}/exports", Action::RoomExport, In::Room},
        {"GET /api/v1/rooms/{room_id}/exports/{export_id}", Action::RoomExport, In::Account},
        {"DELETE /api/v1/rooms/{room_id}/exports/{export_id}", Action::RoomExport, In::Account},
        {"GET /api/v1/rooms/{room_id}/exports/{export_id}/archive", Action::RoomExport, In::Account},
        // --- messages
        {"GET /api/v1/rooms/{room_id}/messages", Action::RoomRead, In::Room},
        {"POST /api/v1/rooms/{room_id}/messages", Action::MessageSend, In::Room, aMessage},
        {"GET /api/v1/rooms/{room_id}/messages/{message_id}", Action::RoomRead, In::Message},
        {"PATCH /api/v1/rooms/{room_id}/messages/{message_id}", Action::MessageEdit, In::Message, aMessage},
        {"DELETE /api/v1/rooms/{room_id}/messages/{message_id}", Action::MessageDelete, In::Message},
        {"POST /api/v1/rooms/{room_id}/read", Action::ReceiptSend, In::Room, R"({"up_to":1})"},
        {"GET /api/v1/messages/{message_id}", Action::RoomRead, In::Message},
        {"PUT /api/v1/rooms/{room_id}/messages/{message_id}/reactions/{reaction}", Action::MessageReact, In::Message},
        {"DELETE /api/v1/rooms/{room_id}/messages/{message_id}/reactions/{reaction}", Action::MessageReact,
         In::Message},
        {"PUT /api/v1/rooms/{room_id}/messages/{message_id}/pin", Action::MessagePin, In::Message},
        {"DELETE /api/v1/rooms/{room_id}/messages/{message_id}/pin", Action::MessagePin, In::Message},
        {"GET /api/v1/rooms/{room_id}/pins", Action::RoomRead, In::Room},
        {"PUT /api/v1/rooms/{room_id}/messages/{message_id}/acknowledgement", Action::MessageAcknowledge, In::Message},
        {"GET /api/v1/rooms/{room_id}/messages/{message_id}/acknowledgements", Action::RoomRead, In::Message},
        {"GET /api/v1/rooms/{room_id}/messages/{message_id}/thread", Action::RoomRead, In::Message},
        {"GET /api/v1/rooms/{room_id}/messages/{message_id}/versions", Action::RoomRead, In::Message},
        {"POST /api/v1/rooms/{room_id}/unread", Action::ReceiptSend, In::Room, R"({"from":1})"},
        {"GET /api/v1/search", Action::RoomRead, In::Account, "", "?q=hello"}, // what one may not read is not found
        // --- accounts of others
        {"GET /api/v1/users", Action::UserManage, In::Server},
        {"GET /api/v1/people", Action::PeopleRead, In::Server},
        {"POST /api/v1/users", Action::UserManage, In::Server, "{}"},
        {"GET /api/v1/users/{user_id}", Action::UserManage, In::Server},
        {"PATCH /api/v1/users/{user_id}", Action::UserManage, In::Server, "{}"},
        {"GET /api/v1/users/{user_id}/profile", Action::PeopleRead, In::Server},
        {"POST /api/v1/users/{user_id}/password-reset", Action::UserManage, In::Server, "{}"},
        {"DELETE /api/v1/users/{user_id}/totp", Action::UserManage, In::Server},
        {"GET /api/v1/users/{user_id}/sessions", Action::UserManage, In::Server},
        {"DELETE /api/v1/users/{user_id}/sessions", Action::UserManage, In::Server},
        {"DELETE /api/v1/users/{user_id}/sessions/{session_id}", Action::UserManage, In::Server},
        {"POST /api/v1/users/{user_id}/erase", Action::UserErase, In::Server, "{}"},
        {"POST /api/v1/user-imports", Action::UserManage, In::Server, "{}"},
        {"GET /api/v1/account-invitations", Action::UserInvite, In::Server},
        {"POST /api/v1/account-invitations", Action::UserInvite, In::Server, "{}"},
        {"DELETE /api/v1/account-invitations/{invitation_id}", Action::UserInvite, In::Server},
        {"POST /api/v1/users/bulk", Action::UserManage, In::Server, "{}"},
        // --- the server
        {"GET /api/v1/audit", Action::AuditRead, In::Server},
        {"GET /api/v1/audit/export", Action::AuditRead, In::Server},
        {"POST /api/v1/audit/verify", Action::AuditRead, In::Server},
        {"GET /api/v1/metrics/history", Action::MetricsRead, In::Server},
        {"GET /api/v1/alerts", Action::AlertsRead, In::Server},
        {"GET /api/v1/alerts/rules", Action::AlertsRead, In::Server},
        {"POST /api/v1/alerts/{alert_id}/acknowledge", Action::AlertsAcknowledge, In::Server},
        {"POST /api/v1/websocket/users/{user_id}/message", Action::SystemMessageSend, In::Server, aMessage},
        {"POST /api/v1/websocket/rooms/{room_id}/broadcast", Action::SystemMessageSend, In::Server, aMessage},
        {"GET /api/v1/logs/levels", Action::LogsManage, In::Server},
        {"PUT /api/v1/logs/levels", Action::LogsManage, In::Server, "{}"},
        {"GET /api/v1/config", Action::ConfigRead, In::Server},
        {"GET /api/v1/workflows", Action::WorkflowRead, In::Server},
        {"POST /api/v1/workflows", Action::WorkflowManage, In::Server, "{}"},
        {"POST /api/v1/workflows/validate", Action::WorkflowRead, In::Server, "{}"},
        {"GET /api/v1/workflows/{workflow_id}", Action::WorkflowRead, In::Server},
        {"POST /api/v1/workflows/{workflow_id}/runs", Action::WorkflowManage, In::Server, "{}"},
        {"GET /api/v1/runs", Action::RunRead, In::Server},
        {"GET /api/v1/runs/{run_id}", Action::RunRead, In::Server},
        {"POST /api/v1/runs/{run_id}/cancel", Action::WorkflowManage, In::Server},
        {"GET /api/v1/intents", Action::ChatWithAssistant, In::Account},
        {"GET /api/v1/intents/report", Action::WorkflowRead, In::Server},
        {"GET /api/v1/users/me/memory", Action::PersonalKeep, In::Account},
        {"POST /api/v1/users/me/memory", Action::PersonalKeep, In::Account, "{}"},
        {"PUT /api/v1/users/me/memory/{fact_id}", Action::PersonalKeep, In::Account, "{}"},
        {"DELETE /api/v1/users/me/memory/{fact_id}", Action::PersonalKeep, In::Account},
        {"POST /api/v1/intents/classify", Action::WorkflowRead, In::Server, "{}"},
        {"GET /api/v1/intents/{intent_name}", Action::WorkflowRead, In::Server},
        {"PUT /api/v1/intents/{intent_name}", Action::WorkflowManage, In::Server, "{}"},
        {"DELETE /api/v1/intents/{intent_name}", Action::WorkflowManage, In::Server},
        {"PUT /api/v1/messages/{message_id}/feedback",
         Action::ChatWithAssistant,
         In::Message,
         R"({"verdict":"up"})",
         "",
         {{Action::RoomRead, accounts, asMember}, {Action::RoomRead, accounts, "G0"}}}, // an answer one can read
        {"POST /api/v1/messages/{message_id}/stop", Action::MessageDelete, In::Message},
        // --- traces: the structure for those who look after the server, and for who reads the room
        {"GET /api/v1/traces",
         Action::TraceRead,
         In::Room,
         "",
         "?room=ROOM",
         {{Action::TraceRead, "oapu", anywhere}, {Action::TraceRead, accounts, asMember}}},
        {"GET /api/v1/traces/{trace_id}", Action::TraceRead, In::Account}, // 404 for others: tst_observationendpoints
        {"GET /api/v1/messages/{message_id}/trace", Action::TraceRead, In::Account}, // the same
        // --- permissions
        {"GET /api/v1/roles", Action::PermissionsRead, In::Server},
        {"POST /api/v1/roles", Action::PermissionsManage, In::Server, "{}"},
        {"GET /api/v1/roles/{role_id}", Action::PermissionsRead, In::Server},
        {"PATCH /api/v1/roles/{role_id}", Action::PermissionsManage, In::Server, R"({"name":"x"})"},
        {"DELETE /api/v1/roles/{role_id}", Action::PermissionsManage, In::Server},
        {"GET /api/v1/permissions/actions", Action::PermissionsRead, In::Server},
        {"GET /api/v1/permissions/explain", Action::PermissionsRead, In::Account, "", "?action=RoomRead"},
        {"POST /api/v1/permissions/simulate",
         Action::RoleAssign,
         In::Server,
         R"({"user_id":"ben","give":"moderator"})",
         "",
         {{Action::RoleAssign, "oa", anywhere}}},
        {"GET /api/v1/rooms/{room_id}/permissions",
         Action::RoomPermissionsManage,
         In::Room,
         "",
         "",
         {{Action::RoomPermissionsManage, "oau", anywhere}, {Action::RoomPermissionsManage, accounts, "G3 P3"}}},
        {"PATCH /api/v1/rooms/{room_id}/permissions", Action::RoomPermissionsManage, In::Room,
         R"({"changes":[{"kind":"user","subject":"ben","action":"TypingSend","effect":"deny"}]})"},
        // --- break-glass
        {"GET /api/v1/break-glass", Action::BreakGlassRead, In::Server},
        {"POST /api/v1/break-glass", Action::BreakGlassOpen, In::Room,
         R"({"room_id":"ROOM","reason":"To see who may do it","minutes":5})"},
        {"DELETE /api/v1/break-glass/{opening_id}", Action::BreakGlassOpen,
         In::Account}, // 404 for what is not one's own
    };
    return cases;
}

} // namespace Atom::Test
