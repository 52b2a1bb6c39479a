#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 Atom Chat contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""differential.py ATOM-JQ [COUNT [SEED]]: generated programs on generated inputs, the same results as the installed jq
(1.6 or newer; 1.6 also catches what fails behind a `try` or `?`, so these stand in brackets here). Both must give the same values, or both must fail after the same values. Ends with 77 (skipped) without
jq. Left out: what jq 1.6 and 1.7 do differently, order of keys, integers beyond 2^53."""
import json
import random
import shutil
import subprocess
import sys

ours = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 150
rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20260101)
theirs = shutil.which('jq')
if not theirs:
    print('jq is not installed')
    sys.exit(77)


def value(depth=0):
    kind = rng.randrange(8 if depth < 3 else 5)
    if kind == 0:
        return None
    if kind == 1:
        return rng.choice([True, False])
    if kind in (2, 3):
        return rng.choice([0, 1, -1, 2, 3, 10, 2.5, -0.5, 1e10, rng.randrange(-100, 100)])
    if kind == 4:
        return rng.choice(['', 'a', 'b', 'abc', 'a,b', 'Hello World', 'ä', '12', ' x '])
    if kind in (5, 6):
        return [value(depth + 1) for _ in range(rng.randrange(4))]
    # In the order of the keys: ours are always sorted.
    return {k: value(depth + 1) for k in sorted(rng.sample(['a', 'b', 'c', 'd'], rng.randrange(4)))}


def term(d):
    simple = ['.', '.', '.a', '.b', '.[0]', '.[-1]', '.[1:]', '.[:2]', '.[]', '1', '2', '0', '"a"', '","', 'null', 'true',
              'false', '[]', '{}', '..', '.a.b', '[.[]?]', '[.a?]', 'length', 'keys', 'type', 'add', 'sort', 'unique', 'not',
              'tojson', 'tostring', '(if type == "string" then . else reverse end)', 'empty', 'floor', 'min', 'max', 'first', 'last', 'any', 'all', 'flatten',
              'to_entries', 'explode', 'ascii_downcase', 'values', 'numbers', 'strings', 'arrays', 'scalars', '@base64',
              '@html', '@uri', '@json', '[paths]', '[leaf_paths]', 'tonumber', 'transpose', 'range(3)', 'error("e")', 'not']
    if d <= 0:
        return rng.choice(simple)
    t = lambda: term(d - 1)
    shapes = [
        lambda: '(%s | %s)' % (t(), t()), lambda: '(%s, %s)' % (t(), t()), lambda: '[%s]' % t(),
        lambda: '(%s %s %s)' % (t(), rng.choice(['+', '-', '==', '!=', '<', '<=', '>', '>=', 'and', 'or']), t()), lambda: '[%s // %s]' % (t(), t()),
        lambda: '{a: (%s), b: (%s)}' % (t(), t()), lambda: 'if %s then %s else %s end' % (t(), t(), t()),
        lambda: '[try (%s) catch "caught"]' % t(), lambda: '[(%s)?]' % t(), lambda: '(%s as $x | [$x, %s])' % (t(), t()),
        lambda: '(reduce %s as $x (0; [., $x]))' % t(), lambda: '[foreach (%s) as $x (0; . + 1; [$x, .])]' % t(),
        lambda: '[limit(2; %s)]' % t(), lambda: '[first(%s)]' % t(), lambda: 'map(%s)' % t(), lambda: 'select(%s)' % t(),
        lambda: '[path(%s)]' % rng.choice(['.a', '.[]?', '..', '.a?, .b?', '.[0]?', 'first(.a?, .b?)', 'select(.a?)']),
        lambda: 'sort_by(%s)' % t(), lambda: 'group_by(%s)' % t(), lambda: '(label $f | %s | ., break $f)' % t(),
        lambda: '(. as [$p, $q] | [$p, $q])', lambda: '(. as {a: $p} | $p)', lambda: '(if type == "object" then with_entries(.value |= [.]) else . end)',
        lambda: '(%s |= %s)' % (rng.choice(['.a', '.[0]', '.[]', '.b.c']), rng.choice(['1', '[.]', 'type', 'not'])),
        lambda: '(%s = %s)' % (rng.choice(['.a', '.[0]', '.[]', '.b[1]']), t()),
        lambda: '(%s += %s)' % (rng.choice(['.a', '.[0]', '.[]']), rng.choice(['1', '"x"', '[1]', 'null'])),
        lambda: 'del(%s)' % rng.choice(['.a', '.[0]', '.[]', '.a, .b', '.[1:]', '.[0,2]']),
        lambda: '"<\\(%s)>"' % t(), lambda: 'split(",")', lambda: 'join(",")', lambda: 'has(%s)' % rng.choice(['"a"', '0']),
        lambda: 'index(%s)' % rng.choice(['","', '"a"', '1']), lambda: 'test(%s)' % rng.choice(['"a"', '"[a-c]+"', '"^$"']),
        lambda: '[match("[a-z]+"; "g") | .offset, .string]', lambda: 'contains(%s)' % t(),
        lambda: '(def f: if type == "array" then .[] | f else . end; [f])', lambda: '(def f(g): [g, g]; f(%s))' % t(),
        lambda: '(def f($v; g): [$v, g]; f(%s; %s))' % (t(), t()), lambda: 'walk(if type == "number" then . + 1 else . end)',
        lambda: 'map_values(%s)' % rng.choice(['1', '[.]', 'type', 'not'])]
    return rng.choice(shapes)()


def run(command, program, text):
    try:
        p = subprocess.run([command, '-c', program], input=text, capture_output=True, text=True, timeout=20)
    except subprocess.TimeoutExpired:
        return None
    if p.returncode not in (0, 5) or 'takes more than' in p.stderr or 'needs more than' in p.stderr:
        return None
    return p.returncode != 0, [json.loads(line) for line in p.stdout.splitlines()]


compared = different = 0
for _ in range(count):
    program, text = term(rng.randrange(1, 4)), json.dumps(value(), ensure_ascii=False)
    want, got = run(theirs, program, text), run(ours, program, text)
    if want is None:  # jq 1.6 does not know all of the grammar
        continue
    compared += 1
    if want != got:
        different += 1
        print('DIFFERENT %s\n  input %s\n  jq    %s\n  ours  %s' % (program, text, want, got))
print('%d compared, %d different' % (compared, different))
sys.exit(1 if different or compared < count // 2 else 0)
