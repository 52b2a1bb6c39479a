// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/verifier.h"
#include "shared/core/clock.h"

#include <QtCore/QJsonObject>

//! Backups: one tar archive with `manifest.json` and `atom.db`, made while a server runs on the folder or not. All
//! functions block; tools call them. A backup holds everything, secrets included: keep it as safe as the data folder.
namespace Atom::Storage::Backup {

//! \brief What must be the same in the copy. `manifest.json` has these members in snake case.
struct Manifest
{
    int format = 1;
    QString serverVersion;
    Timestamp createdAt{};
    int schema = 0;   //!< the newest migration
    qint64 bytes = 0; //!< of atom.db
    QByteArray hash;  //!< BLAKE2b-256 of atom.db
    qint64 users = 0, rooms = 0, messages = 0;
    QByteArray messagesHash; //!< BLAKE2b-256 over all messages in order
    Audit::Head audit;

    QJsonObject toJson() const;
    //! \return ValidationFailed: not a manifest, or of a later format.
    static Result<Manifest> fromJson(const QJsonObject &json);
};

//! \brief BLAKE2b-256, as in a manifest.
QByteArray hashOf(QByteArrayView bytes);
//! \brief Copies the database in `dataFolder` as it is at one moment into `file`, which must not exist; it appears only
//! when it is whole and on the disk. Writers are not kept waiting.
//! \return NotFound: no database there; Conflict: the file exists; Internal: damaged, or not writable.
Result<Manifest> makeBlocking(const QString &dataFolder, const QString &file, const QString &serverVersion,
                              Timestamp now);
//! \brief Puts the database of a backup into `dataFolder`, which must be empty (but for master.key and erasures.jsonl) or not
//! there, and checks it: size and
//! hash, integrity_check, foreign_key_check, the audit chain up to the end that the manifest names, number and hash of
//! messages. If any of it fails, the folder is left empty.
//! \return Conflict: the folder is not empty; ValidationFailed: not a backup, damaged or of a newer server; the detail
//! says which check failed.
Result<Manifest> restoreBlocking(const QString &file, const QString &dataFolder);

} // namespace Atom::Storage::Backup
