// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/identity/passwordhasher.h"
#include "server/identity/userservice.h"
#include "server/rooms/breakglass.h"
#include "server/rooms/roompermissions.h"
#include "tests/support/memoryidentity.h"
#include "tests/support/memorypermissions.h"
#include "tests/support/memorytraces.h"
#include "tests/unit/server/storage/storagefixture.h"

namespace Atom::Test {

//! \brief Rooms over a real storage, permissions and accounts in memory. Accounts: olga (owner), adam (admin), uma
//! (auditor), mia, ned (members). Rooms: "board" (private: mia owner, ned member), "lobby" (public: the same).
struct PermissionWorld
{
    StorageFixture store;
    MemoryTraces traces;
    MemoryUsers userRepository;
    MemoryPermissions repository;
    Identity::PasswordHasher hasher{Identity::PasswordHasher::Cost{1, 8192}};
    Identity::UserService users{userRepository, hasher, store.clock};
    Identity::Permissions permissions{store.clock};
    std::unique_ptr<Rooms::RoomService> rooms;
    std::unique_ptr<Rooms::RoomPermissionService> service;
    std::unique_ptr<Rooms::BreakGlassService> glass;

    explicit PermissionWorld(Rooms::BreakGlassSettings settings = {})
    {
        must(store.open());
        const std::pair<const char *, Role> people[] = {{"olga", Role::Owner},
                                                        {"adam", Role::Admin},
                                                        {"uma", Role::Auditor},
                                                        {"mia", Role::Member},
                                                        {"ned", Role::Member}};
        for (const auto &[id, role] : people)
            must(QCoro::waitFor(
                users.create(UserId(id), QString::fromLatin1(id), role, QStringLiteral("xkcd-Tulip pot 7"))));
        for (const char *id : {"board", "lobby"}) {
            Rooms::RoomState state =
                StorageFixture::group(RoomId(id), {UserId("mia"), UserId("ned")}, store.clock.now());
            state.room.visibility = *id == 'b' ? RoomVisibility::Private : RoomVisibility::Public;
            must(QCoro::waitFor(store.rooms().create(std::move(state))));
        }
        rooms = std::make_unique<Rooms::RoomService>(store.rooms(), permissions, traces, store.clock, store.metrics,
                                                     Rooms::RoomLimits{});
        must(QCoro::waitFor(rooms->load()));
        service = std::make_unique<Rooms::RoomPermissionService>(repository, permissions, *rooms, users, store.clock);
        glass = std::make_unique<Rooms::BreakGlassService>(settings, repository, permissions, *rooms, store.clock);
    }
    ~PermissionWorld()
    {
        QCoro::waitFor(glass->close());
        QCoro::waitFor(rooms->close());
        QCoro::waitFor(users.close());
    }
    template <typename T> static void must(const Result<T> &result)
    {
        if (!result)
            qFatal("%s (%s)", qPrintable(result.error().detail), qPrintable(result.error().cause));
    }
    Actor as(const char *id) const
    {
        Actor actor;
        actor.user = UserId(id);
        if (const Identity::StoredUser *account = users.find(actor.user)) {
            actor.role = account->user.role;
            actor.customRole = account->user.customRole;
        }
        return actor;
    }
    Result<QList<Identity::Override>> change(const char *who, const char *room, QList<Identity::Override> changes)
    {
        return QCoro::waitFor(service->change(as(who), RoomId(room), std::move(changes)));
    }
    static Identity::Override over(Identity::SubjectKind kind, const char *subject, Identity::Action action,
                                   Identity::Effect effect)
    {
        Identity::Override o;
        o.kind = kind;
        o.subject = subject;
        o.action = action;
        o.effect = effect;
        return o;
    }
};

} // namespace Atom::Test
