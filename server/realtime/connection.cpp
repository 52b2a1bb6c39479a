// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/realtime/connection.h"

#include "server/realtime/logging.h"
#include "server/realtime/realtimemetrics.h"
#include "shared/core/uuid.h"

namespace Atom::Realtime {

namespace {
constexpr qint64 flushBytes = 64 * 1024; // more due bytes than that do not wait
constexpr qint64 turnBytes = 256 * 1024; // read from one connection before the others have their turn
constexpr int maxWork = 256;
constexpr seconds silenceGrace{10};
} // namespace

Connection::Connection(Environment environment, std::unique_ptr<Net::Transport> transport, QByteArray leftover)
    : id(newUuidV7(environment.clock.now())), since(environment.clock.now()), openedAt(environment.clock.monotonic()),
      peerAddress(transport->peerAddress()), peerPort(transport->peerPort()), m_env(environment),
      m_transport(std::move(transport)),
      m_codec(FrameCodec::Limits{environment.settings.messageBytes, environment.settings.fragments}),
      m_leftover(std::move(leftover)), m_heard(environment.clock.monotonic())
{
}

Connection::~Connection()
{
    m_state = State::Gone;
    m_transport->setEvents(nullptr);
    releaseWaiters();
}

void Connection::open(const QByteArray &opening)
{
    m_transport->setEvents(this);
    m_written += opening.size();
    m_transport->write(opening);
}

void Connection::startReading()
{
    resume();
}

// --- sending

void Connection::sendFrame(const QByteArray &frame, Priority priority)
{
    if (m_state != State::Open)
        return;
    if (priority == Priority::Droppable && backlog() > m_env.settings.outgoingBytes / 4) {
        m_env.metrics.dropped.add();
        return;
    }
    m_due.append(frame);
    m_dueBytes += frame.size();
    m_env.metrics.framesOut.add();
    const bool isAnswer = priority == Priority::Answer;
    if (m_dueBytes > std::min(flushBytes, m_env.settings.outgoingBytes / 8))
        flush();
    else if (isAnswer)
        announce(When::Now);
    else if (!isAnnounced(When::Now))
        announce(When::Later);
    if (m_state == State::Open && m_transport->backlog() > m_env.settings.outgoingBytes) {
        closeSlow("too much waits");
    }
}

void Connection::announce(When when)
{
    if (!std::exchange(m_announced[int(when)], true))
        m_env.owner.onDue(*this, when);
}

void Connection::closeSlow(const char *why)
{
    m_env.metrics.slowClosed.add();
    qCInfo(lcRealtime) << "connection" << id << "reads too slowly," << why << ": closed with" << m_transport->backlog()
                       << "bytes due";
    close(CloseSlow, "reads too slowly");
}

void Connection::checkBacklog(Monotonic now)
{
    if (m_state != State::Open)
        return;
    const qint64 taken = m_written - m_transport->backlog();
    if (m_transport->backlog() == 0 || taken >= m_markBytes) {
        m_markBytes = m_written;
        m_markAt = now;
    } else if (now - m_markAt > m_env.settings.outgoingAge) {
        closeSlow("it waits too long");
    }
}

void Connection::flush()
{
    if (m_due.isEmpty() || m_state == State::Gone)
        return;
    const QByteArray bytes = m_env.joiner.join(m_due, m_dueBytes);
    m_env.metrics.bytesOut.add(quint64(m_dueBytes));
    m_written += m_dueBytes;
    m_dueBytes = 0;
    m_transport->write(bytes);
    if (m_state == State::Open)
        resumeLater();
}

void Connection::flushAnnounced(When when)
{
    m_announced[int(when)] = false;
    flush();
}

OneShot<bool> Connection::whenDrained()
{
    OneShot<bool> waiter;
    flush();
    if (m_state != State::Open || backlog() <= m_env.settings.outgoingBytes / 4)
        waiter.resolve(true);
    else
        m_drainWaiters.append(waiter);
    return waiter;
}

void Connection::releaseWaiters()
{
    const QList<OneShot<bool>> waiters = std::exchange(m_drainWaiters, {});
    for (const OneShot<bool> &waiter : waiters)
        waiter.resolve(true);
}

void Connection::onDrained()
{
    releaseWaiters();
    if (m_state == State::Open)
        resumeLater();
}

// --- receiving

bool Connection::mayProcess() const
{
    if (m_state != State::Open)
        return true; // only the peer's close frame matters
    return m_blocks == 0 && m_work < maxWork && backlog() <= m_env.settings.outgoingBytes / 4;
}

void Connection::onReadable()
{
    qint64 taken = 0;
    while (m_state != State::Gone && !m_finishing && !m_readPaused) {
        const qint64 size = m_transport->read(m_env.readBuffer.data(), m_env.readBuffer.size());
        if (size == 0)
            return;
        if (size < 0) { // the peer ended its direction; what it asked for before is still answered
            flush();
            finishClosing();
            return;
        }
        m_heard = m_env.clock.monotonic();
        m_pingSent = false;
        m_env.metrics.bytesIn.add(quint64(size));
        taken += size;
        const qsizetype done = process(m_env.readBuffer.data(), size);
        if (done < size)
            m_leftover = QByteArray(m_env.readBuffer.constData() + done, size - done);
        if (taken >= turnBytes)
            queueResume(); // pauses until the next turn
        updateReading();
        if (size < m_env.readBuffer.size())
            return; // that was all; if not, the loop says so again
    }
}

//! Gives bytes to the codec as long as frames may be looked at; how many were taken.
qsizetype Connection::process(char *data, qsizetype size)
{
    m_processing = true;
    char *cursor = data;
    char *const end = data + size;
    while (m_state != State::Gone && !m_finishing && mayProcess()) {
        const FrameCodec::Event event = m_codec.next(&cursor, end);
        if (event.kind == FrameCodec::EventKind::None)
            break;
        handle(event);
    }
    m_processing = false;
    return m_finishing || m_state == State::Gone ? size : cursor - data;
}

void Connection::handle(const FrameCodec::Event &event)
{
    switch (event.kind) {
    case FrameCodec::EventKind::None:
    case FrameCodec::EventKind::Pong:
        return;
    case FrameCodec::EventKind::Text:
        if (m_state == State::Open) {
            m_env.metrics.framesIn.add();
            m_env.owner.onFrame(*this, event.payload);
        }
        return;
    case FrameCodec::EventKind::Ping:
        if (m_state == State::Open && m_env.owner.onPing(*this))
            sendFrame(FrameCodec::encode(FrameCodec::Opcode::Pong, event.payload));
        return;
    case FrameCodec::EventKind::Close:
        if (m_state == State::Open)
            sendClose(event.code, {}); // the echo
        finishClosing();
        return;
    case FrameCodec::EventKind::Failure:
        qCDebug(lcRealtime) << "connection" << id << "broke the protocol:" << event.payload << event.code;
        if (m_state == State::Open)
            sendClose(event.code, event.payload);
        finishClosing();
        return;
    }
}

void Connection::resume()
{
    if (m_processing || m_state == State::Gone)
        return;
    if (!m_leftover.isEmpty() && mayProcess()) {
        QByteArray input = std::exchange(m_leftover, {});
        const qsizetype done = process(input.data(), input.size());
        if (done < input.size())
            m_leftover = input.sliced(done);
    }
    updateReading();
}

void Connection::resumeLater()
{
    const bool nothingWaits = m_leftover.isEmpty() && !m_readPaused && mayProcess();
    if (!nothingWaits)
        queueResume();
}

void Connection::queueResume()
{
    if (m_resumeQueued || m_state == State::Gone)
        return;
    m_resumeQueued = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_resumeQueued = false;
            resume();
        },
        Qt::QueuedConnection);
}

