// Package language tells which language a message is written in.
//
// Rules come first, for they are right where statistics guess: the script, letters that only
// one language has, words that exist in one language only. What the rules leave open is decided by
// a naive Bayes model over a few letters at a time, trained when the program starts on
// the articles of the knowledge base and the word lists in samples. There is no model file.
//
// Ukrainian matters most. It is often typed with и for і, without apostrophes, in Latin letters
// or mixed with Russian (surzhyk); all of these are trained for. A word that exists in both
// languages is taken for Ukrainian and the guess says so ([Guess.Ambiguous]); what speaks for both, or for
// Russian a little only, is not guessed at all ("und"). Ukrainian must not be answered in Russian.
//
// Ukrainian, Russian and Arabic in Latin letters are labels of their own (uk-Latn, ru-Latn,
// ar-Latn); [ToScript] writes them back so that articles can be searched.
package language
