// Reads vitest's JSON reports in the order they were run. A file's newest report counts. Prints, a line each: how many tests
// passed, how many failed, the files that failed. Names the tests that failed first and passed when run again.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const newest = new Map();
for (const path of process.argv.slice(2)) {
  for (const file of JSON.parse(readFileSync(path, 'utf8')).testResults) {
    const before = newest.get(file.name);
    for (const test of before?.assertionResults.filter(({ status }) => status === 'failed') ?? []) {
      const again = file.assertionResults.find(({ fullName }) => fullName === test.fullName);
      if (again?.status === 'passed') process.stderr.write(`passed only when run again: ${test.fullName}\n`);
    }
    newest.set(file.name, file);
  }
}

const files = [...newest.values()];
const count = (status) =>
  files.flatMap((file) => file.assertionResults).filter((test) => test.status === status).length;
const broken = files.filter((file) => file.status === 'failed');
const unread = broken.filter((file) => file.assertionResults.every((test) => test.status !== 'failed'));
const lines = [
  count('passed'),
  count('failed') + unread.length,
  ...broken.map(({ name }) => relative(process.cwd(), name)),
];
process.stdout.write(`${lines.join('\n')}\n`);
