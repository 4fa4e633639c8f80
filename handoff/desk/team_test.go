package desk_test

import (
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/browsertest"
)

// busyDesk is a helpdesk with something on every page of coordination.
func busyDesk(t *testing.T) (*helpdesk, client) {
	h := open(t, desk.Options{
		Topics: func(string) []desk.Topic {
			return []desk.Topic{{ID: "bsn-get", Group: "registration", Title: "How do I get a BSN (citizen service number)?"}, {ID: "toeslagen", Title: `<b>"Allowances"</b>`}}
		},
		Channels: func(context.Context) []desk.Channel {
			return []desk.Channel{{Kind: bots.Web, Health: bots.Health{Connected: true, Since: time.Now()}, LastIn: time.Now()},
				{Kind: bots.Signal, Health: bots.Health{Since: time.Now(), Problem: "Signal cannot be reached. Check signal-cli."}},
				{Kind: bots.WhatsApp, Off: "BRUG_WHATSAPP=on"}}
		},
	})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator})
	hours := handoff.Hours{Zone: "Europe/Amsterdam"}
	for day := range hours.Week {
		hours.Week[day] = []handoff.Span{{From: 0, To: 24 * 60}}
	}
	must(t, h.queue.SetHours(t.Context(), boss.v.Actor(), hours))
	anna := h.volunteer(handoff.Volunteer{Name: `=HYPERLINK("http://evil")`, Languages: []string{"uk"}})
	for i, n := range []handoff.NewCase{{Lang: "uk", Topic: "bsn-get"}, {Lang: "ar", Topic: "toeslagen", Channel: bots.Telegram}, {Lang: "uk", Topic: "bsn-get"}, {Lang: "ti"}} {
		n.Conversation, n.Preview = "conv"+string(rune('a'+i)), "secret question"
		c := h.escalate(n)
		if i > 1 {
			continue
		}
		get[any](anna, "POST", "cases/"+c.ID+"/claim", "")
		get[any](anna, "POST", "cases/"+c.ID+"/reply", `{"text":"Добрий день"}`)
		if i == 0 {
			get[any](anna, "POST", "cases/"+c.ID+"/resolve", `{"topic":"bsn-get"}`)
		}
	}
	h.apply(h.queue.Count("uk", "rated_good:bsn-get", "rated_bad:bsn-get"))
	h.apply(h.queue.Count("ar", "rated_good:toeslagen"))
	h.apply(h.queue.Missing(handoff.Wanted{Case: "x", Lang: "uk", Topic: "bsn-get", Question: "Де саме в Утрехті?"}))
	return h, boss
}

func TestTheFiguresStandInTablesAndInPictures(t *testing.T) {
	h, boss := busyDesk(t)
	_, body := h.page("GET", "/desk/team", boss.session(), "", "Accept-Language", "en")
	_, main, _ := strings.Cut(body, "<main")
	plain := strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(main, " ")), " ")
	for _, want := range []string{
		"Waiting 2 ", "Claimed 1 ", // now
		"Ukrainian 1 0 minutes 1 minute 1 minute 2 ", "Tigrinya 1 0 minutes – – 1 ", "Arabic 0 – 1 minute 1 minute 1 ", // by language
		"Telegram 0 – 1 minute 1 minute 1 ", "How do I get a BSN (citizen service number)? 1 ", // by channel and topic
		"Good Not good Ukrainian 1 1 Arabic 1 0 ", "Де саме в Утрехті?",
	} {
		if !strings.Contains(plain, want) {
			t.Errorf("the page does not say %q: %s", want, plain)
		}
	}
	pictures := regexp.MustCompile(`(?:src|srcset)="data:image/svg&#43;xml;base64,([^"]+)"|(?:src|srcset)="data:image/svg\+xml;base64,([^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(pictures) != 10 {
		t.Fatalf("%d pictures, want five for light and for dark", len(pictures))
	}
	for _, p := range pictures {
		raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(p[1]+p[2], "&#43;", "+"))
		must(t, err)
		for d := xml.NewDecoder(strings.NewReader(string(raw))); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("no SVG: %v: %s", err, raw)
			}
		}
	}
	if n := strings.Count(body, `alt="Chart: `); n != 5 {
		t.Errorf("%d pictures have words", n)
	}
	for _, secret := range []string{"secret question", "conva"} {
		if strings.Contains(body, secret) {
			t.Errorf("the figures say %q", secret)
		}
	}
}

