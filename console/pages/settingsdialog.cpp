// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/pages/settingsdialog.h"

#include <QtWidgets/QComboBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QVBoxLayout>

namespace Atom::Console {

using namespace Qt::StringLiterals;

SettingsDialog::SettingsDialog(const DisplaySettings &settings, QWidget *parent)
    : QDialog(parent), m_theme(new QComboBox), m_zone(new QComboBox)
{
    setWindowTitle(tr("Settings"));
    setMinimumWidth(340);
    m_theme->setObjectName(u"theme"_s);
    m_theme->addItem(tr("Like the system"), int(ThemeChoice::System));
    m_theme->addItem(tr("Light"), int(ThemeChoice::Light));
    m_theme->addItem(tr("Dark"), int(ThemeChoice::Dark));
    m_theme->setCurrentIndex(m_theme->findData(int(settings.theme)));
    m_zone->setObjectName(u"zone"_s);
    m_zone->addItem(tr("Local time"), int(TimeZoneChoice::Local));
    m_zone->addItem(tr("UTC"), int(TimeZoneChoice::Utc));
    m_zone->setCurrentIndex(m_zone->findData(int(settings.zone)));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 20, 20, 16);
    layout->setSpacing(16);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(10);
    form->addRow(tr("&Theme"), m_theme);
    form->addRow(tr("T&imes"), m_zone);
    layout->addLayout(form);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_theme, &QComboBox::currentIndexChanged, this, &SettingsDialog::collect);
    connect(m_zone, &QComboBox::currentIndexChanged, this, &SettingsDialog::collect);
}

void SettingsDialog::collect()
{
    DisplaySettings settings;
    settings.theme = ThemeChoice(m_theme->currentData().toInt());
    settings.zone = TimeZoneChoice(m_zone->currentData().toInt());
    Q_EMIT settingsChanged(settings);
}

} // namespace Atom::Console
