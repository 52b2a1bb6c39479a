// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/theme.h"

#include <QtGui/QStyleHints>
#include <QtWidgets/QApplication>
#include <QtWidgets/QStyleFactory>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
//! Flat controls: what differs from Qt's own Fusion style, in the colours of the theme.
QString styleSheet(const Colours &c)
{
    QString sheet = uR"(
QPushButton, QToolButton { background: %surface; color: %text; border: 1px solid %border; border-radius: 5px;
    padding: 5px 12px; }
QPushButton:hover, QToolButton:hover { background: %hover; }
QPushButton:pressed, QToolButton:pressed { background: %raised; }
QPushButton:focus, QToolButton:focus { border-color: %accent; }
QPushButton:disabled, QToolButton:disabled { color: %muted; background: %window; }
QToolButton:checked, QPushButton:checked { background: %selection; border-color: %accent; }
QToolButton[autoRaise="true"] { background: transparent; border-color: transparent; padding: 3px; }
QToolButton[autoRaise="true"]:hover { background: %hover; }
QToolButton[autoRaise="true"]:focus { border-color: %accent; }
QPushButton[primary="true"] { background: %accent; color: %onAccent; border-color: %accent; padding: 7px 14px; }
QPushButton[primary="true"]:focus { border: 2px solid %text; padding: 6px 13px; }
QPushButton[primary="true"]:disabled { background: %raised; color: %muted; border-color: %border; }
QLineEdit { background: %surface; color: %text; border: 1px solid %border; border-radius: 5px; padding: 5px 8px;
    selection-background-color: %accent; selection-color: %onAccent; }
QLineEdit:focus { border-color: %accent; }
QLineEdit:disabled { color: %muted; background: %window; }
QPlainTextEdit { background: %surface; color: %text; border: none; selection-background-color: %selection; }
QAbstractItemView { background: %surface; border: none; outline: 0; }
QTableView::item { padding: 0 5px; border: none; }
QTreeView::item { border: none; }
QTableView::item:hover, QTreeView::item:hover, QListView::item:hover { background: %hover; }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected { background: %selection; color: %text; }
QListView::item { padding: 3px 14px; }
QHeaderView { background: %surface; border: none; }
QHeaderView::section { background: %surface; color: %muted; border: none; border-bottom: 1px solid %border;
    padding: 6px 8px; }
QTabBar { background: %surface; }
QTabBar::tab { background: transparent; color: %muted; border: none; border-bottom: 2px solid transparent;
    padding: 7px 14px; }
QTabBar::tab:selected { color: %text; border-bottom-color: %accent; }
QTabBar::tab:hover { color: %text; }
QTabBar::tab:focus { color: %accent; }
QTabWidget::pane { border: none; }
QTabWidget::right-corner { bottom: 3px; right: 8px; }
QSplitter::handle { background: transparent; }
QSplitter::handle:horizontal { width: 12px; }
QSplitter::handle:vertical { height: 8px; border-top: 1px solid %border; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10px; } QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: %border; border-radius: 4px; margin: 1px; }
QScrollBar::handle:hover { background: %muted; }
QScrollBar::handle:vertical { min-height: 28px; } QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QToolTip { background: %raised; color: %text; border: 1px solid %border; padding: 4px 6px; }
)"_s;
    const std::initializer_list<std::pair<QString, QColor>> names{
        {u"%surface"_s, c.surface}, {u"%selection"_s, c.selection}, {u"%border"_s, c.border},
        {u"%hover"_s, c.hover},     {u"%raised"_s, c.raised},       {u"%onAccent"_s, c.onAccent},
        {u"%accent"_s, c.accent},   {u"%muted"_s, c.muted},         {u"%window"_s, c.window},
        {u"%text"_s, c.text}};
    for (const auto &[name, colour] : names)
        sheet.replace(name, colour.name());
    return sheet;
}
} // namespace

Theme::Theme(QObject *parent)
    : QObject(parent), m_systemStartedDark(QApplication::palette().color(QPalette::Window).lightness() < 128)
{
    QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] { apply(); });
#endif
    apply();
}

void Theme::choose(ThemeChoice choice)
{
    m_choice = choice;
    apply();
}

bool Theme::systemIsDark() const
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
#else
    return m_systemStartedDark;
#endif
}

void Theme::apply()
{
    const bool dark = m_choice == ThemeChoice::Dark || (m_choice == ThemeChoice::System && systemIsDark());
    if (m_applied && dark == m_dark)
        return;
    m_applied = true;
    m_dark = dark;
    const Colours &colours = dark ? Colours::night() : Colours::light();
    QApplication::setPalette(colours.palette());
    qApp->setStyleSheet(styleSheet(colours));
}

} // namespace Atom::Console
