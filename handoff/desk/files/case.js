'use strict';
// One case: what was said, and what a volunteer can do.
const id = boot.case;
let current = null;
let inserted = null; // the article that was put into the answer

// Drafts stay on the phone until they are sent.
const drafts = { text: 'draft:' + id, note: 'note:' + id };
for (const [field, key] of Object.entries(drafts)) {
  const e = $(field);
  try { e.value = localStorage.getItem(key) || ''; } catch (x) { /* no storage: nothing to restore */ }
  e.addEventListener('input', () => { keep(field); grow(e); typing(); });
}
function keep(field) {
  try {
    if ($(field).value) localStorage.setItem(drafts[field], $(field).value); else localStorage.removeItem(drafts[field]);
  } catch (x) { /* no storage: the page itself keeps it */ }
}
function grow(e) {
  e.style.setProperty('height', 'auto');
  e.style.setProperty('height', Math.min(e.scrollHeight + 2, innerHeight * 0.35) + 'px');
}

const mine = () => current && isMine(current);

// Typing keeps the claim; saying so twice a minute is enough.
let touched = 0;
async function touch() {
  touched = Date.now();
  try { update(await call('POST', 'cases/' + id + '/touch')); } catch (e) { if (e.code) load(); }
}
function typing() { if (mine() && Date.now() - touched > 30000) touch(); }
actions.touch = touch;

function message(li, m) {
  const part = (f) => li.querySelector('[data-f=' + f + ']');
  const set = (f, text) => { part(f).textContent = text || ''; part(f).hidden = !text; };
  li.className = m.from + (m.from === 'newcomer' ? '' : ' out');
  set('from', word('from_' + m.from));
  set('by', m.by);
  part('at').textContent = clock(m.at) + (m.edited ? ' · ' + word('edited') : '');
  part('at').dateTime = m.at;
  let text = m.withdrawn ? word('withdrawn') : m.text;
  if (m.location) text = (text ? text + '\n' : '') + word('location') + ': ' + m.location.lat.toFixed(5) + ', ' + m.location.lon.toFixed(5) + (m.location.name ? ' ' + m.location.name : '');
  if (m.hidden) conceal(part('text'), m); else write(part('text'), text || '', m.from !== 'newcomer' && m.from !== 'note');
  part('text').hidden = !text;
  part('text').lang = m.withdrawn ? boot.lang : m.lang || '';
  set('choices', m.choices ? word('choices') + ': ' + m.choices.map((c) => '\u2068' + c + '\u2069').join(' · ') : '');
  set('article', m.article ? word('article') + ': \u2068' + (boot.topics[m.article] || m.article) + '\u2069 (' + m.revision + ')' : '');
  const media = part('media');
  media.replaceChildren(...(m.media || []).map((a) => {
    const item = document.createElement('li'), link = document.createElement('a');
    link.href = a.url;
    link.download = '';
    link.textContent = word('attachment') + ': ' + word('media_' + a.kind) + (a.name ? ' \u2068' + a.name + '\u2069' : '') + (a.size ? ' (' + Math.ceil(a.size / 1024) + ' kB)' : '');
    item.append(link);
    if (a.kind === 'image') item.append(' ', looker(a.url, link.textContent));
    if (a.kind === 'document' || a.kind === 'video') item.append(asItCame());
    return item;
  }));
  media.hidden = !m.media;
  const delivery = part('delivery');
  const state = m.from === 'newcomer' || m.from === 'note' ? '' : m.delivery;
  set('delivery', state ? word('delivery_' + state) + (m.reason ? ': ' + word('reason_' + m.reason) : '') : '');
  delivery.classList.toggle('failed', state === 'failed');
  if (state === 'failed' && m.from === 'volunteer') {
    const again = document.createElement('button');
    again.type = 'button';
    again.className = 'quiet';
    again.textContent = word('again');
    again.onclick = () => { mode('answer'); insert(m.text); };
    delivery.append(' ', again);
  }
}

