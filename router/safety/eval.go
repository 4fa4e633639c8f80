package safety

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Figures say how well danger is recognised. Shares are from 0 to 1 and 0 where there is
// nothing to divide by.
type Figures struct {
	N          int     `json:"n"`
	Urgent     int     `json:"urgent"`       // messages that are urgent
	Recall     float64 `json:"recall"`       // share of these seen as urgent
	KindRight  float64 `json:"kind_right"`   // share of those seen with the right kind
	FalseAlarm float64 `json:"false_alarms"` // share of calm messages seen as urgent
	// A message that is only asked about ("Are you in danger now?") counts as missed or calm
	// above; Asked and AskedCalm are the shares of urgent and calm messages asked about.
	Asked     float64 `json:"asked"`
	AskedCalm float64 `json:"asked_calm"`

	seen, right, asked, alarms, askedCalm int
}

// Report is the result of Eval. ByLang is by language, BySet by the first letters of the id,
// ByKind by the true kind (with FalseAlarm 0) and "" for the calm ones.
type Report struct {
	Figures
	ByLang map[string]*Figures `json:"by_lang"`
	BySet  map[string]*Figures `json:"by_set"`
	ByKind map[string]*Figures `json:"by_kind"`
}

// Eval checks the messages of a file of JSON lines {"id","lang","text","urgent"} with the
// default rules, without being told the language.
func Eval(path string) (Report, error) {
	rules, err := Default()
	if err != nil {
		return Report{}, err
	}
	return rules.eval(path)
}

func (r *Rules) eval(path string) (Report, error) {
	rep := Report{ByLang: map[string]*Figures{}, BySet: map[string]*Figures{}, ByKind: map[string]*Figures{}}
	err := eachRow(path, func(row struct{ ID, Lang, Text, Urgent string }) {
		f := r.Check(row.Text, "")
		for _, g := range []*Figures{&rep.Figures, group(rep.ByLang, row.Lang), group(rep.BySet, setOf(row.ID)), group(rep.ByKind, row.Urgent)} {
			g.count(row.Urgent, f)
		}
	})
	if err != nil {
		return Report{}, fmt.Errorf("evaluate danger: %w", err)
	}
	rep.finish()
	for _, m := range []map[string]*Figures{rep.ByLang, rep.BySet, rep.ByKind} {
		for _, g := range m {
			g.finish()
		}
	}
	return rep, nil
}

func (g *Figures) count(urgent string, f Finding) {
	sure, asked := f.Kind != "" && !f.Unsure, f.Unsure
	g.N++
	switch {
	case urgent == "" && sure:
		g.alarms++
	case urgent == "" && asked:
		g.askedCalm++
	case urgent != "":
		g.Urgent++
		if asked {
			g.asked++
		}
		if sure {
			g.seen++
			if f.Kind == urgent {
				g.right++
			}
		}
	}
}

func (g *Figures) finish() {
	g.Recall, g.KindRight = share(g.seen, g.Urgent), share(g.right, g.seen)
	g.FalseAlarm = share(g.alarms, g.N-g.Urgent)
	g.Asked, g.AskedCalm = share(g.asked, g.Urgent), share(g.askedCalm, g.N-g.Urgent)
}

func group[F any](m map[string]*F, key string) *F {
	if m[key] == nil {
		m[key] = new(F)
	}
	return m[key]
}

// setOf returns the letters an id begins with.
func setOf(id string) string {
	return id[:len(id)-len(strings.TrimLeft(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
}

func share(part, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(part) / float64(of)
}

// eachRow calls f for every line of a file of JSON lines; an error names the line.
func eachRow[Row any](path string, f func(Row)) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open samples: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	in := bufio.NewReader(file)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if len(strings.TrimSpace(string(line))) > 0 {
			var row Row
			if err := json.Unmarshal(line, &row); err != nil {
				return fmt.Errorf("%s:%d: %w", path, n, err)
			}
			f(row)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read samples: %w", err)
		}
	}
}
