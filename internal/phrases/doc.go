// Package phrases holds the helpdesk's own words in every language: what the bot
// says around the articles, and the labels of its buttons. One file a language,
// in the form of go-i18n; a test holds that uk, ar, ru, en and nl are complete.
//
// The words are plain and short. They say "you" politely («Ви», u), Arabic has no
// masculine-only imperatives, and bad news carries no exclamation mark.
package phrases
