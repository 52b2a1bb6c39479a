// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/storage/searchindexer.h"

#include "server/storage/logging.h"
#include "server/storage/threadpriority.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>

namespace Atom::Storage {
using namespace Qt::StringLiterals;

namespace {
constexpr int batchMessages = 256;
constexpr int batchChanges = 1000;

#define ATOM_INDEXED_COLUMNS                                                                                           \
    "m.pk, m.room_pk, m.sender, m.type, m.body, m.id, m.thread_root, m.created_at, m.edited_at IS NOT NULL,"           \
    " m.deleted_at IS NOT NULL, m.mentions, EXISTS (SELECT 1 FROM message_marks k WHERE k.room_pk = m.room_pk AND"     \
    " k.message_seq = m.seq AND k.kind = 'reaction'), EXISTS (SELECT 1 FROM message_marks k WHERE k.room_pk ="         \
    " m.room_pk AND k.message_seq = m.seq AND k.kind = 'pin')"
constexpr Sql newSql("SELECT " ATOM_INDEXED_COLUMNS " FROM messages m WHERE m.pk > ? ORDER BY m.pk LIMIT ?");
constexpr Sql oneSql("SELECT " ATOM_INDEXED_COLUMNS " FROM messages m WHERE m.pk >= ? ORDER BY m.pk LIMIT ?");
constexpr Sql newestSql("SELECT ifnull(max(pk), 0) FROM messages");
constexpr Sql idOfSql("SELECT id FROM messages WHERE pk = ?");
constexpr Sql changesSql("SELECT id, message_pk FROM search_changes WHERE id > ? ORDER BY id LIMIT ?");
constexpr Sql forgetChangesSql("DELETE FROM search_changes WHERE id <= ?");
constexpr Sql beginSql("BEGIN IMMEDIATE");
constexpr Sql commitSql("COMMIT");
constexpr Sql rollbackSql("ROLLBACK");

//! Who is named, as stored with the message: user ids and "@room".
QList<QByteArray> mentionsFrom(const QByteArray &json)
{
    QList<QByteArray> users;
    if (json.isEmpty())
        return users;
    const QJsonArray array = QJsonDocument::fromJson(json).array();
    for (const QJsonValue &user : array)
        users.append(user.toString().toUtf8().toLower());
    return users;
}
} // namespace

SearchIndexer::SearchIndexer(std::unique_ptr<Connection> source, std::unique_ptr<Connection> index, Writer &writer,
                             std::shared_ptr<SearchState> state, MetricRegistry &metrics, Options options)
    : m_source(std::move(source)), m_index(std::move(index)), m_writer(writer), m_state(std::move(state)),
      m_options(options),
      m_indexed(metrics.counter("atom_search_indexed_total", "Messages put into the search index")),
      m_behind(metrics.gauge("atom_search_behind", "Messages that wait to be indexed"))
{
    m_thread.reset(QThread::create([this] { loop(); }));
    m_thread->setObjectName(u"search-indexer"_s);
    m_thread->start();
}

SearchIndexer::~SearchIndexer()
{
    stopBlocking();
}

void SearchIndexer::wake()
{
    if (m_awake.load(std::memory_order_relaxed) || m_awake.exchange(true))
        return;
    const std::lock_guard lock(m_mutex);
    m_wake.notify_one();
}

void SearchIndexer::stopBlocking()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_wake.notify_one();
    }
    m_thread->wait();
}

//! False: the end.
bool SearchIndexer::waitForWork()
{
    std::unique_lock lock(m_mutex);
    const auto stopping = [this] { return m_stopping; };
    m_wake.wait_for(lock, m_options.recheck, [this] { return m_stopping || m_awake.load(); });
    if (!m_stopping && m_awake.load())
        m_wake.wait_for(lock, m_options.gather, stopping); // others come along
    m_awake.store(false);
    return !m_stopping;
}

void SearchIndexer::loop()
{
    lowerPriorityOfThisThread();
    recall();
    if (failed() && m_isDamaged)
        return;
    do {
        bool more = true;
        while (more) {
            {
                const std::lock_guard lock(m_mutex);
                if (m_stopping)
                    return;
            }
            more = step();
            if (failed()) {
                if (m_isDamaged)
                    return;
                std::unique_lock lock(m_mutex);
                m_wake.wait_for(lock, m_options.retry, [this] { return m_stopping; });
            }
        }
    } while (waitForWork());
}

