// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/searchstore.h"

#include "server/storage/logging.h"

#include <QtCore/QFile>

#include <algorithm>
#include <map>

namespace Atom::Storage::SearchStore {
using namespace Qt::StringLiterals;

namespace {
//! Another number: the index is made anew. Counts changes of the schema, of the blobs and of how text is cut.
constexpr qint64 format = 1;

constexpr Sql formatSql("PRAGMA user_version");
constexpr Sql blocksSql("SELECT block, version, messages, words, last_pk, last_id FROM blocks ORDER BY block DESC");
constexpr Sql versionSql("SELECT version FROM blocks WHERE block = ?");
constexpr Sql factsSql("SELECT facts FROM blocks WHERE block = ?");
constexpr Sql postingsSql("SELECT data FROM postings WHERE block = ? AND term = ?");
constexpr Sql countSql("SELECT messages FROM postings WHERE block = ? AND term = ?");
constexpr Sql prefixSql("SELECT data FROM postings WHERE block = ? AND term >= ? AND term < ? LIMIT ?");
constexpr Sql countPrefixSql("SELECT sum(messages) FROM (SELECT messages FROM postings WHERE block = ? AND term >= ?"
                             " AND term < ? LIMIT ?)");
constexpr Sql allSql("SELECT term, data FROM postings WHERE block = ?");
constexpr Sql putPostingsSql("INSERT INTO postings (block, term, messages, data) VALUES (?, ?, ?, ?)"
                             " ON CONFLICT (block, term) DO UPDATE SET messages = excluded.messages, data ="
                             " excluded.data");
constexpr Sql removePostingsSql("DELETE FROM postings WHERE block = ? AND term = ?");
constexpr Sql dropPostingsSql("DELETE FROM postings WHERE block = ?");
constexpr Sql putBlockSql("INSERT INTO blocks (block, version, messages, words, last_pk, last_id, facts)"
                          " VALUES (?, 1, ?, ?, ?, ?, ?)");
constexpr Sql changeBlockSql("UPDATE blocks SET version = version + 1, messages = ?, words = ?, last_pk = ?,"
                             " last_id = ?, facts = ? WHERE block = ?");
constexpr Sql dropBlockSql("DELETE FROM blocks WHERE block = ?");
constexpr Sql blockSql("SELECT last_pk, last_id FROM blocks WHERE block = ?");

QString damageNoteOf(const QString &file)
{
    return file + u".damaged"_s;
}

void removeFiles(const QString &file)
{
    for (const QString &part : {file, file + u"-wal"_s, file + u"-shm"_s, damageNoteOf(file)})
        QFile::remove(part);
}

Error cannotUse(const QString &file, const QString &why)
{
    return Error(Errc::Internal,
                 u"The search index %1 cannot be used: %2. It can be removed: the server makes a new one."_s.arg(file,
                                                                                                                 why));
}

Result<std::unique_ptr<Connection>> tryOpen(const QString &file, const QByteArray &vfs)
{
    const bool isNew = !QFile::exists(file);
    Result<std::unique_ptr<Connection>> opened = Connection::openBlocking(file, Connection::Access::ReadWrite, vfs);
    if (!opened)
        return opened;
    Connection &db = **opened;
    if (isNew) {
        QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner);
        db.runScript("PRAGMA page_size=8192;");
    }
    if (!db.configure(Connection::Access::ReadWrite) ||
        !db.runScript("PRAGMA secure_delete=ON; PRAGMA cache_size=-16384;"))
        return cannotUse(file, db.failure()->message);
    const qint64 present = db.pragma(formatSql);
    if (present == format)
        return opened;
    if (present != 0 || !isNew)
        return cannotUse(file, u"it is of another version"_s);
    QFile schema(u":/atom/sql/search.sql"_s);
    if (!schema.open(QIODevice::ReadOnly))
        return cannotUse(file, u"the built-in schema is missing"_s);
    const QByteArray script = "BEGIN IMMEDIATE;" + schema.readAll() +
                              "PRAGMA user_version=" + QByteArray::number(format) + "; COMMIT;";
    if (!db.runScript(script))
        return cannotUse(file, db.failure()->message);
    return opened;
}
} // namespace

Result<std::unique_ptr<Connection>> openBlocking(const QString &file, const QByteArray &vfs)
{
    if (QFile::exists(damageNoteOf(file))) {
        qCInfo(lcStorage) << "the search index was damaged and is made anew";
        removeFiles(file);
    }
    Result<std::unique_ptr<Connection>> opened = tryOpen(file, vfs);
    if (opened)
        return opened;
    qCInfo(lcStorage) << "the search index is made anew:" << opened.error().detail;
    removeFiles(file);
    return tryOpen(file, vfs);
}

Result<std::unique_ptr<Connection>> openReaderBlocking(const QString &file, const QByteArray &vfs)
{
    Result<std::unique_ptr<Connection>> opened = Connection::openBlocking(file, Connection::Access::ReadOnly, vfs);
    if (!opened)
        return opened;
    if (!(*opened)->configure(Connection::Access::ReadOnly) || !(*opened)->runScript("PRAGMA cache_size=-65536;"))
        return cannotUse(file, (*opened)->failure()->message);
    return opened;
}

void noteDamage(const QString &file)
{
    QFile note(damageNoteOf(file));
    if (note.exists() || !note.open(QIODevice::WriteOnly))
        return;
    qCWarning(lcStorage) << "the search index is damaged; the next start makes it anew";
}

