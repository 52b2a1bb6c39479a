// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

#include <cstring>

namespace Atom::Realtime {

//! \brief Checks UTF-8 (RFC 3629) that arrives in pieces, and says no at the first byte that no valid text can have
//! there: overlong forms, surrogates and values above U+10FFFF fail on their second byte.
class Utf8Validator
{
public:
    void reset() { m_pending = 0; }
    //! \return false at the first wrong byte; the validator must then be reset.
    bool feed(const char *data, qsizetype size)
    {
        const auto *p = reinterpret_cast<const uchar *>(data);
        const uchar *const end = p + size;
        while (p < end) {
            if (m_pending == 0) {
                while (end - p >= 8 && isAscii8(p))
                    p += 8;
                if (p == end)
                    break;
                const uchar c = *p++;
                if (c < 0x80)
                    continue;
                if (!begin(c))
                    return false;
            } else {
                const uchar c = *p++;
                if (c < m_low || c > m_high)
                    return false;
                m_low = 0x80;
                m_high = 0xBF;
                --m_pending;
            }
        }
        return true;
    }
    //! \brief Whether the text may end here.
    bool isComplete() const { return m_pending == 0; }

private:
    static bool isAscii8(const uchar *p)
    {
        quint64 word;
        std::memcpy(&word, p, sizeof word);
        return (word & Q_UINT64_C(0x8080808080808080)) == 0;
    }
    //! Takes the first byte of a sequence; Unicode 15, table 3-7 gives the range of the second one.
    bool begin(uchar c)
    {
        m_low = 0x80;
        m_high = 0xBF;
        if (c >= 0xC2 && c <= 0xDF) {
            m_pending = 1;
        } else if (c >= 0xE0 && c <= 0xEF) {
            m_pending = 2;
            if (c == 0xE0)
                m_low = 0xA0;
            else if (c == 0xED)
                m_high = 0x9F;
        } else if (c >= 0xF0 && c <= 0xF4) {
            m_pending = 3;
            if (c == 0xF0)
                m_low = 0x90;
            else if (c == 0xF4)
                m_high = 0x8F;
        } else {
            return false;
        }
        return true;
    }

    uchar m_pending = 0; // bytes of the present sequence still to come
    uchar m_low = 0x80;  // range of the next of them
    uchar m_high = 0xBF;
};

} // namespace Atom::Realtime
