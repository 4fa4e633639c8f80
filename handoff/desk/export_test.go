package desk

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// APIRoutes are the addresses of the API that answer one method.
func APIRoutes() []string {
	var list []string
	for _, r := range (&Desk{}).routes() {
		if method, path, ok := strings.Cut(r.pattern, " "); ok && strings.HasPrefix(path, "/desk/api/") {
			list = append(list, method+" "+path)
		}
	}
	return list
}

// Languages are those of the interface.
var Languages = languages

// MissingWords are the words that a language lacks or only it has.
func MissingWords() ([]string, error) {
	var list []string
	seen := map[string]map[string]bool{}
	for _, lang := range languages {
		raw, err := wordFiles.ReadFile("words/" + lang + ".yaml")
		if err != nil {
			return nil, err
		}
		var words map[string]any
		if err := yaml.Unmarshal(raw, &words); err != nil {
			return nil, err
		}
		seen[lang] = map[string]bool{}
		for id, text := range words {
			seen[lang][id] = true
			if text == "" || text == nil {
				list = append(list, lang+": "+id+" is empty")
			}
		}
	}
	for _, lang := range languages {
		for id := range seen[languages[0]] {
			if !seen[lang][id] {
				list = append(list, lang+": no "+id)
			}
		}
		for id := range seen[lang] {
			if !seen[languages[0]][id] {
				list = append(list, lang+": "+id+" is in no other language")
			}
		}
	}
	return list, nil
}
