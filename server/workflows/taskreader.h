// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/definitionreader.h"

#include <map>

namespace Atom::Workflows {

//! \brief What `use` defines by name, read before the tasks. The name lists also hold those that were not good, so that
//! one mistake is not reported again wherever the name is used.
struct Reusables
{
    QHash<QString, RetryPolicy> retries;
    QHash<QString, DurationValue> timeouts;
    QHash<QString, Template> errors;
    QHash<QString, Authentication> authentications;
    QStringList catalogs;
    QJsonObject functions; //!< their sources
};

//! \brief Reads task lists and what belongs to tasks. One for each definition: it counts the tasks.
class TaskReader
{
public:
    static constexpr int mostTasks = 2'000; //!< of a definition; a function counts again wherever it is called
    static constexpr int deepestLists = 32; //!< lists inside each other, through functions too

    TaskReader(DefinitionReader &reader, Reusables &reusables) : m_reader(reader), m_use(reusables) {}

    //! \brief Reads `use` without the functions and extensions: what tasks may name.
    void readUse(const QJsonObject &use);
    //! \brief Reads all of `use.functions`.
    void readFunctions();
    //! \brief Reads `use.extensions`; the name of each with what it extends.
    QList<std::pair<QString, QString>> readExtensions(const QJsonValue &extensions);

    //! \brief The list at `pointer`; `depth` counts lists inside lists, from 1.
    TaskList list(const QJsonValue &value, const QString &pointer, int depth, bool isFork = false);
    EventStrategy strategy(const QJsonObject &object, const QString &pointer, DefinitionReader::Sees sees);
    //! \brief `timeout` of a task or of the workflow: {after} or a name in use.timeouts.
    std::optional<DurationValue> timeout(const QJsonObject &parent, const QString &pointer);

private:
    using Sees = DefinitionReader::Sees;
    struct Function
    {
        Task task; //!< its references begin with "/use/functions/NAME"
        int tasks = 0;
        int depth = 0;
        bool isReading = true;
    };

    Task task(const QString &name, const QJsonObject &object, const QString &pointer, int depth);
    void body(Task &task, const QString &kind, const QJsonObject &object, const QString &pointer, int depth);
    void common(Task &task, const QJsonObject &object, const QString &pointer);

    // flowreader.cpp
    void switchCases(Task &task, const QJsonObject &object, const QString &pointer);
    void loop(Task &task, const QJsonObject &object, const QString &pointer, int depth);
    void fork(Task &task, const QJsonObject &object, const QString &pointer, int depth);
    void tryCatch(Task &task, const QJsonObject &object, const QString &pointer, int depth);
    void catchClause(CatchClause &out, const QJsonObject &clause, const QString &pointer, int depth);
    RetryPolicy retryPolicy(const QJsonObject &object, const QString &pointer);
    void backoff(RetryPolicy &out, const QJsonObject &object, const QString &pointer);
    void raise(Task &task, const QJsonObject &object, const QString &pointer);
    Template error(const QJsonObject &object, const QString &pointer);

    // eventreader.cpp
    void emitEvent(Task &task, const QJsonObject &object, const QString &pointer);
    void listen(Task &task, const QJsonObject &object, const QString &pointer, int depth);
    EventLoop eventLoop(TaskList &tasks, const QJsonObject &object, const QString &pointer, int depth);
    EventFilter filter(const QJsonValue &value, const QString &pointer, Sees sees);
    QList<EventFilter> filters(const QJsonObject &object, const QString &key, const QString &pointer, Sees sees);
    void until(EventStrategy &out, const QJsonObject &object, const QString &pointer, Sees sees);

    // callreader.cpp
    void call(Task &task, const QJsonObject &object, const QString &pointer, int depth);
    void http(HttpArguments &http, const QJsonObject &with, const QString &pointer);
    void endpoint(HttpArguments &http, const QJsonObject &with, const QString &pointer);
    void callFunction(Task &task, const QString &what, const QJsonObject &object, const QString &pointer, int depth);
    void expand(Task &task, const Function &function, const QString &pointer, int depth);
    const Function *function(const QString &name, const QString &from);
    void run(Task &task, const QJsonObject &object, const QString &pointer);
    void subflow(SubflowCall &out, const QJsonObject &object, const QString &pointer);

    // foreignreader.cpp: what is checked but cannot run here
    void foreign(Task &task, const QString &kind, const QJsonObject &arguments, const QString &pointer, int depth);
    void foreignAuthentications(const QJsonValue &value, const QString &pointer);

    bool count(int tasks, const QString &pointer);

    DefinitionReader &m_reader;
    Reusables &m_use;
    std::map<QString, Function> m_functions;
    int m_tasks = 0;
    bool m_isFull = false;
};

//! \brief "continue", "exit", "end" or nothing: no name of a task.
bool isFlowDirective(const QString &then);
//! \brief Lists inside lists under these tasks.
int listDepth(const TaskList &tasks);
//! \brief The kinds of foreign calls and processes: grpc, asyncapi, a2a, mcp, openapi, container, script, shell.
const QStringList &foreignCalls();

} // namespace Atom::Workflows
