// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QString>

namespace Atom::Workflows {

//! \brief Keeps the values of secrets out of what is recorded: every text that holds one, wherever it came from, also
//! keys of objects. Values shorter than 4 characters are not looked for: they would tear all texts apart.
class SecretMask
{
public:
    SecretMask() = default;
    explicit SecretMask(const QJsonObject &secrets);

    bool isEmpty() const { return m_secrets.isEmpty(); }
    //! \brief For people: `***` in the place of each value.
    QJsonValue masked(const QJsonValue &value) const;
    QJsonObject masked(const QJsonObject &object) const { return masked(QJsonValue(object)).toObject(); }
    QString masked(const QString &text) const;
    //! \brief For the engine's own store: a marker in the place of each value, which revealed() undoes as long as the
    //! secret has the same name and form. A secret that was replaced meanwhile comes back with its new value.
    QJsonValue hidden(const QJsonValue &value) const;
    QJsonValue revealed(const QJsonValue &value) const;

private:
    struct Secret
    {
        QString value;
        QString marker;
    };
    enum class Turn { Mask, Hide, Reveal };
    void collect(const QJsonValue &value, const QString &pointer);
    QJsonValue turned(const QJsonValue &value, Turn turn) const;
    QString turned(QString text, Turn turn) const;
    QList<Secret> m_secrets; //!< longest value first: one may be part of another
};

} // namespace Atom::Workflows
