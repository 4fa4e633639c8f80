// Package safety sees danger in a message, holds the vetted words for it, and masks personal
// numbers before anything is stored.
//
// Danger is found by rules that an editor can read and change; nothing in here learns or
// guesses. rules/*.yaml hold two things:
//
//   - words: named lists, by language, of what people say for one idea ("partner", "hits"). A
//     trailing hyphen makes a stem (душ- finds душив, душить), a leading one lets anything
//     stand before it, ".." allows up to three words between, <10-17> is a number in that range;
//   - rules: which ideas must stand close together, and how many points that is worth. One
//     point is danger, half a point a suspicion, and two halves of one kind are danger too.
//     Calm signs (a film, the news, long ago, "for the future") take points away; idioms
//     ("dying to learn") hide the words they are made of.
//
// Text is compared in a folded form: case, accents, vowel signs, the apostrophe, и and і, the
// hamza and repeated letters make no difference, longer words may have one letter wrong, and
// Ukrainian, Russian and Arabic typed in Latin letters are read as if typed properly.
//
// texts/*.yaml hold what the newcomer is told at once and what a volunteer must know, by kind
// and language. Numbers to call are written {{name}} and filled in by the caller.
//
// Mask and MaskSoft find personal numbers, in the digits of every script.
package safety