std::vector<Block> blocks(Connection &db)
{
    std::vector<Block> all;
    Statement s(db, blocksSql);
    while (s.step()) {
        Block block;
        block.block = s.integer(0);
        block.version = s.integer(1);
        block.messages = quint32(s.integer(2));
        block.words = quint64(s.integer(3));
        block.lastPk = s.integer(4);
        block.lastId = s.id<MessageId>(5);
        all.push_back(std::move(block));
    }
    return all;
}

std::optional<qint64> versionOf(Connection &db, qint64 block)
{
    Statement s(db, versionSql, block);
    return s.step() ? std::optional(s.integer(0)) : std::nullopt;
}

std::optional<BlockFacts> facts(Connection &db, qint64 block)
{
    Statement s(db, factsSql, block);
    BlockFacts found;
    if (!s.step() || !decodeFacts(s.text(0), found))
        return std::nullopt;
    return found;
}

bool postings(Connection &db, qint64 block, const QByteArray &term, Part part, Postings &found)
{
    Statement s(db, postingsSql, block, Blob{term});
    return s.step() && decodePostings(s.text(0), part, found);
}

quint32 messagesWith(Connection &db, qint64 block, const QByteArray &term)
{
    Statement s(db, countSql, block, Blob{term});
    return s.step() ? quint32(s.integer(0)) : 0;
}

void withPrefix(Connection &db, qint64 block, const QByteArray &prefix, int limit,
                const std::function<void(const Postings &)> &use)
{
    // Terms are UTF-8: 0xFF is above all that follow.
    const QByteArray end = prefix + '\xFF';
    Statement s(db, prefixSql, block, Blob{prefix}, Blob{end}, limit);
    Postings found;
    while (s.step()) {
        if (decodePostings(s.text(0), Part::Slots, found))
            use(found);
    }
}

quint32 countPrefix(Connection &db, qint64 block, const QByteArray &prefix, int limit)
{
    const QByteArray end = prefix + '\xFF';
    Statement s(db, countPrefixSql, block, Blob{prefix}, Blob{end}, limit);
    return s.step() ? quint32(s.integer(0)) : 0;
}

void put(Connection &db, const MemoryBlock &block)
{
    std::vector<const std::pair<const QByteArray, Postings> *> sorted;
    sorted.reserve(block.terms().size());
    for (const auto &entry : block.terms())
        sorted.push_back(&entry);
    // In the order of the table: each page is written once.
    std::sort(sorted.begin(), sorted.end(), [](const auto *a, const auto *b) { return a->first < b->first; });
    for (const auto *entry : sorted) {
        const QByteArray data = encodePostings(entry->second);
        execute(db, putPostingsSql, block.block(), Blob{entry->first}, qint64(entry->second.slots.size()), Blob{data});
    }
    const BlockFacts &facts = block.facts();
    const QByteArray bytes = encodeFacts(facts);
    execute(db, putBlockSql, block.block(), qint64(facts.messages), qint64(facts.words), block.lastPk(),
            block.lastId(), Blob{bytes});
}

bool change(Connection &db, qint64 block, const std::vector<IndexedMessage> &messages)
{
    std::optional<BlockFacts> known = facts(db, block);
    if (!known)
        return false;
    std::map<QByteArray, Postings> changed;
    {
        Statement all(db, allSql, block);
        Postings found;
        while (all.step()) {
            const QByteArray data = all.text(1);
            if (!decodePostings(data, Part::Slots, found))
                continue;
            const bool hit = std::any_of(messages.begin(), messages.end(), [&found](const IndexedMessage &m) {
                return std::binary_search(found.slots.begin(), found.slots.end(), slotOf(m.pk));
            });
            if (!hit || !decodePostings(data, Part::Everything, found))
                continue;
            for (const IndexedMessage &message : messages)
                found.remove(slotOf(message.pk));
            changed.emplace(all.text(0), found);
        }
    }
    qint64 lastPk = 0;
    MessageId lastId;
    {
        Statement s(db, blockSql, block);
        if (s.step()) {
            lastPk = s.integer(0);
            lastId = s.id<MessageId>(1);
        }
    }
    for (const IndexedMessage &message : messages) {
        known->clear(slotOf(message.pk));
        if (message.room == 0) {
            if (message.pk == lastPk)
                lastId = MessageId(); // nothing is left to compare with
            continue;
        }
        known->set(slotOf(message.pk), message.room, message.time, message.length);
        for (const IndexedMessage::Term &term : message.terms) {
            auto it = changed.find(term.term);
            if (it == changed.end()) {
                Postings present;
                postings(db, block, term.term, Part::Everything, present);
                it = changed.emplace(term.term, std::move(present)).first;
            }
            it->second.remove(slotOf(message.pk));
            it->second.insert(slotOf(message.pk), term.count, term.positions);
        }
        if (message.pk >= lastPk) {
            lastPk = message.pk;
            lastId = message.id;
        }
    }
    for (const auto &[term, found] : changed) {
        if (found.isEmpty()) {
            execute(db, removePostingsSql, block, Blob{term});
            continue;
        }
        const QByteArray data = encodePostings(found);
        execute(db, putPostingsSql, block, Blob{term}, qint64(found.slots.size()), Blob{data});
    }
    const QByteArray bytes = encodeFacts(*known);
    execute(db, changeBlockSql, qint64(known->messages), qint64(known->words), lastPk, lastId, Blob{bytes}, block);
    return true;
}

void drop(Connection &db, qint64 block)
{
    execute(db, dropPostingsSql, block);
    execute(db, dropBlockSql, block);
}

} // namespace Atom::Storage::SearchStore
