// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"

namespace Atom::Audit {

//! \brief The parts of a record that may name or describe a person, kept beside the chain: the chain covers only their
//! salted digests, so that they can be erased without breaking it, and cannot be guessed from the digest afterwards.
enum class Part {
    Origin, //!< the address; about the actor, or, where there is none (a refused sign-in), about the account
    Detail, //!< before, after, reason; about the object if it is an account, about the actor if it is theirs
};
constexpr int partCount = 2;

struct PartText
{
    UserId subject;  //!< whose data it is: erased with that account; empty: nobody's
    QByteArray salt; //!< 16 bytes
    QByteArray text; //!< compact JSON
};

//! \brief A record as the chain sees it.
//!
//! hash = BLAKE2b-256(hash of the record before || canonical form). The canonical form is the fields in the order
//! below, integers as 8 bytes big endian, texts and digests with their length (8 bytes) in front. The first record
//! follows chainStart().
struct ChainRow
{
    qint64 seq = 0;
    qint64 atMillis = 0;
    QByteArray actor, session, action, objectKind, objectId;
    qint64 outcome = 0;
    qint64 count = 1;
    QByteArray digests[partCount];            //!< empty: the record never had this part
    QByteArray hash;                          //!< as stored
    std::optional<PartText> parts[partCount]; //!< as stored; none: never there, or erased
};

//! \brief The action of the record about an account whose data was erased: it explains parts that are gone.
inline const QByteArray erasedAction = QByteArrayLiteral("user.erased");

//! \brief Whose data a part of a record is; empty: nobody's.
UserId subjectOf(Part part, const QByteArray &actor, const QByteArray &objectKind, const QByteArray &objectId);

QByteArray chainStart();
//! \brief BLAKE2b-256, keyed with the salt.
QByteArray digestOf(const PartText &part);
//! \brief What `row.hash` must be.
QByteArray hashOf(const QByteArray &previousHash, const ChainRow &row);
//! \brief A draft as the row after (`previousSeq`, `previousHash`), with fresh salts.
ChainRow rowFor(const Draft &draft, qint64 previousSeq, const QByteArray &previousHash);
Record recordOf(const ChainRow &row);

//! \brief Why a record does not fit.
enum class Flaw {
    None,
    Missing,           //!< the seq does not follow the one before: a row was removed, inserted or moved
    Changed,           //!< the hash is not that of the contents and of the row before
    PartChanged,       //!< an address, value or reason is not what was digested
    PartRemoved,       //!< such a part is gone, but no erasure of that account is on record
    CheckpointBroken,  //!< the signature or the order of the checkpoints is wrong
    CheckpointDiffers, //!< the row is not the one that was signed: everything was hashed again
    Cut,               //!< a checkpoint is about a later row than the last one: the end was cut off
};
QByteArray flawName(Flaw flaw); //!< "missing", "changed", ...

} // namespace Atom::Audit
