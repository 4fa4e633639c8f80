// Package web is the channel whose network is our own: a page that a newcomer opens
// in any browser, and the API under it, which programs may use too.
//
//	GET  /, /chat                       the page
//	POST /chat/api/messages             a message or a tap of the visitor
//	POST /chat/api/photos?visitor=…&id=…  a photo, as the body
//	POST /chat/api/typing               {"visitor"}: they are typing; 204, kept nowhere
//	GET  /chat/api/events?visitor=…     the conversation, as server-sent events
//
// A visitor is known by a secret that the page makes and keeps; whoever has it reads
// the conversation. It is an [bots.Address]'s ID, is never logged, and Redis only
// knows its keyed hash. What both sides said is kept there, sealed, so that a
// reloaded page shows it again (keys.go names the keys).
//
// The tour: channel.go (lifecycle), accept.go (messages of visitors), photo.go, typing.go, send.go
// (parts for them), events.go (the stream a page reads), stream.go (what is kept), limit.go
// (floods), page.go and files/ (the page).
package web
