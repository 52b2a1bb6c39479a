// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/exports/exportservice.h"
#include "server/identity/accounts.h"
#include "server/identity/passwordhasher.h"
#include "server/identity/secretbox.h"
#include "server/monitoring/traceservice.h"
#include "server/rooms/invitationservice.h"
#include "server/rooms/preferenceservice.h"
#include "server/rooms/roomservice.h"
#include "server/storage/storage.h"
#include "tests/support/fakeclock.h"
#include "tests/unit/server/http/endpoints/routecaller.h"

#include <QtCore/QTemporaryDir>

namespace Atom::Test {

//! \brief Rooms, accounts and traces over a database in a temporary folder: the real services, no socket. Accounts:
//! olga (owner), otto (operator), ann, ben, cleo (members).
struct RoomFixture
{
    FakeClock clock;
    MetricRegistry metrics;
    QTemporaryDir folder;
    std::unique_ptr<Storage::Storage> storage;
    Identity::PasswordHasher hasher{Identity::PasswordHasher::Cost{1, 8192}};
    std::unique_ptr<Identity::UserService> users;
    std::unique_ptr<Identity::SessionService> sessions;
    Identity::Permissions permissions{clock};
    std::unique_ptr<Identity::SecretBox> box = Identity::SecretBox::withRandomKey();
    std::unique_ptr<Identity::Accounts> accounts;
    std::unique_ptr<Monitoring::TraceService> traces;
    std::unique_ptr<Rooms::RoomService> rooms;
    std::unique_ptr<Rooms::InvitationService> invitations;
    std::unique_ptr<Rooms::PreferenceService> preferences;
    std::unique_ptr<Exports::ExportService> exports;

    explicit RoomFixture(Identity::GuestPolicy guests = Identity::GuestPolicy::Off,
                         Identity::Accounts::Settings forAccounts = {}, seconds stepUp = seconds(0))
    {
        auto opened = Storage::Storage::openBlocking(folder.path(), clock, metrics);
        must(opened);
        storage = std::move(*opened);
        users = std::make_unique<Identity::UserService>(storage->users(), hasher, clock);
        must(QCoro::waitFor(users->load()));
        Identity::SessionService::Settings settings;
        settings.guests = guests;
        settings.stepUp = stepUp;
        sessions = std::make_unique<Identity::SessionService>(settings, *users, storage->sessions(), hasher, clock);
        accounts = std::make_unique<Identity::Accounts>(std::move(forAccounts), *users, *sessions, storage->accounts(),
                                                        *box, permissions, clock);
        must(QCoro::waitFor(sessions->load()));
        must(QCoro::waitFor(accounts->load()));
        traces = std::make_unique<Monitoring::TraceService>(storage->traces(), clock, metrics);
        rooms = std::make_unique<Rooms::RoomService>(storage->rooms(), permissions, *traces, clock, metrics,
                                                     Rooms::RoomLimits{});
        must(QCoro::waitFor(rooms->load()));
        invitations = std::make_unique<Rooms::InvitationService>(storage->invitations(), *rooms, clock);
        preferences = std::make_unique<Rooms::PreferenceService>(storage->preferences(), *rooms);
        Exports::ExportService::Settings forExports;
        forExports.folder = folder.path() + QStringLiteral("/exports");
        const auto sign = [this](const QByteArray &message) {
            const auto [keyId, signature] = sessions->signDocument(message);
            return Exports::Signature{keyId, signature};
        };
        exports =
            std::make_unique<Exports::ExportService>(forExports, storage->exports(), *rooms, sign, clock, metrics);
        must(QCoro::waitFor(exports->load()));
        const std::pair<const char *, Role> people[] = {{"olga", Role::Owner},
                                                        {"otto", Role::Operator},
                                                        {"ann", Role::Member},
                                                        {"ben", Role::Member},
                                                        {"cleo", Role::Member}};
        for (const auto &[id, role] : people)
            must(QCoro::waitFor(
                users->create(UserId(id), QString::fromLatin1(id), role, QStringLiteral("xkcd-Tulip pot 7"))));
    }
    ~RoomFixture()
    {
        QCoro::waitFor(exports->close());
        QCoro::waitFor(accounts->close());
        QCoro::waitFor(rooms->close());
        QCoro::waitFor(sessions->close());
        QCoro::waitFor(users->close());
        traces->flush();
        storage->closeBlocking();
    }

    template <typename T> static void must(const Result<T> &result)
    {
        if (!result)
            qFatal("%s (%s)", qPrintable(result.error().detail), qPrintable(result.error().cause));
    }
    static Actor member(const QByteArray &user)
    {
        Actor actor;
        actor.user = UserId(user);
        actor.role = Role::Member;
        return actor;
    }
    //! A room of ann's with that id.
    void makeRoom(const QByteArray &id, RoomVisibility visibility = RoomVisibility::Public)
    {
        Rooms::RoomDraft draft;
        draft.id = RoomId(id);
        draft.name = QString::fromLatin1(id);
        draft.visibility = visibility;
        must(QCoro::waitFor(rooms->create(member("ann"), draft)));
    }
};

} // namespace Atom::Test
