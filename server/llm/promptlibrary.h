// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QMap>
#include <QtCore/QStringList>

#include <functional>

namespace Atom::Llm {

//! \brief A prompt with its values in place, and what a trace records of it.
struct PromptText
{
    QString name;
    int version = 0;
    QByteArray digest; //!< first 12 hex digits of the SHA-256 of the file: tells edits of one version apart
    QString text;
};

//! \brief The prompts of the server: those compiled in, and files of the same name in a folder instead of them.
//!
//! A file begins with lines `name: x` and `version: n`, then a line `---`, then the text. `{{word}}` in the text stands
//! for a value; values are put in once and never looked at again, so nothing in them can become a placeholder.
//! `{{boundary}}` is filled by the library itself: a random word that no value contains, for marks around data that
//! the data cannot close. Read once, then immutable.
class PromptLibrary
{
public:
    using Random = std::function<quint64()>;

    //! \brief `folder`: prompts that replace built-in ones, files NAME.md; empty: none. Blocks (start-up).
    //! \return ValidationFailed with a FieldError per mistake, pointer "/<file>".
    static Result<PromptLibrary> loadBlocking(const QString &folder, Random random = {});

    QStringList names() const { return m_prompts.keys(); }
    //! \return NotFound; ValidationFailed: a value is missing, or there is no place for it.
    Result<PromptText> render(const QString &name, const QMap<QString, QString> &values) const;

private:
    struct Piece
    {
        QString text;        //!< as it stands
        QString placeholder; //!< then this value; empty at the end
    };
    struct Prompt
    {
        int version = 0;
        QByteArray digest;
        QList<Piece> pieces;
    };
    Result<void> add(const QString &name, const QByteArray &file);
    static Result<QList<Piece>> split(const QString &text);
    QString boundary(const QMap<QString, QString> &values) const;

    QMap<QString, Prompt> m_prompts;
    Random m_random;
};

} // namespace Atom::Llm
