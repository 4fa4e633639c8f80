// Package safety sees danger in a message, holds the vetted words for it, and masks personal
// numbers before anything is stored.
//
// Danger is found by two witnesses that an editor can read and change. The first are rules;
// each file of rules/ belongs to a kind and holds
//
//   - words: named lists, by language, of what people say for one idea ("partner", "hits"),
//     separated by commas. A trailing hyphen makes a stem (душ- finds душив, душить), a
//     leading one lets anything stand before it, ".." allows up to three words between,
//     <10-17> is a number in that range. Ukrainian and Russian words of five letters or more
//     are found in every ending unless written =толкает. Under not_after stands the list
//     behind which a word does not count ("не б'є"). A list may be used in every file;
//   - rules: which ideas must stand within how many words of each other (within, 10 if not
//     given), or at_least how many of them, what forbids it (unless), and how many points
//     that is worth (1 if not given).
//
// One point is danger, half a point a suspicion, about which the newcomer is asked; points of
// one kind add up. The rules of calm.yaml take points away (a film, the news, long ago, "for
// the future"), those of help.yaml add to any danger, and the list idiom hides the words it
// is made of ("dying to learn"). latin.yaml tells languages in Latin letters apart.
//
// rules/cases holds, a line each, messages on which the rules are measured by kind; whoever
// changes a rule adds the message that was the reason.
//
// The second witness is resemblance, for what is told without a word that names it. Each file
// of examples/ holds messages of one kind by situation and language; at the start it is learned
// from them and from rules/cases how much every word, part of a word, idea of the rules and
// pair of ideas speaks for each kind and for calm. That gives points, or takes them away,
// beside those of the rules. The ideas of everyday.yaml stand in no rule: they are there so
// that what was learned from one wording or one language is seen in another. A message that
// was missed is best added to the examples, reworded, one that alarmed for nothing under calm.
// TestSituations measures what is seen of situations that were not learned from.
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
