// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QJsonObject>

namespace Atom::HttpEndpoints {

//! \brief resources/openapi.yaml, built into the library, as YAML and as JSON. Immutable after load().
class OpenApiDocument
{
public:
    //! \brief Reads the built-in document. \return Internal when it is no valid YAML (a mistake of ours).
    static Result<OpenApiDocument> load();

    const QByteArray &yaml() const { return m_yaml; }
    const QByteArray &json() const { return m_json; } //!< compact
    const QJsonObject &object() const { return m_object; }
    //! \brief What `{"$ref": "#/a/b"}` points to, followed up to 8 times; `value` itself when it is no reference.
    QJsonObject resolved(QJsonObject value) const;

    //! \brief The names of an operation's query parameters; `method` in any case.
    QStringList queryParameters(const QByteArray &method, const QString &path) const;

private:
    QByteArray m_yaml;
    QByteArray m_json;
    QJsonObject m_object;
};

//! \brief YAML 1.2 (core schema) to JSON: plain `true`, `null`, `12`, `1.5` become what they look like, quoted text and
//! everything else stays text. Keys are text, none twice in a map. \return MalformedRequest with line and column.
Result<QJsonValue> jsonFromYaml(const QByteArray &yaml);

} // namespace Atom::HttpEndpoints
