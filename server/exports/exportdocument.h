// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/exports/exportjob.h"
#include "shared/model/room.h"
#include "shared/model/roomevent.h"

namespace Atom::Exports {

//! \brief What an archive begins with.
struct ExportHead
{
    Room room;
    QList<Member> members; //!< by user id
    UserId exportedBy;
    Timestamp exportedAt{};
    qint64 upToSeq = 0;
    QString server; //!< name and version of the program
};

//! \brief room.json: settings and members, indented.
QByteArray roomDocument(const ExportHead &head);
//! \brief One line of messages.jsonl, with its line feed: an event with the fields it uses.
QByteArray eventLine(const RoomEvent &event);
//! \brief One line of held.jsonl.
QByteArray heldLine(const HeldText &text);
//! \brief "atom-chat-LOBBY-20260102.zip": ASCII letters, digits and '-' only, at most 80 characters, no device name of
//! Windows; a room whose name has no such letters is called by its id.
QString archiveName(const Room &room, Timestamp at);

//! \brief The readable pages: self-contained HTML without scripts, all text escaped. Message texts are shown as they
//! were written, as plain text.
class PageWriter
{
public:
    static constexpr int eventsPerPage = 2'000;
    explicit PageWriter(ExportHead head) : m_head(std::move(head)) {}

    //! \brief "index.html", "page-2.html", ...
    static QString pageName(int page);
    //! \brief The top of page `page` (from 1).
    QByteArray beginPage(int page);
    //! \brief An event; empty for those that are nothing to read (receipts, edits: a message shows its present text).
    QByteArray entry(const RoomEvent &event);
    //! \brief The end; `isLast`: no page follows.
    QByteArray endPage(int page, bool isLast);

private:
    ExportHead m_head;
    QString m_day;          //!< of the entry before
    UserId m_sender;        //!< likewise; empty after anything but a message
    Timestamp m_lastTime{}; //!< likewise
};

} // namespace Atom::Exports
