// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/eventmatcher.h"
#include "server/workflows/runeffect.h"
#include "server/workflows/runnode.h"
#include "server/workflows/secretmask.h"

#include <QtCore/QHash>

namespace Atom::Workflows {

//! \brief Bounds of one run.
struct RunLimits
{
    static constexpr int steps = 10'000;             //!< tasks and iterations looked at
    static constexpr qint64 valueBytes = 256 * 1024; //!< input, output of a step, context: each
    static constexpr int stepsAtOnce = 200;          //!< one advance(): what keeps others from waiting
    static constexpr int queuedEvents = 1000;        //!< of a listener that works on each as it comes
};

//! \brief Interprets one run of a definition: a pure state machine without input, output, clock or chance of its own.
//! Its whole state is cursor(); a machine made from a cursor goes on where that one stood, open effects included.
//! The definition must be the one the run began with.
//!
//! Used by one caller: advance(), do what it says, tell the outcome by callFinished(), effectFinished() or
//! eventArrived(), advance() again.
class RunMachine
{
public:
    RunMachine(std::shared_ptr<const Definition> definition, RunId id, QJsonValue input, Timestamp startedAt);
    ~RunMachine();
    RunMachine(RunMachine &&) noexcept;
    RunMachine &operator=(RunMachine &&) noexcept;
    //! \return ValidationFailed when the cursor is not one of ours for this definition.
    static Result<RunMachine> restore(std::shared_ptr<const Definition> definition, RunId id, QJsonValue input,
                                      Timestamp startedAt, const QJsonObject &cursor, QJsonObject secrets = {});
    //! \brief The cursor of a new run that begins at the task `reference` with `input` as its (raw) input.
    //! \return NotFound; Conflict when the task is inside of a loop, fork, listener or function.
    static Result<QJsonObject> cursorAt(const Definition &definition, const QString &reference, const QJsonValue &input,
                                        Timestamp now);

    //! \brief A retryCursor() with another input of the task that failed. \return Conflict: several tasks are next.
    static Result<QJsonObject> withInput(const QJsonObject &cursor, const QJsonValue &input);

    //! \brief `$secrets`: those declared in `use.secrets`, by name. Before the first advance().
    void setSecrets(QJsonObject secrets);

    RunAdvance advance(Timestamp now);
    //! \brief The answer to an effect of kind Http. Unknown keys are ignored: the effect was aborted.
    void callFinished(const QString &key, const Result<Connectors::HttpReply> &reply, Timestamp now);
    //! \brief The outcome of any other effect.
    void effectFinished(const QString &key, const EffectOutcome &outcome, Timestamp now);
    //! \brief Offers an event (JSON format of CloudEvents) to the tasks that listen. \return whether one took it.
    bool eventArrived(const QJsonObject &event, Timestamp now);
    QList<EventInterest> interests() const; //!< of the tasks that listen now
    bool isListening() const { return !listeners().empty(); }

    //! \brief Ends the run as cancelled; open steps are journaled by the next advance().
    void cancel(Timestamp now);
    //! \brief No task begins any more until resume(); effects under way may end. Time limits stand still.
    void suspend(Timestamp now);
    void resume(Timestamp now);

    RunStatus status() const { return m_status; }
    const QJsonValue &output() const { return m_output; }
    const QJsonObject &error() const { return m_error; }
    QJsonObject cursor() const;
    //! \brief The text without values of secrets.
    QString masked(const QString &text) const { return m_mask.masked(text); }
    //! \brief Of a faulted run: a cursor from which a new run goes on at the task that failed; else empty.
    const QJsonObject &retryCursor() const { return m_retryCursor; }

private:
    using Node = RunNode;
    using Phase = RunNode::Phase;
    //! A task that has begun, before it becomes a position or ends.
    struct Begun
    {
        const Task *task = nullptr;
        Node *parent = nullptr;
        QString reference;
        QString path;
        QJsonValue raw, input;
        int attempt = 1;
        qint64 startedAt = 0;
    };

    // runmachine.cpp: the order of tasks
    void begin(qint64 now);
    void step(Node &node, qint64 now);
    void beginTask(Node &parent, const Task &task, qint64 now);
    void act(Begun &begun, qint64 now);
    void complete(Begun &begun, QJsonValue output, qint64 now, const QString &then);
    void proceed(Node &parent, const QString &then, qint64 now);
    void leaveList(Node &node, qint64 now);
    void finish(const QJsonValue &data);
    void endWorkflow(Node &from, qint64 now);
    void endFaulted(const QJsonObject &error);
    Node *open(const Begun &begun, Phase phase, qint64 now);
    static Begun begunOf(const Node &node);
    Begun close(Node &node);
    void makeReady(Node &node);
    void drop(Node &node);
    void forget(Node &node);
    bool countStep(const QString &reference);
    void settle();
    bool isGoingOn() const { return m_root && !m_suspendedAt && !isTerminal(m_status); }

