package whatsapp

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// seen is what an app shows of a text: WhatsApp's *bold*, _italic_, ~struck~ and
// `fixed` without their signs. A pair counts within one line, from before a word to
// behind one; U+200B beside a sign keeps it literal and is not seen itself.
func seen(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		for _, sign := range "*_~`" {
			line = unmark(line, sign)
		}
		lines[i] = line
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "\u200B", "")
}

func unmark(line string, sign rune) string {
	from := 0
	for {
		open := opening(line, sign, from)
		if open < 0 {
			return line
		}
		end := closing(line, sign, open+2)
		if end < 0 {
			return line
		}
		line = line[:open] + line[open+1:end] + line[end+1:]
		from = end - 1
	}
}

// opening is where a sign stands before a word, not inside one; -1 for nowhere.
func opening(line string, sign rune, from int) int {
	for i := from; i < len(line); i++ {
		if rune(line[i]) != sign {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(line[:i])
		after, size := utf8.DecodeRuneInString(line[i+1:])
		if size > 0 && !inWord(before) && !unicode.IsSpace(after) && after != '\u200B' && after != sign {
			return i
		}
	}
	return -1
}

func closing(line string, sign rune, from int) int {
	for i := from; i < len(line); i++ {
		if rune(line[i]) != sign {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(line[:i])
		after, _ := utf8.DecodeRuneInString(line[i+1:])
		if !unicode.IsSpace(before) && !inWord(after) && after != '\u200B' {
			return i
		}
	}
	return -1
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r))
}
