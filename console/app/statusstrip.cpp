// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/statusstrip.h"

#include "console/controllers/connectioncontroller.h"
#include "console/controllers/displaypause.h"
#include "console/models/texts.h"
#include "console/widgets/elidedlabel.h"
#include "console/widgets/pill.h"

#include <QtCore/QEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QPushButton>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
constexpr int freshSeconds = 3; //!< figures come each second; a number that flips between 0 and 1 says nothing
}

StatusStrip::StatusStrip(ConnectionController &connection, DisplayPause &pause, QWidget *parent)
    : QWidget(parent), m_connection(connection), m_pause(pause), m_link(new Pill), m_age(new ElidedLabel),
      m_who(new ElidedLabel), m_pauseButton(new QPushButton)
{
    setAccessibleName(tr("Status"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 5, 12, 5);
    layout->setSpacing(12);
    m_link->setObjectName(u"link"_s);
    m_age->setObjectName(u"dataAge"_s);
    m_age->setMuted(true);
    m_who->setMuted(true);
    m_who->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_pauseButton->setObjectName(u"pause"_s);
    m_pauseButton->setCheckable(true);
    m_pauseButton->setToolTip(tr("Let the displays stand still; collecting goes on (Space)"));
    layout->addWidget(m_link);
    layout->addWidget(m_age, 1);
    layout->addWidget(m_who, 2);
    layout->addWidget(m_pauseButton);
    const QString server = connection.server().toString(QUrl::RemoveUserInfo);
    m_who->setText(
        tr("%1 (%2) at %3")
            .arg(oneLine(connection.user().id.toString()), roleName(connection.user().role), oneLine(server)));
    connect(m_pauseButton, &QPushButton::clicked, &pause, &DisplayPause::setPaused);
    connect(&pause, &DisplayPause::pausedChanged, this, &StatusStrip::showPause);
    connect(&connection, &ConnectionController::linkChanged, this, &StatusStrip::showLink);
    connect(&connection, &ConnectionController::tick, this, &StatusStrip::showLink);
    showLink();
    showPause();
}

void StatusStrip::showLink()
{
    using Link = ConnectionController::Link;
    const Link link = m_connection.link();
    m_link->show(link == Link::Online    ? Tone::Good
                 : link == Link::Offline ? Tone::Critical
                                         : Tone::Warning,
                 m_connection.linkText());
    const std::optional<seconds> age = m_connection.dataAge();
    if (!age)
        m_age->setText(tr("No data yet"));
    else if (link == Link::Online && age->count() <= freshSeconds)
        m_age->setText(tr("Data is live"));
    else if (age->count() < 60)
        m_age->setText(tr("Data is %1 s old").arg(age->count()));
    else
        m_age->setText(tr("Data is %1 min old").arg(age->count() / 60));
}

void StatusStrip::showPause()
{
    const bool paused = m_pause.isPaused();
    const Colours &colours = Colours::of(palette());
    m_pauseButton->setChecked(paused);
    m_pauseButton->setText(paused ? tr("Paused") : tr("Pause"));
    m_pauseButton->setIcon(glyphIcon(paused ? Glyph::Play : Glyph::Pause, colours.text, 14));
    m_pauseButton->setAccessibleName(paused ? tr("Resume the displays") : tr("Pause the displays"));
}

void StatusStrip::paintEvent(QPaintEvent *)
{
    const Colours &colours = Colours::of(palette());
    QPainter painter(this);
    painter.fillRect(rect(), colours.surface);
    painter.fillRect(0, 0, width(), 1, colours.border);
}

void StatusStrip::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        showPause();
    QWidget::changeEvent(event);
}

} // namespace Atom::Console
