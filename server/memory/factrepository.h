// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/memory/fact.h"
#include "shared/core/result.h"

#include <QCoro/QCoroTask>

namespace Atom::Memory {

//! \brief Where facts are kept. They go with the account when it is erased. Main thread.
class FactRepository
{
public:
    virtual ~FactRepository() = default;
    //! \brief What is remembered for a person, oldest first; at most Fact::mostOfUser.
    virtual QCoro::Task<Result<QList<Fact>>> facts(UserId user) = 0;
    //! \brief Remembers; in the place of `replaces`, when that is one of the same person's (empty: of none).
    //! \return what is remembered: the fact that was there before, when the id or, but for case, the text is known. So
    //! a turn that is taken again leaves one fact. Errc::ValidationFailed: no user or id, the text empty or too long;
    //! Conflict: the person has Fact::mostOfUser already, or the id is somebody else's.
    virtual QCoro::Task<Result<Fact>> add(Fact fact, FactId replaces) = 0;
    //! \brief Forgets these of a person: the texts are gone at once. \return how many there were.
    virtual QCoro::Task<Result<int>> forget(UserId user, QList<FactId> facts, Timestamp at) = 0;
};

} // namespace Atom::Memory
