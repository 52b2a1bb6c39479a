// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/openapidocument.h"

#include <QtCore/QString>

namespace Atom::HttpEndpoints {

//! \brief The parts of the readable API page, as HTML made from an OpenAPI document. Every text of the document is
//! escaped. Operations are grouped by the document's tags in their order, then sorted by path.
class ApiReference
{
public:
    explicit ApiReference(const OpenApiDocument &document);

    QString title() const;
    QString introduction() const;
    QString contents() const;
    QString operations() const;
    QString schemas() const;

private:
    struct Operation
    {
        QString method;
        QString path;
        QJsonObject object;
        QString anchor() const;
    };
    QList<Operation> operationsOf(const QString &tag) const;
    QString operation(const Operation &operation) const;
    QString parameters(const QJsonArray &parameters) const;
    QString body(const QJsonObject &requestBody) const;
    QString responses(const QJsonObject &responses) const;
    QString media(const QJsonObject &content) const;
    QString fields(const QJsonObject &schema) const;
    QString inner(const QJsonObject &property) const;
    QString typeOf(const QJsonObject &schema) const;

    const OpenApiDocument &m_document;
    QList<Operation> m_operations;
};

} // namespace Atom::HttpEndpoints