    // runtasks.cpp: tasks that end at once, loops, branches
    void set(Begun &begun, qint64 now);
    void chooseCase(Begun &begun, qint64 now);
    void raise(Begun &begun, qint64 now);
    void emitEvent(Begun &begun, qint64 now);
    void waitFor(Begun &begun, qint64 now);
    void enterTry(Begun &begun, qint64 now);
    void enterFor(Begun &begun, qint64 now);
    void nextIteration(Node &node, qint64 now);
    void enterFork(Begun &begun, qint64 now);
    void branchEnded(Node &branch, qint64 now);

    // runcalls.cpp: effects
    void startCall(Begun &begun, qint64 now);
    void startFunction(Begun &begun, qint64 now);
    Result<RunEffect> effectOf(const Node &node) const;
    Result<QByteArray> authorize(const Node &node, Expressions::Bindings &variables, RunEffect &effect) const;
    bool offerEffects(Node &node, qint64 now);

    // runlisten.cpp
    void listen(Begun &begun, qint64 now);
    std::vector<Node *> listeners() const;
    bool take(Node &node, const QJsonObject &event, qint64 now);
    bool wants(Node &node, const EventStrategy &strategy, QJsonArray &taken, const QJsonObject &event);
    bool matches(Node &node, const EventFilter &filter, const QJsonObject &event, QJsonObject *correlations);
    void nextEvent(Node &node, qint64 now);
    void eventDone(Node &node, qint64 now);

    // runfailures.cpp
    void fail(const Begun &begun, const QJsonObject &error, qint64 now);
    void propagate(Node &from, QJsonObject error, qint64 now);
    bool handle(Node &node, QJsonObject &error, qint64 now);
    bool retry(Node &node, const QJsonObject &error, qint64 now);
    bool expire(qint64 now);
    bool expireNode(Node &node, qint64 now);
    void closeBelow(Node &node, RunStatus status, const QJsonObject &error, qint64 now);
    qint64 earliestTime(const Node &node) const;
    qint64 deadlineAround(const Node &node) const;
    bool isCaughtAbove(const Node &node) const;
    QJsonObject expressionError(const QString &what, const Error &error, const QString &instance) const;
    QJsonObject tooLarge(const QString &what, const QString &instance) const;

    // runbindings.cpp
    Expressions::Bindings bindings(const Node *around, const Begun *about, const QJsonValue *output = nullptr) const;
    Result<milliseconds> duration(const DurationValue &value, const QJsonValue &input,
                                  const Expressions::Bindings &bindings) const;
    void journal(const Begun &begun, RunStatus status, const QJsonValue &output, const QJsonObject &error,
                 qint64 endedAt);
    QString pathBelow(const Node &parent, int entry) const;
    static QString keyOf(const Node &node);
    static QString referenceBelow(const Node &parent, const Task &task);
    QByteArray idempotencyKey(const Node &node) const;
    Error secretRefused() const;
    //! Evaluates an Expression or Template. \return Forbidden when it uses a secret that is not there.
    template <typename Program>
    Result<QJsonValue> evaluate(const Program &program, const QJsonValue &input,
                                const Expressions::Bindings &bindings) const
    {
        if (!m_missingSecrets.isEmpty() && program.variables().contains(QStringLiteral("secrets")))
            return secretRefused();
        return program.evaluate(input, bindings);
    }

    // runcursor.cpp
    QJsonObject nodeToJson(const Node &node) const;
    bool nodeFromJson(Node &node, const QJsonObject &json, int depth);
    bool fitsKind(const Node &node) const;

    std::shared_ptr<const Definition> m_definition;
    RunId m_id;
    QJsonValue m_input;
    Timestamp m_startedAt;
    QJsonObject m_secrets;
    QStringList m_missingSecrets; //!< declared, and not given
    SecretMask m_mask;
    QJsonObject m_aboutWorkflow; //!< `$workflow`
    mutable EventMatcher m_matcher;

    RunStatus m_status = RunStatus::Running;
    QJsonValue m_output;
    QJsonObject m_error;
    QJsonObject m_retryCursor;
    QJsonValue m_context = QJsonValue(QJsonValue::Null);
    std::unique_ptr<Node> m_root;
    QJsonObject m_attempts; //!< starts of each task by reference
    int m_steps = 0;
    bool m_begun = false;
    qint64 m_suspendedAt = 0;

    std::vector<Node *> m_ready; //!< the last one goes on first
    QHash<QString, Node *> m_effects;
    RunAdvance m_out; //!< not yet handed out
};

} // namespace Atom::Workflows
