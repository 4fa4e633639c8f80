'use strict';
// What every page of the desk has: words, requests, live events, the menu and help.
const boot = JSON.parse(document.getElementById('boot').textContent);
const $ = (id) => document.getElementById(id);
const word = (id) => boot.words[id] || id;

// show puts text into a notice; an empty text hides it.
function show(id, text) {
  const e = $(id);
  if (!e) return;
  const place = e.querySelector('span') || e;
  place.textContent = text;
  e.hidden = !text;
}

// A call of the API. What went wrong is thrown with its code, "" for no network.
async function call(method, path, body) {
  let response;
  try {
    response = await fetch('/desk/api/' + path, {
      method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body && JSON.stringify(body),
    });
  } catch (e) {
    throw { code: '', holder: null };
  }
  if (response.status === 401) location.reload();
  const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (!response.ok) {
    throw { code: (answer.error && answer.error.code) || 'other', holder: answer.holder || null };
  }
  return answer;
}

// What an error of call says to a person.
function problem(e) {
  if (e.code === '') return word('not_sent');
  if (e.code === 'claimed' && e.holder) return word('lost_race') + ' \u2068' + e.holder.name + '\u2069.';
  return boot.words['error_' + e.code] || word('error_other');
}

// Live events; onCase gets changed cases, onSync is called when anything may have
// been missed, which includes every new connection. onTyping, if given, hears in which
// case the newcomer is typing, and for how many ms that holds.
function listen(onCase, onGone, onSync, onTyping) {
  let source = null, left = 0;
  function connect() {
    if (source) source.close();
    const here = source = new EventSource('/desk/api/events');
    source.onopen = () => { show('line', ''); onSync(); };
    source.onerror = () => {
      show('line', word('offline'));
      // The browser repeats broken streams, but not refused ones.
      if (here.readyState !== EventSource.CLOSED) return;
      setTimeout(() => { if (here === source) { connect(); onSync(); } }, 2000 + 2000 * Math.random());
    };
    source.onmessage = (e) => onCase(JSON.parse(e.data));
    source.addEventListener('gone', (e) => onGone(JSON.parse(e.data).id));
    source.addEventListener('sync', () => onSync());
    if (onTyping) source.addEventListener('typing', (e) => onTyping(JSON.parse(e.data)));
  }
  connect();
  // A phone that slept, or lost its network, may have missed something, and may hold a
  // stream that is dead.
  addEventListener('offline', () => show('line', word('offline')));
  addEventListener('online', connect);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) left = Date.now();
    else if (Date.now() - left > 10000) connect();
    else onSync();
  });
}

// present tells the helpdesk every 25 s that this page is in front of somebody who uses
// it, and which case it shows: alerts then spare them. onOthers gets the names of those
// who look at the same case.
let used = Date.now();
let depart = () => {};
function present(id, onOthers) {
  for (const sign of ['pointerdown', 'keydown', 'scroll']) addEventListener(sign, () => { used = Date.now(); }, { passive: true });
  const beat = async () => {
    if (document.hidden || Date.now() - used > 300000) return;
    try { onOthers((await call('POST', 'here', { case: id })).looking); } catch (e) { /* the next one tells */ }
  };
  const away = () => navigator.sendBeacon('/desk/api/here', JSON.stringify({ case: id, away: true }));
  document.addEventListener('visibilitychange', () => (document.hidden ? away() : beat()));
  addEventListener('pagehide', away);
  depart = away;
  setInterval(beat, 25000);
  beat();
}

// A newcomer's wish is for somebody else: may this volunteer take the case all the same?
const unmet = (c) => (c.wishes || []).filter((w) => !boot.me.meets.includes(w));
const wishName = (w) => boot.words['wish_' + w] || w;

const languages = new Intl.DisplayNames([boot.lang], { type: 'language' });
function languageName(tag) {
  try { return languages.of(tag) || tag; } catch (e) { return tag; }
}

