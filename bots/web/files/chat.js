"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const log = $("log"), main = document.querySelector("main"), text = $("text"), page = document.documentElement;
  const RTL = /^(ar|fa|ur|ps|ckb|prs|he|sd|ug|yi|dv)\b/;

  // What the phone keeps. Some browsers refuse; then it lasts as long as the page.
  const shelf = {};
  const load = (key) => {
    try { return localStorage.getItem("brug." + key); } catch (e) { return shelf[key] || null; }
  };
  // Whoever has left keeps nothing here, also when an answer comes late.
  let gone = false;
  const save = (key, value) => {
    if (gone) return;
    shelf[key] = value;
    try { localStorage.setItem("brug." + key, value); } catch (e) { /* the shelf has it */ }
  };
  const random = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(24));
    return btoa(String.fromCharCode.apply(null, bytes)).replace(/\+/g, "-").replace(/\//g, "_");
  };

  let visitor = load("visitor");
  if (!/^[A-Za-z0-9_-]{22,64}$/.test(visitor || "")) {
    visitor = random();
    save("visitor", visitor);
  }
  let queue = [];
  try { queue = JSON.parse(load("queue")) || []; } catch (e) { /* begin anew */ }
  // Photos wait only as long as the page: the phone's shelf is too small for them.
  const photos = new Map();
  const store = () => save("queue", JSON.stringify(queue.filter((m) => !m.photo)));

  // Words. The visitor's choice comes first, then the language of the last answer.
  let chosen = load("language"), spoken = "";
  const known = (tag) => {
    const base = String(tag || "").toLowerCase().split("-")[0];
    return WORDS[base] ? base : "";
  };
  const wished = () => {
    for (const tag of navigator.languages || [navigator.language]) if (known(tag)) return known(tag);
    return "en";
  };
  let lang = "en";
  const word = (key) => WORDS[lang][key] || WORDS.en[key];
  function speak() {
    lang = known(chosen) || known(spoken) || wished();
    page.lang = lang;
    page.dir = RTL.test(known(chosen) || spoken || lang) ? "rtl" : "ltr";
    $("language").value = lang;
    $("privacy").href = "/privacy?lang=" + lang;
    for (const e of document.querySelectorAll("[data-word]")) e.textContent = word(e.dataset.word);
    for (const e of document.querySelectorAll("[data-label]")) e.setAttribute("aria-label", word(e.dataset.label));
    text.placeholder = word("placeholder");
    grow();
    status();
    for (const item of log.children) label(item);
  }

  // What is said.
  const items = new Map();
  const speaker = (from) => word({ visitor: "you", volunteer: "volunteer" }[from] || "bot");
  const el = (name, cls, content) => {
    const e = document.createElement(name);
    if (cls) e.className = cls;
    if (content) e.textContent = content;
    return e;
  };
  const clock = (at) => {
    const d = new Date(at), form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    if (d.toDateString() !== new Date().toDateString()) Object.assign(form, { day: "numeric", month: "short" });
    try { return d.toLocaleString(lang + "-u-nu-latn", form); } catch (e) { return d.toLocaleString(); }
  };
  function label(item) {
    const m = item.message;
    item.querySelector(".who").textContent = speaker(m.from) + ": ";
    const meta = item.querySelector(".meta");
    const state = m.state ? word(m.state) : "";
    meta.textContent = "";
    if (m.from === "volunteer") meta.append(speaker(m.from) + " · ");
    if (m.at) {
      const time = el("time", "", clock(m.at));
      time.dateTime = m.at;
      meta.append(time);
    }
    if (state) meta.append(m.at ? " · " : "", el("span", m.state === "failed" ? "bad" : "", state));
  }
  function draw(m) {
    const item = el("li", m.from);
    item.message = m;
    const bubble = el("div", "bubble");
    bubble.dir = "auto";
    if (m.lang) bubble.lang = m.lang;
    // The server wrote this HTML from Markdown; a visitor's words are only text.
    if (m.html && m.from !== "visitor") bubble.innerHTML = m.html;
    else if (m.photo) picture(bubble, m.id);
    else bubble.textContent = m.text;
    for (const e of bubble.querySelectorAll("bdi")) {
      if (/\d/.test(e.textContent) && e.textContent.length < 25) e.className = "whole"; // a date stays on its line
    }
    const who = el("span", "who unseen");
    item.append(who, bubble);
    if (m.choices && m.choices.length) item.append(buttons(m));
    item.append(el("div", "meta"));
    label(item);
    return item;
  }
  function picture(bubble, id) {
    bubble.textContent = word("photo");
    if (!photos.has(id)) return;
    const img = el("img");
    img.alt = word("photo");
    img.onload = toEnd;
    img.src = URL.createObjectURL(photos.get(id));
    bubble.textContent = "";
    bubble.append(img);
  }
  function buttons(m) {
    const box = el("div", "choices");
    for (const c of m.choices) {
      let b;
      if (c.url) {
        if (!/^(https?|tel):/i.test(c.url)) continue;
        b = el("a", "", c.label);
        b.href = c.url;
        b.rel = "noopener";
        if (!/^tel:/i.test(c.url)) b.target = "_blank";
      } else {
        b = el("button", "", c.label);
        b.type = "button";
        let last = 0;
        b.onclick = () => {
          // A double tap is one.
          if (Date.now() - last < 1500) return;
          last = Date.now();
          say({ choice: c.id, text: c.label });
        };
      }
      b.dir = "auto";
      if (m.lang) b.lang = m.lang;
      box.append(b);
    }
    return box;
  }
  function show(m) {
    const old = items.get(m.id), below = atEnd;
    const item = draw(m);
    items.set(m.id, item);
    if (old) old.remove();
    // What still waits to be sent stands last.
    const waiting = m.state ? null : Array.from(log.children).find((i) => i.message.state && i.message.state !== "failed");
    log.insertBefore(item, waiting || null);
    if (m.from === "visitor") toEnd();
    else if (below) toStart(item);
  }
  // Whoever has scrolled back to read is left there; a keyboard that opens makes the
  // screen lower and hides nothing of the end.
  let atEnd = true;
  const look = () => { atEnd = main.scrollHeight - main.scrollTop - main.clientHeight < 120; };
  const toEnd = () => {
    main.scrollTop = main.scrollHeight;
    atEnd = true;
  };
  // A long answer is read from its beginning.
  function toStart(item) {
    if (log.getAttribute("aria-busy") === "true" || item.offsetHeight < main.clientHeight - 24) toEnd();
    else {
      main.scrollTop += item.getBoundingClientRect().top - main.getBoundingClientRect().top - 8;
      look();
    }
  }
  main.addEventListener("scroll", look);
  addEventListener("resize", () => { if (atEnd) toEnd(); });

  let dots = 0;
  function typing(ms) {
    clearTimeout(dots);
    const below = atEnd;
    $("typing").hidden = !ms;
    if (ms) dots = setTimeout(() => typing(0), ms);
    if (ms && below) toEnd();
  }

  // Sending: one after another, again until the server has it.
  function say(m) {
    m.id = random();
    m.at = new Date().toISOString();
    queue.push(m);
    store();
    if (m.photo) photos.set(m.id, m.photo);
    show({ id: m.id, from: "visitor", text: m.text, photo: !!m.photo, at: m.at, state: navigator.onLine ? "sending" : "waiting" });
    if (navigator.onLine) typing(8000);
    flush();
  }
  let busy = false, again = 0, wait = 1000;
  async function flush() {
    if (busy) return;
    clearTimeout(again);
    busy = true;
    while (queue.length) {
      const m = queue[0];
      let path = "messages", type = "application/json", body = { visitor: visitor, id: m.id };
      if (m.photo) {
        path = "photos?visitor=" + visitor + "&id=" + m.id;
        type = "application/octet-stream";
        body = m.photo;
      } else {
        if (m.choice) body.choice = m.choice;
        else body.text = m.text;
        body = JSON.stringify(body);
      }
      // A request of a network that is gone may hang for ever; a repeat is harmless.
      let res = null;
      const cut = window.AbortController && new AbortController();
      const limit = setTimeout(() => { if (cut) cut.abort(); }, m.photo ? 180000 : 30000);
      try {
        res = await fetch("/chat/api/" + path, {
          method: "POST", body: body, signal: cut ? cut.signal : undefined,
          headers: { "Content-Type": type, "Accept-Language": chosen || navigator.language }
        });
      } catch (e) { /* no connection */ }
      clearTimeout(limit);
      if (res && (res.ok || res.status < 500 && res.status !== 429 && res.status !== 408)) {
        wait = 1000;
        done(m.id, res.ok ? "" : "failed");
        continue;
      }
      const told = res ? 1000 * Number(res.headers.get("Retry-After")) : 0;
      mark(m.id, res ? "sending" : "waiting");
      again = setTimeout(flush, Math.max(told, wait));
      wait = Math.min(2 * wait, 30000);
      break;
    }
    busy = false;
    status();
  }
  function mark(id, state) {
    const item = items.get(id);
    if (!item || !item.message.state) return;
    item.message.state = state;
    label(item);
  }
  function done(id, state) {
    queue = queue.filter((m) => m.id !== id);
    store();
    mark(id, state);
    if (state) typing(0);
  }
  function status() {
    const problem = navigator.onLine ? "" : word("offline");
    if ($("status").textContent !== problem) $("status").textContent = problem;
  }

  // Hearing.
  let source = null, settle = 0;
  function hear() {
    if (source) source.close();
    source = new EventSource("/chat/api/events?visitor=" + visitor);
    source.onmessage = (e) => {
      let m;
      try { m = JSON.parse(e.data); } catch (err) { return; }
      busyLog();
      if (m.from === "visitor") {
        const item = items.get(m.id), open = !item || item.message.state;
        if (queue.some((q) => q.id === m.id)) done(m.id, "");
        if ((m.text || m.photo) && open) show(m);
        return;
      }
      if (items.has(m.id)) return;
      typing(0);
      show(m);
      if (m.lang && m.lang !== spoken) {
        spoken = m.lang;
        speak();
      }
    };
    source.addEventListener("typing", () => typing(8000));
    source.addEventListener("erased", () => {
      log.textContent = "";
      items.clear();
      queue = [];
      store();
    });
    source.onerror = () => {
      // The browser repeats broken streams, but not refused ones.
      if (source.readyState === EventSource.CLOSED) setTimeout(hear, 3000 + 2000 * Math.random());
    };
  }
  // A screen reader hears news, not the whole conversation after each reload.
  function busyLog() {
    if (log.getAttribute("aria-busy") !== "true") return;
    clearTimeout(settle);
    settle = setTimeout(() => log.setAttribute("aria-busy", "false"), 300);
  }

  // The form.
  function grow() {
    text.dir = text.value ? "auto" : page.dir;
    text.style.height = "auto";
    text.style.height = text.scrollHeight + 2 + "px";
  }
  const draft = () => {
    save("draft", text.value);
    grow();
  };
  function submit(e) {
    e.preventDefault();
    const written = text.value.trim();
    if (written) say({ text: written });
    text.value = "";
    draft();
    text.focus();
  }
  $("form").onsubmit = submit;
  // A photo is made smaller here, if the phone can: a letter stays readable.
  async function shrink(file) {
    try {
      const img = new Image();
      img.src = URL.createObjectURL(file);
      await img.decode();
      const part = Math.min(1, 2000 / Math.max(img.naturalWidth, img.naturalHeight));
      const canvas = el("canvas");
      canvas.width = Math.round(img.naturalWidth * part);
      canvas.height = Math.round(img.naturalHeight * part);
      canvas.getContext("2d").drawImage(img, 0, 0, canvas.width, canvas.height);
      const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
      return small && small.size < file.size ? small : file;
    } catch (e) {
      return file;
    }
  }
  $("photo").onchange = async () => {
    const file = $("photo").files[0];
    $("photo").value = "";
    if (file) say({ text: "", photo: await shrink(file) });
  };
  $("attach").onkeydown = (e) => {
    if (e.key !== "Enter" && e.key !== " ") return;
    e.preventDefault();
    $("photo").click();
  };
  // Once something was said, a volunteer may be waiting for what comes.
  let typed = 0;
  text.oninput = () => {
    draft();
    if (!text.value.trim() || !items.size || !navigator.onLine || Date.now() - typed < 4000) return;
    typed = Date.now();
    fetch("/chat/api/typing", {
      method: "POST", body: JSON.stringify({ visitor: visitor }), headers: { "Content-Type": "application/json" }
    }).catch(() => { /* the next one tells */ });
  };
  // Enter sends and Shift+Enter begins a line; on a phone Enter does, as in its apps.
  let shift = false;
  text.onkeydown = (e) => { shift = e.shiftKey; };
  text.addEventListener("beforeinput", (e) => {
    if (e.inputType === "insertLineBreak" && !shift && !matchMedia("(pointer: coarse)").matches) submit(e);
  });
  $("language").onchange = () => {
    chosen = $("language").value;
    save("language", chosen);
    speak();
  };
  // Leaving takes the chat off this phone: without the secret nobody can read it here.
  $("leave").onclick = () => {
    gone = true;
    if (source) source.close();
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith("brug.")) localStorage.removeItem(key);
    } catch (e) { /* nothing was kept */ }
    text.value = "";
    document.title = "";
    document.body.textContent = "";
    location.replace(document.body.dataset.leave);
  };
  const back = () => {
    status();
    wait = 1000;
    flush();
    hear();
  };
  addEventListener("online", back);
  addEventListener("offline", status);
  // A phone that slept may hold a stream that is dead and does not know it.
  let left = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left = Date.now();
    else if (Date.now() - left > 10000) back();
  });
  addEventListener("pageshow", (e) => { if (e.persisted) back(); });

  text.value = load("draft") || "";
  speak();
  for (const m of queue) show({ id: m.id, from: "visitor", text: m.text, at: m.at, state: "waiting" });
  busyLog();
  hear();
  flush();
})();
