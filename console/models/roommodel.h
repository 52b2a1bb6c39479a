// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/room.h"

#include <QtCore/QAbstractTableModel>

namespace Atom::Console {

//! \brief Rooms of a server, one row each, sorted by nothing (use a proxy and SortRole).
class RoomModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Kind, Members, Events, ColumnCount };
    enum Role {
        IdRole = Qt::UserRole, //!< QString
        SortRole,
        DetailRole, //!< QString: "group · 12 members", for a second line
        ActiveRole, //!< bool: something happened since the list was loaded
    };

    explicit RoomModel(QObject *parent = nullptr);

    //! \brief What the server knows now, as granular changes.
    void setRooms(const QList<Room> &rooms);
    //! \brief An event `seq` was seen in the room. False when the room is not known.
    bool touch(const RoomId &room, qint64 seq);
    const Room *find(const RoomId &id) const;
    int rowOf(const RoomId &id) const; //!< -1: not known
    const Room &room(int row) const { return m_rows.at(row).room; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        Room room;
        bool active = false;
    };
    QString text(const Room &room, int column) const;
    QList<Row> m_rows;
};

//! \brief The room's name in one safe line; its id when it has none.
QString roomTitle(const Room &room);
//! \brief "group, public, 12 members, assistant on".
QString roomSummary(const Room &room);

} // namespace Atom::Console
