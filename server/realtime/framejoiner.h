// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <algorithm>

namespace Atom::Realtime {

//! \brief Joins the frames that are due to a peer into one piece for one write. Those who listen to the same room
//! mostly have the same frames due, one after the other: the last piece is kept and shared. One for all connections of
//! a thread.
class FrameJoiner
{
public:
    //! \brief The frames' bytes in order, `size` in all; empties `frames`.
    QByteArray join(QList<QByteArray> &frames, qsizetype size)
    {
        if (frames.size() == 1) {
            const QByteArray only = frames.constFirst();
            frames.clear();
            return only;
        }
        const auto isSame = [](const QByteArray &a, const QByteArray &b) {
            return a.constData() == b.constData() &&
                   a.size() == b.size(); // kept alive here, so never another's address
        };
        if (std::equal(frames.cbegin(), frames.cend(), m_frames.cbegin(), m_frames.cend(), isSame)) {
            frames.clear();
            return m_joined;
        }
        QByteArray joined;
        joined.reserve(size);
        for (const QByteArray &frame : std::as_const(frames))
            joined += frame;
        if (size <= keptBytes) {
            m_frames.swap(frames);
            m_joined = joined;
        }
        frames.clear();
        return joined;
    }
    //! \brief Lets go of the last piece: when all is written.
    void reset()
    {
        m_frames.clear();
        m_joined.clear();
    }

private:
    static constexpr qsizetype keptBytes = 128 * 1024;
    QList<QByteArray> m_frames;
    QByteArray m_joined;
};

} // namespace Atom::Realtime
