// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/trace.h"

#include <QtCore/QAbstractItemModel>

#include <vector>

namespace Atom::Console {

//! \brief The spans of one trace as a tree by parent, children by start. A span whose parent is missing, or that is
//! its own ancestor, stands at the top: a damaged trace is shown whole rather than not at all.
class SpanModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Column { Name, Duration, Timeline, ColumnCount };
    enum Role {
        StartRole = Qt::UserRole, //!< qint64 µs from the start of the trace
        LengthRole,               //!< qint64 µs
        StatusRole,               //!< int of SpanStatus
        SpanIdRole,               //!< QString
    };

    explicit SpanModel(QObject *parent = nullptr);

    void setTrace(const Trace &trace); //!< a new source: resets
    const Trace &trace() const { return m_trace; }
    qint64 totalMicros() const { return m_total; } //!< first start to last end, at least 1 when there are spans
    const Span *spanAt(const QModelIndex &index) const;
    QModelIndex indexOf(const SpanId &id) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Node
    {
        int parent = -1; //!< position in m_trace.spans
        int row = 0;
        std::vector<int> children;
    };
    int nodeOf(const QModelIndex &index) const { return index.isValid() ? int(index.internalId()) : -1; }
    const std::vector<int> &childrenOf(int node) const { return node < 0 ? m_roots : m_nodes[size_t(node)].children; }

    Trace m_trace;
    std::vector<Node> m_nodes; //!< beside m_trace.spans
    std::vector<int> m_roots;
    qint64 m_start = 0;
    qint64 m_total = 0;
};

//! \brief "ok", "failed", "not finished".
QString spanStatusText(SpanStatus status);
//! \brief The span in a few words: its name, and what it was about ("workflow.step getOrder", "connector.call GET
//! host").
QString spanTitle(const Span &span);

} // namespace Atom::Console
