// The example community: what its people write names only people who live there, and its small parts.
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ago } from '../../../../signaling/web/community/dom.js';
import { kAbout, kDiscussions, kGroups, kPosts } from '../../../../signaling/web/community/oakwood.js';

const source = readFileSync(new URL('../../../../signaling/example/example_members.h', import.meta.url), 'utf8');
const members = [...source.matchAll(/^ {4}\{"(\w+)", "([^"]+)", "([^"]*)"(, true)?\},$/gm)].map(([, member, name, avatar, admin]) => ({ member, name, avatar, admin }));
const known = new Set(members.map(({ member }) => member));
const written = [...kPosts.flatMap((each) => [each, ...each.comments]), ...kDiscussions.flatMap((each) => [each, ...each.replies])];

describe('Oakwood', () => {
  it('has sixteen members, one of whom has forty letters and one of whom is written from right to left', () => {
    assert.equal(members.length, 16);
    assert.ok(members.some(({ name }) => [...name].length === 40));
    assert.ok(members.some(({ name }) => /\p{Script=Arabic}|\p{Script=Hebrew}/u.test(name)));
    assert.equal(members.filter(({ admin }) => admin).length, 1);
  });

  it('has a picture where the list says so', () => {
    const folder = new URL('../../../../signaling/web', import.meta.url).pathname;
    for (const { avatar } of members) if (avatar) assert.ok(existsSync(folder + avatar), avatar);
  });

  it('knows something about everybody, and speaks of nobody else', () => {
    assert.deepEqual(Object.keys(kAbout).sort(), [...known].sort());
    for (const { author, text } of written) {
      assert.ok(known.has(author), author);
      for (const [, member] of text.matchAll(/@\{([^}]*)\}/g)) assert.ok(known.has(member), member);
    }
    for (const { members: inGroup, roles } of kGroups) for (const member of [...inGroup, ...Object.keys(roles)]) assert.ok(known.has(member), member);
  });

  it('has everybody write and be mentioned somewhere', () => {
    for (const member of known) {
      assert.ok(written.some(({ author }) => author === member), `${member} writes`);
      assert.ok(written.some(({ text }) => text.includes(`@{${member}}`)), `${member} is mentioned`);
    }
  });

  it('says how long ago something was', () => {
    const now = 1_700_000_000_000;
    const minute = 60_000;
    const said = [0, 1, 59, 60, 23 * 60, 24 * 60, 3 * 24 * 60, 15 * 24 * 60].map((minutes) => ago(now - minutes * minute, now));
    assert.deepEqual(said, ['just now', '1 minute ago', '59 minutes ago', '1 hour ago', '23 hours ago', 'yesterday', '3 days ago', '2 weeks ago']);
    assert.equal(ago(now + minute, now), 'just now', 'a clock ahead of ours');
  });
});
