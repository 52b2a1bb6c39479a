// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/demodata.h"

#include <QtCore/QFile>
#include <QtCore/QTextStream>

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {
struct DemoUser
{
    const char *id;
    const char *name;
    Role role;
};
constexpr DemoUser demoUsers[]{
    {"ada", "Ada Lovelace", Role::Admin},
    {"grace", "Grace Hopper", Role::Member},
    {"linus", "Linus Pauling", Role::Member},
};

Actor actorFor(const char *id, Role role)
{
    Actor actor;
    actor.user = UserId(id);
    actor.role = role;
    return actor;
}
} // namespace

QCoro::Task<Result<QList<DemoAccount>>> seedDemo(Identity::UserService &users, Rooms::RoomService &rooms)
{
    QList<DemoAccount> accounts;
    for (const DemoUser &demo : demoUsers) {
        const UserId id(demo.id);
        if (users.find(id))
            continue;
        const QString password = Identity::UserService::generatePassword();
        const Result<User> user = co_await users.create(id, QString::fromLatin1(demo.name), demo.role, password);
        if (!user)
            co_return user.error();
        DemoAccount account{id, password};
        accounts.append(account);
    }
    const Actor ada = actorFor("ada", Role::Admin);
    const Actor grace = actorFor("grace", Role::Member);
    const UserId owner(QByteArrayLiteral("owner"));

    if (!rooms.find(RoomId("general"))) {
        Rooms::RoomDraft draft;
        draft.id = RoomId("general");
        draft.name = u"General"_s;
        draft.members = {UserId("grace"), UserId("linus"), owner};
        const Result<Room> room = co_await rooms.create(ada, draft);
        if (!room)
            co_return room.error();
        const std::pair<Actor, QString> talk[]{
            {ada, u"Welcome to Atom Chat. This room is for everybody."_s},
            {grace, u"In the room *Support* the assistant answers: try \"what is the weather in Paris\"."_s},
        };
        for (const auto &[actor, text] : talk) {
            Rooms::MessageDraft message;
            message.room = draft.id;
            message.text = text;
            const Result<Rooms::Appended> posted = co_await rooms.postTask(actor, message);
            if (!posted)
                co_return posted.error();
        }
    }
    if (!rooms.find(RoomId("support"))) {
        Rooms::RoomDraft draft;
        draft.id = RoomId("support");
        draft.name = u"Support"_s;
        draft.assistantEnabled = true;
        draft.members = {UserId("grace"), UserId("linus"), owner};
        const Result<Room> room = co_await rooms.create(ada, draft);
        if (!room)
            co_return room.error();
    }
    co_return Result<QList<DemoAccount>>(accounts);
}

Result<void> writeDemoCredentials(const QString &dataFolder, const QList<DemoAccount> &accounts)
{
    if (accounts.isEmpty())
        return {};
    QFile file(dataFolder + u"/demo-credentials.txt"_s);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Append) ||
        !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)) {
        return Error(Errc::Internal,
                     u"The demo credentials could not be written to %1: %2"_s.arg(file.fileName(), file.errorString()));
    }
    QTextStream out(&file);
    for (const DemoAccount &account : accounts)
        out << account.user.toString() << ' ' << account.password << '\n';
    return {};
}

} // namespace Atom::App
