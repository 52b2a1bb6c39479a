// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/error.h"

#include <QtCore/QJsonObject>
#include <QtCore/QString>

namespace Atom::Workflows {

//! \brief The standard error types of the Open Workflow DSL 1.0 with their usual status.
enum class ErrorType {
    Configuration,  //!< 400
    Validation,     //!< 400
    Expression,     //!< 400
    Authentication, //!< 401
    Authorization,  //!< 403
    Timeout,        //!< 408
    Communication,  //!< 500 or the HTTP status
    Runtime,        //!< 500
};

//! \brief A DSL error object {type, status, title, detail, instance}; `status` 0: the usual one.
QJsonObject makeError(ErrorType type, const QString &title, const QString &detail, const QString &instance,
                      int status = 0);
//! \brief The validation error of a value that does not fit a schema; names the first fields at fault.
QJsonObject schemaError(const Error &error, const QString &instance);
//! \brief Whether two type URIs mean the same: the standard errors have had several homes.
bool isSameErrorType(const QString &a, const QString &b);
//! \brief Whether every property of `filter` (catch.errors.with) equals the error's; an empty filter takes all.
bool matchesErrorFilter(const QJsonObject &error, const QJsonObject &filter);

} // namespace Atom::Workflows
