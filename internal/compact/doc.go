// Package compact holds what is built once and then only looked up. A map takes two to
// three times the memory, and the garbage collector follows its pointers at every round.
package compact
