// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/net/ioshards.h"

#include "server/net/eventdispatcher.h"
#include "server/net/shardworker.h"

#ifdef Q_OS_LINUX
#include "server/net/fdtransport_linux.h"
#endif

#include <QtCore/QAbstractEventDispatcher>
#include <QtCore/QThread>

#include <algorithm>
#include <future>
#include <utility>

namespace Atom::Net {

namespace {
constexpr qint64 tellDrainedAbove = 32 * 1024; // a smaller backlog is nobody's business

std::pair<QHostAddress, quint16> peerOf([[maybe_unused]] qintptr descriptor)
{
#ifdef Q_OS_LINUX
    return FdTransport::peerOf(int(descriptor));
#else
    return {};
#endif
}
}

//! One thread and what its owner keeps of it. Owner's thread.
class IoShard final : public QObject
{
public:
    IoShard() : m_worker(std::make_unique<ShardWorker>([this](std::vector<ShardNews> news) { tell(std::move(news)); }))
    {
        m_thread.setObjectName(QStringLiteral("io-shard"));
        m_thread.setEventDispatcher(makeEventDispatcher().release()); // the thread owns it
        m_worker->moveToThread(&m_thread);
        m_thread.start();
    }
    ~IoShard() override
    {
        submit();
        std::promise<void> finished;
        QMetaObject::invokeMethod(
            m_worker.get(),
            [this, &finished] {
                m_worker->finish();
                finished.set_value();
            },
            Qt::QueuedConnection);
        finished.get_future().wait();
        m_thread.quit();
        m_thread.wait();
        hear();
    }

    int connections() const { return m_connections; }
    ShardLink *add(ShardTransport *transport, qintptr descriptor)
    {
        ++m_connections;
        auto *link = new ShardLink;
        link->transport = transport;
        link->worker = m_worker.get();
        link->descriptor = descriptor;
        command(link, ShardCommand::Kind::Add);
        return link;
    }
    //! It goes out with this turn of the owner's loop, together with others.
    void command(ShardLink *link, ShardCommand::Kind kind, const QByteArray &bytes = {})
    {
        if (m_commands.empty())
            QMetaObject::invokeMethod(this, [this] { submit(); }, Qt::QueuedConnection);
        m_commands.push_back(ShardCommand{link, kind, bytes});
    }

private:
    void submit()
    {
        if (!m_commands.empty())
            m_worker->take(std::exchange(m_commands, {}));
    }
    //! The shard's thread.
    void tell(std::vector<ShardNews> news)
    {
        {
            const std::lock_guard lock(m_mutex);
            const bool isWaiting = !m_news.empty();
            m_news.insert(m_news.end(), std::make_move_iterator(news.begin()), std::make_move_iterator(news.end()));
            if (isWaiting)
                return;
        }
        QMetaObject::invokeMethod(this, [this] { hear(); }, Qt::QueuedConnection);
    }
    void hear();

    int m_connections = 0;
    std::vector<ShardCommand> m_commands; //!< of this turn
    std::mutex m_mutex;
    std::vector<ShardNews> m_news; //!< guarded
    std::unique_ptr<ShardWorker> m_worker;
    QThread m_thread;
};

//! The owner's end of a connection that a shard has.
class ShardTransport final : public Transport
{
public:
    ShardTransport(IoShard &shard, qintptr descriptor, std::shared_ptr<void> ticket)
        : m_shard(&shard), m_ticket(std::move(ticket)), m_peer(peerOf(descriptor)), m_link(shard.add(this, descriptor))
    {
    }
    ~ShardTransport() override
    {
        if (!m_link)
            return;
        m_link->transport = nullptr;
        m_shard->command(m_link, ShardCommand::Kind::Release);
    }

    void setEvents(Events *events) override
    {
        m_events = events;
        offerLater();
    }
    qint64 read(char *buffer, qint64 size) override
    {
        if (m_isClosing || !m_link)
            return -1;
        const qint64 n = std::min<qint64>(size, m_input.size() - m_inputRead);
        if (n == 0)
            return m_isEnded ? -1 : 0;
        std::copy_n(m_input.constData() + m_inputRead, n, buffer);
        m_inputRead += n;
        if (m_inputRead == m_input.size()) {
            m_input = {};
            m_inputRead = 0;
        }
        const qint64 before = m_link->unread.fetch_sub(n, std::memory_order_relaxed);
        if (before > ShardWorker::unreadLimit / 2 && before - n <= ShardWorker::unreadLimit / 2)
            m_shard->command(m_link, ShardCommand::Kind::ReadOn);
        return n;
    }
    bool write(const QByteArray &bytes) override
    {
        if (m_isClosing || !m_link || m_link->isBroken.load(std::memory_order_relaxed))
            return false;
        if (bytes.isEmpty())
            return true;
        m_given += bytes.size();
        if (backlog() > tellDrainedAbove)
            m_link->tellDrained.store(true);
        m_shard->command(m_link, ShardCommand::Kind::Write, bytes);
        return true;
    }
    qint64 backlog() const override { return m_link ? m_given - m_link->taken.load() : 0; }
    void setReadPaused(bool paused) override
    {
        m_isPaused = paused;
        offerLater();
    }
    void closeAfterFlush() override
    {
        if (std::exchange(m_isClosing, true) || !m_link)
            return;
        m_isReported = m_isGone = false; // the end of this is told in any case
        m_input = {};
        m_inputRead = 0;
        m_shard->command(m_link, ShardCommand::Kind::Close);
    }
    void abort() override
    {
        m_isClosing = m_isReported = true;
        m_ticket.reset();
        if (!m_link)
            return;
        m_link->transport = nullptr;
        m_shard->command(m_link, ShardCommand::Kind::Abort);
        m_shard->command(std::exchange(m_link, nullptr), ShardCommand::Kind::Release);
    }
    QHostAddress peerAddress() const override { return m_peer.first; }
    quint16 peerPort() const override { return m_peer.second; }

