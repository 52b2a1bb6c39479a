// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/sqlitepermissionrepository.h"

#include "server/storage/auditappender.h"

namespace Atom::Storage {
using namespace Qt::StringLiterals;
using namespace Identity;

namespace {
constexpr Sql rolesSql("SELECT id, name, base, allow, deny, changed_by, changed_at FROM custom_roles ORDER BY id");
constexpr Sql overridesSql("SELECT room_id, kind, subject, action, effect, set_by, set_at FROM permission_overrides");
constexpr Sql roleExistsSql("SELECT 1 FROM custom_roles WHERE id = ?");
constexpr Sql saveRoleSql("INSERT INTO custom_roles (id, name, base, allow, deny, changed_by, changed_at)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
                          " allow = excluded.allow, deny = excluded.deny, changed_by = excluded.changed_by,"
                          " changed_at = excluded.changed_at");
constexpr Sql roleUsedSql("SELECT 1 FROM users WHERE custom_role = ? AND custom_role <> '' LIMIT 1");
constexpr Sql removeRoleSql("DELETE FROM custom_roles WHERE id = ?");
constexpr Sql forgetRoleSql("DELETE FROM permission_overrides WHERE kind = 'role' AND subject = ?");
constexpr Sql setOverrideSql("INSERT INTO permission_overrides (room_id, kind, subject, action, effect, set_by, set_at)"
                             " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (room_id, kind, subject, action) DO UPDATE SET"
                             " effect = excluded.effect, set_by = excluded.set_by, set_at = excluded.set_at");
constexpr Sql removeOverrideSql("DELETE FROM permission_overrides WHERE room_id = ? AND kind = ? AND subject = ?"
                                " AND action = ?");
constexpr Sql saveOpeningSql("INSERT INTO glass_openings (id, user_id, room_id, reason, opened_at, expires_at,"
                             " closed_at, closed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                             " expires_at = excluded.expires_at, closed_at = excluded.closed_at,"
                             " closed_by = excluded.closed_by");
#define OPENING_COLUMNS                                                                                                \
    "SELECT id, user_id, room_id, reason, opened_at, expires_at, closed_at, closed_by"                                 \
    " FROM glass_openings WHERE "
#define OPENING_ORDER " AND (?2 = '' OR id < ?2) ORDER BY id DESC LIMIT ?3"
constexpr Sql allOpeningsSql(OPENING_COLUMNS "?1 = ''" OPENING_ORDER);
constexpr Sql openingsOfRoomSql(OPENING_COLUMNS "room_id = ?1" OPENING_ORDER);
constexpr Sql openingsOfUserSql(OPENING_COLUMNS "user_id = ?1" OPENING_ORDER);
constexpr Sql openOpeningsSql(OPENING_COLUMNS "closed_at IS NULL AND expires_at > ?1" OPENING_ORDER);
#undef OPENING_COLUMNS
#undef OPENING_ORDER

QByteArray namesOf(const ActionSet &set)
{
    QStringList names;
    for (const Action action : actionsIn(set))
        names.append(actionName(action));
    return names.join(u' ').toUtf8();
}

ActionSet setFrom(const QString &names)
{
    ActionSet set;
    for (const QString &name : names.split(u' ', Qt::SkipEmptyParts)) {
        if (const std::optional<Action> action = actionFromName(name))
            set.set(size_t(*action));
    }
    return set;
}

GlassOpening openingAt(const Statement &s)
{
    GlassOpening opening;
    opening.id = s.text(0);
    opening.user = s.id<UserId>(1);
    opening.room = s.id<RoomId>(2);
    opening.reason = s.string(3);
    opening.openedAt = s.time(4);
    opening.expiresAt = s.time(5);
    opening.closedAt = s.optionalTime(6);
    opening.closedBy = s.id<UserId>(7);
    return opening;
}
} // namespace

QCoro::Task<Result<StoredPermissions>> SqlitePermissionRepository::all()
{
    return m_reader.run<StoredPermissions>([](Connection &db) -> Result<StoredPermissions> {
        StoredPermissions stored;
        Statement role(db, rolesSql);
        while (role.step()) {
            CustomRole r;
            r.id = role.id<RoleId>(0);
            r.name = role.string(1);
            const std::optional<Role> base = roleFromName(role.string(2));
            if (!base || *base == Role::Owner)
                continue; // who has it may do nothing until an owner looks
            r.base = *base;
            r.effects.allow = setFrom(role.string(3));
            r.effects.deny = setFrom(role.string(4));
            r.changedBy = role.id<UserId>(5);
            r.changedAt = role.time(6);
            stored.roles.append(std::move(r));
        }
        Statement row(db, overridesSql);
        while (row.step()) {
            const std::optional<SubjectKind> kind = subjectKindFromName(row.string(1));
            const std::optional<Action> action = actionFromName(row.string(3));
            const std::optional<Effect> effect = effectFromName(row.string(4));
            if (!kind || !action || !effect)
                continue;
            Override o;
            o.kind = *kind;
            o.subject = row.text(2);
            o.action = *action;
            o.effect = *effect;
            o.setBy = row.id<UserId>(5);
            o.setAt = row.time(6);
            stored.overrides[row.id<RoomId>(0)].append(std::move(o));
        }
        return stored;
    });
}

QCoro::Task<Result<void>> SqlitePermissionRepository::saveRole(CustomRole role, bool isNew, Audit::Draft audit)
{
    return m_writer.run<void>(
        [role = std::move(role), isNew, audit = std::move(audit)](Connection &db) -> Result<void> {
            const bool exists = Statement(db, roleExistsSql, role.id).step();
            if (exists && isNew)
                return Error(Errc::Conflict, u"There is already a role of that id."_s);
            if (!exists && !isNew)
                return Error(Errc::NotFound, u"There is no such role."_s);
            execute(db, saveRoleSql, role.id, role.name, roleName(role.base), namesOf(role.effects.allow),
                    namesOf(role.effects.deny), role.changedBy, role.changedAt);
            AuditAppender::append(db, audit);
            return {};
        });
}

QCoro::Task<Result<void>> SqlitePermissionRepository::removeRole(RoleId role, Audit::Draft audit)
{
    return m_writer.run<void>([role = std::move(role), audit = std::move(audit)](Connection &db) -> Result<void> {
        if (Statement(db, roleUsedSql, role).step())
            return Error(Errc::Conflict, u"An account has this role; give it another one first."_s);
        execute(db, removeRoleSql, role);
        if (db.changes() == 0)
            return Error(Errc::NotFound, u"There is no such role."_s);
        execute(db, forgetRoleSql, role);
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<void>> SqlitePermissionRepository::changeOverrides(RoomId room, QList<Override> changes,
                                                                      Audit::Draft audit)
{
    return m_writer.run<void>([room = std::move(room), changes = std::move(changes),
                               audit = std::move(audit)](Connection &db) -> Result<void> {
        for (const Override &o : changes) {
            const QString kind = subjectKindName(o.kind);
            const QString action = actionName(o.action);
            if (o.effect == Effect::None)
                execute(db, removeOverrideSql, room, kind, o.subject, action);
            else
                execute(db, setOverrideSql, room, kind, o.subject, action, effectName(o.effect), o.setBy, o.setAt);
        }
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<void>> SqlitePermissionRepository::saveOpening(GlassOpening opening, Audit::Draft audit)
{
    return m_writer.run<void>([o = std::move(opening), audit = std::move(audit)](Connection &db) -> Result<void> {
        execute(db, saveOpeningSql, o.id, o.user, o.room, o.reason, o.openedAt, o.expiresAt, o.closedAt, o.closedBy);
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<void>> SqlitePermissionRepository::record(QList<Audit::Draft> audit)
{
    return m_writer.run<void>([audit = std::move(audit)](Connection &db) -> Result<void> {
        AuditAppender::append(db, audit);
        return {};
    });
}

QCoro::Task<Result<QList<GlassOpening>>> SqlitePermissionRepository::openings(GlassQuery query)
{
    return m_reader.run<QList<GlassOpening>>([q = std::move(query)](Connection &db) -> Result<QList<GlassOpening>> {
        QList<GlassOpening> found;
        // One of the conditions chooses the index; the others are looked at row by row.
        const auto read = [&](Statement &s) {
            while (found.size() < q.limit && s.step()) {
                GlassOpening opening = openingAt(s);
                if ((q.room.isEmpty() || opening.room == q.room) && (q.user.isEmpty() || opening.user == q.user) &&
                    (!q.openAt || opening.isOpen(*q.openAt)))
                    found.append(std::move(opening));
            }
        };
        constexpr int all = -1;
        if (q.openAt) {
            Statement s(db, openOpeningsSql, *q.openAt, q.before, all);
            read(s);
        } else if (!q.room.isEmpty()) {
            Statement s(db, openingsOfRoomSql, q.room, q.before, all);
            read(s);
        } else if (!q.user.isEmpty()) {
            Statement s(db, openingsOfUserSql, q.user, q.before, all);
            read(s);
        } else {
            Statement s(db, allOpeningsSql, QByteArrayLiteral(""), q.before, q.limit);
            read(s);
        }
        return found;
    });
}

} // namespace Atom::Storage
