// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/definition.h"
#include "server/workflows/sourcedocument.h"
#include "server/workflows/workflowservice.h"

#include <QtCore/QSet>

namespace Atom::Workflows {

//! \brief What reading a definition has in common: issues with places, known and unknown properties, expressions whose
//! variables exist.
class DefinitionReader
{
public:
    //! \brief Which variables an expression sees, see dsl.md, "Runtime expression arguments".
    enum class Sees {
        Before /*!< if, input.from */,
        Inside,
        After /*!< output.as, export.as */,
        WorkflowInput,
        WorkflowOutput
    };

    DefinitionReader(const SourceDocument &source, QList<DefinitionIssue> &issues) : m_source(source), m_issues(issues)
    {
    }

    void issue(const QString &pointer, const QString &message);
    void issueAtKey(const QString &pointer, const QString &message);
    //! \brief Reports properties that are in neither list; those of `unsupported` are named as such.
    void checkKeys(const QJsonObject &object, const QString &pointer, const QStringList &known,
                   const QStringList &unsupported = {});
    //! \brief The object at `key`, an issue when it is there and none.
    std::optional<QJsonObject> object(const QJsonObject &parent, const QString &key, const QString &pointer);
    QString text(const QJsonObject &parent, const QString &key, const QString &pointer);
    std::optional<milliseconds> duration(const QJsonObject &parent, const QString &key, const QString &pointer);
    std::optional<Expression> condition(const QJsonObject &parent, const QString &key, const QString &pointer,
                                        Sees sees);
    Template expressions(const QJsonValue &value, const QString &pointer, Sees sees, bool loose = false);

    void pushVariable(const QString &name) { m_variables.append(name); }
    void popVariable() { m_variables.removeLast(); }
    //! \brief " Did you mean `x`?" when one of `known` is near, else empty.
    static QString didYouMean(const QString &word, const QStringList &known);

private:
    void checkVariables(const QStringList &used, const QString &pointer, Sees sees);
    const SourceDocument &m_source;
    QList<DefinitionIssue> &m_issues;
    QStringList m_variables; //!< of the catch blocks around
};

//! \brief Reads task lists. `retries`: use.retries, already read.
class TaskReader
{
public:
    TaskReader(DefinitionReader &reader, const QHash<QString, RetryPolicy> &retries)
        : m_reader(reader), m_retries(retries)
    {
    }
    //! \brief The list at `pointer`; `depth` counts lists inside lists.
    TaskList list(const QJsonValue &value, const QString &pointer, int depth);
    static RetryPolicy retryPolicy(DefinitionReader &reader, const QJsonObject &object, const QString &pointer);

private:
    Task task(const QString &name, const QJsonObject &object, const QString &pointer, int depth);
    void common(Task &task, const QJsonObject &object, const QString &pointer);
    void call(Task &task, const QJsonObject &object, const QString &pointer);
    void tryCatch(Task &task, const QJsonObject &object, const QString &pointer, int depth);
    void switchCases(Task &task, const QJsonObject &object, const QString &pointer);
    void checkTargets(const TaskList &tasks, const QString &pointer);
    DefinitionReader &m_reader;
    const QHash<QString, RetryPolicy> &m_retries;
};

//! \brief Parses and checks a YAML or JSON definition; the result is good only when `issues` stays empty.
std::shared_ptr<const Definition> parseDefinition(const QByteArray &source, QList<DefinitionIssue> &issues);

} // namespace Atom::Workflows
