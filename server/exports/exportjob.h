// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/audit/record.h"
#include "shared/core/clock.h"
#include "shared/core/id.h"
#include "shared/core/result.h"

#include <QCoro/QCoroTask>

#include <QtCore/QJsonObject>

#include <optional>

namespace Atom::Exports {

enum class ExportState { Queued, Running, Ready, Failed, Expired };
QString exportStateName(ExportState state); //!< lower case of the enumerator
std::optional<ExportState> exportStateFromName(const QString &name);

//! \brief One request for the archive of a room.
struct ExportJob
{
    QByteArray id; //!< UUIDv7; also names the file in the server's folder
    RoomId room;
    UserId requestedBy;
    bool withHeld = false; //!< with the texts kept for a legal hold
    ExportState state = ExportState::Queued;
    Timestamp createdAt{};
    std::optional<Timestamp> finishedAt;
    std::optional<Timestamp> expiresAt; //!< Ready: when the archive is removed
    QString fileName;                   //!< what a download is called: ASCII, ".zip"
    qint64 bytes = 0;
    QByteArray sha256; //!< hex, of the archive
    qint64 events = 0;
    QString error; //!< Failed: in words
    bool operator==(const ExportJob &) const = default;
};

//! \brief A text that a person edited away or deleted while the room was held.
struct HeldText
{
    qint64 key = 0; //!< ascending
    MessageId message;
    qint64 seq = 0;
    UserId sender;
    QString text;
    QJsonObject metadata;
    Timestamp replacedAt{};
    UserId replacedBy;
    bool isDeletion = false;
};

//! \brief Where jobs live. Main thread.
class ExportRepository
{
public:
    virtual ~ExportRepository() = default;
    virtual QCoro::Task<Result<QList<ExportJob>>> all() = 0; //!< oldest first; once, at start
    virtual QCoro::Task<Result<void>> store(ExportJob job, QList<Audit::Draft> audit) = 0; //!< inserts or replaces
    //! \brief Those made before `before` are forgotten.
    virtual QCoro::Task<Result<void>> forget(Timestamp before) = 0;
    //! \brief Held texts of a room with `after < key`, ascending.
    virtual QCoro::Task<Result<QList<HeldText>>> heldTexts(RoomId room, qint64 after, int limit) = 0;
};

} // namespace Atom::Exports
