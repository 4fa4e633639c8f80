package search

// Why explains a hit.
type Why struct {
	Words    []Match            // words the question shares with the article
	Features map[string]float64 // what the confidence was computed from
}

// Match is one word of the question and the parts of the article it stands in.
type Match struct {
	Word   string
	Fields []string
}