const channels = { telegram: 'Telegram', whatsapp: 'WhatsApp', signal: 'Signal', web: 'Web' };

// span is a length of time in the interface's language: "5 min", "2 h".
function span(ms) {
  const minutes = Math.max(0, Math.round(ms / 60000));
  const [n, unit] = minutes < 60 ? [minutes, 'minute'] : minutes < 2880 ? [Math.round(minutes / 60), 'hour'] : [Math.round(minutes / 1440), 'day'];
  return new Intl.NumberFormat(boot.lang, { style: 'unit', unit, unitDisplay: 'short' }).format(n);
}

// clock is a moment, as short as it stays clear.
function clock(at) {
  const t = new Date(at), away = Math.abs(t - Date.now()) / 86400000;
  const form = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  if (t.toDateString() !== new Date().toDateString()) Object.assign(form, away < 6 ? { weekday: 'short' } : { day: 'numeric', month: 'short' });
  if (away > 180) form.year = 'numeric';
  return new Intl.DateTimeFormat(boot.lang, form).format(t);
}

// write puts text into an element. In right-to-left text, numbers, dates and Latin
// words are isolated: 0800-2000 reads backwards otherwise. With marks, **bold** and
// [links](https://…) of our own texts are shown as such.
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufefc]/;
const leftRun = /[+€$]?[\d٠-٩۰-۹](?:[\s\d٠-٩۰-۹.,:;/()+–-]*[\d٠-٩۰-۹])?%?|[A-Za-z](?:[\w.@:/?#=&%+'’-]*\w)?(?:[ ][A-Za-z](?:[\w.@'’-]*\w)?)*/g;
const mark = /\*\*([^*\n]+)\*\*|\[([^\]\n]+)\]\(((?:https?:\/\/|tel:|mailto:)[^\s)]+)\)/g;
function write(e, text, marks) {
  e.replaceChildren();
  if (!marks) return plain(e, text, rightToLeft.test(text));
  let from = 0;
  for (const m of text.matchAll(mark)) {
    plain(e, text.slice(from, m.index), rightToLeft.test(text));
    const inner = document.createElement(m[1] ? 'strong' : 'a');
    if (m[3]) Object.assign(inner, { href: m[3], target: '_blank', rel: 'noopener noreferrer' });
    plain(inner, m[1] || m[2], rightToLeft.test(text));
    e.append(inner);
    from = m.index + m[0].length;
  }
  plain(e, text.slice(from), rightToLeft.test(text));
}
function plain(e, text, isolate) {
  let from = 0;
  for (const m of isolate ? text.matchAll(leftRun) : []) {
    const run = document.createElement('bdi');
    run.dir = 'ltr';
    run.textContent = m[0];
    if (m[0].length < 20) run.className = 'whole';
    e.append(text.slice(from, m.index), run);
    from = m.index + m[0].length;
  }
  e.append(text.slice(from));
}

// newID is random, also where crypto.randomUUID is missing (plain http).
function newID() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

// badge writes the number that needs attention into the title and the icon.
const plainTitle = document.title;
function badge(n) {
  document.title = (n ? '(' + n + ') ' : '') + plainTitle;
  const c = document.createElement('canvas');
  c.width = c.height = 32;
  const g = c.getContext('2d');
  g.fillStyle = n ? '#b3261e' : '#0b5c8a';
  g.beginPath();
  g.arc(16, 16, 16, 0, 7);
  g.fill();
  g.fillStyle = '#fff';
  g.font = 'bold 20px sans-serif';
  g.textAlign = 'center';
  g.textBaseline = 'middle';
  g.fillText(n > 99 ? '99' : String(n || '·'), 16, 17);
  document.querySelector('link[rel=icon]').href = c.toDataURL();
}