// TestAProblemIsSaidInTheLanguageOfTheReader, and what has no words there in English.
func TestAProblemIsSaidInTheLanguageOfTheReader(t *testing.T) {
	h := open(t, desk.Options{Channels: func(context.Context) []desk.Channel {
		return []desk.Channel{{Kind: bots.Telegram, Health: bots.Health{Problem: "The token is refused.", Code: "telegram_token"}},
			{Kind: bots.Signal, Health: bots.Health{Problem: "Slow until 12:34.", Code: "signal_limited", Arg: "12:34"}},
			{Kind: bots.WhatsApp, Health: bots.Health{Problem: "Banned until noon."}}}
	}})
	in := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator}).session()
	for lang, want := range map[string][]string{
		"en": {`lang="en">The token is refused.`, `lang="en">Banned until noon.`},
		"nl": {`lang="nl">Telegram weigert het token`, `in elk geval tot 12:34 UTC`, `lang="en">Banned until noon.`},
		"uk": {`lang="uk">Telegram не приймає токен`, `щонайменше до 12:34 UTC`, `lang="en">Banned until noon.`},
	} {
		_, body := h.page("GET", "/desk/team/channels", in, "", "Accept-Language", lang)
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%s: the page does not say %q", lang, text)
			}
		}
	}
}

// TestDaysAreWrittenAsTheReaderDoes on every page with a day on it.
func TestDaysAreWrittenAsTheReaderDoes(t *testing.T) {
	last := time.Date(2026, 2, 1, 12, 5, 0, 0, time.UTC) // 13:05 in the Netherlands
	h := open(t, desk.Options{Channels: func(context.Context) []desk.Channel {
		return []desk.Channel{{Kind: bots.Web, Health: bots.Health{Connected: true, Since: last}, LastIn: last, LastOut: last}}
	}})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator})
	in := boss.session()
	other := boss.session() // another device on the page of the account
	h.page("GET", "/desk", other, "")
	h.escalate(handoff.NewCase{Conversation: "a"})
	h.page("POST", "/desk/team/replies", in, url.Values{"name": {"hello"}, "lang": {"uk"}, "text": {"Добрий день"}}.Encode()) // for the log
	today := h.queue.Hours().Local(time.Now())
	iso := regexp.MustCompile(`>20\d\d-\d\d-\d\d`) // right behind a tag: the words around a field may name the form
	for lang, form := range map[string]string{"en": "2 Jan 2006", "nl": "2-1-2006", "uk": "02.01.2006"} {
		if _, body := h.page("GET", "/desk/team/channels", in, "", "Accept-Language", lang); !strings.Contains(body, last.Format(form)+" 13:05") {
			t.Errorf("%s: the channels do not say %s 13:05", lang, last.Format(form))
		}
		for _, page := range []string{"/desk/team", "/desk/team/log", "/desk/team/hours", "/desk/me"} {
			_, body := h.page("GET", page, in, "", "Accept-Language", lang)
			if found := iso.FindString(body); found != "" {
				t.Errorf("%s in %s: %s", page, lang, found)
			}
			// A test that runs over midnight sees yesterday or tomorrow.
			near := func(d int) bool { return strings.Contains(body, today.AddDate(0, 0, d).Format(form)) }
			if page != "/desk/team/hours" && !near(0) && !near(1) && !near(-1) {
				t.Errorf("%s in %s has no day: %s", page, lang, body)
			}
		}
	}
}

