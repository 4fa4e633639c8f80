'use strict';
// What phones ask for before they show a notification. It knows no page and keeps
// nothing; a press on the notification opens the desk.
self.addEventListener('notificationclick', (e) => {
  e.notification.close();
  e.waitUntil(self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then((all) => {
    const desk = all.find((c) => /^\/desk(\/|$)/.test(new URL(c.url).pathname));
    return desk ? desk.focus() : self.clients.openWindow('/desk');
  }));
});
