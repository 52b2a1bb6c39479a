// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/profileservice.h"

#include "server/identity/logging.h"
#include "server/identity/permissions.h"

#include <QtCore/QJsonArray>
#include <QtCore/QRegularExpression>
#include <QtCore/QTimeZone>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
constexpr std::chrono::days longestStatus{366};
constexpr milliseconds longestWait = std::chrono::hours(24); // a clock that is set is noticed within a day

qsizetype lengthOf(const QString &text)
{
    return text.size() > 4096 ? text.size() : text.toUcs4().size();
}

//! What is wrong with a text of a profile; empty: nothing.
QString problemOf(const QString &text, qsizetype max, bool mayBreakLines = false)
{
    if (lengthOf(text) > max)
        return u"must have at most %1 characters"_s.arg(max);
    if (!text.isValidUtf16())
        return u"must be valid Unicode"_s;
    for (const QChar c : text) {
        const bool isBreak = mayBreakLines && (c == u'\n' || c == u'\t');
        const QChar::Category category = c.category();
        if (!isBreak && (category == QChar::Other_Control || category == QChar::Separator_Line ||
                         category == QChar::Separator_Paragraph))
            return u"must not contain control characters"_s;
    }
    return {};
}

bool isEmailShaped(const QString &text)
{
    static const QRegularExpression form(u"^[^@\\s]{1,64}@[^@\\s]{1,189}$"_s);
    return form.match(text).hasMatch();
}

bool isLocaleShaped(const QString &text)
{
    static const QRegularExpression form(u"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"_s);
    return form.match(text).hasMatch();
}
} // namespace

ProfileService::ProfileService(UserService &users, const Permissions &permissions, Clock &clock)
    : m_users(users), m_permissions(permissions), m_clock(clock)
{
}

ProfileService::~ProfileService()
{
    if (m_timer)
        m_clock.cancel(m_timer);
}

QCoro::Task<void> ProfileService::close()
{
    if (m_timer)
        m_clock.cancel(std::exchange(m_timer, 0));
    co_await m_scope.close();
}

QList<FieldError> ProfileService::mistakesIn(const ProfileChange &change)
{
    QList<FieldError> mistakes;
    const auto check = [&mistakes](const QString &pointer, const std::optional<QString> &text, qsizetype max,
                                   bool mayBreakLines = false) {
        const QString problem = text ? problemOf(*text, max, mayBreakLines) : QString();
        if (!problem.isEmpty())
            mistakes.append(FieldError{pointer, problem});
    };
    check(u"/display_name"_s, change.displayName, 64);
    if (change.displayName && change.displayName->trimmed().isEmpty())
        mistakes.append(FieldError{u"/display_name"_s, u"must not be empty"_s});
    check(u"/title"_s, change.title, 64);
    check(u"/pronouns"_s, change.pronouns, 32);
    check(u"/bio"_s, change.bio, 500, true);
    if (change.email && !change.email->isEmpty() &&
        (!isEmailShaped(*change.email) || !problemOf(*change.email, 254).isEmpty()))
        mistakes.append(FieldError{u"/email"_s, u"must be an e-mail address, or empty"_s});
    if (change.timeZone && !change.timeZone->isEmpty() &&
        (change.timeZone->size() > 64 || !QTimeZone::isTimeZoneIdAvailable(change.timeZone->toUtf8())))
        mistakes.append(FieldError{u"/time_zone"_s, u"must be a time zone such as Europe/Berlin, or empty"_s});
    if (change.locale && !change.locale->isEmpty() && !isLocaleShaped(*change.locale))
        mistakes.append(FieldError{u"/locale"_s, u"must be a language tag such as de-AT, or empty"_s});
    return mistakes;
}