// conceal writes a message with a button in the place of each piece of personal data.
// What was shown stays so on this page while the case is held.
const shown = new Map();
let had = false;
function conceal(e, m) {
  const signs = [...m.text], isolate = rightToLeft.test(m.text);
  let from = 0;
  e.replaceChildren();
  m.hidden.forEach((h, n) => {
    plain(e, signs.slice(from, h.at).join(''), isolate);
    from = h.at + h.length;
    const key = m.id + '/' + n + '/' + m.text;
    e.append(shown.has(key) ? bare(h, shown.get(key)) : secret(h, (text) => shown.set(key, text), m.id + '/' + n));
  });
  plain(e, signs.slice(from).join(''), isolate);
}
function bare(h, text) {
  const e = document.createElement('bdi');
  e.className = 'bare';
  e.dir = h.kind === 'address' || h.kind === 'place' ? 'auto' : 'ltr';
  e.tabIndex = -1;
  e.textContent = text;
  return e;
}
function secret(h, keep, path) {
  const b = document.createElement('button');
  b.type = 'button';
  b.className = 'secret';
  b.dir = document.dir || 'ltr';
  b.setAttribute('aria-label', word('reveal_one') + ': ' + word('data_' + h.kind) + (h.hint ? ' …' + h.hint : ''));
  b.textContent = word('data_' + h.kind) + ' \u2066••••' + (h.hint ? ' ' + h.hint : '') + '\u2069';
  b.onclick = async () => {
    const body = {};
    if (!mine() && boot.me.coordinator && !(body.reason = prompt(word('reveal_reason')))) return;
    b.disabled = true;
    try {
      const text = (await call('POST', 'cases/' + id + '/reveal/' + path.split('/').map(encodeURIComponent).join('/'), body)).text;
      keep(text);
      const e = bare(h, text);
      b.replaceWith(e);
      e.focus();
    } catch (x) {
      b.disabled = false;
      show('said', x.code === 'claimed' || x.code === 'not_holder' || x.code === 'resolved' ? word('reveal_holder') : problem(x));
    }
  };
  return b;
}
// cover hides again what was shown, once the case is with somebody else.
function cover() {
  if (had && !mine()) {
    shown.clear();
    drawn = '';
    for (const li of $('messages').children) li.state = '';
  }
  had = mine();
}

// asItCame warns of a file that the helpdesk cannot look into.
function asItCame() {
  const p = document.createElement('p');
  p.className = 'meta';
  p.textContent = word('as_it_came');
  return p;
}

// looker shows a picture when somebody asks for it: nobody is surprised by one.
function looker(url, name) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = word('show_picture');
  button.onclick = () => {
    const img = document.createElement('img');
    img.src = url;
    img.alt = name;
    img.onerror = () => img.replaceWith(asItCame());
    button.replaceWith(img);
  };
  return button;
}

// guide shows how to go about an urgent case, and its first line until something was said.
function guide() {
  const g = current.guidance, box = $('guide');
  $('hidden').hidden = current.urgent !== 'restricted';
  $('work').hidden = current.urgent === 'restricted';
  box.hidden = !g || !g.text;
  if (box.hidden) return;
  if (!draw.before) box.open = !current.answered;
  write($('guide-text'), g.text, true);
  $('first').hidden = !!current.answered || current.state === 'resolved';
  const line = document.querySelector('#first q');
  line.textContent = g.first;
  line.lang = current.lang;
  document.querySelector('#first span').textContent = g.first === g.meaning ? '' : g.meaning;
}
// The first line is said once, however often the button is pressed.
actions.first = async () => {
  if (!mine() && !(await claim())) return;
  if (await act('reply', { id: 'first-' + Date.parse(current.opened), text: current.guidance.first })) $('guide').open = false;
};

let drawn = '';
function draw() {
  const c = current;
  cover();
  const state = JSON.stringify(c.messages);
  if (state !== drawn) {
    drawn = state;
    const list = $('messages');
    const atEnd = innerHeight + scrollY > document.documentElement.scrollHeight - 160;
    c.messages.forEach((m, i) => {
      let li = list.children[i];
      if (!li) {
        li = $('message').content.firstElementChild.cloneNode(true);
        list.append(li);
      }
      const now = JSON.stringify(m);
      if (li.state !== now) message(li, m);
      li.state = now;
    });
    while (list.children.length > c.messages.length) list.lastElementChild.remove();
    guide();
    // Who opens an urgent case reads first how to go about it.
    if (draw.before ? atEnd : !$('guide').open) scrollTo(0, document.documentElement.scrollHeight);
    draw.before = true;
  }
  $('wishes').hidden = !c.wishes;
  $('wishes').textContent = c.wishes ? word('wishes') + ': ' + c.wishes.map(wishName).join(', ') + (unmet(c).length && !c.holder ? '. ' + word('wish_not_you') : '') : '';
  $('earlier').hidden = !c.earlier.length;
  $('earlier').querySelector('ul').replaceChildren(...c.earlier.map((e) => {
    const li = document.createElement('li'), a = document.createElement('a');
    a.href = '/desk/case/' + encodeURIComponent(e.id);
    a.textContent = clock(e.opened) + ' · ' + (boot.topics[e.topic] || e.topic || word('no_topic')) + (e.outcome ? ' · ' + (boot.words['outcome_' + e.outcome] || e.outcome) : '');
    li.append(a);
    return li;
  }));
  stand();
}

