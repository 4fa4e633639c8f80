package safety

import (
	"fmt"
	"strings"
)

// PersonalFigures are precision and recall of one kind of personal data.
type PersonalFigures struct {
	Wanted    int     `json:"wanted"` // spans in the file
	Found     int     `json:"found"`  // spans found
	Right     int     `json:"right"`  // found spans that are wanted
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
}

// PersonalReport is the result of EvalPersonal.
type PersonalReport struct {
	PersonalFigures
	N      int                         `json:"n"`
	ByKind map[string]*PersonalFigures `json:"by_kind"`
}

// EvalPersonal compares what MaskSoft finds with a file of JSON lines
// {"id","lang","text","spans":[{"kind","text"}]}. A span is right if its kind is and it holds
// all letters and digits of the wanted text, or of an address at least half of it.
func EvalPersonal(path string) (PersonalReport, error) {
	rep := PersonalReport{ByKind: map[string]*PersonalFigures{}}
	err := eachRow(path, func(row struct {
		Text  string
		Spans []struct{ Kind, Text string }
	}) {
		rep.N++
		_, found := MaskSoft(row.Text)
		used := make([]bool, len(found))
		for _, s := range found {
			group(rep.ByKind, s.Kind).Found++
		}
		for _, want := range row.Spans {
			g := group(rep.ByKind, want.Kind)
			g.Wanted++
			for i, s := range found {
				if !used[i] && s.Kind == want.Kind && covers(s, want.Text) {
					used[i] = true
					g.Right++
					break
				}
			}
		}
	})
	if err != nil {
		return PersonalReport{}, fmt.Errorf("evaluate masks: %w", err)
	}
	for _, g := range rep.ByKind {
		rep.Wanted, rep.Found, rep.Right = rep.Wanted+g.Wanted, rep.Found+g.Found, rep.Right+g.Right
		g.Precision, g.Recall = share(g.Right, g.Found), share(g.Right, g.Wanted)
	}
	rep.Precision, rep.Recall = share(rep.Right, rep.Found), share(rep.Right, rep.Wanted)
	return rep, nil
}

func covers(s Span, want string) bool {
	have, need := strings.Join(spelledOut(s.Text), ""), strings.Join(spelledOut(want), "")
	if s.Kind == Address {
		return strings.Contains(need, have) && 2*len(have) >= len(need) || strings.Contains(have, need)
	}
	return strings.Contains(have, need)
}

func spelledOut(s string) []string {
	var out []string
	for _, t := range tokens(nil, s) {
		out = append(out, t.text)
	}
	return out
}