QCoro::Task<Result<void>> ProfileService::change(Actor actor, UserId whose, ProfileChange change)
{
    const Object object = Object::ownedBy(whose);
    if (const Result<void> allowed = m_permissions.require(actor, Action::AccountManage, object); !allowed)
        co_return allowed.error();
    const QList<FieldError> mistakes = mistakesIn(change);
    if (!mistakes.isEmpty()) {
        Error error(Errc::ValidationFailed, mistakes.constFirst().pointer + u' ' + mistakes.constFirst().detail + u'.');
        error.fields = mistakes;
        co_return error;
    }
    const StoredUser *const before = m_users.find(whose);
    if (!before)
        co_return Error(Errc::NotFound, u"There is no such user."_s);
    // The log names the fields that changed; of their values only the name by which others know the person.
    Audit::Draft audit = Audit::draftFor(actor, "user.profile_changed", "user", whose.bytes(), m_clock.now());
    QJsonArray changed;
    const auto note = [&changed](const QString &name, const std::optional<QString> &to, const QString &from) {
        if (to && *to != from)
            changed.append(name);
    };
    const Profile &old = before->profile;
    note(u"title"_s, change.title, old.title);
    note(u"email"_s, change.email, old.email);
    note(u"time_zone"_s, change.timeZone, old.timeZone);
    note(u"locale"_s, change.locale, old.locale);
    note(u"pronouns"_s, change.pronouns, old.pronouns);
    note(u"bio"_s, change.bio, old.bio);
    if (change.displayName && *change.displayName != before->user.displayName) {
        audit.before.insert(u"display_name"_s, before->user.displayName);
        audit.after.insert(u"display_name"_s, *change.displayName);
    } else if (changed.isEmpty()) {
        co_return Result<void>();
    }
    audit.after.insert(u"fields"_s, changed);
    UserService::Mutation mutate = [change](StoredUser &stored) -> Result<void> {
        const auto set = [](QString &field, const std::optional<QString> &value) {
            if (value)
                field = value->normalized(QString::NormalizationForm_C);
        };
        set(stored.user.displayName, change.displayName);
        set(stored.profile.title, change.title);
        set(stored.profile.email, change.email);
        set(stored.profile.timeZone, change.timeZone);
        set(stored.profile.locale, change.locale);
        set(stored.profile.pronouns, change.pronouns);
        set(stored.profile.bio, change.bio);
        return {};
    };
    const Result<User> done = co_await m_users.change(whose, std::move(mutate), std::move(audit));
    if (!done)
        co_return done.error();
    co_return Result<void>();
}

QCoro::Task<Result<void>> ProfileService::setStatus(Actor actor, UserId whose, UserStatus status)
{
    const Object object = Object::ownedBy(whose);
    if (const Result<void> allowed = m_permissions.require(actor, Action::AccountManage, object); !allowed)
        co_return allowed.error();
    if (const QString problem = problemOf(status.text, 100); !problem.isEmpty())
        co_return Error::invalid(u"/text"_s, u"The text "_s + problem + u'.');
    if (const QString problem = problemOf(status.emoji, 8); !problem.isEmpty())
        co_return Error::invalid(u"/emoji"_s, u"The emoji "_s + problem + u'.');
    const Timestamp now = m_clock.now();
    if (status.expiresAt && (*status.expiresAt <= now || *status.expiresAt > now + longestStatus))
        co_return Error::invalid(u"/expires_at"_s, u"A status ends in the future, within a year."_s);
    if (status.isEmpty())
        status.expiresAt.reset();
    // Not audited: it says nothing about rights, and people change it many times a day.
    UserService::Mutation mutate = [status](StoredUser &stored) -> Result<void> {
        stored.status = status;
        return {};
    };
    const Result<User> done = co_await m_users.change(whose, std::move(mutate));
    if (!done)
        co_return done.error();
    schedule();
    co_return Result<void>();
}

void ProfileService::start()
{
    endOver();
    schedule();
}

void ProfileService::schedule()
{
    std::optional<Timestamp> next;
    const Timestamp now = m_clock.now(); // what is over already is being ended, or is tried again at the next start
    m_users.forEach([&next, now](const StoredUser &stored) {
        const std::optional<Timestamp> &end = stored.status.expiresAt;
        if (end && *end > now && (!next || *end < *next))
            next = stored.status.expiresAt;
    });
    if (m_timer)
        m_clock.cancel(std::exchange(m_timer, 0));
    if (!next || m_scope.isClosing())
        return;
    const milliseconds wait = std::clamp(*next - now, milliseconds(1), longestWait);
    m_timer = m_clock.callAfter(wait, this, [this] {
        m_timer = 0;
        endOver();
        schedule();
    });
}

void ProfileService::endOver()
{
    const Timestamp now = m_clock.now();
    QList<std::pair<UserId, Timestamp>> over;
    m_users.forEach([&over, now](const StoredUser &stored) {
        if (stored.status.expiresAt && *stored.status.expiresAt <= now)
            over.emplaceBack(stored.user.id, *stored.status.expiresAt);
    });
    for (const auto &[user, at] : std::as_const(over))
        m_scope.spawn(clear(user, at), "end status");
}

QCoro::Task<void> ProfileService::clear(UserId user, Timestamp over)
{
    UserService::Mutation mutate = [over](StoredUser &stored) -> Result<void> {
        if (stored.status.expiresAt != over)
            return Error(Errc::Conflict, u"has another status meanwhile"_s);
        stored.status = {};
        return {};
    };
    const Result<User> done = co_await m_users.change(user, std::move(mutate));
    if (!done && done.error().code != Errc::Conflict)
        qCWarning(lcIdentity) << "the status of" << user.toString() << "could not be ended:" << done.error().detail;
}

} // namespace Atom::Identity
