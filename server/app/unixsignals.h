// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <memory>

namespace Atom::App {

//! \brief SIGTERM, SIGINT and SIGHUP as Qt signals in the main thread. Elsewhere than on Unix it stays silent.
//! One instance per process, made after the application object.
class UnixSignals : public QObject
{
    Q_OBJECT
public:
    explicit UnixSignals(QObject *parent = nullptr);
    ~UnixSignals() override;

Q_SIGNALS:
    void terminateRequested(); //!< SIGTERM or SIGINT: end in order; a second one while ending: at once
    void hangup();             //!< SIGHUP: reopen log files

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::App
