package desk

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"rsc.io/qr"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// Linker links a channel to a phone.
type Linker interface {
	// Linked is the number of the linked phone, with its plus sign; "" when there is
	// none.
	Linked(ctx context.Context) (string, error)
	// Link begins to link a phone: by a QR code, or by a code that is typed on the phone
	// with this number. The steps end with Linked or Err; the channel is closed then, or
	// when ctx ends.
	Link(ctx context.Context, phone string) (<-chan LinkStep, error)
}

// LinkStep is what happens while a phone is linked.
type LinkStep struct {
	// QR is to be scanned, Code to be typed, until Until.
	QR, Code string
	Until    time.Time
	// Linked is the number that was linked; Setting is what must be set for brug to use
	// it, "" for nothing.
	Linked, Setting string
	// Err is why it did not work, in words a coordinator understands.
	Err error
}

// linkTime is how long linking may take, all its codes together.
const linkTime = 10 * time.Minute

// errLinkTime is said when nobody scanned a code.
var errLinkTime = errors.New("no phone was linked in time; try again")

// links are the phones that are being linked, and how it last ended, by channel. They
// are this process's own.
type links struct {
	mu     sync.Mutex
	begin  chan linkOrder
	latest map[bots.Kind]linkState
}

type linkOrder struct {
	kind  bots.Kind
	phone string
	by    handoff.Actor
}

type linkState struct {
	LinkStep
	open bool
}

func newLinks() *links {
	return &links{begin: make(chan linkOrder), latest: map[bots.Kind]linkState{}}
}

func (l *links) state(kind bots.Kind) linkState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.latest[kind]
}

func (l *links) set(kind bots.Kind, s linkState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latest[kind] = s
}

// open notes that linking begins, unless it is under way.
func (l *links) open(kind bots.Kind) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.latest[kind].open {
		return false
	}
	l.latest[kind] = linkState{open: true}
	return true
}

// link links a phone, and writes into the audit log how it began and ended.
func (d *Desk) link(ctx context.Context, o linkOrder) {
	ctx, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	last := d.follow(ctx, o)
	action, about := "linked", last.Linked
	if last.Err != nil {
		action, about = "did not link", last.Err.Error()
	}
	// Also when brug stops meanwhile.
	after, end := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer end()
	if err := d.queue.Log(after, o.by, action, "", channelName(string(o.kind))+": "+about); err != nil {
		d.log.Error("desk: a link is not in the audit log", "channel", o.kind, "err", err)
	}
	d.links.set(o.kind, linkState{LinkStep: last}) // not before: what is shown is in the log
}

func (d *Desk) follow(ctx context.Context, o linkOrder) LinkStep {
	if err := d.queue.Log(ctx, o.by, "began to link", "", channelName(string(o.kind))); err != nil {
		return LinkStep{Err: err}
	}
	steps, err := d.opts.Linkers[o.kind].Link(ctx, o.phone)
	if err != nil {
		return LinkStep{Err: err}
	}
	last := LinkStep{Err: errLinkTime}
	for step := range steps {
		if step.Linked != "" || step.Err != nil {
			last = step
			continue
		}
		d.links.set(o.kind, linkState{LinkStep: step, open: true})
	}
	return last
}

// beginLink is the coordinator's press; what happens then is shown by the page.
func (d *Desk) beginLink(w http.ResponseWriter, r *http.Request, v visit) error {
	kind := bots.Kind(r.FormValue("kind"))
	if d.opts.Linkers[kind] == nil {
		return handoff.ErrUnknown
	}
	if d.links.open(kind) {
		select {
		case d.links.begin <- linkOrder{kind, strings.TrimSpace(r.FormValue("phone")), v.Actor()}:
		case <-r.Context().Done():
			d.links.set(kind, linkState{})
			return r.Context().Err()
		}
	}
	http.Redirect(w, r, "/desk/team/channels", http.StatusSeeOther)
	return nil
}

// linkJSON is what a coordinator's page shows while a phone is linked.
type linkJSON struct {
	// State is "none", "waiting", "qr", "code", "linked" or "failed".
	State string `json:"state"`
	// QR is what the code says, Image the code as the address of a picture.
	QR      string     `json:"qr,omitempty"`
	Image   string     `json:"image,omitempty"`
	Code    string     `json:"code,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
	Number  string     `json:"number,omitempty"`
	Setting string     `json:"setting,omitempty"`
	Problem string     `json:"problem,omitempty"`
}

func (d *Desk) showLinking(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	kind := bots.Kind(r.PathValue("kind"))
	switch {
	case v.Role != handoff.RoleCoordinator:
		return handoff.ErrNotAllowed
	case d.opts.Linkers[kind] == nil:
		return handoff.ErrUnknown
	}
	j, err := shapeLink(d.links.state(kind))
	if err != nil {
		return err
	}
	if j.State == "linked" && j.Setting == "" {
		// The phone may have unlinked brug since.
		now, err := d.opts.Linkers[kind].Linked(r.Context())
		if err != nil {
			return err
		}
		if now == "" {
			j = linkJSON{State: "none"}
		}
	}
	web.JSON(w, http.StatusOK, j)
	return nil
}

func shapeLink(s linkState) (linkJSON, error) {
	j := linkJSON{State: "none", Until: maybe(s.Until), Number: s.Linked, Setting: s.Setting}
	switch {
	case s.QR != "":
		j.State, j.QR = "qr", s.QR
		var err error
		if j.Image, err = drawQR(s.QR); err != nil {
			return j, err
		}
	case s.Code != "":
		j.State, j.Code = "code", s.Code
	case s.open:
		j.State = "waiting"
	case s.Linked != "":
		j.State = "linked"
	case s.Err != nil:
		j.State, j.Problem = "failed", s.Err.Error()
	}
	return j, nil
}

// drawQR is a QR code as the address of an SVG: dark on light also on dark pages, with
// the quiet zone of four modules that scanners need (ISO/IEC 18004).
func drawQR(text string) (string, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return "", fmt.Errorf("draw QR code: %w", err)
	}
	var b strings.Builder
	side := code.Size + 8
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, side, side, side, side)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+4, y+4)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(b.String())), nil
}