void Connection::updateReading()
{
    if (m_state == State::Gone)
        return;
    const bool pause = m_resumeQueued || !m_leftover.isEmpty() || !mayProcess();
    if (pause == m_readPaused)
        return;
    m_readPaused = pause;
    m_transport->setReadPaused(pause);
    if (!pause) // a transport may tell of new bytes only; those that are there already are ours to fetch
        QMetaObject::invokeMethod(
            this, [this] { onReadable(); }, Qt::QueuedConnection);
}

void Connection::block()
{
    ++m_blocks;
}

void Connection::unblock()
{
    Q_ASSERT(m_blocks > 0);
    if (--m_blocks == 0)
        resumeLater();
}

void Connection::beginWork()
{
    ++m_work;
}

void Connection::endWork()
{
    if (m_work-- == maxWork)
        resumeLater();
}

// --- ending

void Connection::sendClose(quint16 code, QByteArrayView reason)
{
    m_due.append(FrameCodec::encodeClose(code, reason));
    m_dueBytes += m_due.constLast().size();
    beginClosing();
    flush();
}

void Connection::beginClosing()
{
    if (m_state != State::Open)
        return;
    m_state = State::Closing;
    m_closeTimer = m_env.clock.callAfter(m_env.settings.closeTimeout, this, [this] { abort(); });
    releaseWaiters();
}

void Connection::close(quint16 code, QByteArrayView reason)
{
    if (m_state != State::Open)
        return;
    sendClose(code, reason);
    resumeLater(); // reading goes on, for the peer's close frame
}

void Connection::finishClosing()
{
    if (m_finishing || m_state == State::Gone)
        return;
    beginClosing();
    m_finishing = true;
    m_leftover.clear();
    m_transport->closeAfterFlush(); // drops what still comes
}

void Connection::abort()
{
    if (m_state == State::Gone)
        return;
    m_transport->abort();
    gone();
}

void Connection::onClosed()
{
    gone();
}

void Connection::gone()
{
    if (m_state == State::Gone)
        return;
    m_state = State::Gone;
    if (m_closeTimer)
        m_env.clock.cancel(m_closeTimer);
    m_transport->setEvents(nullptr);
    releaseWaiters();
    m_env.owner.onGone(*this);
}

void Connection::checkHeartbeat(Monotonic now)
{
    if (m_state != State::Open)
        return;
    static const QByteArray ping = FrameCodec::encode(FrameCodec::Opcode::Ping, {});
    const auto silence = now - m_heard;
    if (silence > m_env.settings.heartbeat + silenceGrace) {
        qCInfo(lcRealtime) << "connection" << id << "is silent: ended";
        abort();
    } else if (silence >= m_env.settings.heartbeat && !m_pingSent) {
        m_pingSent = true;
        sendFrame(ping);
    }
}

} // namespace Atom::Realtime
