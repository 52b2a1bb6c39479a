// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/standarderror.h"

#include <cstdio>

namespace Atom::App {

StandardError::StandardError() : StandardError(2) {}

StandardError::StandardError(int descriptor) : m_descriptor(descriptor) {}

bool StandardError::write(QByteArrayView line)
{
    const bool complete = std::fwrite(line.data(), 1, size_t(line.size()), stderr) == size_t(line.size());
    if (!complete)
        std::clearerr(stderr);
    m_isStuck = !complete;
    return complete;
}

} // namespace Atom::App
