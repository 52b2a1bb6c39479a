// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/sqlitestorage.h"
#include "shared/core/uuid.h"
#include "shared/model/passage.h"
#include "tests/support/fakeclock.h"

#include <QCoro/QCoroTask>

#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

namespace Atom::Test {

//! \brief A storage in a temporary folder that can be closed and opened again.
struct StorageFixture
{
    QTemporaryDir directory;
    FakeClock clock;
    MetricRegistry metrics;
    std::unique_ptr<Storage::SqliteStorage> storage;

    QString folder() const { return directory.path() + QStringLiteral("/data"); }
    Result<void> open(const QByteArray &vfs = {})
    {
        storage.reset();
        Storage::SqliteStorage::Options options;
        options.folder = folder();
        options.vfs = vfs;
        auto opened = Storage::SqliteStorage::openBlocking(options, clock, metrics);
        if (!opened)
            return opened.error();
        storage = std::move(*opened);
        return {};
    }
    Rooms::RoomRepository &rooms() { return storage->rooms(); }

    //! \brief A public group of the given users; the first is the owner.
    static Rooms::RoomState group(const RoomId &id, const QList<UserId> &users, Timestamp now)
    {
        Rooms::RoomState state;
        state.room.id = id;
        state.room.name = QStringLiteral("Räume & more");
        state.room.createdBy = users.constFirst();
        state.room.createdAt = now;
        for (const UserId &user : users) {
            Member member;
            member.user = user;
            member.role = user == users.constFirst() ? MemberRole::Owner : MemberRole::Member;
            member.joinedAt = now;
            state.members.insert(user, member);
        }
        state.room.memberCount = int(users.size());
        return state;
    }
    Rooms::EventDraft message(const RoomId &room, const UserId &sender, const QString &text,
                              const QByteArray &clientId = {}) const
    {
        Rooms::EventDraft draft;
        draft.event.room = room;
        draft.event.actor = sender;
        draft.event.at = clock.now();
        draft.event.message = MessageId(newUuidV7(clock.now()));
        draft.event.trace = traceOf(draft.event.message); // as all stored messages have it
        draft.event.messageType = QStringLiteral("text");
        draft.event.text = text;
        draft.event.clientId = clientId;
        return draft;
    }
    Rooms::EventDraft event(RoomEventKind kind, const RoomId &room, const UserId &actor,
                            const MessageId &about = {}) const
    {
        Rooms::EventDraft draft;
        draft.event.room = room;
        draft.event.kind = kind;
        draft.event.actor = actor;
        draft.event.at = clock.now();
        draft.event.message = about;
        return draft;
    }
    Result<Rooms::Appended> append(Rooms::EventDraft draft)
    {
        std::optional<Result<Rooms::Appended>> result;
        rooms().append(std::move(draft), [&result](Result<Rooms::Appended> r) { result = std::move(r); });
        if (!QTest::qWaitFor([&result] { return result.has_value(); }, 30'000))
            return Error(Errc::DeadlineExceeded, QStringLiteral("append() never answered"));
        return *result;
    }
};

} // namespace Atom::Test
