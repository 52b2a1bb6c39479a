// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/breakglass.h"

#include "server/rooms/logging.h"
#include "shared/core/uuid.h"

#include <algorithm>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;
using Identity::Action;
using Identity::GlassOpening;
using Identity::GlassQuery;
using Identity::Object;

namespace {
constexpr qsizetype shortestReason = 10;
constexpr qsizetype longestReason = 500;

Audit::Draft draftOf(const Actor &actor, const QByteArray &act, const GlassOpening &opening, Timestamp at)
{
    Audit::Draft draft = Audit::draftFor(actor, act, "room", opening.room.bytes(), at);
    draft.after =
        QJsonObject{{u"opening"_s, QString::fromLatin1(opening.id)}, {u"expires_at"_s, toIso(opening.expiresAt)}};
    draft.reason = opening.reason;
    return draft;
}
} // namespace

BreakGlassService::BreakGlassService(BreakGlassSettings settings, Identity::PermissionRepository &repository,
                                     Identity::Permissions &permissions, RoomService &rooms, Clock &clock)
    : m_settings(settings), m_repository(repository), m_permissions(permissions), m_rooms(rooms), m_clock(clock)
{
    connect(&rooms, &RoomService::readUnderGlass, this, &BreakGlassService::onRead);
}

BreakGlassService::~BreakGlassService()
{
    if (m_timer)
        m_clock.cancel(m_timer);
}

QCoro::Task<Result<void>> BreakGlassService::load()
{
    GlassQuery query;
    query.openAt = m_clock.now();
    query.limit = maxOpen;
    Result<QList<GlassOpening>> openings = co_await m_repository.openings(std::move(query));
    if (!openings)
        co_return std::move(openings.error());
    for (const GlassOpening &opening : std::as_const(*openings)) {
        if (!m_rooms.find(opening.room))
            continue;
        m_open.insert(opening.id, opening);
        m_permissions.openGlass(opening.user, opening.room, opening.expiresAt);
    }
    schedule();
    co_return Result<void>();
}

QCoro::Task<void> BreakGlassService::close()
{
    if (m_timer)
        m_clock.cancel(std::exchange(m_timer, 0));
    co_await m_scope.close();
}

QCoro::Task<Result<GlassOpening>> BreakGlassService::open(Actor actor, RoomId room, QString reason,
                                                          std::chrono::minutes duration)
{
    const RoomState *state = m_rooms.find(room);
    const Object object = state ? m_rooms.objectFor(actor, *state) : Object::none();
    // First whether he may at all, so that nobody learns of rooms by asking.
    if (Result<void> allowed = m_permissions.require(actor, Action::BreakGlassOpen, object); !allowed)
        co_return std::move(allowed.error());
    if (!state)
        co_return Error(Errc::NotFound, u"There is no such room."_s);
    reason = reason.trimmed();
    if (reason.size() < shortestReason || reason.size() > longestReason)
        co_return Error::invalid(
            u"/reason"_s,
            u"Say in %1 to %2 characters why: the members and the audit log show it."_s.arg(shortestReason)
                .arg(longestReason));
    if (duration.count() < 1 || duration > m_settings.maximum)
        co_return Error::invalid(u"/minutes"_s,
                                 u"A room can be opened for 1 to %1 minutes."_s.arg(m_settings.maximum.count()));
    const Timestamp now = m_clock.now();
    for (const GlassOpening &other : std::as_const(m_open)) {
        if (other.user == actor.user && other.room == room && other.isOpen(now))
            co_return Error(Errc::Conflict, u"You have this room open until %1."_s.arg(toIso(other.expiresAt)));
    }
    if (m_open.size() >= maxOpen)
        co_return Error(Errc::Conflict, u"Too many rooms are open by break-glass."_s);
    GlassOpening opening;
    opening.id = newUuidV7(now);
    opening.user = actor.user;
    opening.room = room;
    opening.reason = reason;
    opening.openedAt = now;
    opening.expiresAt = now + duration;
    m_open.insert(opening.id, opening); // before the wait: a second request finds it
    Audit::Draft audit = draftOf(actor, "room.break_glass_opened", opening, now);
    const Result<void> stored = co_await m_repository.saveOpening(opening, std::move(audit));
    if (!stored) {
        m_open.remove(opening.id);
        co_return stored.error();
    }
    if (m_settings.notice)
        tell(opening);
    m_permissions.openGlass(opening.user, opening.room, opening.expiresAt);
    schedule();
    qCInfo(lcRooms) << "break-glass:" << actor.user.toString() << "opened" << room.toString() << "for"
                    << duration.count() << "minutes";
    co_return opening;
}

