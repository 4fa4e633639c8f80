package web

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"

	"github.com/brug-helpdesk/brug/internal/web"
)

// leaveTo is where "leave quickly" leads: the weather, which anybody may look at.
const leaveTo = "https://www.buienradar.nl/"

var (
	//go:embed files
	files embed.FS
	//go:embed templates
	templates embed.FS
)

// languages are those of the page's own words, in the order of the switch.
var languages = []string{"uk", "ar", "en", "nl", "ru", "fa", "ti", "so", "tr", "pl", "fr"}

// words are the page's own, by language and key; a language may lack some.
type words map[string]map[string]string

// readWords reads words.js, which the page loads as it is.
func readWords() (words, error) {
	src, err := files.ReadFile("files/words.js")
	if err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	src = bytes.TrimSuffix(bytes.TrimPrefix(bytes.TrimSpace(src), []byte("const WORDS = ")), []byte(";"))
	var w words
	if err := json.Unmarshal(src, &w); err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	return w, nil
}

func (w words) word(lang, key string) string {
	if s := w[lang][key]; s != "" {
		return s
	}
	return w["en"][key]
}

type language struct{ Code, Name string }

// chatPage is what the templates get.
type chatPage struct {
	Name      string
	Leave     string
	Languages []language
}

func (c *Channel) routes() (http.Handler, error) {
	words, err := readWords()
	if err != nil {
		return nil, err
	}
	own, err := fs.Sub(files, "files")
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	assets, err := web.NewAssets("/chat/files/", own)
	if err != nil {
		return nil, err
	}
	forms, err := fs.Sub(templates, "templates")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	pages, err := web.NewPages(assets, forms, map[string]any{"word": words.word})
	if err != nil {
		return nil, err
	}
	data := chatPage{Name: c.config.Name, Leave: leaveTo}
	for _, l := range languages {
		data.Languages = append(data.Languages, language{l, words.word(l, "name")})
	}
	show := func(status int, name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			lang := web.Language(r, slices.Insert(slices.Clone(languages), 0, "en")...)
			title := words.word(lang, "title")
			if data.Name != "" {
				title = data.Name
			}
			if err := pages.Write(w, status, name, web.Page{Lang: lang, Title: title, Data: data}); err != nil {
				c.log.Error("web chat: write page", "page", name, "err", err)
				http.Error(w, "the page is broken", http.StatusInternalServerError)
			}
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", show(http.StatusOK, "chat.html"))
	mux.HandleFunc("GET /chat", show(http.StatusOK, "chat.html"))
	mux.HandleFunc("GET /chat/{$}", show(http.StatusOK, "chat.html"))
	mux.Handle("GET /chat/files/", assets)
	mux.HandleFunc("POST /chat/api/messages", c.postMessage)
	mux.HandleFunc("POST /chat/api/photos", c.postPhoto)
	mux.HandleFunc("POST /chat/api/typing", c.postTyping)
	mux.HandleFunc("GET /chat/api/events", c.getEvents)
	mux.HandleFunc("/", show(http.StatusNotFound, "lost.html"))
	return web.Secure(mux), nil
}
