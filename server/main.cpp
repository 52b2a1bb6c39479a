// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/program.h"

int main(int argc, char **argv)
{
    return Atom::App::runProgram(argc, argv);
}
