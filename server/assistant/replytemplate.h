// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/expressions/expression.h"

#include <QtCore/QJsonObject>

namespace Atom::Assistant {

//! \brief The text of a reply with values in it: "In {slots.city} it is {output.temperature_c} °C." What stands in
//! braces is a path of the expression language without its leading point, over {slots, output, intents}. A missing
//! value reads "?"; braces are written {{ and }}. Values are data: braces in them mean nothing.
class ReplyTemplate
{
public:
    //! \return ValidationFailed naming the part that is wrong.
    static Result<ReplyTemplate> compile(const QString &text);
    QString render(const QJsonObject &values) const;

private:
    struct Part
    {
        QString text;
        Expressions::Expression path;
        bool isPath = false;
    };
    QList<Part> m_parts;
};

} // namespace Atom::Assistant
