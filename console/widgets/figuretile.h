// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/widgets/card.h"
#include "console/widgets/colours.h"

#include <QtCore/QList>

namespace Atom::Console {

//! \brief A tile with a title, a large figure with its unit, and its recent course as small bars underneath.
class FigureTile : public Card
{
    Q_OBJECT
public:
    explicit FigureTile(const QString &title, QWidget *parent = nullptr);
    //! \brief Text of the figure ("1,234") and unit ("ms", may be empty); "–" until first set.
    void setFigure(const QString &figure, const QString &unit);
    static constexpr int barCount = 60;
    //! \brief Recent values, oldest first, the newest barCount are shown; scaled to their own maximum from zero.
    void setCourse(const QList<double> &values);
    void setTone(Tone tone); //!< Neutral: the figure in plain text colour
    QString title() const { return m_title; }
    QString figure() const { return m_figure; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QFont figureFont() const;
    void paintCourse(QPainter &painter, const QRect &area) const;
    QString m_title, m_figure, m_unit;
    QList<double> m_course;
    Tone m_tone = Tone::Neutral;
};

} // namespace Atom::Console
