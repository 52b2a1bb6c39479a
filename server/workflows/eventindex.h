// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/eventinterest.h"

#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QSet>

namespace Atom::Workflows {

//! \brief Who may want an event: listeners by the literal attributes they ask for, so that an event nobody waits for
//! costs eight look-ups however many listen. `Key`: what names a listener (a hashable value).
template <typename Key> class EventIndex
{
public:
    //! \brief Replaces what `key` is interested in; an empty list removes it.
    void set(const Key &key, const QList<EventInterest> &interests)
    {
        if (m_interests.value(key) == interests)
            return;
        const QList<EventInterest> before = m_interests.take(key);
        for (const EventInterest &one : before) {
            const auto it = m_listeners.find(one);
            it->remove(key);
            if (it->isEmpty())
                m_listeners.erase(it);
            m_lifecycle -= isLifecycle(one);
        }
        for (const EventInterest &one : interests) {
            m_listeners[one].insert(key);
            m_lifecycle += isLifecycle(one);
        }
        if (!interests.isEmpty())
            m_interests.insert(key, interests);
    }
    void remove(const Key &key) { set(key, {}); }
    //! \brief Listeners whose literal attributes agree with the event's, each once, in no order.
    QList<Key> find(const QJsonObject &event) const
    {
        QSet<Key> found;
        const QString type = event.value(u"type").toString();
        const QString source = event.value(u"source").toString();
        const QString subject = event.value(u"subject").toString();
        for (int mask = 0; mask < 8; ++mask) {
            const bool repeats =
                ((mask & 1) && type.isEmpty()) || ((mask & 2) && source.isEmpty()) || ((mask & 4) && subject.isEmpty());
            if (repeats)
                continue;
            const EventInterest key{mask & 1 ? type : QString(), mask & 2 ? source : QString(),
                                    mask & 4 ? subject : QString()};
            const auto it = m_listeners.constFind(key);
            if (it != m_listeners.constEnd())
                found.unite(*it);
        }
        return found.values();
    }
    QList<EventInterest> interests(const Key &key) const { return m_interests.value(key); }
    //! \brief Whether anybody asks for events about workflows and tasks themselves (or for events of any type).
    bool wantsLifecycle() const { return m_lifecycle > 0; }
    int size() const { return int(m_interests.size()); }

private:
    static int isLifecycle(const EventInterest &interest)
    {
        return interest.type.startsWith(u"io.serverlessworkflow.") ? 1 : 0;
    }
    QHash<EventInterest, QSet<Key>> m_listeners;
    QHash<Key, QList<EventInterest>> m_interests;
    int m_lifecycle = 0;
};

} // namespace Atom::Workflows
