// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/speakers.h"

#include "server/memory/words.h"

namespace Atom::Memory {

namespace {
constexpr qsizetype mostNameWords = 8;
}

quint32 Speakers::numberFor(const UserId &id, const QString &name)
{
    const auto found = m_numbers.constFind(id);
    const quint32 number = found == m_numbers.constEnd() ? quint32(m_speakers.size()) : *found;
    if (found == m_numbers.constEnd()) {
        m_speakers.emplace_back();
        m_speakers.back().id = id;
        m_numbers.insert(id, number);
        setName(number, name);
    } else if (!name.isEmpty() && m_speakers[number].name != name) {
        setName(number, name);
    }
    return number;
}

void Speakers::setName(quint32 number, const QString &name)
{
    Speaker &speaker = m_speakers[number];
    for (const QByteArray &word : std::as_const(speaker.calledBy)) {
        const auto it = m_called.find(word);
        it->removeOne(number);
        if (it->isEmpty())
            m_called.erase(it);
    }
    speaker.calledBy.clear();
    speaker.name = name;
    // What stands in brackets ("Dana (Harbor Hotels)") says where somebody belongs, not how they are called.
    const qsizetype bracket = name.indexOf(u'(');
    const QString called = bracket > 0 ? name.left(bracket) : name;
    const QString names = called + u' ' + speaker.id.toString(); // the reader has a view of it
    WordReader words(names);
    while (words.next() && speaker.calledBy.size() < mostNameWords) {
        if (words.isFunctionWord() || speaker.calledBy.contains(words.word()))
            continue;
        speaker.calledBy.append(words.word());
        m_called[words.word()].append(number);
    }
}

void Speakers::removeMessage(quint32 speaker, quint32 room)
{
    QHash<quint32, quint32> &rooms = m_speakers[speaker].rooms;
    if (const auto it = rooms.find(room); it != rooms.end() && --*it == 0)
        rooms.erase(it);
}

void Speakers::forget(quint32 number)
{
    const UserId id = m_speakers[number].id;
    m_speakers[number].id = UserId();
    setName(number, QString());
    m_speakers[number].rooms.clear();
    m_numbers.remove(id);
}

size_t Speakers::bytes() const
{
    size_t bytes = m_speakers.size() * (sizeof(Speaker) + 300);
    for (const Speaker &speaker : m_speakers)
        bytes += size_t(speaker.rooms.capacity()) * (sizeof(quint32) * 2 + 1);
    return bytes;
}

} // namespace Atom::Memory
