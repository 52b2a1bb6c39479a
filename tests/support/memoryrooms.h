// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/rooms/roomrepository.h"
#include "shared/core/oneshot.h"

#include <QtCore/QMap>
#include <QtCore/QObject>

#include <deque>

namespace Atom::Test {

//! \brief Rooms in maps, with the completions of a real store: later, in order. While `held`, commits wait for
//! release(); while `readsHeld`, pages do.
class MemoryRooms final : public QObject, public Rooms::RoomRepository
{
public:
    struct Stored
    {
        Rooms::RoomState state;
        QList<RoomEvent> events; //!< seq 1 first
    };

    QCoro::Task<Result<QList<Rooms::RoomState>>> all() override
    {
        QList<Rooms::RoomState> states;
        for (const Stored &room : std::as_const(rooms)) {
            states.append(room.state);
            states.last().room.lastSeq = room.events.size();
        }
        co_return Result<QList<Rooms::RoomState>>(states);
    }
    QCoro::Task<Result<QList<RoomEvent>>> create(Rooms::RoomState state) override
    {
        if (rooms.contains(state.room.id.bytes()))
            co_return Error(Errc::Conflict, QStringLiteral("exists"));
        Stored stored;
        QList<Member> members = state.members.values();
        std::sort(members.begin(), members.end(), [](const Member &a, const Member &b) { return a.user < b.user; });
        for (const Member &member : std::as_const(members)) {
            RoomEvent event;
            event.room = state.room.id;
            event.seq = stored.events.size() + 1;
            event.kind = RoomEventKind::MemberJoined;
            event.actor = member.user;
            event.at = member.joinedAt;
            stored.events.append(event);
        }
        stored.state = std::move(state);
        const QByteArray id = stored.state.room.id.bytes();
        const QList<RoomEvent> events = stored.events;
        rooms.insert(id, std::move(stored));
        co_return Result<QList<RoomEvent>>(events);
    }
    void append(Rooms::EventDraft draft, std::function<void(Result<Rooms::Appended>)> done) override
    {
        m_waiting.push_back([this, draft = std::move(draft), done = std::move(done)] { done(store(draft)); });
        if (!held)
            commitLater();
    }
    void appendAll(QList<Rooms::EventDraft> drafts,
                   std::function<void(Result<QList<Rooms::Appended>>)> done) override
    {
        m_waiting.push_back([this, drafts = std::move(drafts), done = std::move(done)] {
            QList<Rooms::Appended> all;
            for (const Rooms::EventDraft &draft : drafts)
                all.append(*store(draft));
            done(std::move(all));
        });
        if (!held)
            commitLater();
    }
    QCoro::Task<Result<RoomEvent>> messageOfClientId(RoomId, UserId sender, QByteArray clientId) override
    {
        for (const Stored &room : std::as_const(rooms)) {
            for (const RoomEvent &e : room.events) {
                if (e.actor == sender && e.clientId == clientId)
                    co_return e;
            }
        }
        co_return Error(Errc::NotFound, QStringLiteral("no such message"));
    }
    QCoro::Task<Result<void>> storeJoinRequest(Rooms::JoinRequest, QList<Audit::Draft>) override
    {
        co_return Result<void>();
    }
    QCoro::Task<Result<void>> dropJoinRequest(RoomId, UserId, QList<Audit::Draft>) override
    {
        co_return Result<void>();
    }
    QCoro::Task<Result<RoomEventPage>> eventsAfter(RoomId room, qint64 after, int limit) override
    {
        ++reads;
        RoomEventPage page =
            pageOf(room, after, std::min<qint64>(after + limit, rooms.value(room.bytes()).events.size()));
        co_await gate();
        co_return Result<RoomEventPage>(page);
    }
    QCoro::Task<Result<RoomEventPage>> eventsBefore(RoomId room, qint64 before, int limit) override
    {
        ++reads;
        const qint64 size = rooms.value(room.bytes()).events.size();
        const qint64 end = before > 0 ? std::min(before - 1, size) : size;
        RoomEventPage page = pageOf(room, std::max<qint64>(0, end - limit), end);
        co_await gate();
        co_return Result<RoomEventPage>(page);
    }
    QCoro::Task<Result<RoomEvent>> message(RoomId room, MessageId id) override
    {
        const QList<RoomEvent> events = rooms.value(room.bytes()).events;
        for (const RoomEvent &event : events) {
            if (event.kind == RoomEventKind::Message && event.message == id) {
                const RoomEvent found = event;
                co_return found;
            }
        }
        co_return Error(Errc::NotFound, QStringLiteral("no such message"));
    }

