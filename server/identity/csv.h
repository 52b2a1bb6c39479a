// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QStringList>

namespace Atom::Identity {

//! \brief One record of a CSV text.
struct CsvRow
{
    int line = 0; //!< where it begins, from 1
    QStringList fields;
};

//! \brief Reads RFC 4180 strictly: UTF-8 text with or without BOM, fields in quotes may hold separators, line breaks
//! and doubled quotes; LF or CRLF; empty lines are left out. The separator is ',' or ';', whichever comes first in the
//! first line. Pure, any thread. \return ValidationFailed at "/csv" with the line: an open or misplaced quote, more
//! than `maxRows` records, a field above 1000 characters, NUL.
Result<QList<CsvRow>> readCsv(const QString &text, int maxRows);

} // namespace Atom::Identity
