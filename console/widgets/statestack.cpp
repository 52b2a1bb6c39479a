// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/statestack.h"

#include <QtCore/QEvent>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace Atom::Console {

namespace {
constexpr int iconSide = 36;
}

StateStack::StateStack(QWidget *content, QWidget *parent)
    : QStackedWidget(parent), m_icon(new QLabel), m_title(new QLabel), m_text(new QLabel), m_action(new QPushButton)
{
    addWidget(content);
    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(8);
    layout->addStretch(2);
    for (QLabel *label : {m_icon, m_title, m_text}) {
        label->setTextFormat(Qt::PlainText);
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(label == m_text);
        layout->addWidget(label);
    }
    QFont bold = m_title->font();
    bold.setPointSizeF(bold.pointSizeF() * 1.2);
    bold.setWeight(QFont::DemiBold);
    m_title->setFont(bold);
    layout->addSpacing(6);
    layout->addWidget(m_action, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    addWidget(page);
    connect(m_action, &QPushButton::clicked, this, &StateStack::actionRequested);
}

void StateStack::showContent()
{
    setCurrentIndex(0);
}

void StateStack::showState(Glyph glyph, const QString &title, const QString &text, const QString &action)
{
    m_glyph = glyph;
    m_title->setText(title);
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    paintIcon();
    setCurrentIndex(1);
}

QString StateStack::stateTitle() const
{
    return m_title->text();
}

QString StateStack::stateText() const
{
    return m_text->text();
}

void StateStack::paintIcon()
{
    m_icon->setPixmap(glyphIcon(m_glyph, Colours::of(palette()).muted, iconSide).pixmap(iconSide, iconSide));
}

void StateStack::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        paintIcon();
    QStackedWidget::changeEvent(event);
}

} // namespace Atom::Console
