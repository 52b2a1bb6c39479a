// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <utility>

namespace Atom::Console {

//! \brief Whether live displays of a window stand still. Collection goes on; resuming shows what came meanwhile.
class DisplayPause : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    bool isPaused() const { return m_paused; }
    void setPaused(bool paused)
    {
        if (std::exchange(m_paused, paused) != paused)
            Q_EMIT pausedChanged(paused);
    }
    void toggle() { setPaused(!m_paused); }

Q_SIGNALS:
    void pausedChanged(bool paused);

private:
    bool m_paused = false;
};

} // namespace Atom::Console
