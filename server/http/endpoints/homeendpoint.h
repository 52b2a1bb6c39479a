// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/openapidocument.h"
#include "server/http/endpoints/pages.h"
#include "server/http/endpoints/routing.h"
#include "server/http/endpoints/systemendpoint.h"

namespace Atom::HttpEndpoints {

//! \brief `/` and the API's description: `/api/v1/openapi.json`, `/api/v1/openapi.yaml`, `/api/docs`. Main thread.
class HomeEndpoint
{
public:
    //! \return Internal when a built-in resource is missing or broken.
    static Result<std::unique_ptr<HomeEndpoint>> create(ServerFacts facts);
    QList<Route> routes();

    const OpenApiDocument &document() const { return m_document; }

private:
    HomeEndpoint(ServerFacts facts, OpenApiDocument document, Pages pages);
    Response home(const Request &request, const Actor &actor) const;
    Response openApiJson(const Request &request, const Actor &actor) const;
    Response openApiYaml(const Request &request, const Actor &actor) const;
    Response apiPage(const Request &request, const Actor &actor) const;

    const ServerFacts m_facts;
    const OpenApiDocument m_document;
    const Pages m_pages;
    const Response m_apiPage;
};

//! \brief True if the Accept header prefers text/html to application/json (RFC 9110 section 12.5.1); a tie, as with
//! `*/*` or no header, is JSON.
bool prefersHtml(const QByteArray &accept);

} // namespace Atom::HttpEndpoints
