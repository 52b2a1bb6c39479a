// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/storage/connection.h"
#include "server/storage/searchblock.h"

#include <functional>

namespace Atom::Storage {

//! \brief The index on disk: `<data folder>/search.db`. Holds nothing that is not in atom.db: when it is missing,
//! damaged, of another version or of another database it is made anew. Zeroes what it removes (secure_delete).
namespace SearchStore {

struct Block
{
    qint64 block = 0;
    qint64 version = 0; //!< grows with each change of the block
    quint32 messages = 0;
    quint64 words = 0;
    qint64 lastPk = 0;
    MessageId lastId; //!< of lastPk, to see whether this is the index of that database; empty: it was removed
};

//! \brief Opens or makes it, for the one who writes. \return Internal: not even a new one can be made.
Result<std::unique_ptr<Connection>> openBlocking(const QString &file, const QByteArray &vfs);
//! \brief A reader's connection to it.
Result<std::unique_ptr<Connection>> openReaderBlocking(const QString &file, const QByteArray &vfs);

//! \brief SQLite found the file damaged: openBlocking() makes a new one the next time.
void noteDamage(const QString &file);

//! \brief All blocks, the newest first.
std::vector<Block> blocks(Connection &db);
std::optional<qint64> versionOf(Connection &db, qint64 block);
//! \brief nullopt: there is none, or it cannot be read (then Connection::failure() is set).
std::optional<BlockFacts> facts(Connection &db, qint64 block);
bool postings(Connection &db, qint64 block, const QByteArray &term, Part part, Postings &found);
quint32 messagesWith(Connection &db, qint64 block, const QByteArray &term);
//! \brief Calls `use` for each term that begins with `prefix`, at most `limit`.
void withPrefix(Connection &db, qint64 block, const QByteArray &prefix, int limit,
                const std::function<void(const Postings &)> &use);
//! \brief How many postings withPrefix() would give.
quint32 countPrefix(Connection &db, qint64 block, const QByteArray &prefix, int limit);

// --- writing; within a transaction of the caller
void put(Connection &db, const MemoryBlock &block);
//! \brief Takes out of the block whatever it holds of `messages`, then puts in what they are now (room 0: nothing).
//! \return false when there is no such block.
bool change(Connection &db, qint64 block, const std::vector<IndexedMessage> &messages);
void drop(Connection &db, qint64 block);

} // namespace SearchStore
} // namespace Atom::Storage
