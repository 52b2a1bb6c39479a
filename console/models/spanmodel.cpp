// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/spanmodel.h"

#include "console/models/texts.h"

#include <algorithm>
#include <array>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
constexpr std::array<const char *, SpanModel::ColumnCount> headers{
    QT_TRANSLATE_NOOP("Atom::Console::SpanModel", "Stage"),
    QT_TRANSLATE_NOOP("Atom::Console::SpanModel", "Took"),
    QT_TRANSLATE_NOOP("Atom::Console::SpanModel", "Timeline"),
};
} // namespace

QString spanStatusText(SpanStatus status)
{
    switch (status) {
    case SpanStatus::Ok:
        return SpanModel::tr("ok");
    case SpanStatus::Error:
        return SpanModel::tr("failed");
    case SpanStatus::Unset:
        return SpanModel::tr("not finished");
    }
    return {};
}

QString spanTitle(const Span &span)
{
    const auto attribute = [&](QLatin1StringView key) { return span.attributes.value(key).toString(); };
    QString about;
    if (span.name == "workflow.step"_L1) {
        about = attribute("name"_L1);
        if (const int attempt = span.attributes.value("attempt"_L1).toInt(1); attempt > 1)
            about += SpanModel::tr(" (attempt %1)").arg(attempt);
    } else if (span.name == "workflow"_L1) {
        about = attribute("workflow"_L1);
    } else if (span.name == "connector.call"_L1) {
        about = attribute("method"_L1) + u' ' + attribute("host"_L1);
    } else if (span.name == "intent"_L1) {
        about = attribute("chosen"_L1);
    } else if (span.name == "decision"_L1) {
        about = attribute("action"_L1);
    }
    return oneLine(about.trimmed().isEmpty() ? span.name : span.name + u"  "_s + about, 160);
}

SpanModel::SpanModel(QObject *parent) : QAbstractItemModel(parent) {}

void SpanModel::setTrace(const Trace &trace)
{
    beginResetModel();
    m_trace = trace;
    std::stable_sort(m_trace.spans.begin(), m_trace.spans.end(),
                     [](const Span &a, const Span &b) { return a.startMicros < b.startMicros; });
    const int count = int(m_trace.spans.size());
    m_nodes.assign(size_t(count), Node{});
    m_roots.clear();
    m_start = count == 0 ? 0 : m_trace.spans.first().startMicros;
    qint64 end = m_start;

    QHash<SpanId, int> position;
    for (int i = 0; i < count; ++i) {
        const Span &span = m_trace.spans.at(i);
        position.insert(span.id, i);
        end = std::max(end, span.startMicros + std::max<qint64>(0, span.durationMicros));
    }
    m_total = count == 0 ? 0 : std::max<qint64>(1, end - m_start);

    for (int i = 0; i < count; ++i)
        m_nodes[size_t(i)].parent = position.value(m_trace.spans.at(i).parent, -1);
    // A ring of parents would hide its spans from every root: cut it where the walk up comes back.
    for (int i = 0; i < count; ++i) {
        int up = m_nodes[size_t(i)].parent;
        for (int steps = 0; up >= 0 && up != i && steps <= count; ++steps)
            up = m_nodes[size_t(up)].parent;
        if (up == i)
            m_nodes[size_t(i)].parent = -1;
    }
    for (int i = 0; i < count; ++i) {
        const int parent = m_nodes[size_t(i)].parent;
        std::vector<int> &siblings = parent < 0 ? m_roots : m_nodes[size_t(parent)].children;
        m_nodes[size_t(i)].row = int(siblings.size());
        siblings.push_back(i);
    }
    endResetModel();
}

const Span *SpanModel::spanAt(const QModelIndex &index) const
{
    return index.isValid() && index.model() == this ? &m_trace.spans.at(nodeOf(index)) : nullptr;
}

QModelIndex SpanModel::indexOf(const SpanId &id) const
{
    for (int i = 0; i < m_trace.spans.size(); ++i) {
        if (m_trace.spans.at(i).id == id)
            return createIndex(m_nodes[size_t(i)].row, 0, quintptr(i));
    }
    return {};
}

QModelIndex SpanModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, quintptr(childrenOf(nodeOf(parent))[size_t(row)]));
}

QModelIndex SpanModel::parent(const QModelIndex &child) const
{
    if (!child.isValid())
        return {};
    const int up = m_nodes[size_t(nodeOf(child))].parent;
    return up < 0 ? QModelIndex() : createIndex(m_nodes[size_t(up)].row, 0, quintptr(up));
}

int SpanModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : int(childrenOf(nodeOf(parent)).size());
}

int SpanModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

QVariant SpanModel::data(const QModelIndex &index, int role) const
{
    const Span *found = spanAt(index);
    if (!found)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == Name)
            return spanTitle(*found);
        if (index.column() == Duration)
            return durationText(found->durationMicros);
        return {};
    case Qt::AccessibleTextRole:
        if (index.column() == Timeline)
            return tr("%1: %2, starts after %3, took %4")
                .arg(spanTitle(*found), spanStatusText(found->status), durationText(found->startMicros - m_start),
                     durationText(found->durationMicros));
        return {};
    case Qt::ToolTipRole: {
        QString tip = tr("%1\n%2, starts after %3, took %4")
                          .arg(spanTitle(*found), spanStatusText(found->status),
                               durationText(found->startMicros - m_start), durationText(found->durationMicros));
        if (!found->error.isEmpty())
            tip += u'\n' + found->error;
        return toolTipText(tip);
    }
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (index.column() == Duration ? Qt::AlignRight : Qt::AlignLeft));
    case StartRole:
        return found->startMicros - m_start;
    case LengthRole:
        return std::max<qint64>(0, found->durationMicros);
    case StatusRole:
        return int(found->status);
    case SpanIdRole:
        return found->id.toString();
    default:
        return {};
    }
}

QVariant SpanModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (section == Duration ? Qt::AlignRight : Qt::AlignLeft));
    return role == Qt::DisplayRole ? QVariant(tr(headers.at(size_t(section)))) : QVariant();
}

} // namespace Atom::Console