// Notifications, never with a word of what a case says, and without a sound. A case
// calls a volunteer when it waits in a language they write, or in danger, or is theirs
// and has something to read; called again, or having become urgent, it is news.
const isMine = (c) => !!c.holder && c.holder.id === boot.me.id;
const calls = (c) => (isMine(c) ? c.unread > 0 && c.state !== 'resolved' : c.state === 'waiting' && c.urgent !== 'restricted' &&
  (!!c.urgent || !boot.me.languages.length || boot.me.languages.includes(c.lang)));
const callName = (c) => (c.urgent ? 'urgent' : '') + (c.recalled ? ' again' : '');
let known = null; // the name by the id of each case that called so far
const started = Date.now();

// announce takes the whole list, hear one change where nobody knows the list.
function announce(all) {
  const now = all.filter(calls);
  const fresh = known && now.filter((c) => known.get(c.id) !== callName(c));
  known = new Map(now.map((c) => [c.id, callName(c)]));
  if (fresh && fresh.length) ring(fresh);
}
function hear(c) {
  known = known || new Map();
  const news = calls(c) && known.get(c.id) !== callName(c) && (isMine(c) || c.urgent || Date.parse(c.opened) > started - 60000);
  if (calls(c)) known.set(c.id, callName(c)); else known.delete(c.id);
  if (news) ring([c]);
}
function ring(fresh) {
  if (!canNotify || Notification.permission !== 'granted') return;
  const title = word(fresh.some((c) => c.urgent) ? 'notify_urgent' : fresh.some(isMine) ? 'notify_mine' : 'notify_title');
  worker().then((r) => r.showNotification(title, { tag: 'brug', silent: true })).catch(() => { /* not in this browser */ });
}
const canNotify = !!window.Notification && !!navigator.serviceWorker;
const notify = document.querySelector('[data-do=notify]');
notify.hidden = !canNotify || Notification.permission !== 'default';

// worker is the service worker that shows notifications: phones allow nobody else to.
let working = null;
function worker() {
  working = working || navigator.serviceWorker.register(notify.dataset.worker).then((r) => new Promise((done) => {
    if (r.active) return done(r);
    (r.installing || r.waiting).addEventListener('statechange', () => { if (r.active) done(r); });
  }));
  return working;
}

// Single keys can be turned off: who speaks to the phone sets them off by chance.
const keys = {};
const single = $('single-keys');
try { single.checked = localStorage.getItem('single-keys') !== 'off'; } catch (e) { /* no storage: on */ }
single.onchange = () => {
  try { localStorage.setItem('single-keys', single.checked ? 'on' : 'off'); } catch (e) { /* for this page only */ }
};
document.addEventListener('keydown', (e) => {
  const typing = e.target.closest('input, textarea, select, dialog');
  if (typing || !single.checked || e.ctrlKey || e.altKey || e.metaKey) return;
  if (keys[e.key]) {
    e.preventDefault();
    keys[e.key]();
  }
});
keys['?'] = () => $('help').showModal();

const actions = {
  help() { $('help').showModal(); },
  async notify() {
    await Notification.requestPermission();
    notify.hidden = true;
  },
  async away() {
    if (!confirm(word('away_sure'))) return;
    try { await call('POST', 'away'); } catch (e) { return alert(problem(e)); }
    used = 0; // whoever touches the page is back
    depart();
  },
};
document.addEventListener('click', (e) => {
  const b = e.target.closest('[data-do]');
  if (b && actions[b.dataset.do]) actions[b.dataset.do](b);
  const menu = document.querySelector('.menu[open]');
  if (menu && (b || !menu.contains(e.target))) menu.open = false;
});
// What was typed and not sent must not stay on a phone that changes hands.
document.querySelector('[action="/desk/sign-out"]').addEventListener('submit', () => {
  for (const key of Object.keys(localStorage)) if (/^(draft|note):/.test(key)) localStorage.removeItem(key);
});
document.addEventListener('keydown', (e) => {
  const menu = document.querySelector('.menu[open]');
  if (e.key === 'Escape' && menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
