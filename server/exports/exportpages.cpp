// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/exports/exportdocument.h"

namespace Atom::Exports {
using namespace Qt::StringLiterals;

namespace {
//! Everything is in the page: it is opened from a disk, offline, perhaps years later. No scripts, no images, no links
//! to anywhere; the policy says so to the browser as well.
constexpr char style[] =
    R"(:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--text:#1c2330;--soft:#5d6778;--line:#e3e7ee;--accent:#2f6fde;--code:#eef1f6}
@media(prefers-color-scheme:dark){:root{--bg:#12151b;--card:#1a1f28;--text:#e4e9f2;--soft:#97a3b6;--line:#2b3340;--accent:#7fb0ff;--code:#232a36}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:52rem;margin:0 auto;padding:2rem 1.25rem 4rem}
header{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.5rem 1.75rem;margin-bottom:1.5rem}
h1{margin:0;font-size:1.65rem;line-height:1.25;overflow-wrap:anywhere}.topic{margin:.35rem 0 0;font-size:1.05rem;overflow-wrap:anywhere}
.purpose{margin:.75rem 0 0;color:var(--soft);white-space:pre-wrap;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:1.1rem 0 0;font-size:.92rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
details{margin-top:1rem;font-size:.92rem}summary{cursor:pointer;color:var(--accent)}ul.members{list-style:none;margin:.6rem 0 0;padding:0;columns:2;column-gap:2rem}ul.members li{break-inside:avoid;padding:.12rem 0;overflow-wrap:anywhere}
.tag{font-size:.75rem;color:var(--soft);border:1px solid var(--line);border-radius:99px;padding:0 .5em;margin-left:.4em}
h2{display:flex;align-items:center;gap:1rem;margin:2rem 0 .75rem;font-size:.85rem;font-weight:600;color:var(--soft);text-transform:none}h2::before,h2::after{content:"";flex:1;border-top:1px solid var(--line)}
article{display:grid;grid-template-columns:2.4rem 1fr;gap:0 .85rem;padding:.3rem .5rem;border-radius:10px}article.first{margin-top:.7rem}
.face{width:2.4rem;height:2.4rem;border-radius:50%;color:#fff;font-weight:600;display:grid;place-items:center;font-size:.95rem}
.who{font-weight:600;overflow-wrap:anywhere}time{color:var(--soft);font-size:.8rem;margin-left:.5rem;font-weight:400}.more time{display:block;margin:.25rem 0 0;text-align:right;font-size:.7rem;opacity:.75}
.text{white-space:pre-wrap;overflow-wrap:anywhere}.gone,.note{color:var(--soft);font-style:italic}.mark{color:var(--soft);font-size:.8rem;display:flex;flex-wrap:wrap;gap:.35rem;align-items:center;margin-top:.1rem}.chip{border:1px solid var(--line);background:var(--card);border-radius:99px;padding:.05rem .55em}
.reply{color:var(--soft);font-size:.82rem;border-left:3px solid var(--line);padding-left:.6rem;margin:.1rem 0}.reply a{color:inherit}
.event{margin:.45rem 0;text-align:center;color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}.event time{margin-left:.4rem}
nav{display:flex;justify-content:space-between;gap:1rem;margin-top:2.5rem}nav a{color:var(--accent)}
footer{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.82rem}
article:target{background:var(--code)}
.c0{background:#2f6fde}.c1{background:#0f8a74}.c2{background:#b4541a}.c3{background:#8a4bd1}.c4{background:#c0365f}.c5{background:#3d7a2b}.c6{background:#54607a}.c7{background:#1179a8}
@media(max-width:36rem){main{padding:1rem .75rem 3rem}header{padding:1.1rem}ul.members{columns:1}}
@media print{:root{--bg:#fff;--card:#fff;--text:#000;--soft:#444;--line:#bbb;--accent:#000}body{font-size:10.5pt}main{max-width:none;padding:0}header{border-radius:0;padding:0 0 .8rem;border-width:0 0 1px}article,.event{break-inside:avoid}h2{break-after:avoid}nav{display:none}.face{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)";

QByteArray escaped(const QString &text)
{
    QString clean = text;
    // Characters that would turn the reading direction of what follows, or that HTML does not allow.
    clean.removeIf([](QChar c) {
        const ushort u = c.unicode();
        return (u < 0x20 && u != '\n' && u != '\t') || u == 0x7f || (u >= 0x202a && u <= 0x202e) ||
               (u >= 0x2066 && u <= 0x2069);
    });
    return clean.toHtmlEscaped().toUtf8();
}

//! An id that may come from a client as the name of a place in the page.
QByteArray anchorOf(const MessageId &id)
{
    return "m-" + escaped(id.toString());
}

QString clockOf(Timestamp at)
{
    return toIso(at).mid(11, 5);
}

QString dayOf(Timestamp at)
{
    return toIso(at).left(10);
}

//! "2026-01-02 10:00 UTC" of a time as it travels; as it is when it is none.
QString readable(const QString &iso)
{
    const std::optional<Timestamp> at = fromIso(iso);
    return at ? dayOf(*at) + u' ' + clockOf(*at) + u" UTC"_s : iso;
}

QByteArray timeTag(Timestamp at)
{
    const QByteArray iso = toIsoBytes(at);
    return "<time datetime=\"" + iso + "\" title=\"" + iso + "\">" + clockOf(at).toLatin1() + "</time>";
}

int colourOf(const UserId &user)
{
    uint sum = 7;
    for (const char c : user.bytes())
        sum = sum * 31 + uchar(c);
    return int(sum % 8);
}

QString titleOf(const Room &room)
{
    if (!room.name.isEmpty())
        return room.name;
    return room.kind == RoomKind::Direct ? u"Direct conversation"_s : room.id.toString();
}

QString wordsFor(const QString &field, const QJsonValue &value)
{
    const bool on = value.toBool();
    if (field == "name"_L1)
        return u"called the room “%1”"_s.arg(value.toString());
    if (field == "topic"_L1)
        return value.toString().isEmpty() ? u"removed the topic"_s : u"set the topic to “%1”"_s.arg(value.toString());
    if (field == "purpose"_L1)
        return u"changed the purpose"_s;
    if (field == "visibility"_L1)
        return u"made the room %1"_s.arg(value.toString());
    if (field == "assistant_enabled"_L1)
        return on ? u"switched the assistant on"_s : u"switched the assistant off"_s;
    if (field == "read_only"_L1)
        return on ? u"made the room read-only"_s : u"opened the room for messages of everybody"_s;
    if (field == "join_approval"_L1)
        return on ? u"asked for approval of who joins"_s : u"let people join without approval"_s;
    if (field == "slow_mode_seconds"_L1)
        return value.toInt() > 0 ? u"set slow mode to %1 seconds"_s.arg(value.toInt()) : u"ended slow mode"_s;
    if (field == "retention_days"_L1) {
        if (value.isNull())
            return u"set retention to that of the server"_s;
        return value.toInt() > 0 ? u"set retention to %1 days"_s.arg(value.toInt()) : u"set the room to be kept"_s;
    }
    if (field == "archived"_L1)
        return on ? u"archived the room"_s : u"opened the room again"_s;
    if (field == "legal_hold"_L1)
        return on ? u"placed the room under legal hold"_s : u"ended the legal hold"_s;
    return u"changed %1"_s.arg(field);
}

//! What an event other than a message says; empty for what is nothing to read.
QString sentenceFor(const RoomEvent &event)
{
    const QString who = event.actor.toString();
    const QString member = event.metadata.value("member_id"_L1).toString();
    const QJsonObject changes = event.metadata.value("changes"_L1).toObject();
    const QString reason = event.metadata.value("reason"_L1).toString();
    QString sentence;
    if (event.kind == RoomEventKind::MemberJoined) {
        sentence = who + u" joined"_s;
        for (const auto &[key, words] :
             {std::pair("added_by"_L1, u", added by "_s), std::pair("approved_by"_L1, u", approved by "_s),
              std::pair("invited_by"_L1, u", invited by "_s)}) {
            if (event.metadata.contains(key))
                sentence += words + event.metadata.value(key).toString();
        }
    } else if (event.kind == RoomEventKind::MemberLeft) {
        const QString by = event.metadata.value("removed_by"_L1).toString();
        sentence = by.isEmpty() ? who + u" left"_s : who + u" was removed by "_s + by;
        if (event.metadata.contains("owner"_L1))
            sentence += u"; "_s + event.metadata.value("owner"_L1).toString() + u" owns the room now"_s;
    } else if (event.kind == RoomEventKind::RoomUpdated) {
        QStringList parts;
        for (auto it = changes.constBegin(); it != changes.constEnd(); ++it)
            parts.append(wordsFor(it.key(), it.value()));
        sentence = who + u' ' + parts.join(u", "_s);
    } else if (event.kind == RoomEventKind::MemberUpdated) {
        if (changes.contains("role"_L1))
            sentence = who + u" made "_s + member + u' ' + changes.value("role"_L1).toString();
        else if (changes.value("muted_until"_L1).isString())
            sentence =
                who + u" muted "_s + member + u" until "_s + readable(changes.value("muted_until"_L1).toString());
        else
            sentence = who + u" ended the mute of "_s + member;
    } else if (event.kind == RoomEventKind::UserBanned) {
        const QString until = event.metadata.value("banned_until"_L1).toString();
        sentence = who + u" banned "_s + member + (until.isEmpty() ? QString() : u" until "_s + readable(until));
    } else if (event.kind == RoomEventKind::UserUnbanned) {
        sentence = who + u" ended the ban of "_s + member;
    } else if (event.kind == RoomEventKind::Pinned) {
        sentence = who + u" pinned a message"_s;
    } else if (event.kind == RoomEventKind::Deletion && !event.text.isEmpty()) {
        sentence = who + u" deleted a message (“"_s + event.text + u"”)"_s;
    }
    if (!sentence.isEmpty() && !reason.isEmpty())
        sentence += u" (“"_s + reason + u"”)"_s;
    return sentence;
}
} // namespace

QString PageWriter::pageName(int page)
{
    return page == 1 ? u"index.html"_s : u"page-%1.html"_s.arg(page);
}

QByteArray PageWriter::beginPage(int page)
{
    m_day.clear();
    m_sender = {};
    const Room &room = m_head.room;
    const QByteArray title = escaped(titleOf(room));
    QByteArray out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                     "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"referrer\" content=\"no-referrer\">\n<title>" +
                     title + (page > 1 ? " – page " + QByteArray::number(page) : QByteArray()) + "</title>\n<style>" +
                     style + "</style>\n</head>\n<body>\n<main>\n<header>\n<h1>" + title + "</h1>\n";
    if (!room.topic.isEmpty())
        out += "<p class=\"topic\">" + escaped(room.topic) + "</p>\n";
    if (page > 1)
        return out + "<p class=\"purpose\">Page " + QByteArray::number(page) + "</p>\n</header>\n";
    if (!room.purpose.isEmpty())
        out += "<p class=\"purpose\">" + escaped(room.purpose) + "</p>\n";
    const auto fact = [&out](const char *name, const QByteArray &value) {
        out += QByteArray("<dt>") + name + "</dt><dd>" + value + "</dd>";
    };
    out += "<dl>";
    fact("Room", escaped(room.id.toString()));
    fact("Made by", escaped(room.createdBy.toString()) + ", " + dayOf(room.createdAt).toLatin1());
    fact("Exported by", escaped(m_head.exportedBy.toString()) + ", " + dayOf(m_head.exportedAt).toLatin1() + ' ' +
                            clockOf(m_head.exportedAt).toLatin1() + " UTC");
    QStringList state;
    state.append(room.visibility == RoomVisibility::Public ? u"public"_s : u"private"_s);
    if (room.archivedAt)
        state.append(u"archived"_s);
    if (room.readOnly)
        state.append(u"read-only"_s);
    if (room.hold)
        state.append(u"under legal hold"_s);
    fact("State", escaped(state.join(u", "_s)));
    out += "</dl>\n<details><summary>" + QByteArray::number(m_head.members.size()) +
           (m_head.members.size() == 1 ? " member" : " members") + "</summary>\n<ul class=\"members\">\n";
    for (const Member &member : std::as_const(m_head.members)) {
        out += "<li>" + escaped(member.user.toString());
        if (member.role != MemberRole::Member)
            out += "<span class=\"tag\">" + memberRoleName(member.role).toLatin1() + "</span>";
        out += "</li>\n";
    }
    return out + "</ul></details>\n</header>\n";
}

QByteArray PageWriter::entry(const RoomEvent &event)
{
    const bool isMessage = event.kind == RoomEventKind::Message;
    const QString sentence = isMessage ? QString() : sentenceFor(event);
    if (!isMessage && sentence.isEmpty())
        return {};
    QByteArray out;
    if (const QString day = dayOf(event.at); day != m_day) {
        m_day = day;
        m_sender = {};
        out += "<h2>" + day.toLatin1() + "</h2>\n";
    }
    if (!isMessage) {
        m_sender = {};
        return out + "<p class=\"event\">" + escaped(sentence) + timeTag(event.at) + "</p>\n";
    }
    const bool isFirst = event.actor != m_sender || event.at - m_lastTime > std::chrono::minutes(10);
    m_sender = event.actor;
    m_lastTime = event.at;
    const QString name = event.actor.toString();
    out +=
        QByteArray("<article class=\"") + (isFirst ? "first" : "more") + "\" id=\"" + anchorOf(event.message) + "\">";
    if (isFirst) {
        out += "<div class=\"face c" + QByteArray::number(colourOf(event.actor)) + "\" aria-hidden=\"true\">" +
               escaped(name.left(1).toUpper()) + "</div><div><div><span class=\"who\">" + escaped(name) + "</span>" +
               timeTag(event.at) + "</div>";
    } else {
        out += timeTag(event.at) + "<div>";
    }
    if (!event.replyTo.isEmpty())
        out += "<div class=\"reply\"><a href=\"#" + anchorOf(event.replyTo) +
               "\">in reply to an earlier message</a></div>";
    if (event.deleted) {
        out += "<div class=\"gone\">This message was deleted.</div>";
    } else {
        out += "<div class=\"text\">" + escaped(event.text) + "</div>";
        QByteArray marks;
        for (auto it = event.marks.reactions.cbegin(); it != event.marks.reactions.cend(); ++it) {
            QStringList names;
            for (const UserId &user : it.value())
                names.append(user.toString());
            marks += "<span class=\"chip\" title=\"" + escaped(names.join(u", "_s)) + "\">" + escaped(it.key()) + ' ' +
                     QByteArray::number(it.value().size()) + "</span>";
        }
        if (!event.marks.pinnedBy.isEmpty())
            marks += "<span class=\"chip\">pinned</span>";
        if (event.edited)
            marks += "<span>edited</span>";
        if (!marks.isEmpty())
            out += "<div class=\"mark\">" + marks + "</div>";
    }
    return out + "</div></article>\n";
}

QByteArray PageWriter::endPage(int page, bool isLast)
{
    QByteArray out;
    if (page > 1 || !isLast) {
        out += "<nav>";
        out +=
            page > 1 ? "<a href=\"" + pageName(page - 1).toLatin1() + "\">← Earlier</a>" : QByteArray("<span></span>");
        out += isLast ? QByteArray("<span></span>") : "<a href=\"" + pageName(page + 1).toLatin1() + "\">Later →</a>";
        out += "</nav>\n";
    }
    out +=
        "<footer>All times are UTC. Messages show the text they had when the room was exported. This page is part of a "
        "signed archive of " +
        escaped(m_head.server) + "; check the whole of it with <code>atom-server export verify FILE</code>.</footer>\n";
    return out + "</main>\n</body>\n</html>\n";
}

} // namespace Atom::Exports