bool SearchIndexer::failed()
{
    bool any = false;
    for (Connection *db : {m_source.get(), m_index.get()}) {
        if (!db->failure())
            continue;
        qCWarning(lcStorage) << "indexing for the search failed:" << db->failure()->toError().cause;
        if (db == m_index.get() && db->failure()->isDamage())
            m_isDamaged = true; // whatever is written now makes it worse
        db->clearFailure();
        any = true;
    }
    if (m_isDamaged)
        SearchStore::noteDamage(m_state->file);
    return any;
}

bool SearchIndexer::transaction(const std::function<void()> &work)
{
    if (execute(*m_index, beginSql))
        work();
    if (!m_index->failure() && execute(*m_index, commitSql))
        return true;
    const std::optional<SqliteFailure> failure = m_index->failure();
    m_index->clearFailure();
    execute(*m_index, rollbackSql);
    m_index->clearFailure();
    if (failure)
        m_index->setFailure(failure->code);
    return false;
}

//! Goes on where the stored blocks end. Blocks of another database (a backup was put in its place) are dropped.
void SearchIndexer::recall()
{
    std::vector<SearchStore::Block> blocks = SearchStore::blocks(*m_index);
    std::reverse(blocks.begin(), blocks.end());
    qint64 end = 0;
    std::vector<qint64> foreign;
    for (const SearchStore::Block &block : blocks) {
        bool same = true;
        if (!block.lastId.isEmpty()) {
            Statement s(*m_source, idOfSql, block.lastPk);
            same = s.step() && s.id<MessageId>(0) == block.lastId;
        }
        if (!foreign.empty() || !same)
            foreign.push_back(block.block);
        else
            end = firstOf(block.block + 1) - 1;
    }
    m_upTo = end;
    if (foreign.empty())
        return;
    qCInfo(lcStorage) << foreign.size() << "blocks of the search index are made anew";
    transaction([&] {
        for (const qint64 block : foreign)
            SearchStore::drop(*m_index, block);
    });
    m_logHoldsOld = true;
}

bool SearchIndexer::step()
{
    const bool changed = applyChanges();
    const bool added = indexNew();
    emptyLog();
    if (!changed && !added && !m_source->failure() && !m_index->failure())
        m_state->isComplete.store(true, std::memory_order_relaxed);
    return changed || added;
}

std::vector<MessageFacts> SearchIndexer::readMessages(Sql sql, qint64 first, int limit)
{
    std::vector<MessageFacts> messages;
    Statement s(*m_source, sql, first, limit);
    while (s.step()) {
        MessageFacts message;
        message.pk = s.integer(0);
        message.roomPk = quint32(s.integer(1));
        message.sender = s.id<UserId>(2);
        message.type = s.text(3);
        message.body = s.string(4);
        message.id = s.id<MessageId>(5);
        message.thread = s.id<MessageId>(6);
        message.mentions = mentionsFrom(s.text(10));
        message.reacted = s.boolean(11);
        message.pinned = s.boolean(12);
        message.at = s.time(7);
        message.edited = s.boolean(8);
        if (s.boolean(9)) // deleted: it keeps its place and holds nothing
            message.roomPk = 0;
        messages.push_back(std::move(message));
    }
    return messages;
}

//! The newest messages were removed, and their keys will be given again: reads the block of `newest` anew.
bool SearchIndexer::rewind(qint64 newest)
{
    const qint64 from = blockOf(newest);
    const std::vector<SearchStore::Block> blocks = SearchStore::blocks(*m_index);
    const bool dropped = transaction([&] {
        for (const SearchStore::Block &block : blocks) {
            if (block.block >= from)
                SearchStore::drop(*m_index, block.block);
        }
    });
    if (!dropped)
        return false;
    m_logHoldsOld = true;
    const std::lock_guard lock(m_state->mutex);
    m_state->fresh.erase(m_state->fresh.lower_bound(from), m_state->fresh.end());
    m_upTo = firstOf(from) - 1;
    return true;
}

