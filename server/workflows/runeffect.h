// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/egressclient.h"
#include "server/workflows/definition.h"
#include "server/workflows/eventinterest.h"

#include <QtCore/QJsonArray>

#include <variant>

namespace Atom::Workflows {

//! \brief Something a run wants of the world outside. The same after a crash: `key` and `idempotencyKey` name it.
struct RunEffect
{
    enum class Kind { Http, Function, Subflow };
    Kind kind = Kind::Http;
    QString key;               //!< "<reference>:<iteration path>", unique among the open ones of a run
    QByteArray idempotencyKey; //!< "<run>:<reference>:<iteration path>"; the same for repetitions by a retry
    QString reference, name;   //!< of the task
    int attempt = 1;
    std::optional<Timestamp> deadline; //!< the earliest time limit around it

    Connectors::HttpCall call;                                        //!< Http
    Authentication::Kind authentication = Authentication::Kind::None; //!< Http: what the sender has to add
    QJsonObject authenticationFields;
    QString connection;
    QString function, catalog; //!< Function
    QJsonValue arguments;      //!< Function, Subflow (the child's input)
    SubflowCall subflow;       //!< Subflow
};

//! \brief What came of a function or subflow: the value, or a DSL error object.
using EffectOutcome = std::variant<QJsonValue, QJsonObject>;

//! \brief What a machine decided in one go. Order for the caller: save (one transaction), publish, abort, start.
struct RunAdvance
{
    bool changed = false;            //!< there is something to save: steps, events, or the position alone
    QList<StepRecord> steps;         //!< in order; the same step may stand here twice, the later one counts
    QList<QJsonObject> emitted;      //!< events to be stored in the same transaction and published after it
    QStringList consumed;            //!< ids of events taken since the last time, see eventIdentity()
    QStringList abort;               //!< keys of effects that nobody waits for any more
    QList<RunEffect> start;          //!< not told of before
    int open = 0;                    //!< effects under way, `start` included
    std::optional<Timestamp> wakeAt; //!< ask again then, at the latest
    bool more = false;               //!< stopped after many steps: ask again soon
    bool ended = false;              //!< status() is terminal
};

} // namespace Atom::Workflows
