'use strict';
// Signing in with a finger, a face or the device's PIN. What needs it stays hidden in a
// browser that cannot, and at another address than the one that passkeys are for.
(() => {
  const parts = [...document.querySelectorAll('[data-passkey]')];
  const can = window.PublicKeyCredential && navigator.credentials;
  if (!can || !parts.length || parts[0].dataset.passkey !== location.origin) return;
  const store = {
    get later() { try { return localStorage.getItem('no-passkey'); } catch (e) { return null; } },
    set later(v) { try { localStorage.setItem('no-passkey', v); } catch (e) { /* asked again next time */ } },
  };
  for (const part of parts) part.hidden = part.matches('[data-passkey-offer]') && !!store.later;

  // Bytes travel as base64url.
  const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

  async function post(path, body) {
    const response = await fetch(path, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body || {}),
    });
    if (!response.ok) throw new Error(String(response.status));
    return response.status === 204 ? null : response.json();
  }
  function answer(credential, fields) {
    const response = {};
    for (const f of fields) if (credential.response[f]) response[f] = text(credential.response[f]);
    return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      clientExtensionResults: credential.getClientExtensionResults() };
  }

  const actions = {
    async 'sign-in'() {
      const { publicKey } = await post('/desk/passkey/options');
      publicKey.challenge = bytes(publicKey.challenge);
      const credential = await navigator.credentials.get({ publicKey });
      await post('/desk/passkey', answer(credential, ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle']));
      // The sign-in form may stand at the address of the case that was asked for.
      if (location.pathname.startsWith('/desk/sign-in')) location.replace('/desk');
      else location.reload();
    },
    async add() {
      const { publicKey } = await post('/desk/me/passkey/options');
      publicKey.challenge = bytes(publicKey.challenge);
      publicKey.user.id = bytes(publicKey.user.id);
      for (const c of publicKey.excludeCredentials || []) c.id = bytes(c.id);
      const credential = await navigator.credentials.create({ publicKey });
      await post('/desk/me/passkey', { label: document.getElementById('passkey-label').value,
        answer: answer(credential, ['clientDataJSON', 'attestationObject']) });
      location.replace('/desk/me');
    },
    async later() {
      store.later = '1';
      for (const part of parts) part.hidden = true;
    },
  };
  const says = (kind) => {
    for (const p of document.querySelectorAll('[data-passkey-says]')) p.hidden = p.dataset.passkeySays !== kind;
  };
  document.addEventListener('click', async (e) => {
    const button = e.target.closest('[data-passkey-do]');
    if (!button || button.disabled) return;
    button.disabled = true;
    says('');
    try {
      await actions[button.dataset.passkeyDo]();
    } catch (problem) {
      says(problem.name === 'InvalidStateError' ? 'known' : problem.message === '429' ? 'many' : 'failed');
      button.disabled = false;
      button.focus();
    }
  });
})();
