// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QMap>
#include <QtCore/QStringList>
#include <QtCore/QtGlobal>

#include <memory>

namespace Atom::App {

//! \brief Replaces what looks like a secret by "***": JSON Web Tokens, `Bearer ...`, our refresh tokens (`atr_...`),
//! passwords, secrets, keys and tokens in `name=value`, `name: value` and JSON form, user information of URLs. The last
//! line of defence: code does not log secrets in the first place. Pure, any thread.
QString maskSecrets(const QString &text);
//! \brief CR, LF, ESC and all other control characters as \n, \r, \t, \x1b, \u2028, so that text from outside cannot
//! forge a line or command a terminal; bidirectional overrides too.
QString escapeControls(const QString &text);

//! \brief Where the log of the process goes: installs Qt's message handler for its lifetime (one at a time).
//!
//! Text: `2026-01-02T03:04:05.678Z INFO  atom.server.http  message`. JSON: one object a line with time, level,
//! category, message. To a file with rotation (`atom.log`, `atom.log.1`, ...) or standard error. All functions are
//! thread-safe; destroy it when no other thread logs any more. A reader of standard error that is gone or stuck never
//! stops the server (SIGPIPE is ignored from create() on): what cannot be written is counted and dropped. Messages are
//! cut at 16384 characters.
class LogSink
{
public:
    struct Settings
    {
        bool json = false;
        QString file;                  //!< empty: standard error
        qint64 maxBytes = 10 << 20;    //!< of one file
        int keep = 5;                  //!< older files beside the current one
        QMap<QString, QString> levels; //!< category -> debug, info, warning, critical
    };
    //! \return Unavailable when the file cannot be written.
    static Result<std::unique_ptr<LogSink>> create(const Settings &settings);
    ~LogSink();
    Q_DISABLE_COPY_MOVE(LogSink)

    //! \brief From now on: `category` (and what is below it, unless it has a level of its own) logs from `level` up.
    //! \return ValidationFailed for a malformed category or an unknown level.
    Result<void> setLevel(const QString &category, const QString &level);
    //! \brief "*", "atom.server.http" or "atom.server.*".
    static bool isValidCategory(const QString &category);
    static QStringList levelNames(); //!< least severe first
    //! \brief What was set: category -> level.
    QMap<QString, QString> levels() const;
    //! \brief Closes and opens the file again, for programs that move it away (SIGHUP).
    void reopen();
    //! \brief Lines that could not be written.
    quint64 dropped() const;
    //! \brief One line without its line break, as it is written.
    static QByteArray format(bool json, const QString &time, QtMsgType type, const QString &category,
                             const QString &message);

private:
    LogSink();
    static void handle(QtMsgType type, const QMessageLogContext &context, const QString &message);
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Atom::App
