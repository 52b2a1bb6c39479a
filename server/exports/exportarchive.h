// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/exports/exportdocument.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QFile>
#include <QtCore/QMap>

#include <functional>

namespace Atom::Exports {

//! \brief A signature of the server over bytes, with the id of its key (as in `/.well-known/jwks.json`).
struct Signature
{
    QByteArray keyId;
    QByteArray bytes; //!< Ed25519, 64 bytes
};
using Signer = std::function<Signature(const QByteArray &message)>;

//! \brief What is signed: this line, then the bytes of manifest.json. The line keeps the signature from ever meaning
//! anything else: the same key signs access tokens, which begin otherwise.
QByteArray signedMessage(const QByteArray &manifest);

//! \brief Builds one archive: the parts are written to a folder as they come, with their hashes, then put into a ZIP
//! file, so that memory is needed for one page of events only. One thread at a time; blocks.
//!
//! The archive holds room.json, messages.jsonl, held.jsonl (only with held texts), index.html and page-N.html, then
//! manifest.json - {format: "atom-chat-room-export", version: 1, room_id, exported_at, exported_by, events, from_seq,
//! up_to_seq, attachments, files: {name: {bytes, sha256}}} - and manifest.sig - {alg: "EdDSA", kid, signature}. Names are
//! ASCII; nothing in it can be run.
class ArchiveBuilder
{
public:
    //! \brief `folder`: made, and removed with the builder. `target`: the archive, replaced at the end.
    ArchiveBuilder(QString folder, QString target, ExportHead head);
    ~ArchiveBuilder();
    Q_DISABLE_COPY_MOVE(ArchiveBuilder)

    Result<void> begin();
    Result<void> add(const QList<RoomEvent> &events); //!< ascending
    Result<void> addHeld(const QList<HeldText> &texts);
    //! \brief The signed archive. \return its size, SHA-256 (hex) and number of events in `bytes`, `sha256`, `events`.
    Result<ExportJob> finish(const Signer &sign);

private:
    struct Part
    {
        std::unique_ptr<QFile> file;
        QCryptographicHash hash{QCryptographicHash::Sha256};
        qint64 bytes = 0;
    };
    Result<void> write(const QString &name, const QByteArray &bytes);
    Result<void> nextPage();
    Result<void> zip(const QByteArray &manifest, const QByteArray &signature);

    const QString m_folder;
    const QString m_target;
    const ExportHead m_head;
    PageWriter m_pages;
    QMap<QString, std::shared_ptr<Part>> m_parts;
    int m_page = 0;
    int m_onPage = 0;
    qint64 m_events = 0;
    qint64 m_fromSeq = 0;
};

//! \brief What a check of an archive found.
struct Verdict
{
    bool isIntact = false;  //!< every file is there, as the manifest says, and nothing else
    bool isSigned = false;  //!< the manifest's signature fits one of the trusted keys
    QByteArray keyId;       //!< that the archive names
    QStringList problems;   //!< in words; empty when both hold
    QJsonObject manifest;   //!< of an intact archive
};

//! \brief Checks an archive against public keys: key id -> 32 bytes of Ed25519. Blocks; memory is bounded whatever the
//! file holds. \return Internal when the file cannot be read at all.
Result<Verdict> verifyArchive(const QString &file, const QMap<QByteArray, QByteArray> &trustedKeys);
//! \brief The Ed25519 keys of a JWKS document. \return ValidationFailed.
Result<QMap<QByteArray, QByteArray>> keysOfJwks(const QByteArray &document);

} // namespace Atom::Exports
