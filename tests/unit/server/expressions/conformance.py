#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 Atom Chat contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""conformance.py ATOM-JQ CASES-FOLDER: jq's own cases; fails when less than 95 % of those counted pass.
Ends with 77 (skipped) when the folder is not there."""
import os
import re
import subprocess
import sys

program, folder = sys.argv[1:3]
runner = os.path.join(folder, 'run-cases.py')
if not os.path.exists(runner):
    print('no cases in', folder)
    sys.exit(77)
passed = failed = 0
for name in ('jq.test', 'onig.test', 'base64.test'):
    r = subprocess.run([sys.executable, runner, '--cmd', program + ' -c', '--file', os.path.join(folder, name),
                        '--verbose'], capture_output=True, text=True)
    print(name, r.stdout)
    counts = re.search(r'(\d+) passed, (\d+) failed', r.stdout)
    if not counts:
        sys.exit('the runner said nothing: ' + r.stderr)
    passed += int(counts[1])
    failed += int(counts[2])
share = 100 * passed / max(1, passed + failed)
print('%d of %d, %.1f %%' % (passed, passed + failed, share))
sys.exit(0 if share >= 95 else 1)
