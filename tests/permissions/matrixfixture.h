// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/realtime/realtimeserver.h"
#include "tests/permissions/framecases.h"
#include "tests/support/faketransport.h"
#include "tests/support/websocketframes.h"
#include "tests/unit/server/http/endpoints/apifixture.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QTimer>

#include <map>

namespace Atom::Test {

//! \brief The API and the realtime server over the same services and a database, with a person of each role and as
//! many rooms as the test asks for: each call has a room of its own, so that none sees what another changed.
//!
//! Roles: those of the action table but s, and x: a custom role on member with allow MetricsRead and deny MessageSend
//! and TypingSend.
class MatrixFixture : public ApiFixture
{
public:
    static constexpr QByteArrayView roles{"oampuegx"};
    //! Places that exist in rooms made by people: nobody moderates a conversation of two, or archives a direct one, and
    //! who is banned is no member.
    static QList<QByteArray> places()
    {
        return {"G0",  "G1",  "G2",  "G3",  "P0",  "P1",  "P2",  "P3",  "D0",  "D1",  "A0",
                "A3",  "G0a", "G1a", "G2a", "G3a", "P0a", "P1a", "P2a", "P3a", "A0a", "A3a",
                "G0r", "G1r", "G2r", "G3r", "P1r", "P2r", "G1m", "G2m", "P1m", "G0b", "P0b"};
    }
    static UserId userOf(char role) { return UserId(QByteArray("who-") + role); }

    MatrixFixture() : ApiFixture(Identity::GuestPolicy::On)
    {
        Identity::CustomRole custom;
        custom.id = RoleId("trial");
        custom.name = QStringLiteral("Trial");
        custom.effects.allow = Identity::setOf({Action::MetricsRead});
        custom.effects.deny = Identity::setOf({Action::MessageSend, Action::TypingSend});
        must(QCoro::waitFor(storage->permissions().saveRole(custom, true, {})));
        must(QCoro::waitFor(this->ApiFixture::roles.load()));
        const QString password = QStringLiteral("xkcd-Tulip pot 7");
        for (const Who &who : everyRole) {
            if (who.letter != 's' && who.letter != 'g')
                must(QCoro::waitFor(users->create(userOf(who.letter), QStringLiteral("Who"), who.role, password)));
        }
        for (const char *id : {"who-x", "zoe", "keeper"})
            must(QCoro::waitFor(users->create(UserId(id), QStringLiteral("Who"), Role::Member, password)));
        must(QCoro::waitFor(users->setRole(userOf('x'), Role::Member, {}, custom.id)));
    }

    //! As the access token would say it; nobody for a guest.
    Actor actorOf(char role) const
    {
        Actor actor;
        if (role == 'g')
            return actor;
        const User user = users->find(userOf(role))->user;
        actor.user = user.id;
        actor.role = user.role;
        actor.customRole = user.customRole;
        actor.session = SessionId("session");
        return actor;
    }

    static bool mayBe(const std::vector<Allow> &instead, Action action, char role, const QByteArray &place, bool own)
    {
        char asked = role;
        if (role == 'x') {
            if (action == Action::MetricsRead)
                return true;
            const bool ownsRoom = place[1] == '3'; // owners cannot be denied anything in their room
            if (!ownsRoom && (action == Action::MessageSend || action == Action::TypingSend))
                return false;
            asked = 'e';
        }
        if (instead.empty())
            return expected(action, asked, place, own);
        return std::any_of(instead.begin(), instead.end(), [&](const Allow &row) {
            return strchr(row.roles, asked) && isListed(row.places, place) && (own || !row.ownOnly) &&
                   !isTakenAway(row.action, asked, place);
        });
    }

