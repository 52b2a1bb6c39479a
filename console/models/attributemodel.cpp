// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/attributemodel.h"

#include "console/models/spanmodel.h"
#include "console/models/texts.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
QString valueText(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::String:
        return value.toString();
    case QJsonValue::Array:
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    case QJsonValue::Object:
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    case QJsonValue::Bool:
        return value.toBool() ? u"true"_s : u"false"_s;
    case QJsonValue::Double:
        return value.toVariant().toString();
    case QJsonValue::Null:
    case QJsonValue::Undefined:
        break;
    }
    return u"null"_s;
}
} // namespace

AttributeModel::AttributeModel(QObject *parent) : QAbstractTableModel(parent) {}

void AttributeModel::setSpan(const Span &span)
{
    beginResetModel();
    m_rows = {{tr("stage"), span.name},
              {tr("status"), spanStatusText(span.status)},
              {tr("took"), durationText(span.durationMicros)},
              {tr("started"), dateTimeText(fromMillis(span.startMicros / 1000), TimeZoneChoice::Utc)}};
    if (!span.error.isEmpty())
        m_rows.insert(2, {tr("error"), span.error});
    for (auto it = span.attributes.begin(); it != span.attributes.end(); ++it)
        m_rows.append({it.key(), valueText(it.value())});
    m_rows.append({tr("span id"), span.id.toString()});
    endResetModel();
}

void AttributeModel::clear()
{
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

int AttributeModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int AttributeModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AttributeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto &[name, value] = m_rows.at(index.row());
    if (role == Qt::DisplayRole)
        return oneLine(index.column() == Name ? name : value, 1'000);
    if (role == Qt::ToolTipRole && index.column() == Value)
        return toolTipText(value);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | Qt::AlignLeft);
    return {};
}

QVariant AttributeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | Qt::AlignLeft);
    return role == Qt::DisplayRole ? QVariant(section == Name ? tr("Attribute") : tr("Value")) : QVariant();
}

} // namespace Atom::Console
