// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/pages/page.h"

#include "console/widgets/statestack.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>

namespace Atom::Console {

QBoxLayout *Page::addHeading(QBoxLayout *layout, const QString &text)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    QFont large = label->font();
    large.setPointSizeF(large.pointSizeF() * 1.45);
    large.setWeight(QFont::DemiBold);
    label->setFont(large);
    label->setMinimumHeight(30); // like the fields and buttons beside it on other pages
    row->addWidget(label);
    row->addStretch(1);
    layout->addLayout(row);
    return row;
}

QLineEdit *Page::makeFilter(const QString &placeholder, QAbstractItemView *view)
{
    auto *edit = new QLineEdit;
    edit->setPlaceholderText(placeholder);
    edit->setAccessibleName(placeholder);
    edit->setClearButtonEnabled(true);
    edit->setMaxLength(200);
    edit->installEventFilter(this);
    edit->setProperty("view", QVariant::fromValue<QObject *>(view));
    return edit;
}

bool Page::eventFilter(QObject *watched, QEvent *event)
{
    auto *edit = qobject_cast<QLineEdit *>(watched);
    if (!edit || event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent *>(event)->key();
    auto *view = qobject_cast<QWidget *>(edit->property("view").value<QObject *>());
    if (view && (key == Qt::Key_Escape || key == Qt::Key_Down)) {
        if (key == Qt::Key_Escape)
            edit->clear();
        view->setFocus(Qt::ShortcutFocusReason);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void applyState(StateStack &stack, const PageState &state)
{
    switch (state.kind) {
    case PageState::Kind::Ready:
        stack.showContent();
        return;
    case PageState::Kind::Loading:
        stack.showState(Glyph::Dots, Page::tr("Loading"), state.text);
        return;
    case PageState::Kind::Empty:
        stack.showState(Glyph::Search, Page::tr("Nothing to show"), state.text);
        return;
    case PageState::Kind::Error:
        stack.showState(Glyph::Exclamation, Page::tr("This could not be loaded"), state.text, Page::tr("Try again"));
        return;
    case PageState::Kind::Offline:
        stack.showState(Glyph::Cross, Page::tr("Offline"),
                        state.text + u' ' + Page::tr("The page loads by itself when the server is back."),
                        Page::tr("Try again"));
        return;
    case PageState::Kind::Forbidden:
        stack.showState(Glyph::Octagon, Page::tr("Not allowed"), state.text);
        return;
    }
}

} // namespace Atom::Console
