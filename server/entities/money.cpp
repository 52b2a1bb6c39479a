// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/money.h"
#include "server/entities/currencies.h"
#include "server/entities/numbers.h"

#include <cmath>

namespace Atom::Entities {
using namespace Qt::StringLiterals;

namespace {
//! An amount, with a currency or (as the first of an interval) without.
struct Amount
{
    double value = 0;
    QString unit;
    int next = 0;
};

double withCents(double whole, double cents)
{
    return std::round(whole * 100 + cents) / 100;
}

//! "and 43 cents", "43c", "43": what follows a whole amount of `unit`.
void addCents(const Tokens &t, Amount &amount)
{
    if (amount.value != std::floor(amount.value) || amount.unit == u"Cent")
        return;
    const bool joined = t[amount.next].is(u"and");
    const int from = joined ? amount.next + 1 : amount.next;
    const std::optional<NumberMatch> number = matchNumber(t, from);
    if (!number || number->value < 0 || number->value >= 100 || !number->isInteger() || t[from].isDash())
        return;
    const std::optional<CurrencyMatch> currency = matchCurrency(t, number->next);
    if (currency && currency->cent) {
        amount.value = withCents(amount.value, number->value);
        amount.next = currency->next;
        return;
    }
    // Without a word two digits or number words, and nothing after them that they could count.
    const Token &after = t[number->next];
    const bool ends = after.type == Token::Type::End || (after.type == Token::Type::Symbol && !after.isSymbol(u':') &&
                                                         !after.isSymbol(u'%') && !after.isDash() && !after.masked);
    if (currency || !ends || (number->plain && t[from].size() != 2))
        return;
    amount.value = withCents(amount.value, number->value);
    amount.next = number->next;
}

//! `second`: the other end of an interval, which may be glued to its dash.
std::optional<Amount> amountAt(const Tokens &t, int at, bool unitNeeded, bool second = false)
{
    Amount amount;
    int i = at;
    std::optional<CurrencyMatch> before = matchCurrency(t, i);
    double sign = 1;
    if (t[i].isDash() && !t[i].glued) {
        before = matchCurrency(t, i + 1);
        sign = before ? -1 : 1;
    }
    if (before && before->symbol && (!t[at].glued || t[at].type == Token::Type::Symbol)) {
        // "US$ 20", "$20"
        int from = before->next;
        const std::optional<NumberMatch> number = matchNumber(t, from);
        if (!number || !(t[from].isDigits() || t[from].isSymbol(u'.') || (number->words && !before->weak)))
            return std::nullopt;
        amount = {sign * number->value, before->unit, number->next};
        const std::optional<CurrencyMatch> again = matchCurrency(t, amount.next);
        if (again && again->unit == amount.unit && !again->weak)
            amount.next = again->next; // "$10 dollars"
        addCents(t, amount);
        return amount;
    }
    const bool article = t[i].isAny({u"a", u"an"});
    if (article && !t[i + 1].is(u"hundred") && !(t[i + 1].word && t[i + 1].word->scale > 0)) {
        const std::optional<CurrencyMatch> currency = matchCurrency(t, i + 1);
        if (!currency || currency->symbol || currency->weak)
            return std::nullopt;
        amount = {1, currency->unit, currency->next};
        addCents(t, amount);
        return amount;
    }
    if (!second && !isNumberStart(t, i))
        return std::nullopt;
    const std::optional<NumberMatch> number = matchNumber(t, i);
    if (!number)
        return std::nullopt;
    amount = {number->value, {}, number->next};
    if (t[amount.next].isSymbol(u'-') && t[amount.next].glued && t[amount.next + 1].glued && unitNeeded) {
        if (const std::optional<CurrencyMatch> c = matchCurrency(t, amount.next + 1); c && !c->symbol)
            ++amount.next; // "20-dollar"
    }
    const std::optional<CurrencyMatch> currency = matchCurrency(t, amount.next);
    // "1080p" is a screen.
    const bool screen = currency && currency->cent && currency->weak && amount.value >= 100;
    if (currency && !screen && (!currency->weak || t[amount.next - 1].isDigits())) {
        amount.unit = currency->unit;
        amount.next = currency->next;
        // "$" also begins the next amount: "10 $20".
        if (currency->symbol && t[amount.next].isDigits() && t[amount.next].glued)
            return std::nullopt;
        addCents(t, amount);
        return amount;
    }
    return unitNeeded ? std::nullopt : std::optional(amount);
}

enum class Bound { Upper, Lower };
//! "less than", "at least", …: the token after it.
std::optional<std::pair<Bound, int>> boundAt(const Tokens &t, int at)
{
    const Token &a = t[at];
    const Token &b = t[at + 1];
    const Token &c = t[at + 2];
    const auto found = [](Bound bound, int next) { return std::optional(std::pair(bound, next)); };
    if (a.isAny({u"no", u"not"}) && b.is(u"more") && c.is(u"than"))
        return found(Bound::Upper, at + 3);
    if (a.isAny({u"no", u"not"}) && b.isAny({u"less", u"fewer"}) && c.is(u"than"))
        return found(Bound::Lower, at + 3);
    if (a.isAny({u"less", u"lower", u"fewer", u"cheaper"}) && b.is(u"than"))
        return found(Bound::Upper, at + 2);
    if (a.isAny({u"more", u"higher", u"greater"}) && b.is(u"than"))
        return found(Bound::Lower, at + 2);
    if (a.is(u"at") && b.is(u"most"))
        return found(Bound::Upper, at + 2);
    if (a.is(u"at") && b.is(u"least"))
        return found(Bound::Lower, at + 2);
    if (a.is(u"up") && b.is(u"to"))
        return found(Bound::Upper, at + 2);
    if (a.isAny({u"under", u"below"}))
        return found(Bound::Upper, at + 1);
    if (a.isAny({u"over", u"above"}))
        return found(Bound::Lower, at + 1);
    return std::nullopt;
}
} // namespace

std::optional<MoneyMatch> matchMoney(const Tokens &t, int at)
{
    MoneyMatch m;
    if (const auto bound = boundAt(t, at)) {
        const std::optional<Amount> amount = amountAt(t, bound->second, true);
        if (!amount)
            return std::nullopt;
        m.value.unit = amount->unit;
        (bound->first == Bound::Upper ? m.value.to : m.value.from) = amount->value;
        m.next = amount->next;
        return m;
    }
    int i = at;
    while (i < at + 2 && t[i].isAny({u"about", u"around", u"approximately", u"exactly", u"almost", u"roughly"}))
        ++i;
    const bool between = t[i].is(u"between");
    const bool from = t[i].is(u"from");
    if (between || from)
        ++i;
    const std::optional<Amount> first = amountAt(t, i, false);
    if (!first)
        return std::nullopt;
    int j = first->next;
    const bool joined = between ? t[j].is(u"and") : (t[j].isAny({u"to"}) || t[j].isDash());
    if (joined) {
        const std::optional<Amount> second = amountAt(t, j + 1, first->unit.isEmpty(), true);
        if (second && second->value > first->value &&
            (first->unit.isEmpty() || second->unit.isEmpty() || second->unit == first->unit)) {
            m.value = {first->value, second->value, second->unit.isEmpty() ? first->unit : second->unit};
            m.next = second->next;
            return m;
        }
    }
    if (first->unit.isEmpty() || between || from)
        return std::nullopt;
    m.value = {first->value, first->value, first->unit};
    m.next = first->next;
    return m;
}

} // namespace Atom::Entities
