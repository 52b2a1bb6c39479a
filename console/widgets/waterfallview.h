// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QHeaderView>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QTreeView>

#include <functional>

namespace Atom::Console {

//! \brief What a bar of a WaterfallView says by colour and symbol.
enum class BarState { Done, Failed, Unfinished };

//! \brief A tree whose last column is a time axis with one bar per row. Any tree model will do: it gives start and
//! length of a bar as qint64 µs in two roles and its BarState as an int in a third. Being a tree view it has keyboard
//! selection, folding, hover and accessibility.
class WaterfallView : public QTreeView
{
    Q_OBJECT
public:
    struct Roles
    {
        int start;
        int length;
        int state;
    };
    WaterfallView(Roles roles, int barColumn, QWidget *parent = nullptr);
    //! \brief The axis goes from 0 to `micros`; `words` writes a time of it.
    void setSpan(qint64 micros, std::function<QString(qint64)> words);
    qint64 spanMicros() const { return m_span; }
    //! \brief Where the bar of `index` is drawn, in coordinates of the viewport; empty when it is not visible.
    QRect barRect(const QModelIndex &index) const;

    //! \brief Round steps for an axis of that length: the largest 1, 2, 5 x 10^n that gives at least `least` of them.
    static qint64 tickStep(qint64 span, int least);

private:
    friend class WaterfallDelegate;
    friend class TimeAxisHeader;
    double xOf(qint64 micros, const QRectF &area) const;
    qint64 step(int width) const;
    QString words(qint64 micros) const { return m_words ? m_words(micros) : QString::number(micros); }

    Roles m_roles;
    int m_barColumn;
    qint64 m_span = 1;
    std::function<QString(qint64)> m_words;
};

} // namespace Atom::Console
