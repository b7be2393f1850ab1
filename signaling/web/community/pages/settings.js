// A member's own settings, and for administrators those of the site: the toggle of private calls stands under Site Settings, Security and
// Privacy, User & Profile.
import { h, icon } from '../dom.js';
import { backLink, pageHead, switchRow } from './parts.js';

export function settings({ calls }) {
  const messenger = switchRow({
    label: 'Messenger', text: 'Others can write to you, and you to them.', checked: calls.you.messenger,
    save: (on) => calls.setMine({ messenger: on }),
  });
  const takes = switchRow({
    label: 'Take private calls', text: 'While this is off, others see you as not active.', checked: calls.you.takesCalls,
    save: (on) => calls.setMine({ takesCalls: on }),
  });
  return {
    title: 'Your settings',
    content: [pageHead('Your settings', 'How others can reach you.'), h('section', { class: 'settings surface' }, messenger.row, takes.row)],
    leave: calls.on('youchanged', ({ you }) => {
      messenger.show(you.messenger);
      takes.show(you.takesCalls);
    }),
  };
}

const onlyAdmins = { title: 'Site Settings', content: [pageHead('Site Settings', 'Only administrators of Oakwood can open this page.')] };

const entry = (href, sign, title, text) =>
  h('li', {}, h('a', { class: 'setting-link', href }, icon(sign), h('span', {}, h('span', { class: 'setting-title' }, title), h('span', { class: 'quiet' }, text)), icon('chevron')));

export function siteSettings({ calls }) {
  if (!calls.you.admin) return onlyAdmins;
  return {
    title: 'Site Settings',
    content: [
      pageHead('Site Settings', 'For administrators of Oakwood.'),
      h('ul', { class: 'setting-links surface' },
        entry('#/site-settings/security', 'shield', 'Security and Privacy', 'What members can do, and with whom')),
    ],
  };
}

export function security({ calls }) {
  if (!calls.you.admin) return onlyAdmins;
  return {
    title: 'Security and Privacy',
    content: [
      backLink('#/site-settings', 'Site Settings'),
      pageHead('Security and Privacy'),
      h('ul', { class: 'setting-links surface' }, entry('#/site-settings/security/user-profile', 'person', 'User & Profile', 'Private calls and messages')),
    ],
  };
}

export async function userProfile({ calls }) {
  if (!calls.you.admin) return onlyAdmins;
  const now = await calls.siteSettings();
  const privateCalls = switchRow({
    label: 'Private Calls', text: 'Members can call each other from pictures and mentions.', checked: now.privateCalls,
    save: (on) => calls.setSiteSettings({ privateCalls: on }),
  });
  const messenger = switchRow({
    label: 'Messenger', text: 'Members can write to each other.', checked: now.messenger,
    save: (on) => calls.setSiteSettings({ messenger: on }),
  });
  return {
    title: 'User & Profile',
    content: [
      backLink('#/site-settings/security', 'Security and Privacy'),
      pageHead('User & Profile'),
      h('section', { class: 'settings surface' }, privateCalls.row, messenger.row),
    ],
    leave: calls.on('sitechanged', ({ site }) => {
      privateCalls.show(site.privateCalls);
      messenger.show(site.messenger);
    }),
  };
}
