package desk

import "strings"

// What browsers call themselves, the more special first: Edge says that it is Chrome,
// and Chrome that it is Safari.
var (
	browserNames = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systemNames = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
		{"Windows", "Windows"}, {"Macintosh", "Mac"}, {"Linux", "Linux"}}
)

// device says in a few words what a browser's User-Agent tells, "" for nothing known.
func device(userAgent string) string {
	var known []string
	for _, names := range [][][2]string{browserNames, systemNames} {
		for _, n := range names {
			if strings.Contains(userAgent, n[0]) {
				known = append(known, n[1])
				break
			}
		}
	}
	return strings.Join(known, " · ")
}
