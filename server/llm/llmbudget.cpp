// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/llmbudget.h"

#include <algorithm>
#include <map>

namespace Atom::Llm {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 mostTokens = 100'000'000; // of one call; with mostPrice a cost stays far below 2^63
constexpr qint64 mostPrice = 10'000'000'000;
constexpr qint64 million = 1'000'000;

using Key = std::pair<BudgetScope, QByteArray>;

qint64 addBounded(qint64 a, qint64 b)
{
    constexpr qint64 most = std::numeric_limits<qint64>::max() / 4;
    return std::min(most, a + std::min(most, b));
}

qint64 priceOf(qint64 tokens, qint64 price)
{
    return std::clamp<qint64>(tokens, 0, mostTokens) * std::clamp<qint64>(price, 0, mostPrice);
}
} // namespace

struct LlmBudget::State
{
    struct Amount
    {
        qint64 tokens = 0;
        qint64 costMicros = 0;
    };
    struct Open
    {
        qint64 day = 0;
        QList<Key> keys;
        Amount amount;
    };

    Settings settings;
    Clock *clock = nullptr;
    qint64 day = 0;
    std::map<Key, UsageRow> used;
    std::map<Key, Amount> reserved;
    std::map<quint64, Open> open;
    std::map<std::pair<qint64, Key>, UsageRow> changed;
    quint64 nextId = 1;

    void roll();
    qint64 cost(const TokenUsage &usage) const;
    const Limit &limitOf(BudgetScope scope) const;
    Amount total(const Key &key) const;
    void release(quint64 id);
    void add(const Key &key, const TokenUsage &usage, qint64 costMicros);
};

//! A clock that is set back a little does not empty the budget; one that was days ahead is forgiven.
void LlmBudget::State::roll()
{
    const qint64 now = std::chrono::floor<std::chrono::days>(clock->now()).time_since_epoch().count();
    if (now == day || now == day - 1)
        return;
    day = now;
    used.clear();
    reserved.clear();
}

qint64 LlmBudget::State::cost(const TokenUsage &usage) const
{
    const qint64 sum = priceOf(usage.input, settings.inputPrice) + priceOf(usage.output, settings.outputPrice);
    return (sum + million - 1) / million;
}

const LlmBudget::Limit &LlmBudget::State::limitOf(BudgetScope scope) const
{
    switch (scope) {
    case BudgetScope::User:
        return settings.user;
    case BudgetScope::Room:
        return settings.room;
    case BudgetScope::Server:
        break;
    }
    return settings.server;
}

LlmBudget::State::Amount LlmBudget::State::total(const Key &key) const
{
    Amount sum;
    if (const auto row = used.find(key); row != used.end())
        sum = Amount{addBounded(row->second.inputTokens, row->second.outputTokens), row->second.costMicros};
    if (const auto held = reserved.find(key); held != reserved.end()) {
        sum.tokens = addBounded(sum.tokens, held->second.tokens);
        sum.costMicros = addBounded(sum.costMicros, held->second.costMicros);
    }
    return sum;
}

void LlmBudget::State::release(quint64 id)
{
    const auto found = open.find(id);
    if (found == open.end())
        return;
    const Open one = std::move(found->second);
    open.erase(found);
    if (one.day != day) // those of an earlier day were dropped with it
        return;
    for (const Key &key : one.keys) {
        const auto held = reserved.find(key);
        if (held == reserved.end())
            continue;
        held->second.tokens -= one.amount.tokens;
        held->second.costMicros -= one.amount.costMicros;
        if (held->second.tokens <= 0 && held->second.costMicros <= 0)
            reserved.erase(held);
    }
}

void LlmBudget::State::add(const Key &key, const TokenUsage &usage, qint64 costMicros)
{
    UsageRow &row = used[key];
    row.day = day;
    row.scope = key.first;
    row.subject = key.second;
    ++row.calls;
    row.inputTokens = addBounded(row.inputTokens, std::clamp<qint64>(usage.input, 0, mostTokens));
    row.outputTokens = addBounded(row.outputTokens, std::clamp<qint64>(usage.output, 0, mostTokens));
    row.costMicros = addBounded(row.costMicros, costMicros);
    changed[{day, key}] = row;
}

LlmBudget::LlmBudget(Settings settings, Clock &clock) : m_state(std::make_shared<State>())
{
    m_state->settings = settings;
    m_state->clock = &clock;
    m_state->roll();
}

