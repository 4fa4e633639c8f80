'use strict';
// The list of cases.
const cases = new Map();
const tabs = ['waiting', 'mine', 'open', 'resolved'];
let tab = 'waiting';
let complete = false; // the list is there, not only what changed

const belongs = {
  waiting: (c) => c.state === 'waiting',
  mine: isMine,
  open: (c) => c.state !== 'resolved',
  resolved: (c) => c.state === 'resolved',
};

// inOrder is the queue's order: urgent first, then the moment of escalation. The
// moments are compared as numbers: "…5.1Z" is before "…5.12Z", but not as text.
function inOrder(list) {
  return list.sort((a, b) => (b.urgent ? 1 : 0) - (a.urgent ? 1 : 0) || Date.parse(a.opened) - Date.parse(b.opened) || (a.id < b.id ? -1 : 1));
}

function fill(li, c) {
  const part = (f) => li.querySelector('[data-f=' + f + ']');
  const set = (f, text) => { const p = part(f); if (p.textContent !== text) p.textContent = text; p.hidden = !text; };
  const a = li.querySelector('a');
  a.href = '/desk/case/' + encodeURIComponent(c.id);
  a.classList.toggle('hot', !!c.urgent);
  a.classList.toggle('own', isMine(c));
  set('urgent', c.urgent ? word('urgent') : '');
  set('alias', c.alias);
  set('unread', c.unread && c.state !== 'resolved' ? String(c.unread) : '');
  part('unread').setAttribute('aria-label', c.unread + ' ' + word('unread'));
  const preview = c.urgent ? word(c.urgent === 'restricted' ? 'hidden_short' : 'urgent_hidden') : c.preview || word('no_text');
  if (part('preview').textContent !== preview) write(part('preview'), preview);
  part('preview').lang = c.urgent ? boot.lang : c.lang;
  set('place', c.state === 'waiting' ? '#' + c.place : '');
  set('wishes', c.wishes ? c.wishes.map(wishName).join(', ') : '');
  set('channel', channels[c.channel] || c.channel);
  set('lang', c.lang ? languageName(c.lang) : '');
  set('topic', boot.topics[c.topic] || c.topic);
  const now = Date.now();
  set('wait', c.waiting_since && c.state !== 'resolved' ? word('waiting_for') + ' ' + span(now - Date.parse(c.waiting_since)) : '');
  const late = c.due && !c.answered && now > Date.parse(c.due);
  set('due', c.due && !c.answered && c.state !== 'resolved' ? (late ? word('overdue') : word('due_at') + ' ' + clock(c.due)) : '');
  part('due').classList.toggle('late', !!late);
  const more = li.querySelector('[data-f=alike]'), alike = tab === 'waiting' && c.alike;
  more.hidden = !alike;
  if (alike) {
    more.textContent = word('alike') + ': ' + alike.others;
    more.setAttribute('aria-expanded', String(unfolded.has(alike.words)));
    more.onclick = () => {
      if (!unfolded.delete(alike.words)) unfolded.add(alike.words);
      draw();
    };
  }
  set('holder', c.holder ? (isMine(c) ? word('mine_short') : word('held_by') + ' ' + c.holder.name) : '');
}

function draw() {
  const all = inOrder([...cases.values()]);
  let place = 0;
  for (const c of all) c.place = c.state === 'waiting' ? ++place : 0;
  let list = all.filter(belongs[tab]);
  if (tab === 'resolved') list.sort((a, b) => Date.parse(b.closed) - Date.parse(a.closed));
  offer('by-lang', list.map((c) => c.lang), languageName);
  offer('by-topic', list.map((c) => c.topic), (t) => boot.topics[t] || t);
  const lang = $('by-lang').value, topic = $('by-topic').value;
  // Whose wish I meet stands first among the waiting, urgent or not.
  const wished = (c) => (c.wishes && !unmet(c).length ? 0 : 1);
  if (tab === 'waiting') list.sort((a, b) => (b.urgent ? 1 : 0) - (a.urgent ? 1 : 0) || wished(a) - wished(b) || a.place - b.place);
  list = list.filter((c) => (!lang || c.lang === lang) && (!topic || c.topic === topic));

  if (tab === 'waiting') list = fold(list);

  // Cards keep their elements, so that the focus stays where it is.
  const ul = $('cases');
  const old = new Map([...ul.children].map((li) => [li.dataset.id, li]));
  const focused = document.activeElement && document.activeElement.closest('#cases li');
  list.forEach((c, i) => {
    let li = old.get(c.id);
    if (!li) {
      li = $('card').content.firstElementChild.cloneNode(true);
      li.dataset.id = c.id;
    }
    old.delete(c.id);
    if (ul.children[i] !== li) ul.insertBefore(li, ul.children[i] || null);
    fill(li, c);
  });
  for (const li of old.values()) li.remove();
  if (focused && focused.isConnected && !focused.contains(document.activeElement)) focused.querySelector('a').focus();
  ul.removeAttribute('aria-busy');
  $('empty').hidden = list.length > 0;
  $('empty').textContent = word('empty_' + tab);
  for (const t of ['waiting', 'mine', 'open']) {
    document.querySelector('[data-tab=' + t + '] b').textContent = String(all.filter(belongs[t]).length || '');
  }
  for (const a of document.querySelectorAll('.tabs a')) {
    if (a.dataset.tab === tab) a.setAttribute('aria-current', 'page'); else a.removeAttribute('aria-current');
  }
  badge(all.filter((c) => c.state === 'waiting' || (isMine(c) && c.unread)).length);
  if (complete) announce(all);
}

