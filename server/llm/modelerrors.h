// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/connectors/httpcall.h"
#include "server/llm/chattypes.h"

namespace Atom::Llm {

//! \brief A failure with its kind.
struct ModelError
{
    ModelFault fault = ModelFault::None;
    Error error;
    milliseconds wait{0};  //!< the service asked to be left alone for so long; 0: it did not say
    bool mayRetry = false; //!< trying again soon may help, and costs nothing: nothing was answered
};

//! \brief Takes the key out of texts of others: services repeat what they were sent. A value.
class KeyMask
{
public:
    explicit KeyMask(const QByteArray &key) : m_key(QString::fromLatin1(key)) {}
    //! \brief At most 300 characters on one line, without the key or the longer part of it at the cut.
    QString clean(const QString &text) const;

private:
    QString m_key;
};

//! \brief What an answer other than 2xx means, for administrators; the service's own words go to `cause`, cleaned.
//! `now` is for a Retry-After that is a date.
ModelError errorFromAnswer(const Connectors::HttpHead &head, const QByteArray &body, const QString &model,
                           const KeyMask &mask, Timestamp now);
//! \brief An `error` object within a stream or in an answer of 200.
ModelError errorFromObject(const QJsonObject &error, const QString &model, const KeyMask &mask);
//! \brief What a failed connection means.
ModelError errorFromEgress(const Error &error, bool answerBegan);
ModelError malformedError(const QString &why);
ModelError cancelledError();

//! \brief Retry-After in seconds or as an HTTP date (RFC 9110 section 10.2.3), or `retry-after-ms`; at most a day.
milliseconds retryAfter(const Connectors::HttpHead &head, Timestamp now);

} // namespace Atom::Llm
