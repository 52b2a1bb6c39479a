// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"

#include <QtCore/QHash>

namespace Atom::Audit {

//! \brief Joins equal refused acts, so that a flood becomes a few records with a count: the first of (actor, action,
//! kind of object) is recorded at once, the others as one record at the end of the window of time. Who goes on and on -
//! a program that asks each second what it may not see - is recorded after 1, 2, 4, 8, then each 16 windows. Beyond
//! `keyLimit` different ones at a time, all further become one record "audit.refusals_joined" of the system. One
//! thread.
class RefusalBuffer
{
public:
    explicit RefusalBuffer(int keyLimit) : m_keyLimit(keyLimit) {}
    //! \return what is to be recorded now, if anything.
    std::optional<Draft> take(Draft draft);
    //! \brief Ends the window. \return what is to be recorded of what was joined.
    QList<Draft> endWindow(Timestamp now);
    //! \brief Everything that was joined, for the end of the process; nothing is left.
    QList<Draft> flush(Timestamp now);
    bool isEmpty() const { return m_entries.isEmpty() && m_overflow == 0; }

private:
    struct Key
    {
        UserId actor;
        QByteArray action, objectKind;
        bool operator==(const Key &) const = default;
        friend size_t qHash(const Key &k, size_t seed = 0) { return qHashMulti(seed, k.actor, k.action, k.objectKind); }
    };
    struct Entry
    {
        Draft joined;     //!< a count of 0: none came since the last record
        int interval = 1; //!< windows between two records
        int windows = 0;  //!< since the last one
    };
    void appendOverflow(QList<Draft> &list, Timestamp now);
    const int m_keyLimit;
    QHash<Key, Entry> m_entries;
    qint64 m_overflow = 0;
};

} // namespace Atom::Audit
