// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/roommodel.h"

#include "console/models/texts.h"

#include <algorithm>
#include <array>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
constexpr std::array<const char *, RoomModel::ColumnCount> headers{
    QT_TRANSLATE_NOOP("Atom::Console::RoomModel", "Room"),
    QT_TRANSLATE_NOOP("Atom::Console::RoomModel", "Kind"),
    QT_TRANSLATE_NOOP("Atom::Console::RoomModel", "Members"),
    QT_TRANSLATE_NOOP("Atom::Console::RoomModel", "Events"),
};

QString kindText(RoomKind kind)
{
    switch (kind) {
    case RoomKind::Group:
        return RoomModel::tr("group");
    case RoomKind::Direct:
        return RoomModel::tr("direct");
    case RoomKind::Assistant:
        return RoomModel::tr("assistant");
    }
    return {};
}
} // namespace

QString roomTitle(const Room &room)
{
    const QString name = oneLine(room.name, 128);
    return name.isEmpty() ? room.id.toString() : name;
}

QString roomSummary(const Room &room)
{
    QStringList parts{kindText(room.kind)};
    if (room.kind == RoomKind::Group)
        parts << (room.visibility == RoomVisibility::Public ? RoomModel::tr("public") : RoomModel::tr("private"));
    parts << (room.memberCount == 1 ? RoomModel::tr("1 member") : RoomModel::tr("%1 members").arg(room.memberCount));
    if (room.assistantEnabled && room.kind != RoomKind::Assistant)
        parts << RoomModel::tr("assistant on");
    if (room.persistence == RoomPersistence::Ephemeral)
        parts << RoomModel::tr("not stored");
    return parts.join(u", "_s);
}

RoomModel::RoomModel(QObject *parent) : QAbstractTableModel(parent) {}

void RoomModel::setRooms(const QList<Room> &rooms)
{
    for (int row = int(m_rows.size()) - 1; row >= 0; --row) {
        const RoomId id = m_rows.at(row).room.id;
        if (std::any_of(rooms.begin(), rooms.end(), [&](const Room &r) { return r.id == id; }))
            continue;
        beginRemoveRows({}, row, row);
        m_rows.removeAt(row);
        endRemoveRows();
    }
    for (const Room &room : rooms) {
        const int row = rowOf(room.id);
        if (row < 0) {
            const int end = int(m_rows.size());
            beginInsertRows({}, end, end);
            m_rows.append(Row{room, false});
            endInsertRows();
        } else if (m_rows.at(row).room != room) {
            m_rows[row].room = room;
            Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        }
    }
}

bool RoomModel::touch(const RoomId &id, qint64 seq)
{
    const int row = rowOf(id);
    if (row < 0)
        return false;
    Row &known = m_rows[row];
    known.active = true;
    known.room.lastSeq = std::max(known.room.lastSeq, seq);
    Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1), {Qt::DisplayRole, SortRole, ActiveRole});
    return true;
}

const Room *RoomModel::find(const RoomId &id) const
{
    const int row = rowOf(id);
    return row < 0 ? nullptr : &m_rows.at(row).room;
}

int RoomModel::rowOf(const RoomId &id) const
{
    const auto it = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row &r) { return r.room.id == id; });
    return it == m_rows.end() ? -1 : int(it - m_rows.begin());
}

int RoomModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int RoomModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString RoomModel::text(const Room &room, int column) const
{
    switch (Column(column)) {
    case Name:
        return roomTitle(room);
    case Kind:
        return kindText(room.kind);
    case Members:
        return figureText(room.memberCount);
    case Events:
        return figureText(double(room.lastSeq));
    case ColumnCount:
        break;
    }
    return {};
}

QVariant RoomModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row &row = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(row.room, index.column());
    case Qt::ToolTipRole:
        return toolTipText(roomTitle(row.room) + u'\n' + row.room.id.toString() + u'\n' + roomSummary(row.room));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (index.column() >= Members ? Qt::AlignRight : Qt::AlignLeft));
    case IdRole:
        return row.room.id.toString();
    case DetailRole:
        return roomSummary(row.room);
    case ActiveRole:
        return row.active;
    case SortRole:
        if (index.column() == Members)
            return row.room.memberCount;
        if (index.column() == Events)
            return row.room.lastSeq;
        return text(row.room, index.column()).toCaseFolded();
    default:
        return {};
    }
}

QVariant RoomModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (section >= Members ? Qt::AlignRight : Qt::AlignLeft));
    return role == Qt::DisplayRole ? QVariant(tr(headers.at(size_t(section)))) : QVariant();
}

} // namespace Atom::Console
