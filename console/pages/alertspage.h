// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/pages/page.h"

class QPushButton;
class QTableView;

namespace Atom::Console {

class AlertsController;
class Pill;
class TextFilterProxy;

//! \brief The alerts as a table, most urgent first; the selected one can be acknowledged.
class AlertsPage : public Page
{
    Q_OBJECT
public:
    explicit AlertsPage(AlertsController &controller, QWidget *parent = nullptr);
    void refresh() override;
    void focusFilter() override;
    void moveSelection(int delta) override;
    void acknowledge() override;
    void setDisplaySettings(const DisplaySettings &settings) override;

private:
    void showState();
    void updateButton();
    QString currentId() const;

    AlertsController &m_controller;
    TextFilterProxy *m_proxy;
    QTableView *m_table;
    QLineEdit *m_filter;
    QPushButton *m_button;
    StateStack *m_stack;
    Pill *m_stale;
};

} // namespace Atom::Console
