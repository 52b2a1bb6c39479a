// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/egressclient.h"
#include "server/workflows/definition.h"

#include <variant>

namespace Atom::Workflows {

//! \brief The request of a `call: http` task: a pure function of the task, its input and the variables, so that a call
//! interrupted by a crash is made again byte for byte. \return ValidationFailed: an expression or value is wrong.
Result<Connectors::HttpCall> buildHttpCall(const HttpArguments &http, const QJsonValue &input,
                                           const Expressions::Bindings &bindings, const QByteArray &idempotencyKey);

//! \brief The task's output, or the DSL error object for `instance`. JSON content becomes a value, text a string,
//! anything else base64.
std::variant<QJsonValue, QJsonObject> readHttpReply(const HttpArguments &http, const Connectors::HttpCall &call,
                                                    const Result<Connectors::HttpReply> &reply, const QString &instance,
                                                    qint64 limitBytes);

//! \brief "METHOD host/path", for people: without query.
QString describeCall(const Connectors::HttpCall &call);

} // namespace Atom::Workflows
