// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/eventmodel.h"

#include "console/models/texts.h"
#include "shared/protocol/restcodec.h"

#include <QtGui/QFont>

#include <algorithm>
#include <array>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
constexpr std::array<const char *, EventModel::ColumnCount> headers{
    QT_TRANSLATE_NOOP("Atom::Console::EventModel", "Time"),
    QT_TRANSLATE_NOOP("Atom::Console::EventModel", "Seq"),
    QT_TRANSLATE_NOOP("Atom::Console::EventModel", "Who"),
    QT_TRANSLATE_NOOP("Atom::Console::EventModel", "What"),
};

bool seqBefore(const ObservedEvent &row, qint64 seq)
{
    return row.event.seq < seq;
}
} // namespace

Result<ObservedEvent> observedEventFromJson(const QJsonObject &json)
{
    Result<RoomEvent> event = Protocol::roomEventFromJson(json);
    if (!event)
        return std::move(event.error());
    ObservedEvent observed{std::move(*event), json.value("content_hidden"_L1).toBool()};
    if (observed.contentHidden)
        observed.event.text.clear();
    return observed;
}

EventModel::EventModel(QObject *parent, int capacity) : QAbstractTableModel(parent), m_capacity(std::max(1, capacity))
{
}

void EventModel::insert(const QList<ObservedEvent> &events)
{
    // The usual cases, newer events at the end and a page of older ones in front, go in as one block.
    const auto ascending = [](const ObservedEvent &a, const ObservedEvent &b) { return a.event.seq < b.event.seq; };
    const bool sorted = std::is_sorted(events.begin(), events.end(), ascending);
    const auto strictly = [](const ObservedEvent &a, const ObservedEvent &b) { return a.event.seq >= b.event.seq; };
    const bool unique = std::adjacent_find(events.begin(), events.end(), strictly) == events.end();
    const bool newer = !events.isEmpty() && (m_rows.isEmpty() || events.first().event.seq > lastSeq());
    const bool older = !events.isEmpty() && !newer && events.last().event.seq < firstSeq();
    if (sorted && unique && (newer || older)) {
        const qsizetype room = older ? m_capacity - m_rows.size() : qsizetype(m_capacity);
        const QList<ObservedEvent> block = events.mid(std::max<qsizetype>(0, events.size() - room));
        if (block.isEmpty())
            return;
        const int row = older ? 0 : int(m_rows.size());
        beginInsertRows({}, row, row + int(block.size()) - 1);
        if (older)
            m_rows = block + m_rows;
        else
            m_rows += block;
        for (const ObservedEvent &o : block) {
            if (o.event.kind == RoomEventKind::Message)
                m_seqOf.insert(o.event.message, o.event.seq);
        }
        endInsertRows();
        for (const ObservedEvent &o : block)
            applyToMessage(o);
    } else {
        for (const ObservedEvent &o : events)
            insertOne(o);
    }
    trim();
}

void EventModel::insertOne(const ObservedEvent &observed)
{
    const auto place = std::lower_bound(m_rows.begin(), m_rows.end(), observed.event.seq, seqBefore);
    const int row = int(place - m_rows.begin());
    if (place != m_rows.end() && place->event.seq == observed.event.seq) {
        if (place->contentHidden && !observed.contentHidden) {
            *place = observed;
            Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        }
        return;
    }
    if (row == 0 && m_rows.size() >= m_capacity)
        return;
    beginInsertRows({}, row, row);
    m_rows.insert(row, observed);
    if (observed.event.kind == RoomEventKind::Message)
        m_seqOf.insert(observed.event.message, observed.event.seq);
    endInsertRows();
    applyToMessage(observed);
}

void EventModel::applyToMessage(const ObservedEvent &change)
{
    const bool edit = change.event.kind == RoomEventKind::Edit;
    if (!edit && change.event.kind != RoomEventKind::Deletion)
        return;
    const qint64 seq = m_seqOf.value(change.event.message, -1);
    const auto place = std::lower_bound(m_rows.begin(), m_rows.end(), seq, seqBefore);
    if (seq < 0 || place == m_rows.end() || place->event.seq != seq || place->event.deleted)
        return;
    if (edit) {
        place->event.edited = true;
        if (!place->contentHidden && !change.contentHidden)
            place->event.text = change.event.text;
    } else {
        place->event.deleted = true;
        place->event.text.clear();
        // The texts of earlier edits were the deleted message's words as well.
        for (int row = 0; row < m_rows.size(); ++row) {
            RoomEvent &e = m_rows[row].event;
            if (e.kind == RoomEventKind::Edit && e.message == change.event.message) {
                e.deleted = true;
                e.text.clear();
                Q_EMIT dataChanged(index(row, What), index(row, What));
            }
        }
    }
    const int row = int(place - m_rows.begin());
    Q_EMIT dataChanged(index(row, What), index(row, What));
}

