// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/id.h"
#include "shared/core/result.h"

#include <QtCore/QJsonObject>
#include <QtCore/QSet>
#include <QtCore/QStringList>

#include <optional>

namespace Atom::HttpEndpoints {

//! \brief Reads the fields of a request's JSON object, typed and bounded, and collects every mistake instead of
//! stopping at the first: `finish()` names them all, fields nobody asked for included. (Protocol::JsonFields reads what
//! a server answered and tolerates what it does not know; requests are read strictly, so that a misspelt field is
//! noticed.)
//!
//! Lengths are UTF-16 code units, as JSON strings are counted by QString. Optional fields may be absent or null.
//! Strings with U+0000 or half a surrogate pair are refused: they do not survive storage unchanged. \code
//!     JsonReader reader(*body);
//!     const QString name = reader.string(u"name"_s, 1, 64);
//!     const bool loud = reader.optionalBool(u"loud"_s).value_or(false);
//!     if (Result<void> read = reader.finish(); !read)
//!         co_return Response::problem(read.error(), request);
//! \endcode
class JsonReader
{
public:
    explicit JsonReader(QJsonObject object);

    QString string(const QString &name, qsizetype min, qsizetype max);
    std::optional<QString> optionalString(const QString &name, qsizetype min, qsizetype max);
    qint64 integer(const QString &name, qint64 min, qint64 max);
    std::optional<bool> optionalBool(const QString &name);
    //! \brief `maxBytes` counts the compact JSON text.
    std::optional<QJsonObject> optionalObject(const QString &name, qsizetype maxBytes);
    std::optional<QStringList> optionalStrings(const QString &name, qsizetype maxItems, qsizetype min, qsizetype max);
    //! \brief Any JSON value; null when absent.
    QJsonValue optionalValue(const QString &name);

    template <typename I> I id(const QString &name) { return I(idText(name, true)); }
    //! \brief Empty when absent.
    template <typename I> I optionalId(const QString &name) { return I(idText(name, false)); }
    template <typename I> QList<I> optionalIds(const QString &name, qsizetype maxItems)
    {
        QList<I> ids;
        for (const QByteArray &text : idTexts(name, maxItems))
            ids.append(I(text));
        return ids;
    }
    //! \brief One of the wire names that `fromName` knows; `names` lists them for the error text.
    template <typename E>
    std::optional<E> optionalChoice(const QString &name, std::optional<E> (*fromName)(const QString &),
                                    const QString &names)
    {
        const std::optional<QString> text = optionalString(name, 1, 64);
        if (!text || text->isEmpty())
            return std::nullopt;
        const std::optional<E> choice = fromName(*text);
        if (!choice)
            reject(name, QStringLiteral("must be one of: ") + names);
        return choice;
    }

    bool has(const QString &name) const; //!< present and not null
    //! \brief Adds a mistake about a top-level field, found by the caller.
    void reject(const QString &name, const QString &detail);
    //! \brief Unknown fields are no mistake: for the few requests that clients of other systems make as well.
    void allowOthers() { m_othersAllowed = true; }
    //! \return ValidationFailed with a FieldError for each mistake and each unknown field (at most 50).
    Result<void> finish();

private:
    std::optional<QJsonValue> take(const QString &name);
    std::optional<QString> checkedText(const QString &pointer, const QJsonValue &value, qsizetype min, qsizetype max);
    QByteArray idText(const QString &name, bool required);
    QList<QByteArray> idTexts(const QString &name, qsizetype maxItems);
    void add(const QString &pointer, const QString &detail);

    QJsonObject m_object;
    QSet<QString> m_known;
    bool m_othersAllowed = false;
    QList<FieldError> m_errors;
};

//! \brief One reference token of a JSON Pointer (RFC 6901), with its slash: "/a~1b" for "a/b".
QString pointerTo(const QString &name);

} // namespace Atom::HttpEndpoints