// stand shows where the case stands and what can be done now.
function stand() {
  const c = current;
  const facts = $('facts');
  facts.replaceChildren();
  const add = (text, kind) => {
    if (!text) return;
    const s = document.createElement('bdi');
    s.textContent = text;
    if (kind) s.className = kind;
    if (facts.childNodes.length) facts.append(' · ');
    facts.append(s);
  };
  add(c.urgent && word('urgent') + ': ' + word('urgent_' + c.urgent), 'urgent');
  add(c.holder ? (mine() ? word('mine_short') : word('held_by') + ' ' + c.holder.name) : word('state_' + c.state) + (c.place ? ' #' + c.place : ''));
  add(c.lang && languageName(c.lang));
  add(channels[c.channel] || c.channel);
  add(boot.topics[c.topic] || c.topic);
  const open = c.state !== 'resolved';
  show('theirs', open && c.holder && !mine() ? word('is_with') + ' \u2068' + c.holder.name + '\u2069. ' + word('is_with_help') : '');
  const claims = $('claims');
  claims.hidden = !open || mine();
  claims.querySelector('[data-do=claim]').hidden = !!c.holder;
  claims.querySelector('[data-do=takeover]').hidden = !c.holder || !boot.me.coordinator;
  if (c.holder && !boot.me.coordinator) claims.hidden = true;
  $('send').disabled = !open;
  wanted();
  if ($('block')) {
    $('block').closest('details').hidden = !!c.blocked;
    $('unblock').hidden = !c.blocked;
  }
  const topic = document.querySelector('#resolve [name=topic]');
  if (!topic.dataset.set && c.topic) {
    topic.value = c.topic;
    topic.dataset.set = '1';
  }
  const warned = mine() && c.warn && Date.now() >= Date.parse(c.warn);
  show('warn', warned ? word('warn') + ' ' + clock(c.expires) + '.' : '');
  badge(mine() && !document.hasFocus() ? c.unread : 0);
}
setInterval(() => { if (current) stand(); }, 5000);

function update(c) {
  const held = mine();
  current = Object.assign({}, current, c, { expires: c.expires, warn: c.warn, blocked: c.blocked, topic: c.topic || current.topic });
  if (held && current.state === 'waiting' && !leaving) show('said', word('lost_claim'));
  stand();
}

let loads = 0;
async function load() {
  const turn = ++loads;
  try {
    const fresh = await call('GET', 'cases/' + id);
    if (turn !== loads) return; // asked again meanwhile
    const heard = (c) => c.messages.filter((m) => m.from === 'newcomer').length;
    if (current && current.messages && heard(fresh) > heard(current)) keysOf(0); // that was it
    current = fresh;
    draw();
    if (mine() && fresh.unread && document.hasFocus()) touch();
  } catch (e) {
    if (e.code === 'unknown') location.href = '/desk'; else show('line', word('offline'));
  }
}

let loading = null;
function soon() {
  clearTimeout(loading);
  loading = setTimeout(load, 60);
}
// A newcomer at the keys. A screen reader says it once a minute at most.
let still = null, told = 0;
function keysOf(ms) {
  clearTimeout(still);
  const line = $('typing'), text = ms && current && current.state !== 'resolved' ? '\u2068' + current.alias + '\u2069 ' + word('typing') : '';
  if (ms) still = setTimeout(() => keysOf(0), ms);
  if (line.textContent === text) return;
  if (text) {
    line.setAttribute('aria-live', Date.now() - told < 60000 ? 'off' : 'polite');
    told = Date.now();
  }
  line.textContent = text;
}

present(id, (names) => show('looking', names.length ? word('looking') + ': ' + names.map((n) => '\u2068' + n + '\u2069').join(', ') : ''));
listen((c) => { if (c.id !== id || !document.hasFocus()) hear(c); if (c.id === id) { if (current) update(c); soon(); } }, (gone) => { if (gone === id) location.href = '/desk'; }, load,
  (t) => { if (t.id === id) keysOf(t.ms); });
addEventListener('focus', () => { if (mine() && current.unread) touch(); });

