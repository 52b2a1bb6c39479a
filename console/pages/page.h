// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/controllers/pagestate.h"
#include "console/models/displaysettings.h"

#include <QtWidgets/QWidget>

class QAbstractItemView;
class QBoxLayout;
class QLabel;
class QLineEdit;

namespace Atom::Console {

class StateStack;

//! \brief What the window may ask of any page; a page answers only what makes sense for it.
class Page : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;
    virtual void refresh() = 0;
    virtual void focusFilter() {}
    virtual void moveSelection(int delta) { Q_UNUSED(delta) }
    virtual void acknowledge() {}
    virtual void setDisplaySettings(const DisplaySettings &settings) { Q_UNUSED(settings) }

protected:
    //! \brief The large name at the top of a page, in a row that takes more widgets at its end.
    QBoxLayout *addHeading(QBoxLayout *layout, const QString &text);
    //! \brief A filter field; Escape empties it and gives the focus back to `view`.
    QLineEdit *makeFilter(const QString &placeholder, QAbstractItemView *view);
    bool eventFilter(QObject *watched, QEvent *event) override;
};

//! \brief Puts the words of a state on the stack, or its content when there is some.
void applyState(StateStack &stack, const PageState &state);

} // namespace Atom::Console
