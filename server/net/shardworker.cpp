// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/shardworker.h"

#include <QtCore/QTimerEvent>

namespace Atom::Net {

namespace {
constexpr qsizetype bufferBytes = 64 * 1024;
constexpr int progressMillis = 200;
} // namespace

void ShardLink::onReadable()
{
    worker->read(*this);
}

void ShardLink::onDrained()
{
    worker->noteTaken(*this);
    if (tellDrained.exchange(false))
        worker->say(*this, ShardNews::Kind::Drained);
}

void ShardLink::onClosed()
{
    isBroken.store(!inner->write({}), std::memory_order_relaxed);
    worker->say(*this, ShardNews::Kind::Closed);
}

ShardWorker::ShardWorker(std::function<void(std::vector<ShardNews>)> tell)
    : m_tell(std::move(tell)), m_buffer(bufferBytes, Qt::Uninitialized)
{
}

ShardWorker::~ShardWorker() = default;

void ShardWorker::take(std::vector<ShardCommand> commands)
{
    {
        const std::lock_guard lock(m_mutex);
        const bool isWaiting = !m_commands.empty();
        if (isWaiting)
            m_commands.insert(m_commands.end(), std::make_move_iterator(commands.begin()),
                              std::make_move_iterator(commands.end()));
        else
            m_commands = std::move(commands);
        if (isWaiting)
            return; // it will come by
    }
    QMetaObject::invokeMethod(this, &ShardWorker::work, Qt::QueuedConnection);
}

void ShardWorker::work()
{
    std::vector<ShardCommand> commands;
    {
        const std::lock_guard lock(m_mutex);
        commands.swap(m_commands);
    }
    for (ShardCommand &command : commands)
        carryOut(command);
}

void ShardWorker::carryOut(ShardCommand &command)
{
    ShardLink &link = *command.link;
    switch (command.kind) {
    case ShardCommand::Kind::Add:
        m_links.insert(&link);
        link.inner = makeTransport(link.descriptor);
        link.inner->setEvents(&link);
        return;
    case ShardCommand::Kind::Write:
        link.given += command.bytes.size();
        if (!link.inner->write(command.bytes))
            link.isBroken.store(true, std::memory_order_relaxed);
        noteTaken(link);
        if (link.inner->backlog() == 0 && link.tellDrained.exchange(false))
            say(link, ShardNews::Kind::Drained);
        return;
    case ShardCommand::Kind::ReadOn:
        if (std::exchange(link.isFull, false))
            link.inner->setReadPaused(false);
        return;
    case ShardCommand::Kind::Close:
        link.inner->setReadPaused(false); // what comes is thrown away
        link.inner->closeAfterFlush();
        return;
    case ShardCommand::Kind::Abort:
        link.inner->abort();
        return;
    case ShardCommand::Kind::Release:
        m_links.erase(&link);
        m_lagging.erase(&link);
        link.inner.reset();
        say(link, ShardNews::Kind::Released);
        return;
    }
}

//! A backlog counts as taken when the peer is gone: nobody waits for it.
void ShardWorker::noteTaken(ShardLink &link)
{
    const qint64 backlog = link.inner->backlog();
    link.taken.store(link.given - backlog);
    if (backlog == 0) {
        m_lagging.erase(&link);
    } else {
        m_lagging.insert(&link);
        if (!m_progress.isActive())
            m_progress.start(progressMillis, this);
    }
}

void ShardWorker::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_progress.timerId())
        return QObject::timerEvent(event);
    const std::unordered_set<ShardLink *> lagging = m_lagging;
    for (ShardLink *link : lagging)
        noteTaken(*link);
    if (m_lagging.empty())
        m_progress.stop();
}

void ShardWorker::read(ShardLink &link)
{
    const qint64 size = link.inner->read(m_buffer.data(), m_buffer.size());
    if (size == 0)
        return;
    if (size < 0) {
        say(link, ShardNews::Kind::Ended); // the transport reports the end itself, after this
        return;
    }
    const qint64 unread = link.unread.fetch_add(size, std::memory_order_relaxed) + size;
    say(link, ShardNews::Kind::Data, QByteArray(m_buffer.constData(), size));
    if (unread > unreadLimit) {
        link.isFull = true;
        link.inner->setReadPaused(true);
    }
}

void ShardWorker::say(ShardLink &link, ShardNews::Kind kind, const QByteArray &bytes)
{
    if (m_news.empty())
        QMetaObject::invokeMethod(
            this, [this] { m_tell(std::exchange(m_news, {})); }, Qt::QueuedConnection);
    m_news.push_back(ShardNews{&link, kind, bytes});
}

void ShardWorker::finish()
{
    work();
    m_progress.stop();
    for (ShardLink *link : std::exchange(m_links, {})) {
        link->inner.reset();
        say(*link, ShardNews::Kind::Released);
    }
    m_tell(std::exchange(m_news, {}));
}

} // namespace Atom::Net