let leaving = false;
async function act(path, body, done) {
  try {
    const answer = await call('POST', 'cases/' + id + '/' + path, body);
    show('said', '');
    update(answer.case || answer);
    if (done) done(answer);
    soon();
    return true;
  } catch (e) {
    const typed = $('text').value || $('note').value;
    show('said', problem(e) + (typed && e.code ? ' ' + word('kept') : ''));
    if (e.code) soon();
    return false;
  }
}
// wanted says whether the editors know that this should be an article.
function wanted() {
  const p = $('want');
  p.hidden = !!current.urgent;
  p.querySelector('button').hidden = !!current.wanted;
  const text = current.wanted ? '\u2713 ' + word('wanted_told') : '';
  if (p.querySelector('span').textContent !== text) p.querySelector('span').textContent = text;
}
actions.want = async (b) => {
  b.disabled = true;
  try {
    current.wanted = (await call('POST', 'cases/' + id + '/wanted')).wanted;
    wanted();
  } catch (e) {
    show('said', problem(e));
  }
  b.disabled = false;
};
function taken() {
  show('said', word('claimed_now'));
  setTimeout(() => { if ($('said').textContent === word('claimed_now')) show('said', ''); }, 4000);
  // Who went on to write a note meanwhile stays there.
  if (document.activeElement.matches('input, select, textarea')) return;
  mode('answer');
  $('text').focus();
}
// claim asks before it takes a case from whom the newcomer wished for.
function claim(done) {
  const others = unmet(current);
  if (others.length && !confirm(word('wishes') + ': ' + others.map(wishName).join(', ') + '. ' + word('wish_anyway'))) return false;
  return act('claim', {}, done);
}
actions.claim = () => claim(taken);
actions.takeover = () => act('takeover', {}, taken);

// An attempt keeps its id until the text changes: a repeat after a lost answer is
// the same message.
const attempts = {};
function attempt(field) {
  const text = $(field).value;
  if (!attempts[field] || attempts[field].text !== text) attempts[field] = { id: newID(), text };
  return attempts[field];
}
async function send(field, path) {
  const text = $(field).value;
  if (!text.trim()) { $(field).focus(); return; }
  const body = attempt(field);
  const button = $(field).form.querySelector('button:not([type=button])');
  $(field).focus(); // now, for when the answer comes the writer may be elsewhere
  button.disabled = true;
  const used = path === 'reply' && inserted && text.includes(inserted.text) ? { article: inserted.article, revision: inserted.revision } : {};
  // Whoever answers a case that nobody holds takes it first.
  if (path === 'reply' && current && !current.holder && current.state === 'waiting' && !(await claim())) {
    button.disabled = false;
    return;
  }
  if (await act(path, Object.assign({ id: body.id, text }, used))) {
    if ($(field).value === text) $(field).value = '';
    keep(field);
    grow($(field));
    delete attempts[field];
    if (path === 'reply') inserted = null;
  }
  button.disabled = false;
}
$('answer').onsubmit = (e) => { e.preventDefault(); send('text', 'reply'); };
$('noting').onsubmit = (e) => { e.preventDefault(); send('note', 'note'); };
for (const field of ['text', 'note']) {
  $(field).addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); $(field).form.requestSubmit(); }
    if (e.key === 'Escape') $(field).blur();
  });
}

// stays asks before a case is left with words that were typed and never sent.
function stays() {
  const field = ['text', 'note'].find((f) => $(f).value.trim());
  if (!field || confirm(word('unsent'))) return false;
  mode($(field).form.id);
  $(field).focus();
  return true;
}
const outcome = document.querySelector('#resolve [name=outcome]');
outcome.onchange = () => { $('referred').hidden = outcome.value !== 'referred'; };
$('resolve').onsubmit = (e) => {
  e.preventDefault();
  if (stays()) return;
  const f = e.target.elements, where = f.outcome.value === 'referred' && f.where.value.trim();
  leaving = true;
  act('resolve', { topic: f.topic.value, outcome: f.outcome.value, note: where ? word('outcome_referred') + ': ' + where : '' }, home).then((ok) => { leaving = ok; });
};
$('transfer').onsubmit = (e) => {
  e.preventDefault();
  if (stays()) return;
  const f = e.target.elements;
  leaving = true;
  act('transfer', { to: f.to.value, note: f.note.value }, home).then((ok) => { leaving = ok; });
};
function home() {
  for (const key of Object.values(drafts)) localStorage.removeItem(key);
  location.href = '/desk#mine';
}

if ($('block')) {
  $('block').onsubmit = (e) => { e.preventDefault(); act('block', { reason: e.target.elements.reason.value }); };
  $('unblock').onsubmit = (e) => { e.preventDefault(); act('unblock', {}); };
}
if ($('reveal')) {
  $('reveal').onsubmit = (e) => {
    e.preventDefault();
    call('POST', 'cases/' + id + '/reveal', { reason: e.target.elements.reason.value })
      .then((a) => { e.target.querySelector('output').textContent = a.contact; }, (x) => show('said', problem(x)));
  };
}

