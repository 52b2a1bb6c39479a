// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/unixsignals.h"

namespace Atom::App {

struct UnixSignals::Private
{
};

UnixSignals::UnixSignals(QObject *parent) : QObject(parent) {}
UnixSignals::~UnixSignals() = default;

} // namespace Atom::App
