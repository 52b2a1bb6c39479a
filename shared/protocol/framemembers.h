// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Only for frameparser.cpp: simdjson.h is expensive to include.

#include "shared/core/id.h"
#include "shared/core/result.h"

#include <simdjson.h>

#include <array>
#include <string_view>

namespace Atom::Protocol {
using namespace Qt::StringLiterals;

enum Member {
    MType,
    MRef,
    MRoom,
    MMessage,
    MClientId,
    MMessageType,
    MId,
    MReplyTo,
    MMetadata,
    MIsTyping,
    MStatus,
    MBefore,
    MAfter,
    MLimit,
    MUpTo,
    MToken,
    MDevice,
    MProtocol,
    MResume,
    MTopic,
    MReaction,
    MReason,
    MRemove,
    MMustAcknowledge,
    MFrom,
    MSnapshot,
    MUserState,
    MemberCount
};
inline constexpr std::array<std::string_view, MemberCount> memberNames{
    "type",     "ref",      "room_id",   "message",  "client_id", "message_type", "id",
    "reply_to", "metadata", "is_typing", "status",   "before",    "after",        "limit",
    "up_to",    "token",    "device",    "protocol", "resume",    "topic",
    "reaction", "reason",   "remove",    "must_acknowledge", "from", "snapshot", "user_state"};

inline QString textOf(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}
inline QByteArray bytesOf(std::string_view view)
{
    return QByteArray(view.data(), qsizetype(view.size()));
}

//! \brief The members of a frame, read with their types; collects every mistake with its pointer.
class Members
{
public:
    //! False for a repeated member.
    bool load(simdjson::dom::object object)
    {
        for (const auto field : object) {
            for (int m = 0; m < MemberCount; ++m) {
                if (field.key != memberNames[size_t(m)])
                    continue;
                if (m_seen & (1u << m))
                    return false;
                m_seen |= 1u << m;
                if (!field.value.is_null())
                    m_given |= 1u << m;
                m_values[size_t(m)] = field.value;
                break;
            }
        }
        return true;
    }
    bool has(Member m) const { return m_given & (1u << m); }
    simdjson::dom::element at(Member m) const { return m_values[size_t(m)]; }

    std::string_view text(Member m, bool required, qsizetype minBytes, qsizetype maxBytes)
    {
        if (!present(m, required))
            return {};
        std::string_view value;
        if (at(m).get(value) != simdjson::SUCCESS) {
            fail(m, u"Must be a string."_s);
            return {};
        }
        if (qsizetype(value.size()) < minBytes || qsizetype(value.size()) > maxBytes) {
            fail(m, u"Must have %1 to %2 bytes."_s.arg(minBytes).arg(maxBytes));
            return {};
        }
        return value;
    }
    QByteArray id(Member m, bool required)
    {
        if (!present(m, required))
            return {};
        std::string_view value;
        if (at(m).get(value) != simdjson::SUCCESS ||
            !isValidIdText(QByteArrayView(value.data(), qsizetype(value.size())))) {
            fail(m, u"Must be a string of 1 to 128 characters A-Z a-z 0-9 . _ : -"_s);
            return {};
        }
        return bytesOf(value);
    }
    qint64 integer(Member m, bool required, qint64 min, qint64 max, qint64 fallback)
    {
        if (!present(m, required))
            return fallback;
        int64_t value = 0;
        if (at(m).get(value) != simdjson::SUCCESS || value < min || value > max) {
            fail(m, u"Must be a whole number from %1 to %2."_s.arg(min).arg(max));
            return fallback;
        }
        return value;
    }
    bool flag(Member m, bool required = true)
    {
        bool value = false;
        if (present(m, required) && at(m).get(value) != simdjson::SUCCESS)
            fail(m, u"Must be true or false."_s);
        return value;
    }
    void fail(Member m, const QString &detail)
    {
        m_errors.append(FieldError{u'/' + textOf(memberNames[size_t(m)]), detail});
    }
    bool isOk() const { return m_errors.isEmpty(); }
    Error error() const
    {
        Error e(Errc::ValidationFailed, u"The frame has members that are missing or wrong."_s);
        if (m_errors.size() == 1)
            e.detail = m_errors.first().pointer.mid(1) + u": "_s + m_errors.first().detail;
        e.fields = m_errors;
        return e;
    }

private:
    bool present(Member m, bool required)
    {
        if (has(m))
            return true;
        if (required)
            fail(m, u"Is missing."_s);
        return false;
    }
    static_assert(MemberCount <= 32);
    std::array<simdjson::dom::element, MemberCount> m_values{};
    quint32 m_seen = 0;
    quint32 m_given = 0;
    QList<FieldError> m_errors;
};

} // namespace Atom::Protocol
