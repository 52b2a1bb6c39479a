// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/definition.h"

#include <QtCore/QCache>

namespace Atom::Workflows {

//! \brief Parsed definitions by their stored text: thousands of waiting runs share few. Main thread.
class DefinitionCache
{
public:
    //! \return ValidationFailed: it is not understood (any more).
    Result<std::shared_ptr<const Definition>> find(const QByteArray &canonical);
    void insert(const QByteArray &canonical, std::shared_ptr<const Definition> definition);

private:
    QCache<QByteArray, std::shared_ptr<const Definition>> m_cache{64};
};

} // namespace Atom::Workflows
