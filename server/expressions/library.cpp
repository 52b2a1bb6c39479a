// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/library.h"

#include "server/expressions/parserstate.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
struct Source
{
    const char *name; //!< with the arity
    const char *text;
};

// Ours, written from the manual of jq 1.7; what is hot or needs care is native (natives*.cpp).
constexpr Source sources[] = {
    {"recurse/0", "def recurse: def r: ., (.[]? | r); r;"},
    {"recurse/1", "def recurse(f): def r: ., (f | r); r;"},
    {"recurse/2", "def recurse(f; keep): def r: ., (f | if keep then r else empty end); r;"},
    {"recurse_down/0", "def recurse_down: recurse;"},
    {"values/0", "def values: if . == null then empty else . end;"},
    {"nulls/0", "def nulls: if . == null then . else empty end;"},
    {"booleans/0", "def booleans: if type == \"boolean\" then . else empty end;"},
    {"numbers/0", "def numbers: if type == \"number\" then . else empty end;"},
    {"strings/0", "def strings: if type == \"string\" then . else empty end;"},
    {"arrays/0", "def arrays: if type == \"array\" then . else empty end;"},
    {"objects/0", "def objects: if type == \"object\" then . else empty end;"},
    {"iterables/0", "def iterables: if type | . == \"array\" or . == \"object\" then . else empty end;"},
    {"scalars/0", "def scalars: if type | . == \"array\" or . == \"object\" then empty else . end;"},
    {"finites/0", "def finites: if isinfinite or isnan then empty else . end;"},
    {"normals/0", "def normals: if isnormal then . else empty end;"},
    {"map_values/1", "def map_values(f): .[] |= f;"},
    {"with_entries/1", "def with_entries(f): to_entries | [.[] | f] | from_entries;"},
    {"paths/0", "def paths: path(..) | if length > 0 then . else empty end;"},
    {"paths/1", "def paths(f): . as $all | paths | if (. as $p | $all | getpath($p) | f) then . else empty end;"},
    {"leaf_paths/0", "def leaf_paths: paths(scalars);"},
    {"pick/1", "def pick(f): . as $all | reduce path(f) as $p (null; setpath($p; $all | getpath($p)));"},
    {"any/1", "def any(f): any(.[]; f);"},
    {"all/1", "def all(f): all(.[]; f);"},
    {"any/2", "def any(g; f): first((g | if f then true else empty end), false);"},
    {"all/2", "def all(g; f): first((g | if f then empty else false end), true);"},
    {"isempty/1", "def isempty(g): first((g | false), true);"},
    {"isvalid/1", "def isvalid(f): try (f | true) catch false;"},
    {"in/1", "def in(o): . as $k | o | has($k);"},
    {"while/2", "def while(keep; f): def w: if keep then ., (f | w) else empty end; w;"},
    {"until/2", "def until(done; f): def u: if done then . else (f | u) end; u;"},
    {"repeat/1", "def repeat(f): def r: ., (f | r); r;"},
    {"range/1", "def range($n): range(0; $n; 1);"},
    {"range/2", "def range($from; $to): range($from; $to; 1);"},
    {"first/0", "def first: .[0];"},
    {"last/0", "def last: .[-1];"},
    {"nth/1", "def nth($n): .[$n];"},
    {"nth/2", "def nth($n; g): if $n < 0 then error(\"nth doesn't support negative indices\") else"
              " first(foreach g as $x ([$n, null]; [.[0] - 1, $x]; if .[0] < 0 then .[1] else empty end)) end;"},
    {"add/1", "def add(g): reduce g as $x (null; . + $x);"},
    {"combinations/0", "def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w"
                       " | [$x] + $w end;"},
    {"combinations/1", "def combinations(n): . as $all | [range(n)] | [.[] | $all] | combinations;"},
    {"walk/1", "def walk(f): def w: if type == \"object\" then map_values(w) elif type == \"array\""
               " then [.[] | w] else . end | f; w;"},
    {"transpose/0", "def transpose: . as $rows | [range(0; [.[] | length] | max // 0) as $c | [$rows[range(0; $rows | "
                    "length)][$c]]];"},
    {"sort_by/1", "def sort_by(f): _sort_by([.[] | [f]]);"},
    {"group_by/1", "def group_by(f): _group_by([.[] | [f]]);"},
    {"unique_by/1", "def unique_by(f): _unique_by([.[] | [f]]);"},
    {"min_by/1", "def min_by(f): _min_by([.[] | [f]]);"},
    {"max_by/1", "def max_by(f): _max_by([.[] | [f]]);"},
    {"abs/0", "def abs: if type == \"number\" and . < 0 then -. else . end;"},
    {"toarray/0", "def toarray: if type == \"array\" then . else [.] end;"},
    {"ascii/0", "def ascii: if type == \"number\" and . >= 0 and . < 128 then [.] | implode else"
                " error(\"ascii only takes integers from 0 to 127\") end;"},
    {"todate/0", "def todate: strftime(\"%Y-%m-%dT%H:%M:%SZ\");"},
    {"todateiso8601/0", "def todateiso8601: todate;"},
    {"date/0", "def date: todate;"},
    {"fromdateiso8601/0", "def fromdateiso8601: strptime(\"%Y-%m-%dT%H:%M:%SZ\") | mktime;"},
    {"fromdate/0", "def fromdate: fromdateiso8601;"},
    {"dateadd/2", "def dateadd(unit; $n): . + $n;"},
    {"datesub/2", "def datesub(unit; $n): . - $n;"},
    {"debug/1", "def debug(message): (message | debug | empty), .;"},
    {"inputs/0", "def inputs: empty;"},
    {"input/0", "def input: error(\"break\");"},
    {"match/1", "def match($re): _match($re; null)[];"},
    {"match/2", "def match($re; $flags): _match($re; $flags)[];"},
    {"test/1", "def test($re): _test($re; null);"},
    {"test/2", "def test($re; $flags): _test($re; $flags);"},
    {"capture/1", "def capture($re): _match($re; null)[] | _capture;"},
    {"capture/2", "def capture($re; $flags): _match($re; $flags)[] | _capture;"},
    {"scan/1", "def scan($re): scan($re; null);"},
    {"scan/2", "def scan($re; $flags): _match($re; \"g\" + $flags)[]"
               " | if .captures == [] then .string else [.captures[].string] end;"},
    {"split/2", "def split($re; $flags): . as $text | [foreach (_match($re; \"g\" + $flags)[], null) as $m"
                " ([0, \"\"]; if $m == null then [0, $text[.[0]:]]"
                " else [$m.offset + $m.length, $text[.[0]:$m.offset]] end; .[1])];"},
    {"splits/1", "def splits($re): split($re; null)[];"},
    {"splits/2", "def splits($re; $flags): split($re; $flags)[];"},
    {"sub/2", "def sub($re; text): sub($re; text; \"\");"},
    {"gsub/2", "def gsub($re; text): sub($re; text; \"g\");"},
    {"gsub/3", "def gsub($re; text; $flags): sub($re; text; $flags + \"g\");"},
    {"sub/3", "def sub($re; text; $flags): . as $all | (reduce _match($re; $flags)[] as $m ({made: [], from: 0};"
              " $all[.from:$m.offset] as $gap | [$m | _capture | text] as $texts"
              " | reduce range(0; $texts | length; 1) as $i (.; .made[$i] += $gap + $texts[$i])"
              " | .from = $m.offset + $m.length)) as $s"
              " | if $s.made == [] then $all else $s.made[] + $all[$s.from:] end;"},
    {"tostream/0", "def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p)"
                   " | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);"},
    {"fromstream/1", "def fromstream(f): {v: null, done: false} as $start | foreach f as $e ($start;"
                     " (if .done then $start else . end) | if $e | length == 2 then"
                     " .done = ($e[0] == []) | .v = (.v | setpath($e[0]; $e[1]))"
                     " else .done = ($e[0] | length == 1) end; if .done then .v else empty end);"},
    {"truncate_stream/1", "def truncate_stream(s): . as $n | null | s | . as $e"
                          " | if ($e[0] | length) > $n then [$e[0][$n:]] + $e[1:] else empty end;"},
    {"INDEX/1", "def INDEX(f): INDEX(.[]; f);"},
    {"INDEX/2", "def INDEX(g; f): reduce g as $row ({}; .[$row | f | tostring] = $row);"},
    {"JOIN/2", "def JOIN($index; f): [.[] | [., $index[f]]];"},
    {"JOIN/3", "def JOIN($index; g; f): g | [., $index[f]];"},
    {"JOIN/4", "def JOIN($index; g; f; h): g | [., $index[f]] | h;"},
    {"IN/1", "def IN(g): any(. == g; .);"},
    {"IN/2", "def IN(g; h): any(g == h; .);"},
    {"have_literal_numbers/0", "def have_literal_numbers: true;"},
    {"have_decnum/0", "def have_decnum: false;"},
    {"get_search_list/0", "def get_search_list: [];"},
    {"input_filename/0", "def input_filename: null;"},
    {"input_line_number/0", "def input_line_number: 0;"},
};
} // namespace

Library::Library()
{
    for (const Source &source : sources) {
        m_nodes.push_back(std::make_unique<Node>());
        m_nodes.back()->kind = Node::Kind::Function;
        m_functions.insert(QString::fromLatin1(source.name), m_nodes.back().get());
    }
    // All names are known before the first body is read: they may use one another.
    for (const Source &source : sources) {
        Node *node = m_functions.value(QString::fromLatin1(source.name));
        if (!node->kids.empty())
            continue;
        const QString text = QString::fromLatin1(source.text); // the parser looks into it
        Parser parser(text, this);
        if (!parser.definition(*node))
            qFatal("expression library: %s: %s", source.name, qPrintable(parser.error()));
    }
}

const Library &Library::instance()
{
    static const Library library;
    return library;
}

const Node *Library::find(const QString &name, qsizetype arity) const
{
    return m_functions.value(u"%1/%2"_s.arg(name).arg(arity));
}

QStringList Library::names() const
{
    return m_functions.keys();
}

} // namespace Atom::Expressions
