// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/httpexchange.h"
#include "shared/core/clock.h"

#include <deque>
#include <unordered_map>

namespace Atom::Http {

//! \brief First answers by Idempotency-Key, so that a request repeated after a lost answer is not carried out twice.
//! Bounded in entries, bytes and time; in memory: a restart forgets. One thread.
class IdempotencyCache
{
public:
    struct Limits
    {
        milliseconds lifetime{600'000};
        qsizetype entries = 10'000;
        qint64 bytes = 64 << 20; //!< of the kept answers
    };
    enum class Outcome {
        First,      //!< carry it out, then finish()
        Replay,     //!< the first answer is in `response`
        InProgress, //!< the first one has no answer yet
        Mismatch,   //!< the key was used for another request
        Full,       //!< nothing can be forgotten to make room
    };
    struct Claim
    {
        Outcome outcome = Outcome::First;
        Response response;
        quint64 ticket = 0; //!< for finish(), when First
    };

    IdempotencyCache(Limits limits, Clock &clock) : m_limits(limits), m_clock(clock) {}

    //! \brief `fingerprint` stands for everything that makes two requests the same: method, path, query, body.
    Claim claim(const UserId &user, const QByteArray &key, const QByteArray &fingerprint);
    //! \brief Keeps the answer; one that asks to be tried again (401, 408, 409, 425, 429, 5xx) is forgotten instead.
    void finish(quint64 ticket, const Response &response);
    qsizetype size() const { return qsizetype(m_entries.size()); }

private:
    struct Entry
    {
        QByteArray name; //!< user and key
        QByteArray fingerprint;
        Response response;
        Monotonic expires;
        qint64 bytes = 0;
        bool finished = false;
    };
    void forget(quint64 ticket);
    bool makeRoom();

    Limits m_limits;
    Clock &m_clock;
    std::unordered_map<quint64, Entry> m_entries;
    QHash<QByteArray, quint64> m_byName;
    std::deque<quint64> m_order; //!< by age; may hold forgotten tickets
    quint64 m_next = 1;
    qint64 m_bytes = 0;
};

} // namespace Atom::Http
