// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/usercommand.h"

#include "server/app/logsink.h"

#include <cstdio>

namespace Atom::App {
using namespace Qt::StringLiterals;
using Identity::UserService;

namespace {

constexpr int exitDone = 0;
constexpr int exitRefused = 1;
constexpr int exitUsage = 2;
constexpr qint64 passwordLineLimit = 4096;

int usage(QTextStream &err, const QString &problem)
{
    if (!problem.isEmpty())
        err << problem << '\n';
    err << "usage: atom-server user add NAME [--role ROLE] [--name DISPLAY] [--password-stdin]\n"
           "       atom-server user list\n"
           "       atom-server user disable NAME | enable NAME | role NAME ROLE\n"
           "       atom-server user password NAME [--password-stdin]\n"
           "       atom-server user remove-totp NAME\n"
           "       atom-server user recover-owner [NAME]\n"
           "roles: owner, admin, moderator, operator, auditor, member\n";
    err.flush();
    return exitUsage;
}

int refused(QTextStream &err, const Error &error)
{
    if (error.fields.isEmpty())
        err << escapeControls(error.detail) << '\n';
    for (const FieldError &field : error.fields)
        err << escapeControls(field.detail) << '\n';
    err.flush();
    return exitRefused;
}

//! The words after the command, taken apart.
struct Words
{
    QStringList names;
    std::optional<QString> role;
    QString displayName;
    bool passwordFromInput = false;
    QString problem;
};

Words takeApart(const QStringList &args)
{
    Words words;
    for (qsizetype i = 1; i < args.size(); ++i) {
        const QString &word = args.at(i);
        if (word == u"--password-stdin"_s) {
            words.passwordFromInput = true;
        } else if (word == u"--role"_s || word == u"--name"_s) {
            if (i + 1 >= args.size()) {
                words.problem = u"A value is missing after %1."_s.arg(word);
                return words;
            }
            const QString &value = args.at(++i);
            if (word == u"--role"_s)
                words.role = value;
            else
                words.displayName = value;
        } else if (word.startsWith(u'-')) {
            words.problem = u"Unknown option %1."_s.arg(escapeControls(word));
            return words;
        } else {
            words.names.append(word);
        }
    }
    return words;
}

//! The one line of the password, or a made one.
QString takePassword(bool fromInput, QTextStream *in)
{
    if (!fromInput)
        return UserService::generatePassword();
    if (in)
        return in->readLine(passwordLineLimit);
    QTextStream standardInput(stdin);
    return standardInput.readLine(passwordLineLimit);
}

void list(const QList<User> &users, QTextStream &out)
{
    qsizetype width = 4;
    for (const User &user : users)
        width = std::max(width, user.id.bytes().size());
    out << u"USER"_s.leftJustified(width) << "  ROLE       STATE     MADE                      NAME\n";
    for (const User &user : users) {
        out << user.id.toString().leftJustified(width) << "  " << roleName(user.role).leftJustified(9) << "  "
            << (user.disabled ? "disabled" : "enabled ") << "  " << toIso(user.createdAt) << "  "
            << escapeControls(user.displayName) << '\n';
    }
    out.flush();
}

void tellPassword(QTextStream &out, bool made, const QString &password)
{
    if (made)
        out << "Password, shown only now: " << password << '\n';
    out.flush();
}

//! What an operator at the machine does; nobody is signed in.
Audit::Draft record(const QByteArray &action, const UserId &user)
{
    Audit::Draft draft = Audit::draftFor(internalActor(systemUser()), action, "user", user.bytes(), {});
    draft.reason = u"by command line"_s;
    return draft;
}

QCoro::Task<int> add(Words words, UserService &users, QTextStream &out, QTextStream &err, QTextStream *in)
{
    const std::optional<Role> role = roleFromName(words.role.value_or(u"member"_s));
    if (!role)
        co_return usage(err, u"There is no role \"%1\"."_s.arg(escapeControls(*words.role)));
    const QString password = takePassword(words.passwordFromInput, in);
    const UserId id = UserId::fromString(words.names.first());
    Audit::Draft audit = record("user.created", id);
    const Result<User> made = co_await users.create(id, words.displayName, *role, password, std::move(audit));
    if (!made)
        co_return refused(err, made.error());
    out << "Made " << roleName(made->role) << " \"" << made->id.toString() << "\".\n";
    tellPassword(out, !words.passwordFromInput, password);
    co_return exitDone;
}

//! Whoever can write the data folder can do anything anyway: this makes it easy to get in again, and leaves a record.
QCoro::Task<int> recoverOwner(UserId id, UserService &users, QTextStream &out, QTextStream &err)
{
    const Identity::StoredUser *const stored = users.find(id);
    if (!stored || stored->erasedAt || stored->user.role != Role::Owner) {
        QStringList owners;
        const QList<User> all = users.all();
        for (const User &user : all) {
            if (user.role == Role::Owner)
                owners.append(user.id.toString());
        }
        err << "\"" << escapeControls(id.toString()) << "\" is no owner. Owners are: " << owners.join(u", "_s) << '\n';
        err.flush();
        co_return exitRefused;
    }
    const QString password = UserService::generatePassword();
    UserService::Mutation open = [](Identity::StoredUser &owner) {
        owner.user.disabled = false;
        owner.secondFactor = {};
        return Result<void>();
    };
    Audit::Draft opened = record("user.owner_recovered", id);
    opened.before.insert(u"disabled"_s, stored->user.disabled);
    opened.before.insert(u"second_factor"_s, stored->secondFactor.isActive());
    const Result<User> enabled = co_await users.change(id, std::move(open), std::move(opened));
    if (!enabled)
        co_return refused(err, enabled.error());
    Audit::Draft audit = record("user.password_set", id);
    const Result<User> changed = co_await users.setPassword(id, password, std::move(audit));
    if (!changed)
        co_return refused(err, changed.error());
    out << "\"" << id.toString() << "\" is enabled and has no second factor.\n";
    tellPassword(out, true, password);
    co_return exitDone;
}

QCoro::Task<int> removeTotp(UserId id, UserService &users, QTextStream &out, QTextStream &err)
{
    UserService::Mutation remove = [](Identity::StoredUser &user) {
        user.secondFactor = {};
        return Result<void>();
    };
    Audit::Draft audit = record("totp.removed", id);
    const Result<User> changed = co_await users.change(id, std::move(remove), std::move(audit));
    if (!changed)
        co_return refused(err, changed.error());
    out << "\"" << id.toString() << "\" signs in without a second factor.\n";
    out.flush();
    co_return exitDone;
}

QCoro::Task<int> setPassword(Words words, UserService &users, QTextStream &out, QTextStream &err, QTextStream *in)
{
    const QString password = takePassword(words.passwordFromInput, in);
    const UserId id = UserId::fromString(words.names.first());
    Audit::Draft audit = record("user.password_set", id);
    const Result<User> changed = co_await users.setPassword(id, password, std::move(audit));
    if (!changed)
        co_return refused(err, changed.error());
    out << "The password of \"" << changed->id.toString() << "\" is changed.\n";
    tellPassword(out, !words.passwordFromInput, password);
    co_return exitDone;
}

} // namespace

int checkUserCommand(const QStringList &args, QTextStream &err)
{
    const QString command = args.value(0);
    const Words words = takeApart(args);
    if (!words.problem.isEmpty())
        return usage(err, words.problem);

    struct Form
    {
        QString command;
        qsizetype fewestNames;
        qsizetype mostNames;
        bool mayHaveRoleAndName;
        bool mayHavePassword;
    };
    static const QList<Form> forms{{u"add"_s, 1, 1, true, true},           {u"list"_s, 0, 0, false, false},
                                   {u"disable"_s, 1, 1, false, false},     {u"enable"_s, 1, 1, false, false},
                                   {u"role"_s, 2, 2, false, false},        {u"password"_s, 1, 1, false, true},
                                   {u"remove-totp"_s, 1, 1, false, false}, {u"recover-owner"_s, 0, 1, false, false}};
    const auto form =
        std::find_if(forms.begin(), forms.end(), [&command](const Form &f) { return f.command == command; });
    if (form == forms.end())
        return usage(err, command.isEmpty() ? QString() : u"Unknown command \"%1\"."_s.arg(escapeControls(command)));
    if (words.names.size() < form->fewestNames || words.names.size() > form->mostNames)
        return usage(err, u"\"user %1\" takes %2 name(s)."_s.arg(command).arg(form->mostNames));
    if ((words.passwordFromInput && !form->mayHavePassword) ||
        ((words.role || !words.displayName.isEmpty()) && !form->mayHaveRoleAndName))
        return usage(err, u"\"user %1\" does not take that option."_s.arg(command));
    return exitDone;
}

QCoro::Task<int> runUserCommand(QStringList args, UserService &users, QTextStream &out, QTextStream &err,
                                QTextStream *in)
{
    if (const int code = checkUserCommand(args, err); code != exitDone)
        co_return code;
    const QString command = args.value(0);
    const Words words = takeApart(args);
    if (command == u"recover-owner"_s) {
        const UserId owner = words.names.isEmpty() ? UserId("owner") : UserId::fromString(words.names.first());
        co_return co_await recoverOwner(owner, users, out, err);
    }
    if (command == u"list"_s) {
        list(users.all(), out);
        co_return exitDone;
    }
    if (command == u"add"_s)
        co_return co_await add(words, users, out, err, in);
    if (command == u"remove-totp"_s)
        co_return co_await removeTotp(UserId::fromString(words.names.first()), users, out, err);
    if (command == u"password"_s)
        co_return co_await setPassword(words, users, out, err, in);

    const UserId id = UserId::fromString(words.names.first());
    Result<User> changed;
    if (command == u"role"_s) {
        const std::optional<Role> role = roleFromName(words.names.at(1));
        if (!role)
            co_return usage(err, u"There is no role \"%1\"."_s.arg(escapeControls(words.names.at(1))));
        Audit::Draft audit = record("user.role_changed", id);
        changed = co_await users.setRole(id, *role, std::move(audit));
    } else {
        const bool disabled = command == u"disable"_s;
        Audit::Draft audit = record(disabled ? "user.disabled" : "user.enabled", id);
        changed = co_await users.setDisabled(id, disabled, std::move(audit));
    }
    if (!changed)
        co_return refused(err, changed.error());
    out << '"' << changed->id.toString() << "\" is " << roleName(changed->role) << " and "
        << (changed->disabled ? "disabled" : "enabled") << ".\n";
    out.flush();
    co_return exitDone;
}

} // namespace Atom::App
