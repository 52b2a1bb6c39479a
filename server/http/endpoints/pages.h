// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/openapidocument.h"
#include "server/http/httpexchange.h"

namespace Atom::HttpEndpoints {

//! \brief The HTML pages of the server: static, self-contained, without scripts. All text that is put in is escaped.
class Pages
{
public:
    //! \brief Reads the built-in templates (resources/web). \return Internal when one is missing.
    static Result<Pages> load();

    //! \brief The landing page for browsers.
    Http::Response landing(const QString &name, const QString &version) const;
    //! \brief The API in words: every route with parameters, bodies, answers and examples. A pure function of
    //! `document`.
    Http::Response api(const OpenApiDocument &document) const;

private:
    //! `values` replace `{{key}}`; values are HTML already.
    Http::Response page(const QString &pageTemplate, const QHash<QString, QString> &values) const;

    QString m_landing;
    QString m_api;
    QString m_style;
    QByteArray m_policy; //!< Content-Security-Policy: nothing but our one style, named by its hash
};

} // namespace Atom::HttpEndpoints
