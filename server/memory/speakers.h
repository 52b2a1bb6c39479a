// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/id.h"

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QString>

#include <vector>

namespace Atom::Memory {

//! \brief Who spoke, by which names they are called, and in which rooms they have messages. One thread.
class Speakers
{
public:
    struct Speaker
    {
        UserId id;
        QString name;
        QList<QByteArray> calledBy;    //!< words of the name and of the id, as WordReader::word()
        QHash<quint32, quint32> rooms; //!< number of a room: messages there
    };

    //! \brief The number of a speaker, who is called by this name from now on (an empty one changes nothing).
    quint32 numberFor(const UserId &id, const QString &name);
    //! \brief ~0U when unknown.
    quint32 find(const UserId &id) const { return m_numbers.value(id, ~0U); }
    const Speaker &at(quint32 number) const { return m_speakers[number]; }
    //! \brief Whoever is called so; `word` as WordReader::word().
    QList<quint32> called(const QByteArray &word) const { return m_called.value(word); }
    void addMessage(quint32 speaker, quint32 room) { ++m_speakers[speaker].rooms[room]; }
    void removeMessage(quint32 speaker, quint32 room);
    //! \brief Forgets name and id; the number stays without a person.
    void forget(quint32 speaker);
    size_t bytes() const;

private:
    void setName(quint32 number, const QString &name);

    std::vector<Speaker> m_speakers;
    QHash<UserId, quint32> m_numbers;
    QHash<QByteArray, QList<quint32>> m_called;
};

} // namespace Atom::Memory
