// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/pages/page.h"
#include "shared/core/id.h"

class QListView;
class QTableView;

namespace Atom::Console {

class ElidedLabel;
class Pill;
class RoomsController;
class TextFilterProxy;

//! \brief The rooms at the left; at the right what happens in the selected one, live. A message leads to its trace.
class RoomsPage : public Page
{
    Q_OBJECT
public:
    explicit RoomsPage(RoomsController &controller, QWidget *parent = nullptr);
    void refresh() override;
    void focusFilter() override;
    void moveSelection(int delta) override;
    void setDisplaySettings(const DisplaySettings &settings) override;
    void selectRoom(const RoomId &room);

Q_SIGNALS:
    void traceRequested(const Atom::TraceId &trace, const Atom::MessageId &message);

private:
    QWidget *makeList();
    QWidget *makeTail();
    void showState();
    void showEvents();
    void openTraceOf(const QModelIndex &index);

    RoomsController &m_controller;
    TextFilterProxy *m_proxy;
    QLineEdit *m_filter;
    QListView *m_list;
    StateStack *m_listStack;
    ElidedLabel *m_title;
    ElidedLabel *m_summary;
    Pill *m_held;
    QWidget *m_noticeRow;
    ElidedLabel *m_notice;
    QTableView *m_tail;
    StateStack *m_tailStack;
    bool m_atEnd = true; //!< the tail follows new events while its end is in view
};

} // namespace Atom::Console
