// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/trace.h"

#include <QtCore/QAbstractTableModel>

namespace Atom::Console {

//! \brief What is known about one span as name and value: first its own fields, then its attributes by name.
//! Nested values are compact JSON.
class AttributeModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Value, ColumnCount };

    explicit AttributeModel(QObject *parent = nullptr);
    void setSpan(const Span &span);
    void clear();

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QList<QPair<QString, QString>> m_rows;
};

} // namespace Atom::Console
