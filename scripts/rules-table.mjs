#!/usr/bin/env node
// The last table of docs/private-calls.md: which tests hold which rule. Written from the names of the tests; with --check it says whether
// the page is up to date. A browser test opens a page, a process test talks to the running server, a machine test needs neither.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = path.join(root, 'docs/private-calls.md');
const kRules = 50;

// Where a page or a process is involved: these must not stay empty.
const kProcess = [1, 2, 3, 5, 6, 17, 20, 23, 24, 25, 26, 27, 30, 31, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 48, 49, 50];
const kBrowser = [2, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 27, 29, 33, 35, 36, 37, 47, 49];

function filesBelow(folder, end) {
  return readdirSync(path.join(root, folder)).filter((name) => name.endsWith(end)).sort()
    .map((name) => readFileSync(path.join(root, folder, name), 'utf8'));
}

function add(rules, rule, name) {
  if (rule >= 1 && rule <= kRules) rules.set(rule, [...(rules.get(rule) ?? []), name]);
}

function machineTests() {
  const rules = new Map();
  for (const text of filesBelow('tests/unit/calls', '.cc')) {
    for (const [, name] of text.matchAll(/TEST(?:_P)?\(\w+,\s+(R\d+_\w+)\)/g)) {
      for (const [, rule] of name.matchAll(/R(\d+)_/g)) add(rules, Number(rule), name);
    }
  }
  return rules;
}

// Titles that begin with the rules' numbers: test('R6 R20: cancelling takes the pop-up away', …
function endToEndTests(wanted) {
  const rules = new Map();
  for (const text of filesBelow('tests/e2e', '.test.js')) {
    const opensPages = /from '\.\/support\/(chromium|firefox|community|meeting)\.js'/.test(text);
    if (opensPages !== wanted.pages) continue;
    for (const [, , title] of text.matchAll(/\b(?:test|it)\(\s*(['"`])((?:R\d+[ ,]*)+:.*?)\1/gs)) {
      const [numbers, sentence] = title.split(/:\s*(.*)/s);
      for (const [, rule] of numbers.matchAll(/R(\d+)/g)) add(rules, Number(rule), sentence.replace(/[`|]/g, ''));
    }
  }
  return rules;
}

function cell(names, isWanted, show) {
  if (names?.length) return names.map(show).join(' ');
  return isWanted ? 'wanted' : '';
}

function table() {
  const machine = machineTests();
  const served = endToEndTests({ pages: false });
  const browser = endToEndTests({ pages: true });
  const rows = ['| Rule | Machine | Process | Browser |', '|---|---|---|---|'];
  for (let rule = 1; rule <= kRules; rule++) {
    const code = (name) => `\`${name}\``;
    const sentence = (name) => `“${name}”`;
    rows.push(`| R${rule} | ${cell(machine.get(rule), true, code)} | ${cell(served.get(rule), kProcess.includes(rule), sentence)} | ` +
      `${cell(browser.get(rule), kBrowser.includes(rule), sentence)} |`);
  }
  return rows.join('\n');
}

const before = readFileSync(page, 'utf8');
const start = before.indexOf('| Rule | Machine |');
const end = before.indexOf('\n\n', start);
const after = before.slice(0, start) + table() + (end < 0 ? '\n' : before.slice(end));
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('docs/private-calls.md: the table of tests is not what the tests say; run scripts/rules-table.mjs');
    process.exit(1);
  }
} else {
  writeFileSync(page, after);
}