bool SearchIndexer::indexNew()
{
    qint64 newest = 0;
    {
        Statement s(*m_source, newestSql);
        if (!s.step())
            return false;
        newest = s.integer(0);
    }
    if (newest < m_upTo && !rewind(newest))
        return false;
    m_behind.set(newest - m_upTo);
    if (newest == m_upTo)
        return false;
    const std::vector<MessageFacts> messages = readMessages(newSql, m_upTo, batchMessages);
    if (messages.empty())
        return false;
    m_state->isComplete.store(newest - messages.back().pk < blockSize / 8, std::memory_order_relaxed);
    std::vector<IndexedMessage> indexed;
    indexed.reserve(messages.size());
    for (const MessageFacts &message : messages)
        indexed.push_back(indexedMessage(message));

    // Whole blocks before the one of the last message go to the disk.
    std::vector<std::shared_ptr<MemoryBlock>> whole;
    {
        const std::lock_guard lock(m_state->mutex);
        for (const IndexedMessage &message : indexed) {
            std::shared_ptr<MemoryBlock> &block = m_state->fresh[blockOf(message.pk)];
            if (!block)
                block = std::make_shared<MemoryBlock>(blockOf(message.pk));
            block->put(message);
        }
        for (const auto &[number, block] : m_state->fresh) {
            if (number < blockOf(indexed.back().pk))
                whole.push_back(block);
        }
    }
    m_indexed.add(indexed.size());
    m_upTo = indexed.back().pk;
    m_behind.set(newest - m_upTo);
    for (const std::shared_ptr<MemoryBlock> &block : whole) {
        const bool stored = transaction([&] {
            SearchStore::drop(*m_index, block->block());
            SearchStore::put(*m_index, *block);
        });
        if (!stored)
            return false;
        m_index->checkpoint(Connection::Checkpoint::Passive);
        const std::lock_guard lock(m_state->mutex);
        m_state->fresh.erase(block->block());
    }
    return true;
}

bool SearchIndexer::applyChanges()
{
    std::map<qint64, std::vector<qint64>> byBlock;
    qint64 last = m_lastChange;
    bool full = false;
    {
        int count = 0;
        Statement s(*m_source, changesSql, m_lastChange, batchChanges);
        while (s.step()) {
            last = s.integer(0);
            std::vector<qint64> &pks = byBlock[blockOf(s.integer(1))];
            if (const qint64 pk = s.integer(1); std::find(pks.begin(), pks.end(), pk) == pks.end())
                pks.push_back(pk);
            full = ++count == batchChanges;
        }
    }
    if (last == m_lastChange)
        return false;
    for (const auto &[block, pks] : byBlock) {
        std::vector<IndexedMessage> present;
        for (const qint64 pk : pks) {
            if (pk > m_upTo)
                continue; // it will be read as it is now
            std::vector<MessageFacts> found = readMessages(oneSql, pk, 1);
            MessageFacts gone;
            gone.pk = pk;
            present.push_back(indexedMessage(!found.empty() && found.front().pk == pk ? found.front() : gone));
        }
        if (m_source->failure())
            return false;
        bool isFresh = false;
        {
            const std::lock_guard lock(m_state->mutex);
            if (const auto it = m_state->fresh.find(block); it != m_state->fresh.end()) {
                for (const IndexedMessage &message : present)
                    it->second->put(message);
                isFresh = true;
            }
        }
        if (isFresh || present.empty())
            continue;
        if (!transaction([&] { SearchStore::change(*m_index, block, present); }))
            return false;
        m_logHoldsOld = true;
    }
    m_lastChange = last;
    m_toForget = last;
    return full;
}

//! The log of search.db holds pages as they were: after a deletion it is emptied, as soon as no search reads it. Only
//! then the change is done with.
void SearchIndexer::emptyLog()
{
    if (m_logHoldsOld && m_index->checkpoint(Connection::Checkpoint::Truncate) && m_index->walPages() == 0)
        m_logHoldsOld = false;
    if (m_logHoldsOld || m_toForget == 0)
        return;
    Writer::Work<void> forget = [last = std::exchange(m_toForget, 0)](Connection &db) -> Result<void> {
        execute(db, forgetChangesSql, last);
        return {};
    };
    m_writer.submit<void>(std::move(forget), {});
}

} // namespace Atom::Storage
