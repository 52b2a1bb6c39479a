// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

namespace Atom::Workflows {

//! \brief The part of JSON Schema (2020-12) understood for workflow input: an object whose top-level properties have
//! `type`, `enum`, `minimum`, `maximum`, `minLength`, `maxLength`, and `required`. Annotations are ignored.
class Schema
{
public:
    Schema() = default; //!< takes everything
    //! \brief Reads `{format: json, document: {...}}`; each keyword that is not understood is named in `issues`.
    static Schema parse(const QJsonObject &schema, const QString &pointer, QList<FieldError> &issues);
    bool isEmpty() const { return !m_object && m_properties.isEmpty() && m_required.isEmpty(); }
    //! \return ValidationFailed with one FieldError per property at fault; `detail` is its sentence.
    Result<void> check(const QJsonValue &value,
                       const QString &detail = QStringLiteral("The input does not fit the workflow.")) const;

private:
    QJsonObject m_properties;
    QStringList m_required;
    bool m_object = false;
};

} // namespace Atom::Workflows
