// Package search finds the article a message asks for, in memory and without any model file.
//
// For each language there is one index over what its articles say: title, example questions,
// keywords and answer. Two scores look at it from two sides. BM25F counts shared word stems, so
// that a rare word weighs more than a frequent one, and two words in a row more than both alone;
// the letters, three to five at a time, bear with typos, endings and spellings. A second index,
// which related languages share in a spelling that all of them have in common, finds what exists
// in one of them only.
//
// Two lists make different words meet. The glossary of the articles leads every spelling of an official
// term to the term, which counts double. concepts.txt groups everyday words that mean about the
// same in five languages.
//
// The confidence of a [Hit] is the probability that this article is the right one. It comes from a
// logistic regression that is fitted while the index is built: example questions are searched
// with themselves left out, together with the questions of oos.txt, which no article answers.
// [Index.Decide] turns hits into an answer, a choice or nothing. [Live] swaps a changed index in at once and
// calibrates it afterwards.
//
// Building is deterministic: the same articles give the same index.
package search
