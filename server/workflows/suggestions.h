// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringList>

namespace Atom::Workflows {

//! \brief " Did you mean `x`?" when one of `known` is near to `word`, else empty.
QString didYouMean(const QString &word, const QStringList &known);

} // namespace Atom::Workflows