// Saved replies: /name in an answer, the newcomer's language first.
let replies = [];
call('GET', 'replies').then((answer) => { replies = answer.replies; offer(); }).catch(() => {});
const slash = /(^|\s)\/([\p{L}\p{N}-]*)$/u;
function matching() {
  const t = $('text'), m = t.value.slice(0, t.selectionStart).match(slash);
  if (!m || !current) return [];
  const rank = (r) => (r.lang === current.lang ? 0 : 1);
  return replies.filter((r) => r.name.startsWith(m[2])).sort((a, b) => rank(a) - rank(b)).slice(0, 6);
}
function choose(r) {
  const t = $('text'), at = t.selectionStart;
  const from = t.value.slice(0, at).search(slash);
  const start = from + (t.value[from] === '/' ? 0 : 1);
  t.setRangeText(r.text, start, at, 'end');
  offer();
  keep('text');
  grow(t);
  t.focus();
}
function offer() {
  const list = matching();
  $('slash').replaceChildren(...list.map((r) => {
    const li = document.createElement('li'), b = document.createElement('button');
    b.type = 'button';
    b.className = 'quiet';
    b.textContent = '/' + r.name + ' (' + languageName(r.lang) + ')';
    b.onclick = () => choose(r);
    li.append(b);
    return li;
  }));
  $('slash').hidden = !list.length;
}
$('text').addEventListener('input', offer);
$('text').addEventListener('keydown', (e) => {
  const list = matching();
  if (list.length && (e.key === 'Tab' || e.key === 'Enter') && !e.shiftKey && !e.ctrlKey) { e.preventDefault(); choose(list[0]); }
});

call('GET', 'volunteers').then((answer) => {
  const to = document.querySelector('#transfer [name=to]');
  for (const v of answer.volunteers) if (!v.me) to.add(new Option(v.name + (v.languages.length ? ' (' + v.languages.join(', ') + ')' : ''), v.name));
}).catch(() => {});

// The three modes: answer, note, more.
const modes = ['answer', 'noting', 'more'];
function mode(name) {
  for (const m of modes) {
    const on = m === name, b = $('tab-' + m);
    $(m).hidden = !on;
    b.setAttribute('aria-selected', String(on));
    b.tabIndex = on ? 0 : -1;
  }
}
$('modes').onclick = (e) => { if (e.target.dataset.mode) mode(e.target.dataset.mode); };
$('modes').onkeydown = (e) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key] * (document.dir === 'rtl' ? -1 : 1);
  if (!step) return;
  const to = modes[(modes.indexOf(e.target.dataset.mode) + step + 3) % 3];
  mode(to);
  $('tab-' + to).focus();
};
keys.u = () => { location.href = '/desk'; };
keys.c = () => { if (!$('claims').hidden) $('claims').querySelector('button:not([hidden])').click(); };
keys.r = () => { mode('answer'); $('text').focus(); };
keys.n = () => { mode('noting'); $('note').focus(); };
keys.e = () => { mode('more'); document.querySelector('#resolve [name=topic]').focus(); };

// Suggested articles.
function insert(text) {
  const t = $('text');
  t.setRangeText((t.value && !t.value.endsWith('\n') ? '\n\n' : '') + text, t.value.length, t.value.length, 'end');
  keep('text');
  grow(t);
  t.focus();
  typing();
}
async function find() {
  let found = [];
  try {
    found = (await call('GET', 'cases/' + id + '/suggestions?q=' + encodeURIComponent($('search').value))).suggestions;
  } catch (e) { /* the list stays empty */ }
  $('found').replaceChildren(...found.map((s) => {
    const li = document.createElement('li'), title = document.createElement('span'), b = document.createElement('button');
    title.textContent = s.title;
    title.dir = 'auto';
    b.type = 'button';
    b.className = 'quiet';
    b.textContent = word('insert');
    b.setAttribute('aria-label', word('insert') + ': ' + s.title);
    b.onclick = () => { inserted = s; insert(s.text); $('suggest').open = false; };
    li.append(title, b);
    return li;
  }));
  if (!found.length) $('found').append(Object.assign(document.createElement('li'), { textContent: word('suggest_none') }));
}
$('suggest').ontoggle = () => { if ($('suggest').open) find(); };
let searching = null;
$('search').oninput = () => { clearTimeout(searching); searching = setTimeout(find, 250); };
$('search').onkeydown = (e) => { if (e.key === 'Enter') { e.preventDefault(); find(); } };
grow($('text'));