void EventModel::trim()
{
    const int excess = int(m_rows.size()) - m_capacity;
    if (excess <= 0)
        return;
    beginRemoveRows({}, 0, excess - 1);
    for (int i = 0; i < excess; ++i)
        m_seqOf.remove(m_rows.at(i).event.message);
    m_rows.remove(0, excess);
    endRemoveRows();
}

void EventModel::clear()
{
    beginResetModel();
    m_rows.clear();
    m_seqOf.clear();
    endResetModel();
}

void EventModel::setZone(TimeZoneChoice zone)
{
    if (std::exchange(m_zone, zone) != zone && !m_rows.isEmpty())
        Q_EMIT dataChanged(index(0, Time), index(int(m_rows.size()) - 1, Time), {Qt::DisplayRole});
}

int EventModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int EventModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString EventModel::what(const ObservedEvent &row, bool *remark) const
{
    const RoomEvent &e = row.event;
    *remark = true;
    switch (e.kind) {
    case RoomEventKind::Message:
        if (e.deleted)
            return tr("message deleted");
        if (row.contentHidden)
            return tr("content hidden: you are not a member");
        *remark = false;
        return e.edited ? tr("%1 (edited)").arg(oneLine(e.text)) : oneLine(e.text);
    case RoomEventKind::Edit:
        if (e.deleted)
            return tr("edited a message that was deleted since");
        return row.contentHidden ? tr("edited a message (content hidden: you are not a member)")
                                 : tr("edited: %1").arg(oneLine(e.text));
    case RoomEventKind::Deletion:
        return tr("deleted a message");
    case RoomEventKind::Receipt:
        return tr("read up to %1").arg(e.readUpTo);
    case RoomEventKind::MemberJoined:
        return tr("joined");
    case RoomEventKind::MemberLeft:
        return e.metadata.contains("removed_by"_L1)
                   ? tr("was removed by %1").arg(oneLine(e.metadata.value("removed_by"_L1).toString(), 128))
                   : tr("left");
    case RoomEventKind::RoomUpdated:
        return tr("changed the room: %1").arg(e.metadata.value("changes"_L1).toObject().keys().join(u", "_s));
    case RoomEventKind::MemberUpdated:
        return tr("changed the member %1").arg(oneLine(e.metadata.value("member_id"_L1).toString(), 128));
    case RoomEventKind::UserBanned:
        return tr("banned %1").arg(oneLine(e.metadata.value("member_id"_L1).toString(), 128));
    case RoomEventKind::UserUnbanned:
        return tr("ended the ban of %1").arg(oneLine(e.metadata.value("member_id"_L1).toString(), 128));
    case RoomEventKind::ReactionAdded:
        return row.contentHidden ? tr("reacted to a message") : tr("reacted: %1").arg(oneLine(e.text, 64));
    case RoomEventKind::ReactionRemoved:
        return tr("took a reaction back");
    case RoomEventKind::Pinned:
        return tr("pinned a message");
    case RoomEventKind::Unpinned:
        return tr("unpinned a message");
    case RoomEventKind::Acknowledged:
        return tr("acknowledged a message");
    }
    return {};
}

QVariant EventModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ObservedEvent &row = m_rows.at(index.row());
    bool remark = false;
    switch (role) {
    case Qt::DisplayRole:
        switch (Column(index.column())) {
        case Time:
            return clockText(row.event.at, m_zone);
        case Seq:
            return QString::number(row.event.seq);
        case Who:
            return oneLine(row.event.actor.toString(), 128);
        case What:
            return what(row, &remark);
        case ColumnCount:
            break;
        }
        return {};
    case Qt::ToolTipRole:
        if (index.column() == Time)
            return toolTipText(dateTimeText(row.event.at, m_zone));
        if (index.column() == What && !row.event.text.isEmpty())
            return toolTipText(row.event.text);
        return {};
    case Qt::FontRole:
        what(row, &remark);
        if (remark && index.column() == What) {
            QFont font;
            font.setItalic(true);
            return font;
        }
        return {};
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (index.column() == Seq ? Qt::AlignRight : Qt::AlignLeft));
    case MutedRole:
        if (index.column() != What)
            return index.column() != Who;
        what(row, &remark);
        return remark;
    case MessageIdRole:
        return row.event.message.toString();
    case TraceIdRole:
        return row.event.trace.toString();
    case KindRole:
        return int(row.event.kind);
    case PlainTextRole:
        return row.event.text;
    default:
        return {};
    }
}

QVariant EventModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (section == Seq ? Qt::AlignRight : Qt::AlignLeft));
    return role == Qt::DisplayRole ? QVariant(tr(headers.at(size_t(section)))) : QVariant();
}

} // namespace Atom::Console
