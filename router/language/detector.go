package language

import (
	"embed"
	"slices"
	"strings"
)

//go:embed samples/*.txt
var samples embed.FS

// Detector tells languages apart. It does not change, and many goroutines may use it.
type Detector struct {
	cyrillic, arabic, ethiopic, latin *bayes
	shared                            map[string]bool // words of both Ukrainian and Russian
	speaks                            map[string]int  // words of one of the two: 1 Ukrainian, -1 Russian
}

// Labels of each script.
var (
	cyrillicLabels = []string{"uk", "ru"}
	arabicLabels   = []string{"ar", "fa"}
	ethiopicLabels = []string{"ti", "am"}
	latinLabels    = []string{"en", "nl", "tr", "pl", "fr", "es", "so", "uk-Latn", "ru-Latn", "ar-Latn"}
)

// New trains a detector. texts are by language, for example all titles, questions and answers
// of the articles; the lists that come with the package are added to them. It takes some
// tenths of a second for a hundred articles.
func New(texts map[string][]string) *Detector {
	train := map[string][]string{}
	for _, labels := range [][]string{cyrillicLabels, arabicLabels, ethiopicLabels, latinLabels} {
		for _, label := range labels {
			train[label] = append(repeated(readSample(label)), texts[label]...)
		}
	}
	surzhyk := repeated(readSample("surzhyk"))
	shared := sharedWords(countWords(train["uk"]), countWords(train["ru"]))
	speaks := evidence(countWords(readSample("uk"), texts["uk"]), countWords(readSample("ru"), texts["ru"]))
	train["uk-Latn"] = append(train["uk-Latn"], romanized(train["uk"], toLatinUkrainian)...)
	train["ru-Latn"] = append(train["ru-Latn"], romanized(train["ru"], toLatinRussian)...)
	train["uk"] = append(train["uk"], surzhyk...)
	train["uk"] = append(train["uk"], mistyped(train["uk"])...)
	return &Detector{
		shared:   shared,
		speaks:   speaks,
		cyrillic: trainBayes(cyrillicLabels, train, 16),
		arabic:   trainBayes(arabicLabels, train, 15),
		ethiopic: trainBayes(ethiopicLabels, train, 13),
		latin:    trainBayes(latinLabels, train, 16),
	}
}

func readSample(name string) []string {
	data, err := samples.ReadFile("samples/" + name + ".txt")
	if err != nil {
		return nil // ru-Latn is written from ru
	}
	return strings.Split(string(data), "\n")
}

// repeated makes hand-written lists count more: they are everyday words, which articles use less than people
// who chat do.
func repeated(list []string) []string { return slices.Repeat(list, 5) }

// mistyped writes Ukrainian the way it is typed on a Russian keyboard: и for і, е for є.
func mistyped(texts []string) []string {
	r := strings.NewReplacer("і", "и", "ї", "и", "є", "е", "ґ", "г", "І", "И", "Ї", "И", "Є", "Е", "’", "", "'", "")
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		out = append(out, r.Replace(t))
	}
	return out
}

// Detect tells in which language text is written.
func (d *Detector) Detect(text string) Guess {
	of, letters := byScript(splitWords(text))
	best := latin
	for s := cyrillic; s < otherScript; s++ {
		// One word in the writer's own script says more than the Dutch terms around it.
		if letters[s] >= 2 && (best == latin && 6*letters[s] >= letters[latin] || letters[s] > letters[best]) {
			best = s
		}
	}
	if len(of[best]) == 0 {
		return Guess{Lang: "und"}
	}
	var g Guess
	switch best {
	case cyrillic:
		g = d.detectCyrillic(of[cyrillic])
	case arabic:
		g = d.detectArabic(of[arabic])
	case ethiopic:
		g = d.detectEthiopic(of[ethiopic])
	case latin:
		g = d.detectLatin(of[latin])
	}
	g.Script = scriptNames[best]
	g.Latin = strings.HasSuffix(g.Lang, "-Latn")
	return g
}

func guessOf(v verdict) Guess {
	g := Guess{Lang: v[0].label, Confidence: v[0].p}
	if len(v) > 1 {
		g.Second = v[1].label
	}
	return g
}