// TestTheFiguresNameLanguagesThatNobodyWrites, also when nobody of them waits now.
func TestTheFiguresNameLanguagesThatNobodyWrites(t *testing.T) {
	h := open(t, desk.Options{})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator, Languages: []string{"nl"}})
	h.volunteer(handoff.Volunteer{Name: "Anna", Languages: []string{"uk"}})
	left := h.volunteer(handoff.Volunteer{Name: "Left", Languages: []string{"ti"}})
	gone, err := h.volunteers.Get(t.Context(), left.v.ID)
	must(t, err)
	gone.Disabled = true
	must(t, h.volunteers.Save(t.Context(), gone))
	for i, lang := range []string{"uk", "ti", "ti", "ar", ""} {
		c := h.escalate(handoff.NewCase{Conversation: "conv" + string(rune('a'+i)), Lang: lang})
		if lang == "ar" {
			get[any](boss, "POST", "cases/"+c.ID+"/claim", "")
		}
	}
	_, body := h.page("GET", "/desk/team", boss.session(), "", "Accept-Language", "en")
	plain := strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")), " ")
	_, section, ok := strings.Cut(plain, "Asked in 30 days ")
	if want := "Tigrinya 2 2 Arabic 0 1 By language"; !ok || !strings.HasPrefix(section, want) {
		t.Errorf("the page says %.120q, want %q", section, want)
	}
}

func TestEditorsSeeWhatWasMissedAndNothingOfPeople(t *testing.T) {
	h, _ := busyDesk(t)
	in := h.volunteer(handoff.Volunteer{Name: "Eva", Role: handoff.RoleEditor}).session()
	if resp, body := h.page("GET", "/desk/team", in, ""); resp.StatusCode != 200 || !strings.Contains(body, "Де саме") || strings.Contains(body, "/desk/team/people") {
		t.Errorf("the figures for an editor: %d %s", resp.StatusCode, body)
	}
	for path, want := range map[string]int{"replies": 200, "people": 403, "hours": 403, "channels": 403, "log": 403, "log.csv": 403} {
		if resp, _ := h.page("GET", "/desk/team/"+path, in, ""); resp.StatusCode != want {
			t.Errorf("an editor at %s: %d", path, resp.StatusCode)
		}
	}
}

func TestTheLogIsInWordsAndItsFileIsHarmless(t *testing.T) {
	h, boss := busyDesk(t)
	in := boss.session()
	for _, name := range []string{"\tTab", "＝FULL", "Olha"} {
		h.page("POST", "/desk/team/people/add", in, url.Values{"name": {name}}.Encode())
	}
	_, body := h.page("GET", "/desk/team/log", in, "", "Accept-Language", "nl")
	for _, want := range []string{"nam de zaak aan", "rondde af", "voegde een vrijwilliger toe", "Olha (volunteer)", `=HYPERLINK(&#34;http://evil&#34;)`} {
		if !strings.Contains(body, want) {
			t.Errorf("the log does not say %q: %s", want, body)
		}
	}
	resp, file := h.page("GET", "/desk/team/log.csv", in, "")
	if d := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") {
		t.Errorf("disposition %q", d)
	}
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	must(t, err)
	if rows[1][2] != "downloaded the log" || rows[1][1] != "Boss" {
		t.Errorf("the first record is %q", rows[1])
	}
	seen := map[string]bool{}
	for _, row := range rows {
		for _, cell := range row {
			seen[cell] = true
			if strings.IndexAny(cell, "=+-@\t\r＝") == 0 {
				t.Errorf("a spreadsheet runs %q", cell)
			}
		}
	}
	if !seen[`'=HYPERLINK("http://evil")`] || !seen["'＝FULL (volunteer)"] || !seen["claimed"] {
		t.Errorf("the file has %v", seen)
	}
}

// TestThePagesOfCoordinationFitAPhone looks at each of them small and large, by day
// and night, in every language.
func TestThePagesOfCoordinationFitAPhone(t *testing.T) {
	_, boss := busyDesk(t)
	for lang, widths := range map[string][]int{"en": {360, 1200}, "uk": {360}, "nl": {360}} {
		for _, width := range widths {
			b := boss.at(lang, width, 800)
			for _, scheme := range []string{"light", "dark"} {
				b.Scheme(scheme)
				for _, page := range []string{"", "/replies", "/people", "/hours", "/channels", "/log"} {
					if lang != "en" && scheme == "dark" {
						continue
					}
					b.visit("/desk/team" + page)
					name := strings.Join([]string{"team", strings.TrimPrefix(page, "/"), lang, scheme, map[bool]string{true: "phone", false: "wide"}[width == 360]}, "-")
					b.Until(`[...document.images].every((i) => i.complete && i.naturalWidth)`)
					b.Screenshot(name)
					if w := browsertest.Eval[int](b.Browser, `document.documentElement.scrollWidth`); w > width {
						t.Errorf("%s is %d wide on a screen of %d", name, w, width)
					}
				}
			}
		}
	}
}

