package search

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Question is a message whose right articles are known.
type Question struct {
	ID     string   `json:"id"`
	Lang   string   `json:"lang"`
	Text   string   `json:"text"`
	Tags   []string `json:"tags"`
	Expect []string `json:"expect"` // any of these is right; empty if no article answers it
}

// Outcome is what the helpdesk would do with a message.
type Outcome struct {
	Articles []string // candidates, best first
	Answered bool     // the first one was given outright; an urgent decision counts
}

// Figures are the results of an evaluation. Shares are from 0 to 1.
type Figures struct {
	N             int     `json:"n"`              // all questions, those no article answers too
	Hit1          float64 `json:"hit1"`           // right article first, of those that have one
	Hit3          float64 `json:"hit3"`           // right article among the first three
	MRR           float64 `json:"mrr"`            // mean of 1/rank of the first right article
	Answered      float64 `json:"answered"`       // answered outright, of those that have an article
	AnsweredRight float64 `json:"answered_right"` // right ones among all outright answers
	OOSRejected   float64 `json:"oos_rejected"`   // not answered outright, of those without an article
	P50           float64 `json:"p50_us"`         // microseconds, median
	P99           float64 `json:"p99_us"`
}

// Report is the figures of all questions, by language and by the first letters of the id.
type Report struct {
	Figures
	ByLang map[string]Figures `json:"by_lang"`
	BySet  map[string]Figures `json:"by_set"`
}

// ReadQuestions reads one JSON object a line.
func ReadQuestions(r io.Reader) ([]Question, error) {
	var out []Question
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var q Question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, q)
	}
	return out, lines.Err()
}

// Eval asks every question and compares. detect names the language of a text; nil takes the language
// the question comes with. answer is what the helpdesk would do with a text in that language.
func Eval(questions []Question, detect func(text string) string, answer func(text, lang string) Outcome) Report {
	all := &tally{}
	byLang, bySet := map[string]*tally{}, map[string]*tally{}
	for _, q := range questions {
		start := time.Now()
		lang := q.Lang
		if detect != nil {
			lang = detect(q.Text)
		}
		o := answer(q.Text, lang)
		took := time.Since(start)
		set, _, _ := strings.Cut(q.ID, "-")
		for _, t := range []*tally{all, of(byLang, q.Lang), of(bySet, set)} {
			t.add(q, o, took)
		}
	}
	report := Report{Figures: all.figures(), ByLang: map[string]Figures{}, BySet: map[string]Figures{}}
	for k, t := range byLang {
		report.ByLang[k] = t.figures()
	}
	for k, t := range bySet {
		report.BySet[k] = t.figures()
	}
	return report
}

type tally struct {
	in, hit1, hit3, answered int // questions that have an article
	out, rejected            int // questions that have none
	outright, right          int // answers given outright
	mrr                      float64
	took                     []time.Duration
}

func of(m map[string]*tally, key string) *tally {
	if m[key] == nil {
		m[key] = &tally{}
	}
	return m[key]
}

func (t *tally) add(q Question, o Outcome, took time.Duration) {
	t.took = append(t.took, took)
	rank := slices.IndexFunc(o.Articles, func(id string) bool { return slices.Contains(q.Expect, id) })
	if o.Answered {
		t.outright++
		if rank == 0 {
			t.right++
		}
	}
	if len(q.Expect) == 0 {
		t.out++
		if !o.Answered {
			t.rejected++
		}
		return
	}
	t.in++
	if o.Answered {
		t.answered++
	}
	if rank == 0 {
		t.hit1++
	}
	if rank >= 0 && rank < 3 {
		t.hit3++
	}
	if rank >= 0 {
		t.mrr += 1 / float64(rank+1)
	}
}

func (t *tally) figures() Figures {
	slices.Sort(t.took)
	f := Figures{
		N: t.in + t.out, Hit1: share(t.hit1, t.in), Hit3: share(t.hit3, t.in), Answered: share(t.answered, t.in),
		AnsweredRight: share(t.right, t.outright), OOSRejected: share(t.rejected, t.out),
	}
	if t.in > 0 {
		f.MRR = t.mrr / float64(t.in)
	}
	if n := len(t.took); n > 0 {
		f.P50 = float64(t.took[n/2].Nanoseconds()) / 1000
		f.P99 = float64(t.took[n*99/100].Nanoseconds()) / 1000
	}
	return f
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
