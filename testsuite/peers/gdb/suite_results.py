# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts of GDB's test suite: what a run keeps, and the record in the tree."""
import os

COUNTED = ('PASS', 'FAIL', 'KFAIL', 'XFAIL', 'UNTESTED', 'UNSUPPORTED',
           'UNRESOLVED')
COLUMNS = ('exp', 'stub') + tuple(c.lower() for c in COUNTED) + (
    'seconds', 'end')


def count(path):
    """Of the lines of a gdb.sum, one that a killed run has left included."""
    counts = dict.fromkeys(COUNTED, 0)
    try:
        with open(path, errors='replace', encoding='utf-8') as lines:
            for line in lines:
                word = line.split(':', 1)[0]
                word = {'XPASS': 'FAIL', 'KPASS': 'PASS',
                        'ERROR': 'UNRESOLVED'}.get(word, word)
                if ': ' in line and word in counts:
                    counts[word] += 1
    except FileNotFoundError:
        pass
    return counts


class Score:
    """What is compared of one file with one stub."""

    def __init__(self, passed, failed, other, end):
        self.passed, self.failed, self.other = passed, failed, other
        self.end = end

    @classmethod
    def of_row(cls, row):
        return cls(int(row['pass']), int(row['fail']) + int(row['unresolved']),
                   sum(int(row[c.lower()]) for c in COUNTED[2:-1]), row['end'])

    def worse_than(self, than):
        return self.passed < than.passed or self.failed > than.failed

    def __str__(self):
        end = '' if self.end == 'ended' else f', {self.end}'
        return f'{self.passed} passed, {self.failed} failed{end}'

    def columns(self):
        return [str(self.passed), str(self.failed), str(self.other), self.end]


class Results:
    """One line per file and stub, in the order in which they were run."""

    def __init__(self, path):
        self.path = path
        self.rows = {}
        self.head = ''
        if os.path.exists(path):
            with open(path, encoding='ascii') as lines:
                self.read(lines)

    def read(self, lines):
        for line in lines:
            if line.startswith('#'):
                self.head = line[1:].strip()
            elif not line.startswith('exp\t'):
                row = dict(zip(COLUMNS, line.rstrip('\n').split('\t')))
                self.rows[row['exp'], row['stub']] = row

    def start(self, head):
        if not os.path.exists(self.path):
            self.head = head
            with open(self.path, 'w', encoding='ascii') as out:
                out.write(f'# {head}\n' + '\t'.join(COLUMNS) + '\n')

    def add(self, exp, stub, counts, seconds, end):
        values = [exp, stub] + [str(counts[c]) for c in COUNTED] + [
            f'{seconds:.1f}', end]
        self.rows[exp, stub] = dict(zip(COLUMNS, values))
        with open(self.path, 'a', encoding='ascii') as out:
            out.write('\t'.join(values) + '\n')

    def score(self, exp, stub):
        row = self.rows.get((exp, stub))
        return row and Score.of_row(row)


class Record:
    """The table in the tree: a line per file, the stubs beside each other, and a
    note, which is written by hand. A file whose note begins with "flaky:" does
    not come out the same each time, and is not compared."""

    def __init__(self, path, stubs):
        self.path = path
        self.stubs = stubs
        self.scores = {}
        self.notes = {}
        if os.path.exists(path):
            with open(path, encoding='ascii') as lines:
                rows = [line.rstrip('\n').split('\t') for line in lines
                        if not line.startswith('#')]
            names = rows[0]
            for fields in rows[1:]:
                self.read(dict(zip(names, fields)))

    def read(self, row):
        for stub in self.stubs:
            if row.get(stub + '_end'):
                self.scores[row['exp'], stub] = Score(
                    *(int(row[f'{stub}_{what}'])
                      for what in ('pass', 'fail', 'other')), row[stub + '_end'])
        self.notes[row['exp']] = row.get('note', '')

    def score(self, exp, stub):
        return self.scores.get((exp, stub))

    def is_flaky(self, exp):
        return self.notes.get(exp, '').startswith('flaky:')

    def take(self, results):
        """What was run last counts."""
        for exp, stub in results.rows:
            if stub in self.stubs:
                self.scores[exp, stub] = results.score(exp, stub)
                self.notes.setdefault(exp, '')

    def totals(self, stub):
        mine = [s for (_, name), s in self.scores.items() if name == stub]
        return (f'{stub}: {len(mine)} files, {sum(s.passed for s in mine)} passed, '
                f'{sum(s.failed for s in mine)} failed')

    def write(self, head):
        names = [f'{stub}_{what}' for stub in self.stubs
                 for what in ('pass', 'fail', 'other', 'end')]
        with open(self.path, 'w', encoding='ascii') as out:
            out.write(f'# {head}\n')
            for stub in self.stubs:
                out.write(f'# {self.totals(stub)}\n')
            out.write('\t'.join(['exp', *names, 'note']) + '\n')
            for exp in sorted(self.notes):
                fields = [exp]
                for stub in self.stubs:
                    score = self.score(exp, stub)
                    fields += score.columns() if score else [''] * 4
                line = '\t'.join([*fields, self.notes[exp]])
                out.write(line.rstrip('\t') + '\n')
