// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/entities/entity.h"
#include "server/entities/pattern.h"
#include "server/entities/wordlists.h"
#include "shared/core/result.h"

#include <QtCore/QList>

#include <vector>

namespace Atom::Entities {

//! \brief A pattern of the workspace, see Pattern for what it may contain.
struct PatternDefinition
{
    QString name;
    QString expression;
    bool caseSensitive = false;
};

//! \brief Finds entities in English chat messages: by grammar, without model and network.
//!
//! A value: copies are cheap enough to hand to another thread; all functions are const and safe to call from several.
//! O(text) for everything built in and for lists; O(text · program) for each pattern, see Pattern::find(). In a very
//! long text times, amounts, durations and repeats are looked for at the first 600 words and numbers that one may begin
//! with (some 10 kB of prose), so that a pasted log costs milliseconds; all other kinds are found everywhere.
class Recognizer
{
public:
    static constexpr qsizetype longestText = 65'536; //!< UTF-16 units; what comes after is not looked at
    static constexpr int mostPatterns = 100;

    //! \brief Only what is built in.
    Recognizer() = default;
    //! \brief With lists and patterns of a workspace. Errc::ValidationFailed with a FieldError for each mistake, in
    //! `/lists/<i>/…` and `/patterns/<i>/expression`; all mistakes are reported together.
    static Result<Recognizer> create(const QList<WordList> &lists, const QList<PatternDefinition> &patterns);

    //! \brief The entities of a text, by their place, none of which overlap: of several the longest, and of equally
    //! long ones the more telling kind (a time before a number).
    QList<Entity> find(QStringView text, const Context &context) const;
    //! \brief Everything that could be meant, by place and then length (long first): also what find() leaves out, as
    //! the number inside of an amount and times within quotes.
    QList<Entity> candidates(QStringView text, const Context &context) const;

private:
    struct Named
    {
        QString name;
        Pattern pattern;
    };
    WordLists m_lists;
    std::vector<Named> m_patterns;
};

} // namespace Atom::Entities