    //! A room of that state with the person in that position; made by makeRooms().
    RoomId roomFor(char role, const QByteArray &place)
    {
        const RoomId id("room-" + QByteArray::number(++m_count));
        Rooms::RoomState state;
        state.room.id = id;
        state.room.name = id.toString();
        state.room.kind = place[0] == 'D' ? RoomKind::Direct : place[0] == 'A' ? RoomKind::Assistant : RoomKind::Group;
        state.room.visibility = place[0] == 'G' ? RoomVisibility::Public : RoomVisibility::Private;
        state.room.createdBy = UserId("keeper");
        state.room.createdAt = clock.now();
        const auto add = [&](const UserId &user, MemberRole position) {
            Member member;
            member.user = user;
            member.role = position;
            member.joinedAt = clock.now();
            state.members.insert(user, member);
        };
        const bool isTwo = place[0] == 'D' || place[0] == 'A';
        const char position = place[1];
        if (!isTwo || position == '0')
            add(UserId("zoe"), place[0] == 'A' ? MemberRole::Owner : MemberRole::Member);
        if (place[0] == 'A')
            add(assistantUser(), MemberRole::Member);
        else
            add(UserId("keeper"), isTwo ? MemberRole::Member : MemberRole::Owner);
        if (position != '0') {
            add(userOf(role), position == '3'   ? MemberRole::Owner
                              : position == '2' ? MemberRole::Moderator
                                                : MemberRole::Member);
        }
        state.room.memberCount = int(state.members.size());
        const UserId owner = place[0] != 'A' ? UserId("keeper") : position == '0' ? UserId("zoe") : userOf(role);
        m_made.append({std::move(state), id, owner, userOf(role), specialOf(place)});
        return id;
    }
    static MessageId messageIn(const RoomId &room, bool own)
    {
        return MessageId(room.bytes() + (own ? "-own" : "-other"));
    }
    //! Stores the rooms asked for, each with a message of the person and one of somebody else.
    void makeRooms()
    {
        int open = 0;
        for (const auto &[state, room, owner, user, special] : std::as_const(m_made)) {
            ++open;
            QCoro::connect(storage->rooms().create(state), &m_context, [&open](const Result<QList<RoomEvent>> &made) {
                must(made);
                --open;
            });
            for (const bool own : {true, false}) {
                Rooms::EventDraft draft;
                draft.event.room = room;
                draft.event.actor = own ? user : UserId("keeper");
                draft.event.at = clock.now();
                draft.event.message = messageIn(room, own);
                draft.event.messageType = QStringLiteral("text");
                draft.event.text = QStringLiteral("said");
                ++open;
                storage->rooms().append(std::move(draft), [&open](const Result<Rooms::Appended> &done) {
                    must(done);
                    --open;
                });
            }
            waitUntil([&open] { return open < 5'000; }); // the writer's queue is bounded
        }
        waitUntil([&open] { return open == 0; });
        must(QCoro::waitFor(rooms->load()));
        for (const Made &made : std::as_const(m_made)) {
            if (made.special == ' ')
                continue;
            ++open;
            QCoro::connect(makeSpecial(made), &m_context, [&open] { --open; });
            waitUntil([&open] { return open < 1'000; });
        }
        waitUntil([&open] { return open == 0; });
        m_made.clear();
    }
    template <typename F> static void waitUntil(F done)
    {
        QElapsedTimer elapsed;
        elapsed.start();
        QTimer wake; // so that waiting for events ends when none come
        wake.start(50);
        while (!done()) {
            if (elapsed.elapsed() > 90'000)
                qFatal("what was begun does not end");
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
    }

private:
    struct Made
    {
        Rooms::RoomState state;
        RoomId room;
        UserId owner; //!< of the room
        UserId user;
        char special = ' ';
    };
    //! As an owner of the room does it.
    QCoro::Task<void> makeSpecial(Made made)
    {
        Actor owner;
        owner.user = made.owner;
        const QString why = QStringLiteral("to see what is refused");
        if (made.special == 'a') {
            Rooms::RoomChange change;
            change.archived = true;
            must(co_await rooms->update(owner, made.room, change));
        } else if (made.special == 'r') {
            Rooms::RoomChange change;
            change.readOnly = true;
            must(co_await rooms->update(owner, made.room, change));
        } else if (made.special == 'm') {
            must(co_await rooms->mute(owner, made.room, made.user, seconds(3'600), why));
        } else {
            must(co_await rooms->ban(owner, made.room, made.user, std::nullopt, why));
        }
    }
    QList<Made> m_made;
    QObject m_context;
    int m_count = 0;
};

} // namespace Atom::Test
