// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/rooms/mentions.h"

#include "server/rooms/codespans.h"

#include <algorithm>

namespace Atom::Rooms {
using namespace Qt::StringLiterals;

namespace {
bool isWordCharacter(QChar c)
{
    return c.isLetterOrNumber() || c == u'_';
}

bool isIdCharacter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'.' || c == u'_' ||
           c == u':' || c == u'-';
}

bool isKeywordCharacter(QChar c)
{
    return isWordCharacter(c) || c == u'-' || c.isMark() || c.isSurrogate();
}

template <typename T> void addOnce(QList<T> &list, const T &item)
{
    if (!list.contains(item))
        list.append(item);
}

void addRole(Mentioned &found, const RoomState &state, MemberRole role)
{
    for (const Member &member : state.members) {
        if (member.role == role && found.users.size() < MentionLimits::users)
            addOnce(found.users, member.user);
    }
}

void addOnline(Mentioned &found, const RoomState &state, const std::function<bool(const UserId &)> &isOnline)
{
    QList<UserId> here;
    for (const Member &member : state.members) {
        if (isOnline && isOnline(member.user))
            here.append(member.user);
        if (here.size() > MentionLimits::users) {
            addOnce(found.users, everybody());
            return;
        }
    }
    for (const UserId &user : std::as_const(here))
        addOnce(found.users, user);
}

void add(Mentioned &found, QStringView name, const RoomState &state, bool mayNameAll,
         const std::function<bool(const UserId &)> &isOnline)
{
    const QByteArray exact = name.toLatin1();
    const QByteArray folded = exact.toLower();
    for (const QByteArray &id : {exact, folded}) {
        if (state.members.contains(UserId(id))) {
            addOnce(found.names, id);
            addOnce(found.users, UserId(id));
            // The first account of a server is called "owner": who writes @owner means the room's as well.
            if (folded != "owner" && folded != "owners" && folded != "moderator" && folded != "moderators")
                return;
            break;
        }
    }
    if (folded == "room" && mayNameAll) {
        addOnce(found.names, QByteArray("@room"));
        addOnce(found.users, everybody());
    } else if (folded == "here" && mayNameAll) {
        addOnce(found.names, QByteArray("@here"));
        addOnline(found, state, isOnline);
    } else if (folded == "owner" || folded == "owners") {
        addRole(found, state, MemberRole::Owner);
    } else if (folded == "moderator" || folded == "moderators") {
        addRole(found, state, MemberRole::Moderator);
    }
}
} // namespace

Mentioned findMentions(QStringView text, const RoomState &state, const UserId &sender, bool mayNameAll,
                       const std::function<bool(const UserId &)> &isOnline)
{
    Mentioned found;
    const CodeSpans code(text);
    int looked = 0;
    for (qsizetype at = text.indexOf(u'@'); at >= 0 && looked < MentionLimits::names; at = text.indexOf(u'@', at + 1)) {
        if (at > 0 && isWordCharacter(text[at - 1]))
            continue; // an address of e-mail
        qsizetype end = at + 1;
        while (end < text.size() && end - at <= 128 && isIdCharacter(text[end]))
            ++end;
        while (end > at + 1 && !isWordCharacter(text[end - 1]))
            --end; // the full stop of the sentence
        if (end == at + 1)
            continue;
        if (code.contains(at))
            continue;
        ++looked;
        add(found, text.sliced(at + 1, end - at - 1), state, mayNameAll, isOnline);
    }
    found.users.removeOne(sender);
    return found;
}

QString foldKeyword(QStringView word)
{
    if (word.isEmpty() || !std::all_of(word.begin(), word.end(), isKeywordCharacter))
        return {};
    return word.toString().toCaseFolded();
}

void Keywords::set(const UserId &user, const QStringList &words, const QList<RoomId> &rooms)
{
    for (const RoomId &room : rooms)
        left(user, room);
    if (words.isEmpty()) {
        m_words.remove(user);
        return;
    }
    m_words.insert(user, words);
    for (const RoomId &room : rooms)
        joined(user, room);
}

void Keywords::joined(const UserId &user, const RoomId &room)
{
    const auto words = m_words.constFind(user);
    if (words == m_words.cend())
        return;
    Listeners &listeners = m_rooms[room];
    for (const QString &word : *words)
        addOnce(listeners[word], user);
}

void Keywords::left(const UserId &user, const RoomId &room)
{
    const auto words = m_words.constFind(user);
    const auto listeners = m_rooms.find(room);
    if (words == m_words.cend() || listeners == m_rooms.end())
        return;
    for (const QString &word : *words) {
        const auto users = listeners->find(word);
        if (users == listeners->end())
            continue;
        users->removeOne(user);
        if (users->isEmpty())
            listeners->erase(users);
    }
    if (listeners->isEmpty())
        m_rooms.erase(listeners);
}

QList<UserId> Keywords::findIn(QStringView text, const RoomId &room) const
{
    QList<UserId> found;
    const auto listeners = m_rooms.constFind(room);
    if (listeners == m_rooms.cend())
        return found;
    for (qsizetype at = 0; at < text.size();) {
        if (!isKeywordCharacter(text[at])) {
            ++at;
            continue;
        }
        qsizetype end = at + 1;
        while (end < text.size() && isKeywordCharacter(text[end]))
            ++end;
        if (end - at <= 64) {
            const auto users = listeners->constFind(text.sliced(at, end - at).toString().toCaseFolded());
            if (users != listeners->cend()) {
                for (const UserId &user : *users)
                    addOnce(found, user);
            }
        }
        at = end;
    }
    return found;
}

} // namespace Atom::Rooms
