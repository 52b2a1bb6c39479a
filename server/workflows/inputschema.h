// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

namespace Atom::Workflows {

//! \brief The part of JSON Schema (2020-12) understood for workflow input: an object whose top-level properties have
//! `type`, `enum`, `minimum`, `maximum`, `minLength`, `maxLength`, and `required`. Annotations are ignored.
class InputSchema
{
public:
    InputSchema() = default; //!< takes everything
    //! \brief Reads `{format: json, document: {...}}`; each keyword that is not understood is named in `issues`.
    static InputSchema parse(const QJsonObject &schema, const QString &pointer, QList<FieldError> &issues);
    //! \return ValidationFailed with one FieldError per property at fault.
    Result<void> check(const QJsonValue &input) const;

private:
    QJsonObject m_properties;
    QStringList m_required;
    bool m_object = false;
};

} // namespace Atom::Workflows
