// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/pages/page.h"

class QListWidget;
class QPlainTextEdit;
class QTableView;

namespace Atom::Console {

class AttributeModel;
class ElidedLabel;
class TextFilterProxy;
class TracesController;
class WaterfallView;

//! \brief The inspector: recent traces at the left; at the right why the message was answered so in sentences, all
//! stages on a time axis, the attributes of the selected stage, and the whole as JSON.
class TracesPage : public Page
{
    Q_OBJECT
public:
    explicit TracesPage(TracesController &controller, QWidget *parent = nullptr);
    void refresh() override;
    void focusFilter() override;
    void moveSelection(int delta) override;
    void setDisplaySettings(const DisplaySettings &settings) override;

protected:
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeList();
    QWidget *makeInspector();
    QWidget *makeDetails();
    void showState();
    void showTraceState();
    void showTrace();
    void showStory();
    void showSpan(const QModelIndex &index);

    TracesController &m_controller;
    AttributeModel *m_attributes;
    TextFilterProxy *m_proxy;
    QLineEdit *m_filter;
    QLineEdit *m_open;
    QTableView *m_list;
    StateStack *m_listStack;
    StateStack *m_traceStack;
    ElidedLabel *m_title;
    ElidedLabel *m_subtitle;
    QListWidget *m_story;
    WaterfallView *m_waterfall;
    QTableView *m_table;
    QPlainTextEdit *m_raw;
    DisplaySettings m_settings;
};

} // namespace Atom::Console
