package language

// Guess is what a detector thinks of a message.
type Guess struct {
	// Lang is uk, ru, ar, fa, en, nl, ti, am, tr, pl, fr, es, so, uk-Latn, ru-Latn, ar-Latn, or "und" if the
	// message does not say: a number, an emoji, the name of an office, Cyrillic words that may be either.
	Lang string
	// Confidence is from 0 to 1; 0 for "und".
	Confidence float64
	// Second is the next best language, "" if there is none.
	Second string
	// Script is the ISO 15924 code: Cyrl, Arab, Ethi, Latn, or "" if the message has no letters.
	Script string
	// Latin reports that a language of another script was typed in Latin letters.
	Latin bool
}

// Ambiguous reports that the message does not tell Lang and Second apart well enough to switch the
// language of a conversation.
func (g Guess) Ambiguous() bool { return g.Lang == "und" || g.Confidence < ambiguousBelow }

// Base is the language to answer in: uk for uk-Latn, and so on; "" for "und".
func (g Guess) Base() string {
	switch g.Lang {
	case "und":
		return ""
	case "uk-Latn", "ru-Latn", "ar-Latn":
		return g.Lang[:2]
	}
	return g.Lang
}

// A guess below this confidence is as good as a coin for the languages it lies between.
const ambiguousBelow = 0.75