// fold leaves the first of the cards that three or more people opened with the same words,
// however many a sender of one text makes. Danger is never folded.
const unfolded = new Set();
function fold(list) {
  const groups = new Map();
  for (const c of list) {
    c.alike = null;
    const words = !c.urgent && [...c.preview].length >= 30 && c.preview.toLowerCase().split(/\s+/).join(' ').trim();
    if (words) groups.set(words, (groups.get(words) || []).concat(c));
  }
  const away = new Set();
  for (const [words, group] of groups) {
    if (group.length < 3) continue;
    group[0].alike = { words, others: group.length - 1 };
    if (!unfolded.has(words)) for (const c of group.slice(1)) away.add(c);
  }
  return list.filter((c) => !away.has(c));
}

// offer fills a filter with what there is to choose from.
function offer(id, values, name) {
  const select = $(id), chosen = select.value;
  const wanted = [...new Set(values.filter(Boolean).concat(chosen || []))].sort();
  select.parentElement.hidden = wanted.length < 2 && !chosen;
  if (wanted.join() === [...select.options].slice(1).map((o) => o.value).join()) return;
  while (select.options.length > 1) select.remove(1);
  for (const v of wanted) select.add(new Option(name(v), v));
  select.value = chosen;
}

// What changes while lists are on their way is newer than the lists.
let news = null;
async function load() {
  const mine = news = new Map();
  try {
    const lists = await Promise.all([call('GET', 'cases?state=open')].concat(tab === 'resolved' ? [call('GET', 'cases?state=resolved')] : []));
    if (news !== mine) return; // asked again meanwhile
    news = null;
    complete = true;
    cases.clear();
    for (const l of lists) for (const c of l.cases) cases.set(c.id, c);
    for (const [id, c] of mine) change(id, c);
    draw();
  } catch (e) {
    show('line', word('offline'));
  }
}

let drawing = false;
function soon() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => { drawing = false; draw(); });
}

function change(id, c) {
  if (news) news.set(id, c);
  if (c) cases.set(id, c); else cases.delete(id);
  soon();
}
present('', () => {});
listen((c) => change(c.id, c), (id) => change(id, null), load);
setInterval(soon, 30000);

function choose() {
  const t = location.hash.slice(1);
  tab = tabs.includes(t) ? t : 'waiting';
  if (tab === 'resolved') load(); else draw();
}
addEventListener('hashchange', choose);
$('by-lang').onchange = draw;
$('by-topic').onchange = draw;
if (tabs.includes(location.hash.slice(1))) tab = location.hash.slice(1);

async function next() {
  $('next').disabled = true;
  try {
    const got = await call('POST', 'next');
    if (got.case) location.href = '/desk/case/' + encodeURIComponent(got.case.id);
    else show('said', word('next_none'));
  } catch (e) {
    show('said', problem(e));
  }
  $('next').disabled = false;
}
$('next').onclick = next;

function move(step) {
  const links = [...document.querySelectorAll('#cases a')];
  const at = links.indexOf(document.activeElement);
  const to = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))];
  if (to) to.focus();
}
keys.j = () => move(1);
keys.k = () => move(-1);
keys.x = next;
tabs.forEach((t, i) => { keys[i + 1] = () => { location.hash = t; }; });