// noPhone is a channel that cannot be linked just now.
type noPhone struct{}

func (noPhone) Linked(context.Context) (string, error) { return "", nil }
func (noPhone) Link(context.Context, string) (<-chan desk.LinkStep, error) {
	return nil, errors.New("WhatsApp cannot be reached")
}

// TestTheHoursAreChangedOnTheirPage: saving changes the day that was changed.
func TestTheHoursAreChangedOnTheirPage(t *testing.T) {
	h := open(t, desk.Options{})
	b := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator}).at("uk", 360, 640)
	want := h.queue.Hours()
	want.Week[time.Saturday] = []handoff.Span{{From: 10 * 60, To: 12*60 + 30}}
	b.visit("/desk/team/hours")
	b.write("[name=day_6]", "10:00-12:30")
	b.press("main form button")
	b.reads("main .notice", "Збережено")
	if got := h.queue.Hours(); !reflect.DeepEqual(got.Week, want.Week) || got.National != want.National {
		t.Errorf("the hours are %+v, want %+v", got, want)
	}
}

// slowPhone is linked by a code that the test scans.
type slowPhone struct{ steps chan desk.LinkStep }

func (slowPhone) Linked(context.Context) (string, error) { return "", nil }
func (p slowPhone) Link(context.Context, string) (<-chan desk.LinkStep, error) {
	return p.steps, nil
}

func TestLinkingIsShownAndInTheLog(t *testing.T) {
	slow := slowPhone{make(chan desk.LinkStep)}
	h := open(t, desk.Options{
		Channels: func(context.Context) []desk.Channel {
			return []desk.Channel{{Kind: bots.WhatsApp}, {Kind: bots.Signal}}
		},
		Linkers: map[bots.Kind]desk.Linker{bots.WhatsApp: noPhone{}, bots.Signal: slow},
	})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator})
	b := boss.at("en", 360, 740)
	b.visit("/desk/team/channels")
	b.press(`[data-link=signal] form > button`)
	slow.steps <- desk.LinkStep{QR: "sgnl://linkdevice?uuid=x"}
	b.reads("[data-link=signal] [data-f=said]", "Scan this")
	b.Until(`(i => i.checkVisibility() && i.naturalWidth > 0)(document.querySelector("[data-link=signal] img"))`)
	b.Screenshot("team-link-qr")
	if w := browsertest.Eval[int](b.Browser, `document.documentElement.scrollWidth`); w > 360 {
		t.Errorf("the code is %d wide on a screen of 360", w)
	}
	slow.steps <- desk.LinkStep{Linked: "+31612345678", Setting: "BRUG_SIGNAL_ACCOUNT=+31612345678"}
	close(slow.steps)
	b.reads("[data-link=signal] [data-f=said]", "Linked: +31612345678. Now set, and start brug again: BRUG_SIGNAL_ACCOUNT=+31612345678")
	b.press(`[data-link=whatsapp] form > button`)
	b.reads("[data-link=whatsapp] [data-f=said]", "The phone was not linked: WhatsApp cannot be reached")
	b.visit("/desk/team/log")
	b.reads(".log", "could not link a phone: WhatsApp: WhatsApp cannot be reached")
	b.reads(".log", "linked a phone: Signal: +31612345678")
	b.reads(".log", "began to link a phone: Signal")
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	if resp, _ := h.page("POST", "/desk/team/channels/link", anna.session(), "kind=whatsapp"); resp.StatusCode != 403 {
		t.Errorf("a volunteer links a phone: %d", resp.StatusCode)
	}
	if resp, _ := h.page("POST", "/desk/team/channels/link", boss.session(), "kind=web"); resp.StatusCode != 404 {
		t.Errorf("the web chat is linked to a phone: %d", resp.StatusCode)
	}
}
