// Package search finds the article a message asks for, in memory and without any model file.
//
// For each language there is one index over what its articles say: title, example questions,
// keywords and answer. Two scores look at it from two sides. BM25F counts shared word stems, so
// that a rare word weighs more than a frequent one; cosines over three to five letters bear with typos,
// endings and spellings. A shared index over related languages, in a spelling both have in common,
// finds what exists in one of them only. The glossary makes every spelling of an official term the
// same word, and that word counts double.
//
// The scores become features of a logistic regression that is fitted while the index is built: every
// example question is searched with itself left out, together with made-up questions no
// article answers. What it says is the confidence of a [Hit]: the probability that this article
// is the right one. [Decide] turns hits into an answer, a choice or nothing.
//
// Building is deterministic: the same articles give the same index.
package search
