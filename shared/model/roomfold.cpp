// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/model/roomfold.h"

#include <algorithm>

namespace Atom {

namespace {
void insertSorted(QList<UserId> &users, const UserId &user)
{
    const auto at = std::lower_bound(users.begin(), users.end(), user);
    if (at == users.end() || *at != user)
        users.insert(at, user);
}

void noteReply(RoomEvent &root, qint64 seq)
{
    if (seq <= root.marks.lastReplySeq)
        return; // counted when the root was read
    ++root.marks.replies;
    root.marks.lastReplySeq = seq;
}
} // namespace

const RoomEvent *RoomFold::message(const MessageId &id) const
{
    const auto seq = m_seqOf.constFind(id);
    if (seq == m_seqOf.cend())
        return nullptr;
    return &m_messages.constFind(*seq).value();
}

RoomEvent *RoomFold::find(const MessageId &id)
{
    const auto seq = m_seqOf.constFind(id);
    return seq == m_seqOf.cend() ? nullptr : &m_messages.find(*seq).value();
}

void RoomFold::put(RoomEvent message)
{
    m_seqOf.insert(message.message, message.seq);
    m_messages.insert(message.seq, std::move(message));
}

void RoomFold::apply(const RoomEvent &event)
{
    const bool isNew = event.seq > m_lastSeq;
    m_lastSeq = std::max(m_lastSeq, event.seq);
    if (event.kind == RoomEventKind::Message) {
        if (!isNew && m_messages.contains(event.seq))
            return; // told twice; what we have may be newer
        if (RoomEvent *const root = find(event.threadRoot))
            noteReply(*root, event.seq);
        put(event);
        return;
    }
    if (event.kind == RoomEventKind::Receipt) {
        qint64 &upTo = m_readUpTo[event.actor];
        upTo = std::max(upTo, event.readUpTo);
        return;
    }
    if (event.message.isEmpty())
        return;
    m_changes.insert(event.seq, event);
    if (m_changes.size() > changesKept)
        m_changes.erase(m_changes.begin());
    change(event);
}

void RoomFold::change(const RoomEvent &event)
{
    RoomEvent *const message = find(event.message);
    if (!message || message->deleted)
        return; // too old to be known, or nothing can change any more
    MessageMarks &marks = message->marks;
    switch (event.kind) {
    case RoomEventKind::Edit:
        message->text = event.text;
        message->edited = true;
        break;
    case RoomEventKind::Deletion:
        message->deleted = true;
        message->text.clear();
        message->metadata = {};
        message->mentions = {};
        marks.reactions = {};
        marks.acknowledgedBy = {};
        marks.pinnedBy = {};
        break;
    case RoomEventKind::ReactionAdded:
        insertSorted(marks.reactions[event.text], event.actor);
        break;
    case RoomEventKind::ReactionRemoved:
        if (const auto users = marks.reactions.find(event.text); users != marks.reactions.end()) {
            users->removeOne(event.actor);
            if (users->isEmpty())
                marks.reactions.erase(users);
        }
        break;
    case RoomEventKind::Pinned:
        marks.pinnedBy = event.actor;
        break;
    case RoomEventKind::Unpinned:
        marks.pinnedBy = {};
        break;
    case RoomEventKind::Acknowledged:
        insertSorted(marks.acknowledgedBy, event.actor);
        break;
    default:
        break; // memberships and settings of the room are not about messages
    }
}

void RoomFold::prepend(const QList<RoomEvent> &events)
{
    QSet<MessageId> added;
    for (const RoomEvent &event : events) {
        if (event.kind == RoomEventKind::Message && !m_messages.contains(event.seq)) {
            added.insert(event.message);
            put(event);
        }
        if (event.kind == RoomEventKind::Receipt)
            m_readUpTo[event.actor] = std::max(m_readUpTo.value(event.actor), event.readUpTo);
    }
    for (const RoomEvent &event : std::as_const(m_changes)) {
        if (added.contains(event.message))
            change(event);
    }
    for (const RoomEvent &message : std::as_const(m_messages)) {
        if (!added.contains(message.threadRoot))
            continue;
        if (RoomEvent *const root = find(message.threadRoot))
            noteReply(*root, message.seq);
    }
}

void RoomFold::gap()
{
    m_messages.clear();
    m_changes.clear();
    m_seqOf.clear();
}

QList<MessageId> RoomFold::pinned() const
{
    QList<MessageId> list;
    for (const RoomEvent &message : m_messages) {
        if (!message.marks.pinnedBy.isEmpty())
            list.append(message.message);
    }
    return list;
}

QList<MessageId> RoomFold::thread(const MessageId &root) const
{
    QList<MessageId> list;
    for (const RoomEvent &message : m_messages) {
        if (message.threadRoot == root)
            list.append(message.message);
    }
    return list;
}

int RoomFold::unread(const UserId &user, qint64 seenUpTo) const
{
    int count = 0;
    for (auto it = m_messages.upperBound(seenUpTo); it != m_messages.cend(); ++it)
        count += it->actor != user ? 1 : 0;
    return count;
}

} // namespace Atom
