package bots

// What the tests of all articles check with, bots_test being able to import them.
var (
	CheckReply = checkReply
	Seen       = seen
	OnScreen   = onScreen
	RunsLeft   = rtlLine
)
