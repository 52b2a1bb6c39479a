// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QSortFilterProxyModel>
#include <QtCore/QStringList>

namespace Atom::Console {

//! \brief Keeps the rows in which every word of the filter occurs in some column (any case). Empty: all rows.
class TextFilterProxy : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit TextFilterProxy(QObject *parent = nullptr);
    void setWords(const QString &filter);

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    QStringList m_words;
};

} // namespace Atom::Console
