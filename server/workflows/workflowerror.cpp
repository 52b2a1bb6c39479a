// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/workflowerror.h"

#include "server/expressions/jsonvalues.h"

#include <QtCore/QRegularExpression>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
struct TypeRow
{
    ErrorType type;
    const char *name;
    int status;
};
constexpr TypeRow types[] = {
    {ErrorType::Configuration, "configuration", 400}, {ErrorType::Validation, "validation", 400},
    {ErrorType::Expression, "expression", 400},       {ErrorType::Authentication, "authentication", 401},
    {ErrorType::Authorization, "authorization", 403}, {ErrorType::Timeout, "timeout", 408},
    {ErrorType::Communication, "communication", 500}, {ErrorType::Runtime, "runtime", 500},
};

// The last part when the URI is a standard error type in any of its homes, else the URI itself.
QString normalType(const QString &uri)
{
    static const QRegularExpression standard(
        u"\\Ahttps://(?:serverlessworkflow\\.io|open-workflow-specification\\.org)/(?:spec/[0-9.]+/errors|dsl/errors/types)/([a-z]+)\\z"_s);
    const auto match = standard.match(uri);
    return match.hasMatch() ? match.captured(1) : uri;
}
} // namespace

QJsonObject makeError(ErrorType type, const QString &title, const QString &detail, const QString &instance, int status)
{
    for (const TypeRow &row : types) {
        if (row.type != type)
            continue;
        return {
            {u"type"_s, u"https://open-workflow-specification.org/spec/1.0.0/errors/"_s + QLatin1StringView(row.name)},
            {u"status"_s, status ? status : row.status},
            {u"title"_s, title},
            {u"detail"_s, detail},
            {u"instance"_s, instance}};
    }
    return {};
}

QJsonObject schemaError(const Error &error, const QString &instance)
{
    constexpr qsizetype mostFields = 5;
    QStringList parts{error.detail};
    for (const FieldError &field : error.fields.mid(0, mostFields))
        parts.append(u"%1: %2"_s.arg(field.pointer, field.detail));
    return makeError(ErrorType::Validation, u"A value does not fit its schema"_s, parts.join(u' '), instance);
}

bool isSameErrorType(const QString &a, const QString &b)
{
    return normalType(a) == normalType(b);
}

bool matchesErrorFilter(const QJsonObject &error, const QJsonObject &filter)
{
    for (auto it = filter.begin(); it != filter.end(); ++it) {
        // The reference writes `details`, the error object `detail`.
        const QJsonValue actual = error.value(it.key() == u"details" ? u"detail"_s : it.key());
        const bool same = it.key() == u"type" ? isSameErrorType(actual.toString(), it.value().toString())
                                              : Expressions::compareValues(actual, it.value()) == 0;
        if (!same)
            return false;
    }
    return true;
}

} // namespace Atom::Workflows
