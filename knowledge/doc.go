// Package knowledge holds the checked articles the helpdesk answers from.
//
// An article is a folder of files that an editor can read and change by hand:
//
//	bsn-get/
//	  article.yaml     group, indicator, audience, urgent, source, sources, review_by, valid_until, owner, related
//	  uk.md  ar.md …   front matter (title, questions, keywords, of, reviewed), then the answer in Markdown
//	  uk@asylum.md     the same for one audience, where the answer differs
//	numbers.yaml       numbers to call, referred to in answers as {{name}}
//	terms.yaml         Dutch official terms and how people spell them
//
// [Load] reads such a folder into a [Base], which never changes afterwards. [Store] keeps the
// folder as a Git repository, notices changes and swaps the Base. [Lint] tells editors what
// is missing or out of date; [Stamp] records which revision of the original a translation follows.
//
// The package is about text only: how articles are found is in knowledge/search.
package knowledge
