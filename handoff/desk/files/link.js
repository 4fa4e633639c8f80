'use strict';
// Shows the codes while a phone is linked, and how it ended.
for (const place of document.querySelectorAll('[data-link]')) {
  const part = (name) => place.querySelector('[data-f=' + name + ']');
  const put = (name, text) => {
    const e = part(name);
    e.textContent = text || '';
    e.hidden = !text;
  };
  async function look() {
    let s;
    try {
      s = await call('GET', 'channels/' + place.dataset.link + '/link');
    } catch (e) {
      setTimeout(look, 3000);
      return;
    }
    const busy = s.state === 'waiting' || s.state === 'qr' || s.state === 'code';
    const image = part('image');
    if (s.image && image.getAttribute('src') !== s.image) image.src = s.image;
    image.hidden = !s.image;
    put('code', s.code);
    let said = '';
    if (busy) said = s.state === 'waiting' ? word('link_waiting') : s.state === 'qr' ? word('link_scan') : word('link_type');
    if (s.state === 'linked') said = word('linked_now') + ' ' + s.number + (s.setting ? '. ' + word('link_setting') + ' ' + s.setting : '');
    if (s.state === 'failed') said = word('link_failed') + ' ' + s.problem;
    put('said', said);
    part('form').hidden = busy || s.state === 'linked';
    if (busy) setTimeout(look, 1000);
  }
  look();
}
