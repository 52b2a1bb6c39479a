// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/transport.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QObject>

#include <atomic>
#include <functional>
#include <mutex>
#include <unordered_set>
#include <vector>

namespace Atom::Net {

class ShardTransport;
class ShardWorker;

//! \brief What a ShardTransport (owner's thread) and its connection (shard's thread) share. Made by the owner, who deletes
//! it when the shard has said Released, the last it says of it.
struct ShardLink final : public Transport::Events
{
    // --- the owner's
    ShardTransport *transport = nullptr; //!< null: nobody listens any more

    // --- the shard's
    ShardWorker *worker = nullptr;
    qintptr descriptor = -1;
    std::unique_ptr<Transport> inner; //!< made and destroyed in the shard's thread
    qint64 given = 0;    //!< bytes given to `inner`
    bool isFull = false; //!< not read, because the owner has enough
    void onReadable() override;
    void onDrained() override;
    void onClosed() override;

    // --- of both
    std::atomic<qint64> taken{0};  //!< by the kernel, in all
    std::atomic<qint64> unread{0}; //!< handed to the owner, who has not looked at it
    std::atomic<bool> tellDrained{false};
    std::atomic<bool> isBroken{false};
};

//! \brief What the owner asks of a connection.
struct ShardCommand
{
    enum class Kind : quint8 { Add, Write, ReadOn, Close, Abort, Release };
    ShardLink *link;
    Kind kind;
    QByteArray bytes; //!< Write
};

//! \brief What the owner is told of it.
struct ShardNews
{
    enum class Kind : quint8 { Data, Ended, Drained, Closed, Released };
    ShardLink *link;
    Kind kind;
    QByteArray bytes; //!< Data
};

//! \brief The part of a shard that lives in its thread: the connections themselves. In that thread, but for take().
class ShardWorker final : public QObject
{
    Q_OBJECT
public:
    static constexpr qint64 unreadLimit = 128 * 1024; //!< of a connection; then its peer waits

    //! \brief `tell` is called in the shard's thread, once a turn of its loop.
    explicit ShardWorker(std::function<void(std::vector<ShardNews>)> tell);
    ~ShardWorker() override;

    void take(std::vector<ShardCommand> commands); //!< from any thread; carried out in order
    void finish();                                 //!< carries out what is left, closes what is open
    void say(ShardLink &link, ShardNews::Kind kind, const QByteArray &bytes = {});
    void read(ShardLink &link);
    void noteTaken(ShardLink &link);

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    void work();
    void carryOut(ShardCommand &command);

    const std::function<void(std::vector<ShardNews>)> m_tell;
    QByteArray m_buffer;
    std::vector<ShardNews> m_news; //!< of this turn
    std::unordered_set<ShardLink *> m_links;
    std::unordered_set<ShardLink *> m_lagging; //!< with a backlog: its progress is noted now and then
    QBasicTimer m_progress;
    std::mutex m_mutex;
    std::vector<ShardCommand> m_commands; //!< guarded
};

} // namespace Atom::Net
