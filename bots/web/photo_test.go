package web

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/browsertest"
	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/store"
)

// letter is a photo of a size, with a comment of the phone in it.
func letter(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(255 - y%40), 250, 240, 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	comment := "taken at home 52.0907"
	head := append([]byte{0xFF, 0xD8, 0xFF, 0xFE, 0, byte(len(comment) + 2)}, comment...)
	return append(head, out.Bytes()[2:]...)
}

func (s *site) postPhoto(id string, body []byte) int {
	s.t.Helper()
	r, err := http.Post(s.server.URL+"/chat/api/photos?visitor="+visitor+"&id="+id, "application/octet-stream", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Body.Close()
	return r.StatusCode
}

func TestAPhotoIsKeptWithoutTracesForAWeek(t *testing.T) {
	s := newSite(t)
	c := s.open(quiet, Config{})
	var mu sync.Mutex
	var got []bots.Message
	s.run(c, func(_ context.Context, m bots.Message) error {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, m)
		return nil
	})
	raw := letter(t, 300, 400)
	for range 2 { // the second is a repeat
		if status := s.postPhoto("p1", raw); status != http.StatusAccepted {
			t.Fatalf("status %d", status)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(got) != 2 || got[0].ID != "p1" || len(got[0].Media) != 1 || got[0].Media[0].Kind != bots.Image || got[0].Media[0].Ref != got[1].Media[0].Ref {
		t.Fatalf("messages %+v", got)
	}
	file, err := c.Fetch(t.Context(), got[0].Media[0])
	if err != nil {
		t.Fatal(err)
	}
	kept, err := io.ReadAll(file)
	if err != nil || bytes.Contains(kept, []byte("taken at home")) {
		t.Errorf("the comment is kept, %v", err)
	}
	if img, err := jpeg.Decode(bytes.NewReader(kept)); err != nil || img.Bounds().Dx() != 300 {
		t.Errorf("the picture: %v", err)
	}
	if events, _ := s.replay(visitor, "", 1); !events[0].Photo || events[0].ID != "p1" {
		t.Errorf("the page is shown %+v", events[0])
	}
	keys := s.store.Client().Keys(t.Context(), s.store.Key("web", "*photo*")).Val()
	if len(keys) != 3 {
		t.Fatalf("keys %q", keys)
	}
	for _, key := range keys {
		if ttl := s.store.Client().PTTL(t.Context(), key).Val(); ttl <= 0 || ttl > keepPhotos {
			t.Errorf("%s expires in %v", key, ttl)
		}
		dump := s.store.Client().Dump(t.Context(), key).Val()
		if strings.Contains(key+dump, visitor) || strings.Contains(dump, "\xFF\xD8\xFF") {
			t.Errorf("%s is not sealed", key)
		}
	}
	if err := c.Forget(t.Context(), makeAddress(visitor)); err != nil {
		t.Fatal(err)
	}
	if keys := s.store.Client().Keys(t.Context(), s.store.Key("web", "*photo*")).Val(); len(keys) != 0 {
		t.Errorf("after deleting there is still %q", keys)
	}
}

func TestWhatIsNoPhotoIsRefused(t *testing.T) {
	s := newSite(t)
	s.run(s.open(quiet, Config{}), func(context.Context, bots.Message) error {
		t.Error("it was taken")
		return nil
	})
	for name, c := range map[string]struct {
		body []byte
		want int
	}{
		"html":      {[]byte("<!doctype html><script>alert(1)</script>"), http.StatusUnsupportedMediaType},
		"svg":       {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), http.StatusUnsupportedMediaType},
		"nothing":   {nil, http.StatusUnsupportedMediaType},
		"too large": {make([]byte, maxPhoto+1), http.StatusRequestEntityTooLarge},
	} {
		if got := s.postPhoto("p"+name[:3], c.body); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if got := s.postPhoto("", letter(t, 9, 9)); got != http.StatusBadRequest {
		t.Errorf("without an id: %d", got)
	}
}

func TestPhotosHaveAnEnd(t *testing.T) {
	s := newSite(t)
	c := s.open(quiet, Config{})
	for i := range mostPhotos {
		if _, err := c.keepPhoto(t.Context(), incoming{Visitor: visitor, ID: fmt.Sprint(i)}, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.keepPhoto(t.Context(), incoming{Visitor: visitor, ID: "0"}, []byte("x")); err != nil {
		t.Errorf("a repeat: %v", err)
	}
	if _, err := c.keepPhoto(t.Context(), incoming{Visitor: visitor, ID: "more"}, []byte("x")); err != errNoRoom {
		t.Errorf("one more: %v", err)
	}
	if _, err := c.keepPhoto(t.Context(), incoming{Visitor: store.NewID(), ID: "0"}, []byte("x")); err != nil {
		t.Errorf("somebody else: %v", err)
	}
}

func TestAPhotoIsSentFromThePage(t *testing.T) {
	s := newSite(t)
	c := s.open(quiet, Config{})
	sizes := make(chan int64, 1)
	s.run(c, func(_ context.Context, m bots.Message) error {
		if len(m.Media) == 1 {
			sizes <- m.Media[0].Size
		}
		return nil
	})
	path := filepath.Join(t.TempDir(), "letter.jpg")
	if err := os.WriteFile(path, letter(t, 3000, 4000), 0o600); err != nil {
		t.Fatal(err)
	}
	b := browsertest.Open(t, "uk", 360, 640)
	b.Do(chromedp.Navigate(s.server.URL + "/chat"))
	b.Until(`document.documentElement.lang === "uk"`)
	b.Do(chromedp.SetUploadFiles("#photo", []string{path}, chromedp.NodeReady))
	select {
	case <-sizes:
	case <-time.After(patience.Limit):
		t.Fatal("no photo comes")
	}
	b.Until(`document.querySelectorAll("li.visitor img").length === 1 && !document.querySelector("li.visitor .meta span")`)
	b.Until(`document.querySelector("li.visitor img").naturalWidth > 0`)
	if w := browsertest.Eval[int](b, `document.querySelector("li.visitor img").naturalWidth`); w != 1500 {
		t.Errorf("the page sent a picture %d pixels wide", w)
	}
	b.Screenshot("chat-uk-photo")
	b.Do(chromedp.Reload())
	b.Until(`document.querySelectorAll("li.visitor").length === 1`)
	if got := browsertest.Eval[string](b, `document.querySelector("li.visitor .bubble").textContent`); got != "Фото" {
		t.Errorf("after a reload it says %q", got)
	}
	if loud := b.Complaints(); len(loud) > 0 {
		t.Errorf("the browser complains: %q", loud)
	}
}
