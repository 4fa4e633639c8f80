// Package desk is where volunteers work: the pages under /desk and the desk API.
//
// A request comes from a browser that was signed in by a one-time link, a passkey or
// a password (a session cookie), or from a program (Authorization: Bearer TOKEN). The
// pages are small shells; what they show they read from the API, and a stream of
// events keeps them true without reloading. One listener for each process hears what
// changed, reads the case once and spreads it over all open streams.
//
// The tour: desk.go (routes), who.go (sign-in), passkey.go and account.go (what a
// volunteer signs in with, and where), api.go, actions.go and wanted.go (the API), shape.go (its
// JSON, which openapi.yaml describes), live.go (events), presence.go (who looks), media.go (attachments),
// personal.go (what stays hidden until the holder presses it),
// pages.go (the pages for volunteers), team.go (coordination, whose pages are figures.go
// with chart.go, people.go, hours.go, channels.go with link.go, replies.go and log.go),
// words.go (the interface's own words).
package desk