    QCoro::Task<Result<RoomEvent>> locate(MessageId id) override
    {
        for (auto it = rooms.cbegin(); it != rooms.cend(); ++it) {
            for (const RoomEvent &event : it->events) {
                if (event.kind == RoomEventKind::Message && event.message == id) {
                    const RoomEvent found = event;
                    co_return found;
                }
            }
        }
        co_return Error(Errc::NotFound, QStringLiteral("no such message"));
    }

    //! \brief Puts `count` messages into a room before it is loaded.
    void fill(const RoomId &room, const UserId &sender, int count, qsizetype textSize = 5)
    {
        Stored &stored = rooms[room.bytes()];
        for (int i = 0; i < count; ++i) {
            Rooms::EventDraft draft;
            draft.event.room = room;
            draft.event.actor = sender;
            draft.event.message = MessageId("m-" + QByteArray::number(stored.events.size() + 1));
            draft.event.text = QString(textSize, u'x');
            draft.event.messageType = QStringLiteral("text");
            (void)store(draft);
        }
    }
    //! \brief An empty room with these members, before it is loaded.
    void addRoom(const RoomId &id, const QList<UserId> &members, RoomVisibility visibility = RoomVisibility::Public)
    {
        Stored stored;
        stored.state.room.id = id;
        stored.state.room.name = id.toString();
        stored.state.room.visibility = visibility;
        for (const UserId &user : members) {
            Member member;
            member.user = user;
            stored.state.members.insert(user, member);
        }
        rooms.insert(id.bytes(), stored);
    }
    void release()
    {
        held = false;
        commitLater();
    }
    void releaseReads()
    {
        readsHeld = false;
        const QList<OneShot<bool>> gates = std::exchange(m_gates, {});
        for (const OneShot<bool> &g : gates)
            g.resolve(true);
    }
    int waiting() const { return int(m_waiting.size()); }

    QMap<QByteArray, Stored> rooms;
    bool held = false;
    bool readsHeld = false;
    int reads = 0;

private:
    void commitLater()
    {
        QMetaObject::invokeMethod(
            this,
            [this] {
                while (!m_waiting.empty() && !held) {
                    const std::function<void()> commit = std::move(m_waiting.front());
                    m_waiting.pop_front();
                    commit();
                }
            },
            Qt::QueuedConnection);
    }
    OneShot<bool> gate()
    {
        OneShot<bool> g;
        m_gates.append(g);
        if (!readsHeld)
            QMetaObject::invokeMethod(
                this, [g] { g.resolve(true); }, Qt::QueuedConnection);
        return g;
    }
    RoomEventPage pageOf(const RoomId &room, qint64 from, qint64 to) const
    {
        const QList<RoomEvent> events = rooms.value(room.bytes()).events;
        RoomEventPage page;
        page.events = events.mid(from, std::max<qint64>(0, to - from));
        page.hasMoreBefore = from > 0;
        page.hasMoreAfter = to < events.size();
        return page;
    }
    Result<Rooms::Appended> store(const Rooms::EventDraft &draft)
    {
        Rooms::Appended done;
        done.event = draft.event;
        Stored &stored = rooms[draft.event.room.bytes()];
        if (draft.event.kind == RoomEventKind::Message && !draft.event.clientId.isEmpty()) {
            for (const RoomEvent &e : std::as_const(stored.events)) {
                if (e.actor == draft.event.actor && e.clientId == draft.event.clientId) {
                    done.event = e;
                    done.duplicate = true;
                    return done;
                }
            }
        }
        done.event.seq = stored.events.size() + 1;
        stored.events.append(done.event);
        for (RoomEvent &e : stored.events) {
            if (e.kind != RoomEventKind::Message || e.message != done.event.message || e.seq == done.event.seq)
                continue;
            if (done.event.kind == RoomEventKind::Edit) {
                e.text = done.event.text;
                e.edited = true;
            } else if (done.event.kind == RoomEventKind::Deletion) {
                e.text.clear();
                e.deleted = true;
            }
        }
        return done;
    }

    std::deque<std::function<void()>> m_waiting;
    QList<OneShot<bool>> m_gates;
};

} // namespace Atom::Test
