// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/displaysettings.h"
#include "shared/core/result.h"
#include "shared/model/roomevent.h"

#include <QtCore/QAbstractTableModel>
#include <QtCore/QJsonObject>

namespace Atom::Console {

//! \brief An event of a room as an administrator may see it.
struct ObservedEvent
{
    RoomEvent event;
    bool contentHidden = false; //!< this reader is not a member: event.text says nothing
};
//! \brief Reads an object of the topic "activity": a room event, perhaps with "content_hidden": true.
Result<ObservedEvent> observedEventFromJson(const QJsonObject &json);

//! \brief Events of one room, ascending by seq, each once. At most `capacity`: then the oldest leave. Edits and
//! deletions are rows of their own and also change the row of the message they are about, so that a deleted text does
//! not stay readable.
class EventModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Time, Seq, Who, What, ColumnCount };
    enum Role {
        MutedRole = Qt::UserRole, //!< bool: a remark of the console, not a person's words
        MessageIdRole,            //!< QString, empty for membership and receipts
        TraceIdRole,              //!< QString, may be empty
        KindRole,                 //!< int of RoomEventKind
        PlainTextRole,            //!< QString: the whole text; for copying
    };

    explicit EventModel(QObject *parent = nullptr, int capacity = 10'000);

    //! \brief Adds events in any order; known seqs are ignored unless the new one shows what was hidden.
    void insert(const QList<ObservedEvent> &events);
    void clear();
    void setZone(TimeZoneChoice zone);
    qint64 firstSeq() const { return m_rows.isEmpty() ? 0 : m_rows.first().event.seq; }
    qint64 lastSeq() const { return m_rows.isEmpty() ? 0 : m_rows.last().event.seq; }
    const ObservedEvent &event(int row) const { return m_rows.at(row); }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void insertOne(const ObservedEvent &observed);
    void applyToMessage(const ObservedEvent &change);
    void trim();
    QString what(const ObservedEvent &row, bool *remark) const;

    int m_capacity;
    QList<ObservedEvent> m_rows;
    QHash<MessageId, qint64> m_seqOf; //!< of the Message event, for edits and deletions
    TimeZoneChoice m_zone = TimeZoneChoice::Local;
};

} // namespace Atom::Console
