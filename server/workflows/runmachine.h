// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/egressclient.h"
#include "server/workflows/definition.h"

#include <QtCore/QHash>

namespace Atom::Workflows {

//! \brief Bounds of one run.
struct RunLimits
{
    static constexpr int steps = 10'000;             //!< tasks looked at
    static constexpr qint64 valueBytes = 256 * 1024; //!< input, output of a step, context: each
};

//! \brief What the machine wants next.
struct Action
{
    enum class Kind {
        Journal, //!< save cursor() and, if set, `step`; then ask again
        Call,    //!< send `call`, then callFinished(); its start is journaled
        Wait,    //!< ask again at `until`
        End,     //!< status() is terminal
    };
    Kind kind = Kind::End;
    std::optional<StepRecord> step;
    Connectors::HttpCall call;
    QString reference;              //!< Call: the task
    int attempt = 0;                //!< Call
    std::optional<Timestamp> until; //!< Wait: due; Call: the earliest time limit around it
};

//! \brief Interprets one run of a definition: a pure state machine without input, output or clock of its own. Its whole
//! state is cursor(); a machine made from a cursor goes on where that one stood, an interrupted call included.
//! The definition must be the one the run began with.
class RunMachine
{
public:
    RunMachine(std::shared_ptr<const Definition> definition, RunId id, QJsonValue input, Timestamp startedAt);
    //! \return ValidationFailed when the cursor is not one of ours for this definition.
    static Result<RunMachine> restore(std::shared_ptr<const Definition> definition, RunId id, QJsonValue input,
                                      Timestamp startedAt, const QJsonObject &cursor);

    Action advance(Timestamp now);
    //! \brief The answer to the last Action::Call.
    void callFinished(const Result<Connectors::HttpReply> &reply, Timestamp now);
    //! \brief Ends the run as cancelled; open steps are journaled by the next advance().
    void cancel(Timestamp now);

    RunStatus status() const { return m_status; }
    const QJsonValue &output() const { return m_output; }
    const QJsonObject &error() const { return m_error; }
    QJsonObject cursor() const;

private:
    struct Frame
    {
        enum class Phase { Body, Catch, Waiting };
        QString task; //!< reference; empty for the root
        Phase phase = Phase::Body;
        int index = 0;    //!< in the list of the phase
        QJsonValue data;  //!< input of the next task of the list
        QJsonValue input; //!< of the task itself, transformed
        int attempt = 1;
        qint64 startedAt = 0;       //!< unix ms, like all times here
        qint64 deadline = 0;        //!< of the task; 0: none
        qint64 attemptDeadline = 0; //!< try: of this run of the block
        int retries = 0;            //!< try: repetitions done
        qint64 dueAt = 0;           //!< Waiting: when the block runs again
        QJsonObject error;          //!< Catch, Waiting: what was caught
        QJsonObject iterations;     //!< try: iteration counters inside, as the block began
    };
    struct Leaf
    {
        QString task;
        QJsonValue input;
        int attempt = 1;
        int iteration = 1;
        qint64 startedAt = 0;
        qint64 deadline = 0;
    };

    const Task *task(const QString &reference) const { return m_tasks.value(reference); }
    const TaskList &listOf(const Frame &frame) const;
    void indexTasks(const TaskList &tasks);
    Expressions::Bindings bindings(const Task *task, const QJsonValue *input, const QJsonValue *output) const;

    void begin();
    void beginTask(const Task &task, qint64 now);
    void enter(const Task &task, const QJsonValue &input, int attempt, qint64 now);
    void startCall(const Task &task, const QJsonValue &input, int attempt, qint64 now);
    void chooseCase(const Task &task, const QJsonValue &input, int attempt, qint64 now);
    void complete(const Task &task, const QJsonValue &input, QJsonValue output, int attempt, qint64 startedAt,
                  qint64 now, const QString &then);
    void fail(const Task &task, const QJsonValue &input, int attempt, qint64 startedAt, qint64 now,
              const QJsonObject &error);
    void propagate(QJsonObject error, qint64 now);
    bool handle(Frame &frame, const Task &task, QJsonObject &error, qint64 now);
    void leaveList(qint64 now);
    void proceed(const QString &then, qint64 now);
    void finish(const QJsonValue &data);
    bool expire(qint64 now);
    qint64 earliestDeadline() const;
    void endFaulted(const QJsonObject &error);
    void journal(const Task &task, int attempt, RunStatus status, const QJsonValue &input, const QJsonValue &output,
                 const QJsonObject &error, qint64 startedAt, qint64 endedAt);
    QJsonObject expressionError(const QString &what, const Error &error, const QString &instance) const;
    QByteArray idempotencyKey() const;
    Result<Connectors::HttpCall> leafCall() const;

    std::shared_ptr<const Definition> m_definition;
    QHash<QString, const Task *> m_tasks;
    RunId m_id;
    QJsonValue m_input;
    Timestamp m_startedAt;

    RunStatus m_status = RunStatus::Running;
    QJsonValue m_output;
    QJsonObject m_error;
    QJsonValue m_context = QJsonValue(QJsonValue::Null);
    QList<Frame> m_frames;
    std::optional<Leaf> m_leaf;
    QJsonObject m_attempts;   //!< starts of each task by reference
    QJsonObject m_iterations; //!< entries of each task that are not repetitions by a retry
    int m_steps = 0;
    bool m_begun = false;
    QList<std::optional<StepRecord>> m_journal; //!< not yet handed out
};

} // namespace Atom::Workflows
