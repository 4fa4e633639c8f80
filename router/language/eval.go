package language

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Figures are the results of an evaluation. Shares are from 0 to 1.
type Figures struct {
	N        int     `json:"n"`
	Accuracy float64 `json:"accuracy"` // the label is one of those allowed
	UKAsRU   int     `json:"uk_as_ru"` // Ukrainian taken for Russian
	RUAsUK   int     `json:"ru_as_uk"`
	P50      float64 `json:"p50_us"` // microseconds a message took, median
}

// Report is the figures of all samples, by language and by the first letters of the id.
type Report struct {
	Figures
	ByLang map[string]Figures `json:"by_lang"`
	BySet  map[string]Figures `json:"by_set"`
}

// Sample is a message whose language is known.
type Sample struct {
	ID    string   `json:"id"`
	Langs []string `json:"langs"` // any of these is right
	Text  string   `json:"text"`
}

// Eval reads samples, one JSON object a line, and compares what d says.
func Eval(r io.Reader, d *Detector) (Report, error) {
	samples, err := ReadSamples(r)
	if err != nil {
		return Report{}, err
	}
	all := &tally{}
	byLang, bySet := map[string]*tally{}, map[string]*tally{}
	for _, s := range samples {
		start := time.Now()
		g := d.Detect(s.Text)
		took := time.Since(start)
		set, _, _ := strings.Cut(s.ID, "-")
		for _, t := range []*tally{all, of(byLang, s.Langs[0]), of(bySet, set)} {
			t.add(s.Langs, g.Lang, took)
		}
	}
	report := Report{Figures: all.figures(), ByLang: map[string]Figures{}, BySet: map[string]Figures{}}
	for k, t := range byLang {
		report.ByLang[k] = t.figures()
	}
	for k, t := range bySet {
		report.BySet[k] = t.figures()
	}
	return report, nil
}

// ReadSamples reads one JSON object a line.
func ReadSamples(r io.Reader) ([]Sample, error) {
	var out []Sample
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var s Sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if len(s.Langs) == 0 {
			return nil, fmt.Errorf("line %d: no langs", n)
		}
		out = append(out, s)
	}
	return out, lines.Err()
}

type tally struct {
	n, right, ukAsRU, ruAsUK int
	took                     []time.Duration
}

func of(m map[string]*tally, key string) *tally {
	if m[key] == nil {
		m[key] = &tally{}
	}
	return m[key]
}

func (t *tally) add(langs []string, got string, took time.Duration) {
	t.n++
	t.took = append(t.took, took)
	switch {
	case slices.Contains(langs, got):
		t.right++
	case langs[0] == "uk" && got == "ru":
		t.ukAsRU++
	case langs[0] == "ru" && got == "uk":
		t.ruAsUK++
	}
}

func (t *tally) figures() Figures {
	slices.Sort(t.took)
	f := Figures{N: t.n, UKAsRU: t.ukAsRU, RUAsUK: t.ruAsUK}
	if t.n > 0 {
		f.Accuracy = float64(t.right) / float64(t.n)
		f.P50 = float64(t.took[t.n/2].Nanoseconds()) / 1000
	}
	return f
}