//! The notice goes into the room's own sequence, so that who was away reads it later as well. It is queued before
//! anything of the room is read; should it fail, the audit log still has the opening.
void BreakGlassService::tell(const GlassOpening &opening)
{
    MessageDraft notice;
    notice.room = opening.room;
    notice.messageType = u"system"_s;
    notice.text = u"%1 opened this room by break-glass and can read it until %2. Reason: %3"_s.arg(
        opening.user.toString(), toIso(opening.expiresAt), opening.reason);
    notice.metadata.insert(u"break_glass"_s, QJsonObject{{u"user_id"_s, opening.user.toString()},
                                                         {u"expires_at"_s, toIso(opening.expiresAt)}});
    m_rooms.post(internalActor(systemUser()), std::move(notice), [](const Result<Appended> &posted) {
        if (!posted)
            qCWarning(lcRooms) << "the notice of a break-glass was not posted:" << posted.error().detail;
    });
}

QCoro::Task<Result<GlassOpening>> BreakGlassService::end(Actor actor, QByteArray id)
{
    const Error missing(Errc::NotFound, u"There is no such opening."_s);
    const auto it = m_open.constFind(id);
    if (it == m_open.cend()) {
        // It may have ended before.
        GlassQuery mine;
        mine.user = actor.user;
        mine.limit = 200;
        const Result<QList<GlassOpening>> ended = co_await m_repository.openings(std::move(mine));
        if (!ended)
            co_return ended.error();
        for (const GlassOpening &opening : *ended) {
            if (opening.id == id)
                co_return Result<GlassOpening>(opening);
        }
        co_return missing;
    }
    GlassOpening opening = *it;
    if (opening.user != actor.user && !m_permissions.can(actor, Action::PermissionsManage, Object::none()))
        co_return missing;
    opening.closedAt = m_clock.now();
    opening.closedBy = actor.user;
    // Closed at once, whatever the disk says.
    m_open.remove(id);
    m_permissions.closeGlass(opening.user, opening.room);
    schedule();
    Audit::Draft audit = draftOf(actor, "room.break_glass_closed", opening, *opening.closedAt);
    const Result<void> stored = co_await m_repository.saveOpening(opening, std::move(audit));
    if (!stored)
        co_return stored.error();
    co_return opening;
}

QCoro::Task<Result<QList<GlassOpening>>> BreakGlassService::list(Actor actor, GlassQuery query)
{
    if (query.limit < 1 || query.limit > 200)
        co_return Error::invalid(u"/limit"_s, u"limit is 1 to 200."_s);
    if (!m_permissions.can(actor, Action::BreakGlassRead, Object::none()))
        query.user = actor.user;
    Result<QList<GlassOpening>> openings = co_await m_repository.openings(std::move(query));
    co_return openings;
}

void BreakGlassService::schedule()
{
    if (m_timer)
        m_clock.cancel(std::exchange(m_timer, 0));
    if (m_open.isEmpty())
        return;
    Timestamp next = Timestamp::max();
    for (const GlassOpening &opening : std::as_const(m_open))
        next = std::min(next, opening.expiresAt);
    const auto wait = std::chrono::ceil<milliseconds>(next - m_clock.now());
    m_timer = m_clock.callAfter(std::clamp(wait, milliseconds(0), milliseconds(60'000)), this, [this] {
        m_timer = 0;
        expire(); // looks again each minute: the clock of the wall may have been set
        schedule();
    });
}

void BreakGlassService::expire()
{
    const Timestamp now = m_clock.now();
    QList<GlassOpening> expired;
    for (const GlassOpening &opening : std::as_const(m_open)) {
        if (!opening.isOpen(now))
            expired.append(opening);
    }
    QList<Audit::Draft> drafts;
    for (const GlassOpening &opening : std::as_const(expired)) {
        m_open.remove(opening.id);
        m_permissions.closeGlass(opening.user, opening.room);
        drafts.append(draftOf(internalActor(systemUser()), "room.break_glass_expired", opening, now));
    }
    if (!drafts.isEmpty())
        m_scope.spawn(record(std::move(drafts)), "expired");
}

void BreakGlassService::onRead(const Actor &actor, const RoomId &room, const QByteArray &what, qint64 from, qint64 to)
{
    Audit::Draft draft = Audit::draftFor(actor, "room.read_under_break_glass", "room", room.bytes(), m_clock.now());
    draft.after.insert(u"what"_s, QString::fromLatin1(what));
    if (from > 0 || to > 0) {
        draft.after.insert(u"from"_s, from);
        draft.after.insert(u"to"_s, to);
    }
    for (const GlassOpening &opening : std::as_const(m_open)) {
        if (opening.user == actor.user && opening.room == room)
            draft.after.insert(u"opening"_s, QString::fromLatin1(opening.id));
    }
    QList<Audit::Draft> drafts;
    drafts.append(std::move(draft));
    m_scope.spawn(record(std::move(drafts)), "read");
}

QCoro::Task<void> BreakGlassService::record(QList<Audit::Draft> drafts)
{
    const Result<void> recorded = co_await m_repository.record(std::move(drafts));
    if (!recorded)
        qCWarning(lcRooms) << "what was read under break-glass could not be recorded:" << recorded.error().detail;
}

} // namespace Atom::Rooms
