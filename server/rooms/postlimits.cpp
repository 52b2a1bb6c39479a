// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/postlimits.h"

#include <algorithm>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;

namespace {
constexpr std::chrono::hours day(24);

Counter &limited(MetricRegistry &metrics, const char *by)
{
    return metrics.counter("atom_limited_total", "Messages, changes and requests refused because of a limit",
                           QByteArray("limit=\"") + by + '"');
}

seconds upTo(Monotonic end, Monotonic now)
{
    return std::max(seconds(1), std::chrono::ceil<seconds>(end - now));
}
} // namespace

PostLimits::PostLimits(PostRates rates, MetricRegistry &metrics)
    : m_rates(rates), m_byUser(limited(metrics, "user")), m_bySession(limited(metrics, "session")),
      m_byAddress(limited(metrics, "address")), m_byRoom(limited(metrics, "room")),
      m_byQuota(limited(metrics, "quota")), m_byDuplicate(limited(metrics, "duplicate"))
{
}

Error PostLimits::refusal(Counter &counter, const QString &text, seconds wait)
{
    counter.add();
    Error error(Errc::RateLimited, text);
    error.retryAfter = wait;
    return error;
}

bool PostLimits::isForgettable(User &user, Monotonic now) const
{
    const auto isOld = [this, now](const Said &said) { return now - said.at > m_rates.duplicateWindow; };
    return user.bucket.isFull(now, m_rates.user.perSecond, m_rates.user.burst) &&
           (user.today == 0 || now - user.dayBegan >= day) &&
           (!user.said || std::all_of(user.said->begin(), user.said->end(), isOld));
}

Result<void> PostLimits::rated(const Actor &actor, const RoomId &room, Monotonic now)
{
    if (!actor.session.isEmpty()) {
        if (const auto wait = m_sessions.take(actor.session, m_rates.session, now))
            return refusal(m_bySession, u"Too many messages from this device or token."_s, *wait);
    }
    if (!actor.address.isEmpty()) {
        if (const auto wait = m_addresses.take(actor.address, m_rates.address, now))
            return refusal(m_byAddress, u"Too many messages from your network address."_s, *wait);
    }
    if (const auto wait = m_rooms.take(room, m_rates.room, now))
        return refusal(m_byRoom, u"There are too many messages in this room at the moment."_s, *wait);
    return {};
}

Result<void> PostLimits::repeated(User &user, const QString &text, const QByteArray &clientId, Monotonic now)
{
    if (!user.said)
        user.said = std::make_unique<std::array<Said, remembered>>();
    // The seed of qHash() is random in each process: nobody can make texts collide on purpose.
    Said said;
    said.text = text.size() >= shortestDuplicate ? qHash(text, QHashSeed::globalSeed()) : 0;
    said.clientId = clientId.isEmpty() ? 0 : qHash(clientId, QHashSeed::globalSeed());
    said.at = now;
    int equal = 0;
    Monotonic oldest = now;
    for (const Said &other : *user.said) {
        if (other.at == Monotonic() || now - other.at > m_rates.duplicateWindow)
            continue;
        if (said.clientId != 0 && other.clientId == said.clientId)
            return {}; // sent again, because the answer got lost
        if (said.text != 0 && other.text == said.text) {
            ++equal;
            oldest = std::min(oldest, other.at);
        }
    }
    if (equal >= std::min(m_rates.duplicates, remembered))
        return refusal(m_byDuplicate, u"You have sent this text %1 times within a short time."_s.arg(equal),
                       upTo(oldest + m_rates.duplicateWindow, now));
    (*user.said)[size_t(user.next)] = said;
    user.next = (user.next + 1) % remembered;
    return {};
}

PostLimits::User &PostLimits::userOf(const UserId &id, Monotonic now)
{
    if (m_users.size() >= tableLimit && !m_users.contains(id)) {
        for (auto it = m_users.begin(); it != m_users.end();)
            it = isForgettable(it->second, now) ? m_users.erase(it) : std::next(it);
        if (m_users.size() >= tableLimit)
            m_users.clear();
    }
    return m_users[id];
}

Result<void> PostLimits::message(const Actor &actor, const RoomId &room, const QString &text,
                                 const QByteArray &clientId, Monotonic now)
{
    if (isInternalActor(actor))
        return {};
    // The user's own bounds come first, so that a flood does not use up what the others in the room have.
    if (m_rates.user.perSecond > 0 || m_rates.userPerDay > 0 || m_rates.duplicates > 0) {
        User &user = userOf(actor.user, now);
        if (!user.bucket.take(now, m_rates.user.perSecond, m_rates.user.burst))
            return refusal(m_byUser, u"Too many messages."_s, user.bucket.retryAfter(m_rates.user.perSecond));
        if (m_rates.userPerDay > 0) {
            if (user.today == 0 || now - user.dayBegan >= day) {
                user.today = 0;
                user.dayBegan = now;
            }
            if (user.today >= m_rates.userPerDay)
                return refusal(m_byQuota, u"You have sent %1 messages today, which is the limit."_s.arg(user.today),
                               upTo(user.dayBegan + day, now));
        }
        if (m_rates.duplicates > 0) {
            if (Result<void> fresh = repeated(user, text, clientId, now); !fresh)
                return fresh;
        }
        ++user.today;
    }
    return rated(actor, room, now);
}

Result<void> PostLimits::change(const Actor &actor, const RoomId &room, Monotonic now)
{
    if (isInternalActor(actor))
        return {};
    if (m_rates.user.perSecond > 0) {
        User &user = userOf(actor.user, now);
        if (!user.bucket.take(now, m_rates.user.perSecond, m_rates.user.burst))
            return refusal(m_byUser, u"Too many changes."_s, user.bucket.retryAfter(m_rates.user.perSecond));
    }
    return rated(actor, room, now);
}

} // namespace Atom::Rooms
