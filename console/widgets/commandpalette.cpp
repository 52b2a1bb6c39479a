// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/commandpalette.h"

#include "console/widgets/colours.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace Atom::Console {

namespace {
constexpr int mostShown = 200;
constexpr int mostRows = 12; //!< in view at once
enum Role { IdRole = Qt::UserRole, HintRole };

class EntryDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colours &colours = Colours::of(option.palette);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(option.state & QStyle::State_Selected ? colours.selection : colours.hover);
            painter->drawRoundedRect(option.rect.adjusted(2, 1, -2, -1), 4, 4);
        }
        const QRect words = option.rect.adjusted(12, 0, -12, 0);
        const QString hint = index.data(HintRole).toString();
        const int hintWidth = option.fontMetrics.horizontalAdvance(hint);
        painter->setPen(colours.muted);
        painter->drawText(words, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, hint);
        painter->setPen(colours.text);
        painter->drawText(
            words, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
            option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, words.width() - hintWidth - 12));
        painter->restore();
    }
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const override
    {
        return {100, option.fontMetrics.height() + 14};
    }
};
} // namespace

CommandPalette::CommandPalette(QWidget *parent) : QFrame(parent), m_edit(new QLineEdit), m_list(new QListWidget)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 10, 10, 10);
    layout->setSpacing(8);
    layout->addWidget(m_edit);
    layout->addWidget(m_list);
    m_edit->setPlaceholderText(tr("Go to a page or a room"));
    m_edit->setAccessibleName(tr("Go to"));
    m_edit->installEventFilter(this);
    m_list->setAccessibleName(tr("Matches"));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new EntryDelegate(m_list));
    m_list->setMouseTracking(true);
    setFocusProxy(m_edit);
    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::fill);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::choose);
    hide();
}

int CommandPalette::rank(const QString &text, const QString &typed)
{
    if (typed.isEmpty())
        return 0;
    const qsizetype at = text.indexOf(typed, 0, Qt::CaseInsensitive);
    if (at == 0)
        return 0;
    if (at > 0)
        return text.at(at - 1).isLetterOrNumber() ? 2 : 1;
    qsizetype from = 0;
    for (const QChar c : typed) {
        from = text.indexOf(c, from, Qt::CaseInsensitive);
        if (from < 0)
            return -1;
        ++from;
    }
    return 3;
}

void CommandPalette::open(QList<PaletteEntry> entries)
{
    m_entries = std::move(entries);
    m_edit->clear();
    fill();
    const QRect area = parentWidget()->rect();
    const int width = std::min(560, area.width() - 40);
    setGeometry(area.center().x() - width / 2, area.top() + std::min(80, area.height() / 8), width, height());
    fitHeight();
    show();
    raise();
    m_edit->setFocus(Qt::ShortcutFocusReason);
}

int CommandPalette::shownEntries() const
{
    return m_list->count();
}

void CommandPalette::fill()
{
    const QString typed = m_edit->text().trimmed();
    QList<QPair<int, const PaletteEntry *>> matches;
    for (const PaletteEntry &entry : std::as_const(m_entries)) {
        if (const int r = rank(entry.text, typed); r >= 0)
            matches.append({r, &entry});
    }
    std::stable_sort(matches.begin(), matches.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    m_list->clear();
    for (const auto &match : std::as_const(matches)) {
        if (m_list->count() == mostShown)
            break;
        auto *item = new QListWidgetItem(match.second->text, m_list);
        item->setData(IdRole, match.second->id);
        item->setData(HintRole, match.second->hint);
    }
    m_list->setCurrentRow(0);
    fitHeight();
}

void CommandPalette::fitHeight()
{
    const int row = m_list->count() > 0 ? m_list->sizeHintForRow(0) : 0;
    const int rows =
        std::min({m_list->count(), mostRows, std::max(1, (parentWidget()->height() - 200) / std::max(1, row))});
    m_list->setVisible(rows > 0);
    m_list->setFixedHeight(rows * row + 2);
    resize(width(), m_edit->sizeHint().height() + 20 + (rows > 0 ? rows * row + 10 : 0));
}

void CommandPalette::choose()
{
    const QListWidgetItem *item = m_list->currentItem();
    if (!item)
        return;
    const QString id = item->data(IdRole).toString();
    hide();
    Q_EMIT chosen(id);
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_edit)
        return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut) {
        hide();
    } else if (event->type() == QEvent::KeyPress) {
        const int last = m_list->count() - 1;
        switch (static_cast<QKeyEvent *>(event)->key()) {
        case Qt::Key_Escape:
            hide();
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            choose();
            return true;
        case Qt::Key_Down:
            m_list->setCurrentRow(std::min(last, m_list->currentRow() + 1));
            return true;
        case Qt::Key_Up:
            m_list->setCurrentRow(std::max(0, m_list->currentRow() - 1));
            return true;
        default:
            break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    const Colours &colours = Colours::of(palette());
    QPainter painter(this);
    painter.fillRect(rect(), colours.window);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colours.accent, 1));
    painter.setBrush(colours.surface);
    painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
}

} // namespace Atom::Console
