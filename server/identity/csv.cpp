// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/csv.h"

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype longestField = 1'000;

Error wrong(int line, const QString &what)
{
    return Error::invalid(u"/csv"_s, u"Line %1: %2."_s.arg(line).arg(what));
}

QChar separatorOf(QStringView text)
{
    for (const QChar c : text) {
        if (c == u',' || c == u';')
            return c;
        if (c == u'\n')
            break;
    }
    return u',';
}
} // namespace

Result<QList<CsvRow>> readCsv(const QString &whole, int maxRows)
{
    QStringView text(whole);
    if (text.startsWith(QChar(0xfeff)))
        text = text.sliced(1);
    const QChar separator = separatorOf(text);
    QList<CsvRow> rows;
    CsvRow row;
    QString field;
    int line = 1;
    row.line = 1;
    enum class State { Start, Plain, Quoted, AfterQuote } state = State::Start;

    const auto endField = [&] {
        row.fields.append(field);
        field.clear();
        state = State::Start;
    };
    const auto endRow = [&] {
        const bool isBlank = row.fields.isEmpty() && field.isEmpty() && state == State::Start;
        if (!isBlank) {
            endField();
            rows.append(row);
        }
        row = {};
        row.line = line;
        state = State::Start;
    };

    for (qsizetype i = 0; i < text.size(); ++i) {
        QChar c = text.at(i);
        if (c.isNull())
            return wrong(line, u"there is a NUL character"_s);
        if (field.size() > longestField)
            return wrong(line, u"a field has more than %1 characters"_s.arg(longestField));
        if (c == u'\r' && i + 1 < text.size() && text.at(i + 1) == u'\n' && state != State::Quoted)
            continue; // of CRLF
        if (state == State::Quoted) {
            if (c == u'"') {
                if (i + 1 < text.size() && text.at(i + 1) == u'"') {
                    field += c;
                    ++i;
                } else {
                    state = State::AfterQuote;
                }
                continue;
            }
            if (c == u'\n')
                ++line;
            field += c;
            continue;
        }
        if (c == u'\n') {
            ++line;
            endRow();
            if (rows.size() > maxRows)
                return wrong(line, u"there are more than %1 rows"_s.arg(maxRows));
        } else if (c == separator) {
            endField();
        } else if (c == u'"' && state == State::Start) {
            state = State::Quoted;
        } else if (c == u'"' || state == State::AfterQuote) {
            return wrong(line, u"a quote stands where none may; quotes within a field in quotes are doubled"_s);
        } else {
            state = State::Plain;
            field += c;
        }
    }
    if (state == State::Quoted)
        return wrong(row.line, u"a quote is opened and never closed"_s);
    // A last line without its end, also one that ends in a separator.
    if (!row.fields.isEmpty() || !field.isEmpty() || state != State::Start)
        endRow();
    if (rows.size() > maxRows)
        return wrong(line, u"there are more than %1 rows"_s.arg(maxRows));
    return rows;
}

} // namespace Atom::Identity
