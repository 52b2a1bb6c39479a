// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/auditrepository.h"

namespace Atom::Audit {

//! \brief A signed statement "the record `seq` had this hash", kept in another place than the database: a chain alone
//! shows neither a cut end nor that everything was hashed again.
//!
//! One line of JSON each: {"v":1,"seq":…,"hash":hex,"at":ISO 8601,"previous":hex,"key":hex,"signature":hex}.
//! `previous` is BLAKE2b-256 of the line before (without its line break), empty in the first line of a file;
//! `signature` is Ed25519 over the line up to and without `,"signature"`.
struct Checkpoint
{
    qint64 seq = 0;
    QByteArray hash; //!< of the record, 32 bytes
    Timestamp at{};
    QByteArray previous; //!< 32 bytes or empty
    QByteArray key;      //!< public key, 32 bytes
};

//! \brief Signs checkpoints. The seed is wiped at the end; one thread.
class CheckpointSigner
{
public:
    static constexpr int seedBytes = 32;
    static QByteArray newSeed();
    explicit CheckpointSigner(const QByteArray &seed); //!< 32 bytes
    ~CheckpointSigner();
    Q_DISABLE_COPY_MOVE(CheckpointSigner)

    QByteArray publicKey() const { return m_publicKey; }
    //! \brief The line, without line break. `previousLine`: empty for the first.
    QByteArray line(const Head &head, Timestamp at, const QByteArray &previousLine) const;

private:
    QByteArray m_publicKey;
    QByteArray m_secretKey;
};

//! \brief Reads lines one after another and checks signatures, links and order.
class CheckpointReader
{
public:
    //! \brief `key`: the only public key to accept; empty: that of the first line, which then must not change.
    explicit CheckpointReader(QByteArray key = {}) : m_key(std::move(key)) {}
    //! \return ValidationFailed: not a checkpoint, a bad signature, a line missing before it, or not later than the one
    //! before.
    Result<Checkpoint> read(const QByteArray &line);

private:
    QByteArray m_key;
    QByteArray m_lastHash; //!< of the line before
    qint64 m_lastSeq = 0;
    bool m_isFirst = true;
};

} // namespace Atom::Audit
