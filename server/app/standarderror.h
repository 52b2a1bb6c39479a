// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArrayView>

namespace Atom::App {

//! \brief Writes lines to standard error without ever waiting for a reader that is gone or stuck (where the platform
//! can tell; elsewhere it writes plainly). One caller at a time.
class StandardError
{
public:
    StandardError();                        //!< ignores SIGPIPE for the process
    explicit StandardError(int descriptor); //!< another descriptor instead, not owned: for tests
    //! \return false if the line was not written, or not to its end.
    bool write(QByteArrayView line);

private:
    int m_descriptor = 2;
    bool m_isStuck = false; //!< the last line found no room: the next one does not wait at all
};

} // namespace Atom::App
