package bots

import (
	"sort"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// level says how bad a place to cut is.
type level int

const (
	betweenParagraphs level = iota
	betweenItems            // also between lines
	betweenSentences
	betweenWords
	betweenLetters
	insideRun // an address or a number: only when nothing else is left
)

// place is somewhere to cut: before a byte of a block's text.
type place struct {
	block, at int
	level     level
	// text is how many bytes of text lie before.
	text int
}

// split writes blocks as messages that fit, cut at the best places. max is the most
// characters a message can have; try writes a message and says whether it fits.
func split(blocks []block, max int, try func([]block) (written, bool)) []written {
	var messages []written
	for len(blocks) > 0 {
		whole, ok := try(blocks)
		if ok {
			return append(messages, whole)
		}
		head, rest := divide(blocks, best(blocks, max, try))
		if len(head) > 0 {
			message, _ := try(head)
			messages = append(messages, message)
		}
		blocks = rest
	}
	return messages
}

// best is where to cut: as late as possible, but rather at a better place that
// leaves the message a third full.
func best(blocks []block, max int, try func([]block) (written, bool)) place {
	all := places(blocks, max)
	n := sort.Search(len(all), func(i int) bool {
		head, _ := divide(blocks, all[i])
		_, ok := try(head)
		return !ok
	})
	if n == 0 {
		// Not even one letter fits: cut the letter, or send what there is.
		return firstRune(blocks)
	}
	all = all[:n]
	enough := all[n-1].text / 3
	for l := betweenParagraphs; l <= betweenLetters; l++ {
		for i := n - 1; i >= 0 && all[i].text >= enough; i-- {
			if all[i].level == l {
				return all[i]
			}
		}
	}
	for i := n - 1; i >= 0; i-- {
		if all[i].level < insideRun {
			return all[i]
		}
	}
	return all[n-1]
}

func firstRune(blocks []block) place {
	_, size := utf8.DecodeRuneInString(blocks[0].text())
	return place{at: size, level: insideRun, text: size}
}

// places lists where blocks can be cut, in order, as far as max characters reach.
func places(blocks []block, max int) []place {
	var all []place
	text, runes := 0, 0
	for i, b := range blocks {
		if i > 0 {
			l := betweenParagraphs
			if b.list > 0 && blocks[i-1].list > 0 {
				l = betweenItems
			}
			all = append(all, place{block: i, level: l, text: text})
		}
		s := b.text()
		whole := unbroken(b.spans)
		state, at := -1, 0
		for rest := s; rest != ""; {
			var cluster string
			var bounds int
			cluster, rest, bounds, state = uniseg.StepString(rest, state)
			at += len(cluster)
			runes += utf8.RuneCountInString(cluster)
			if runes > max {
				return all
			}
			if rest == "" {
				break
			}
			for len(whole) > 0 && whole[0].end <= at {
				whole = whole[1:]
			}
			all = append(all, place{block: i, at: at, level: rank(bounds, cluster, whole, at), text: text + at})
		}
		text += len(s)
	}
	return all
}

func rank(bounds int, cluster string, whole []textRun, at int) level {
	line := bounds & uniseg.MaskLine
	switch {
	case len(whole) > 0 && whole[0].start < at:
		return insideRun
	case cluster == "\n":
		return betweenItems
	case line == uniseg.LineDontBreak:
		return betweenLetters
	case bounds&uniseg.MaskSentence != 0:
		return betweenSentences
	default:
		return betweenWords
	}
}

// unbroken are the stretches that are not to be cut: runs, and the address that
// follows a link, with the end of the words before it.
func unbroken(spans []span) []textRun {
	var whole []textRun
	at := 0
	for i, s := range spans {
		end := at + len(s.text)
		switch n := len(whole); {
		case s.tail && at > 0 && n > 0 && whole[n-1].end == at:
			whole[n-1].end = end
		case s.tail && at > 0:
			whole = append(whole, textRun{start: at - 1, end: end})
		case s.run != 0 && i > 0 && spans[i-1].run == s.run:
			whole[n-1].end = end
		case s.run != 0:
			whole = append(whole, textRun{start: at, end: end})
		}
		at = end
	}
	return whole
}

// divide cuts at a place; blanks around it are left out.
func divide(blocks []block, p place) (head, rest []block) {
	head = append(head, blocks[:p.block]...)
	tail := blocks[p.block]
	if p.at > 0 {
		if b := tail.cut(0, p.at).trim(); len(b.spans) > 0 {
			head = append(head, b)
		}
		if tail = tail.cut(p.at, tail.size()).trim(); len(tail.spans) == 0 {
			return head, append(rest, blocks[p.block+1:]...)
		}
	}
	return head, append(append(rest, tail), blocks[p.block+1:]...)
}