Result<LlmBudget::Reservation> LlmBudget::reserve(const UserId &user, const RoomId &room, const TokenUsage &estimate)
{
    State &s = *m_state;
    s.roll();
    QList<Key> keys{{BudgetScope::Server, {}}};
    if (!room.isEmpty())
        keys.append({BudgetScope::Room, room.bytes()});
    if (!user.isEmpty())
        keys.append({BudgetScope::User, user.bytes()});
    const State::Amount asked{std::clamp<qint64>(estimate.input, 0, mostTokens) +
                                  std::clamp<qint64>(estimate.output, 0, mostTokens),
                              s.cost(estimate)};
    bool near = false;
    for (const Key &key : keys) {
        const Limit &limit = s.limitOf(key.first);
        const State::Amount before = s.total(key);
        const qint64 tokens = addBounded(before.tokens, asked.tokens);
        const qint64 cost = addBounded(before.costMicros, asked.costMicros);
        if ((limit.tokens > 0 && tokens > limit.tokens) || (limit.costMicros > 0 && cost > limit.costMicros)) {
            static const QStringList whose{u"of this server"_s, u"of this room"_s, u"of this user"_s};
            const Timestamp midnight{std::chrono::sys_days(std::chrono::days(s.day + 1))};
            Error error(Errc::RateLimited, u"The day's budget %1 for the language model is used up until %2."_s.arg(
                                               whose.at(int(key.first)), toIso(midnight)));
            error.retryAfter = std::max(seconds(1), std::chrono::ceil<seconds>(midnight - s.clock->now()));
            return error;
        }
        const auto reaches = [&s](qint64 amount, qint64 bound) {
            return bound > 0 && double(amount) * 100 >= double(bound) * s.settings.warnPercent;
        };
        near = near || reaches(tokens, limit.tokens) || reaches(cost, limit.costMicros);
    }
    for (const Key &key : keys) {
        State::Amount &held = s.reserved[key];
        held.tokens = addBounded(held.tokens, asked.tokens);
        held.costMicros = addBounded(held.costMicros, asked.costMicros);
    }
    Reservation reservation;
    reservation.m_state = m_state;
    reservation.m_id = s.nextId++;
    reservation.m_near = near;
    s.open.emplace(reservation.m_id, State::Open{s.day, keys, asked});
    return reservation;
}

LlmBudget::Reservation &LlmBudget::Reservation::operator=(Reservation &&other) noexcept
{
    std::swap(m_state, other.m_state); // the other one gives back what was here
    std::swap(m_id, other.m_id);
    std::swap(m_near, other.m_near);
    return *this;
}

LlmBudget::Reservation::~Reservation()
{
    if (const auto state = m_state.lock())
        state->release(m_id);
}

void LlmBudget::Reservation::settle(const TokenUsage &actual)
{
    const auto state = m_state.lock();
    m_state.reset();
    if (!state)
        return;
    state->roll();
    const auto found = state->open.find(m_id);
    if (found == state->open.end())
        return;
    const QList<Key> keys = found->second.keys;
    state->release(m_id);
    const qint64 cost = state->cost(actual);
    for (const Key &key : keys)
        state->add(key, actual, cost);
}

qint64 LlmBudget::costMicros(const TokenUsage &usage) const
{
    return m_state->cost(usage);
}

UsageRow LlmBudget::used(BudgetScope scope, const QByteArray &subject) const
{
    m_state->roll();
    const auto found = m_state->used.find({scope, subject});
    if (found != m_state->used.end())
        return found->second;
    UsageRow none;
    none.day = m_state->day;
    none.scope = scope;
    none.subject = subject;
    return none;
}

qint64 LlmBudget::today() const
{
    m_state->roll();
    return m_state->day;
}

void LlmBudget::restore(const QList<UsageRow> &rows)
{
    m_state->roll();
    for (const UsageRow &row : rows) {
        if (row.day == m_state->day)
            m_state->used[{row.scope, row.subject}] = row;
    }
}

QList<UsageRow> LlmBudget::changedRows()
{
    QList<UsageRow> rows;
    for (const auto &entry : std::exchange(m_state->changed, {}))
        rows.append(entry.second);
    return rows;
}

void LlmBudget::changeAgain(const QList<UsageRow> &rows)
{
    for (const UsageRow &row : rows)
        m_state->changed.emplace(std::pair(row.day, Key(row.scope, row.subject)), row); // newer ones stay
}

void LlmBudget::forgetUser(const UserId &user)
{
    const Key key(BudgetScope::User, user.bytes());
    m_state->used.erase(key);
    std::erase_if(m_state->changed, [&key](const auto &entry) { return entry.first.second == key; });
    for (auto &[id, one] : m_state->open)
        one.keys.removeAll(key);
    m_state->reserved.erase(key);
}

} // namespace Atom::Llm
