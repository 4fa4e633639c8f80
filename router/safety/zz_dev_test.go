package safety

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"
)

func show(m map[string]*Figures) {
	var ks []string
	for k := range m {
		ks = append(ks, k)
	}
	sort.Strings(ks)
	for _, k := range ks {
		f := m[k]
		fmt.Printf("  %-13s n=%3d urg=%3d recall %.3f kind %.3f fa %.3f asked %.3f askedcalm %.3f\n", k, f.N, f.Urgent, f.Recall, f.KindRight, f.FalseAlarm, f.Asked, f.AskedCalm)
	}
}
func TestZZ(t *testing.T) {
	for _, p := range []string{"/work/shared/knowledge/urgent-dev.jsonl", "testdata/urgent.jsonl"} {
		r, err := Eval(p)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := json.Marshal(r.Figures)
		fmt.Println(p, string(b))
		if os.Getenv("BY") != "" {
			show(r.ByLang)
			show(r.ByKind)
		}
	}
}
func TestSet(t *testing.T) {
	kinds := map[string]string{"m": Medical, "s": Suicide, "v": Violence, "x": Exploitation, "t": Trafficking, "h": Housing, "k": Minor, "c": ""}
	r, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range strings.Fields(os.Getenv("SETS")) {
		data, _ := os.ReadFile(p)
		var all, odd, even Figures
		for i, l := range strings.Split(string(data), "\n") {
			f := strings.SplitN(l, " ", 3)
			if len(f) < 3 {
				continue
			}
			want := kinds[f[0]]
			got := r.Check(f[2], "")
			all.count(want, got)
			if i%2 == 1 {
				odd.count(want, got)
			} else {
				even.count(want, got)
			}
			if os.Getenv("HIDE") == "" && (want != got.Kind || got.Unsure) {
				fmt.Printf("%-9s %-7s -> %-12s %.2f %v | %s %v\n", want, f[1], got.Kind, got.Confidence, got.Unsure, f[2], got.Why)
			}
		}
		for _, g := range []*Figures{&all, &odd, &even} {
			g.finish()
			b, _ := json.Marshal(g)
			fmt.Println(p, string(b))
		}
	}
}
func TestDev(t *testing.T) {
	r, _ := Default()
	data, _ := os.ReadFile("/work/shared/knowledge/urgent-dev.jsonl")
	for _, l := range strings.Split(string(data), "\n") {
		if l == "" {
			continue
		}
		var x struct{ ID, Lang, Text, Urgent string }
		json.Unmarshal([]byte(l), &x)
		got := r.Check(x.Text, "")
		if got.Kind != x.Urgent || got.Unsure {
			fmt.Println(x.ID, x.Urgent, "->", got.Kind, got.Unsure, x.Text, got.Why)
		}
	}
}
