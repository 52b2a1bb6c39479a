// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/definition.h"
#include "server/workflows/sourcedocument.h"
#include "server/workflows/suggestions.h"
#include "server/workflows/workflowservice.h"

namespace Atom::Workflows {

//! \brief What reading a definition has in common: issues with places, known and unknown properties, plain values, and
//! expressions whose variables exist.
class DefinitionReader
{
public:
    static constexpr qsizetype maxIssues = 100; //!< of one definition; more help nobody

    //! \brief Which variables an expression sees, see dsl.md, "Runtime expression arguments".
    enum class Sees {
        Trigger, /*!< schedule.on: nothing, there is no run yet */
        WorkflowInput,
        Before /*!< if, input.from */,
        Inside,
        After /*!< output.as, export.as */,
        WorkflowOutput
    };

    DefinitionReader(const SourceDocument &source, QList<DefinitionIssue> &issues) : m_source(source), m_issues(issues)
    {
    }

    void issue(const QString &pointer, const QString &message);
    void issueAtKey(const QString &pointer, const QString &message);
    //! \brief At the character at `offset` of the text at `pointer`.
    void issueInside(const QString &pointer, qsizetype offset, const QString &message);
    //! \brief didYouMean(), as long as an issue would be kept: a definition may have thousands of mistakes.
    QString hint(const QString &word, const QStringList &known) const
    {
        return isFull() ? QString() : didYouMean(word, known);
    }
    bool isGood() const { return m_issues.isEmpty(); }

    //! \brief Reports properties that are not in the list.
    void checkKeys(const QJsonObject &object, const QString &pointer, const QStringList &known);
    //! \brief Reports each of `keys` that is missing in the object at `pointer`. \return none is.
    bool require(const QJsonObject &object, const QString &pointer, const QStringList &keys);
    //! \brief The object at `key`, an issue when it is there and none.
    std::optional<QJsonObject> object(const QJsonObject &parent, const QString &key, const QString &pointer);
    QString text(const QJsonObject &parent, const QString &key, const QString &pointer);
    bool flag(const QJsonObject &parent, const QString &key, const QString &pointer, bool absent);
    //! \brief One of `allowed`, the first one when the key is absent.
    QString choice(const QJsonObject &parent, const QString &key, const QString &pointer, const QStringList &allowed);
    //! \brief The name of a variable, without `$`.
    QString variableName(const QJsonObject &parent, const QString &key, const QString &pointer, const QString &absent);
    std::optional<milliseconds> duration(const QJsonObject &parent, const QString &key, const QString &pointer);
    //! \brief A duration or an expression that gives one.
    std::optional<DurationValue> durationValue(const QJsonObject &parent, const QString &key, const QString &pointer,
                                               Sees sees);
    std::optional<Expression> condition(const QJsonObject &parent, const QString &key, const QString &pointer,
                                        Sees sees);
    std::optional<Expression> condition(const QJsonValue &value, const QString &pointer, Sees sees);
    //! \brief `loose`: a plain text is an expression, too.
    Template expressions(const QJsonValue &value, const QString &pointer, Sees sees, bool loose = false);
    //! \brief The schema at `schema` of `parent`.
    Schema schema(const QJsonObject &parent, const QString &pointer);

    void pushVariable(const QString &name) { m_variables.append(name); }
    void popVariable() { m_variables.removeLast(); }
    //! \brief The variables of loops and catch blocks around, to be put aside for the body of a function.
    QStringList takeVariables() { return std::exchange(m_variables, {}); }
    void setVariables(const QStringList &variables) { m_variables = variables; }
    void setSecrets(const QStringList &names) { m_secrets = names; }
    const QStringList &secrets() const { return m_secrets; }
    //! \brief Whether `$authorization` is there after the task: it is a call.
    void setAuthorizes(bool authorizes) { m_authorizes = authorizes; }

private:
    bool isFull() const { return m_issues.size() >= maxIssues; }
    void badExpression(const QString &pointer, const QString &what, const Error &error);
    void checkVariables(const Expression &expression, const QString &pointer, Sees sees);
    void undefined(const QString &pointer, const QString &name, const QString &message);
    QStringList visible(Sees sees) const;
    QString textAt(const QString &pointer) const;

    const SourceDocument &m_source;
    QList<DefinitionIssue> &m_issues;
    QStringList m_variables;
    QStringList m_secrets;
    bool m_authorizes = false;
};

//! \brief Parses and checks a YAML or JSON definition; the result is good only when `issues` stays empty.
//! Any thread; about 0.1 ms for a small one, bounded by the limits of SourceDocument and TaskReader.
std::shared_ptr<const Definition> parseDefinition(const QByteArray &source, QList<DefinitionIssue> &issues);

} // namespace Atom::Workflows
