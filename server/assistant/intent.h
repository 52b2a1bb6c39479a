// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/id.h"
#include "shared/core/result.h"

#include "server/entities/recognizer.h"

#include <QtCore/QList>
#include <QtCore/QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace Atom::Assistant {

enum class SlotType {
    Text, //!< some words
    Name, //!< some words that name something: times, amounts and addresses are no part of it
    Number,
    Choice,   //!< one of `values`
    Time,     //!< ISO 8601 with the offset of the writer's zone; a day alone is its 9 o'clock
    Duration, //!< whole seconds
    Email,
    Url,
    Money,   //!< "12.5 EUR"
    Person,  //!< the id after an @
    List,    //!< the value of one of `entries`, also by a synonym or with a typing error in a word of five letters
    Pattern, //!< what `pattern` matches
};
//! \brief The name of a type in files: "text", "number", ...
QString slotTypeName(SlotType type);

//! \brief A value an intent needs.
struct SlotDefinition
{
    QString name;
    SlotType type = SlotType::Text;
    QString prompt; //!< the question when it is missing
    bool required = true;
    QStringList values;                       //!< Choice: what may be said
    QList<Entities::WordList::Entry> entries; //!< List
    QString pattern;                          //!< Pattern, see Entities::Pattern
    //! List and Pattern, compiled by readIntent(); made of the two above, so it says nothing more about equality.
    struct Compiled
    {
        std::shared_ptr<const Entities::Recognizer> recognizer;
        bool operator==(const Compiled &) const { return true; }
    } compiled;
    QString fallback; //!< value of an optional slot that was not said; may be empty: then it is left out
    bool operator==(const SlotDefinition &) const = default;
};

//! \brief What people may want, by example. `{slot}` in an example stands for the value of that slot.
struct IntentDefinition
{
    QString name;        //!< `[a-z0-9-]{1,64}`
    QString description; //!< completes "I can ...": for "what can you do"
    QStringList examples;
    QList<SlotDefinition> slotList; //!< in the order of asking
    WorkflowId workflow;            //!< run with the slots as input
    QString action;                 //!< done with the slots as input, one of builtInActions(); not with a workflow
    QString reply;                  //!< template, see ReplyTemplate; an action answers by itself where it is empty
    QStringList suggestions;        //!< offered after the answer
    QString command;                //!< "/remind tomorrow to ..." means this intent; without the slash; empty: none
    QStringList patterns;           //!< a message that one of them matches as a whole means this intent
    std::vector<Entities::Pattern> compiledPatterns; //!< of `patterns`
    std::optional<double> threshold; //!< least confidence (0..1) that triggers it; none: that of the server
    bool enabled = true;             //!< otherwise nothing triggers it
    bool listsIntents = false;       //!< the answer is the list of all intents
    const SlotDefinition *slot(const QString &slotName) const;
};

//! \brief Reads one YAML file: {name, description, command, patterns[], examples[], slots: {name: {type, prompt,
//! required, values, entries, pattern, default}}, workflow, action, reply, suggestions[], threshold, enabled,
//! lists_intents}. \return ValidationFailed
//! whose fields name every mistake
//! ("/slots/city/prompt"), with the line in the detail.
Result<IntentDefinition> readIntent(const QByteArray &yaml);

} // namespace Atom::Assistant
