// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/definitioncache.h"

#include "server/workflows/definitionreader.h"

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

Result<std::shared_ptr<const Definition>> DefinitionCache::find(const QByteArray &canonical)
{
    if (const auto *known = m_cache.object(canonical))
        return *known;
    QList<DefinitionIssue> issues;
    const std::shared_ptr<const Definition> parsed = parseDefinition(canonical, issues);
    if (!issues.isEmpty())
        return Error(Errc::ValidationFailed,
                     u"its definition is not understood any more: %1"_s.arg(issues.first().message));
    insert(canonical, parsed);
    return parsed;
}

void DefinitionCache::insert(const QByteArray &canonical, std::shared_ptr<const Definition> definition)
{
    m_cache.insert(canonical, new std::shared_ptr<const Definition>(std::move(definition)));
}

} // namespace Atom::Workflows
