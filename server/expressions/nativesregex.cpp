// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Natives about regular expressions; match, test, capture, scan, split, sub and gsub of the library stand on these.
#include "server/expressions/access.h"
#include "server/expressions/natives.h"
#include "server/expressions/regex.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
struct Request
{
    std::shared_ptr<const Regex> regex;
    bool isGlobal = false;
    bool notEmpty = false;
};

// The expression may be text, or an array of it and its flags.
bool readRequest(Work &work, const Value &input, const Value *args, Request *out)
{
    Value pattern = args[0];
    Value flags = args[1];
    if (pattern.isArray()) {
        flags = pattern.size() > 1 ? pattern.at(1) : Value();
        pattern = pattern.size() > 0 ? pattern.at(0) : Value();
    }
    if (!input.isString())
        work.fail(u"%1 cannot be matched, as it is not a string"_s.arg(described(input)));
    else if (!pattern.isString())
        work.fail(u"%1 cannot be matched, as it is not a string"_s.arg(described(pattern)));
    else if (!flags.isString() && !flags.isNull())
        work.fail(u"%1 is not a string"_s.arg(described(flags)));
    if (work.failed)
        return false;
    const QString letters = flags.isNull() ? QString() : flags.text();
    out->isGlobal = letters.contains(u'g');
    out->notEmpty = letters.contains(u'n');
    const QString key = letters + u'/' + pattern.text();
    if (!work.regex || work.regexKey != key) {
        auto compiled = std::make_shared<Regex>();
        if (!Regex::compile(work, pattern.text(), letters, compiled.get()))
            return false;
        work.regex = std::move(compiled);
        work.regexKey = key;
    }
    out->regex = work.regex;
    return true;
}

bool codePoints(Work &work, const Value &input, QList<uint> *out)
{
    if (!work.charge(input.text().size() / 64) || !work.reserve(6.0 * double(input.text().size())))
        return false;
    *out = input.text().toUcs4();
    return true;
}

Value part(Work &work, const QList<uint> &text, qsizetype from, qsizetype to)
{
    return work.text(QString::fromUcs4(reinterpret_cast<const char32_t *>(text.constData()) + from, to - from));
}

Value captured(Work &work, const Regex &regex, const QList<uint> &text, const std::vector<qsizetype> &offsets,
               int group)
{
    const qsizetype from = offsets[std::size_t(2 * group)];
    const qsizetype to = offsets[std::size_t(2 * group + 1)];
    const bool isTaken = from >= 0 && to >= from;
    // As jq has it: in an empty match every group is empty and stands where the match stands.
    const bool isEmptyMatch = offsets[0] == offsets[1];
    Value out = Value::object(work.heap);
    out.insert(work.heap, u"offset"_s, Value::integer(isTaken ? from : isEmptyMatch ? offsets[0] : -1));
    out.insert(work.heap, u"length"_s, Value::integer(isTaken ? to - from : 0));
    out.insert(work.heap, u"string"_s,
               isTaken        ? part(work, text, from, to)
               : isEmptyMatch ? work.text(u""_s)
                              : Value());
    const QString &name = regex.names[group - 1];
    out.insert(work.heap, u"name"_s, name.isNull() ? Value() : work.text(name));
    return out;
}

Value matchF(Work &work, Value &input, Value *args)
{
    Request request;
    QList<uint> text;
    if (!readRequest(work, input, args, &request) || !codePoints(work, input, &text))
        return {};
    Value out = Value::array(work.heap);
    std::vector<qsizetype> offsets;
    qsizetype from = 0;
    while (from <= text.size() && searchRegex(work, *request.regex, text, from, request.notEmpty, &offsets)) {
        Value match = Value::object(work.heap);
        match.insert(work.heap, u"offset"_s, Value::integer(offsets[0]));
        match.insert(work.heap, u"length"_s, Value::integer(offsets[1] - offsets[0]));
        match.insert(work.heap, u"string"_s, part(work, text, offsets[0], offsets[1]));
        Value captures = Value::array(work.heap);
        for (int group = 1; group <= request.regex->groups; ++group)
            captures.append(work.heap, captured(work, *request.regex, text, offsets, group));
        match.insert(work.heap, u"captures"_s, std::move(captures));
        out.append(work.heap, std::move(match));
        if (!request.isGlobal || !work.charge(1 + request.regex->groups))
            break;
        from = offsets[1] == offsets[0] ? offsets[1] + 1 : offsets[1];
    }
    return out;
}

Value testF(Work &work, Value &input, Value *args)
{
    Request request;
    QList<uint> text;
    if (!readRequest(work, input, args, &request) || !codePoints(work, input, &text))
        return {};
    std::vector<qsizetype> offsets;
    return Value::boolean(searchRegex(work, *request.regex, text, 0, request.notEmpty, &offsets));
}

// The named groups of one match as an object.
Value captureF(Work &work, Value &input, Value *)
{
    Value out = Value::object(work.heap);
    const Value captures = fieldValue(work, input, u"captures"_s);
    for (qsizetype i = 0; captures.isArray() && i < captures.size(); ++i) {
        const Value name = fieldValue(work, captures.at(i), u"name"_s);
        if (name.isString())
            out.insert(work.heap, name.text(), fieldValue(work, captures.at(i), u"string"_s));
    }
    return out;
}

constexpr NativeFunction functions[] = {
    {"_match", 2, matchF},
    {"_test", 2, testF},
    {"_capture", 0, captureF},
};
} // namespace

std::span<const NativeFunction> regexFunctions()
{
    return functions;
}

} // namespace Atom::Expressions