    //! \brief May destroy this object.
    void hear(ShardNews &news);
    void lost() { m_link = nullptr; } //!< the shard ended before this

private:
    //! Input that nobody was told of, because of a pause or because nobody listened.
    void offerLater();
    void offer();

    IoShard *m_shard;
    std::shared_ptr<void> m_ticket;
    const std::pair<QHostAddress, quint16> m_peer;
    Events *m_events = nullptr;
    QByteArray m_input;
    qsizetype m_inputRead = 0;
    qint64 m_given = 0;
    bool m_isPaused = false;
    bool m_isEnded = false; //!< nothing comes after m_input
    bool m_isGone = false;  //!< the shard said Closed
    bool m_isClosing = false;
    bool m_isReported = false;
    bool m_isOffering = false;
    ShardLink *m_link; //!< null: aborted, or the shard is gone
    const std::shared_ptr<ShardTransport *> m_self = std::make_shared<ShardTransport *>(this); //!< to see that it died
};

void ShardTransport::hear(ShardNews &news)
{
    switch (news.kind) {
    case ShardNews::Kind::Data:
        if (m_isClosing)
            return;
        if (m_input.isEmpty())
            m_input = news.bytes;
        else
            m_input += news.bytes;
        return offer();
    case ShardNews::Kind::Ended:
        m_isEnded = true;
        return; // Closed follows
    case ShardNews::Kind::Drained: {
        // Said of what the shard had; the owner may have given more meanwhile.
        bool isDrained = backlog() == 0;
        if (!isDrained) {
            m_link->tellDrained.store(true);
            isDrained = backlog() == 0 && m_link->tellDrained.exchange(false);
        }
        if (isDrained && m_events)
            m_events->onDrained();
        return;
    }
    case ShardNews::Kind::Closed:
        m_isEnded = m_isGone = true;
        return offer();
    case ShardNews::Kind::Released:
        return;
    }
}

void ShardTransport::offer()
{
    if (!m_events)
        return;
    const bool isLost = m_isGone && m_link && m_link->isBroken.load(std::memory_order_relaxed);
    if (!m_isClosing && !(m_isPaused && isLost)) {
        if (m_isPaused || (m_input.isEmpty() && !m_isEnded))
            return;
        const std::weak_ptr<ShardTransport *> self = m_self;
        m_events->onReadable();
        if (self.expired())
            return;
        if (!m_isClosing && !m_input.isEmpty())
            return offerLater();
    }
    if (!m_isGone || !m_events || std::exchange(m_isReported, true))
        return;
    if (m_isClosing)
        m_ticket.reset();
    m_events->onClosed();
}

void ShardTransport::offerLater()
{
    const bool hasNews = !m_input.isEmpty() || (m_isGone && !m_isReported);
    if (!hasNews || m_isPaused || !m_events || std::exchange(m_isOffering, true))
        return;
    QMetaObject::invokeMethod(
        m_shard,
        [self = std::weak_ptr(m_self)] {
            if (const std::shared_ptr<ShardTransport *> alive = self.lock()) {
                (*alive)->m_isOffering = false;
                (*alive)->offer();
            }
        },
        Qt::QueuedConnection);
}

void IoShard::hear()
{
    std::vector<ShardNews> news;
    {
        const std::lock_guard lock(m_mutex);
        news.swap(m_news);
    }
    for (ShardNews &one : news) {
        if (one.link->transport && one.kind != ShardNews::Kind::Released) {
            one.link->transport->hear(one);
        } else if (one.kind == ShardNews::Kind::Released) {
            if (one.link->transport)
                one.link->transport->lost();
            delete one.link;
            --m_connections;
        }
    }
}

IoShards::IoShards([[maybe_unused]] int threads)
{
#ifdef Q_OS_LINUX
    for (int i = 0; i < threads; ++i)
        m_shards.push_back(std::make_unique<IoShard>());
#endif
}

IoShards::~IoShards() = default;

int IoShards::fitting()
{
    return std::max(0, QThread::idealThreadCount() - 2);
}

std::unique_ptr<Transport> IoShards::makeTransport(qintptr descriptor, std::shared_ptr<void> ticket)
{
    if (m_shards.empty())
        return Net::makeTransport(descriptor, std::move(ticket));
    const auto least = std::min_element(m_shards.begin(), m_shards.end(), [](const auto &a, const auto &b) {
        return a->connections() < b->connections();
    });
    return std::make_unique<ShardTransport>(**least, descriptor, std::move(ticket));
}

} // namespace Atom::Net
