package router

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/internal/store"
)

// dataJSON is the button for what is kept of a person, for programs.
const dataJSON = "data:json"

// export tells a person what is kept about them, and what must be asked for.
func (d *decision) export() {
	if len(d.w.kept) == 0 {
		d.speak("data_none", nil)
		return
	}
	var b strings.Builder
	audience := d.s.Audience
	if audience == "" {
		audience = "–"
	} else {
		audience = d.phrase("audience_"+audience, nil)
	}
	b.WriteString(d.phrase("data_export", phrases.Data{"Days": d.w.keepDays, "Lang": phrases.Names[d.lang()], "Audience": audience}))
	for _, e := range d.w.kept {
		if e.From == bots.FromNote || e.Withdrawn {
			continue
		}
		b.WriteString("\n\n" + d.w.hours.Local(e.At).Format("2006-01-02 15:04") + " · " + d.speaker(e.From))
		if e.Text != "" {
			b.WriteString(" · " + e.Text)
		}
		for _, m := range e.Media {
			b.WriteString(" · [" + string(m.Kind) + "]")
		}
	}
	d.tellData(bots.Reply{Text: b.String(), Choices: []bots.Choice{d.button(dataJSON, "button_json")}})
}

// speaker is who said something, as the person knows them.
func (d *decision) speaker(from string) string {
	if from != bots.FromNewcomer && from != bots.FromVolunteer {
		from = bots.FromBot
	}
	return d.phrase("data_"+from, nil)
}

// exportJSON tells the same and all the rest, as JSON.
func (d *decision) exportJSON() {
	if d.w.dossier == "" {
		return // the button is old and nothing is kept any more
	}
	// A fence longer than any in it, and no marks of direction: programs read this.
	fence := strings.Repeat("~", 12)
	d.tellData(bots.Reply{Text: fence + "\n" + d.w.dossier + "\n" + fence, Lang: "en"})
}

// tellData says what is kept. The transcript only notes that it was said: else every
// answer would hold all answers before.
func (d *decision) tellData(r bots.Reply) {
	r.ID, r.From = store.NewID(), bots.FromSystem
	d.e.unkept = append(d.e.unkept, r.ID)
	d.reply(r)
}

// keptText is what the transcript keeps of a reply.
func (e effects) keptText(r bots.Reply) string {
	if !slices.Contains(e.unkept, r.ID) {
		return r.Text
	}
	first, _, _ := strings.Cut(r.Text, "\n")
	return strings.TrimRight(first, "~") + " […]"
}

// dossier is everything that is kept of a person, as JSON, but for volunteers' notes for
// each other: who holds the phone may be whom they are about. A coordinator gives them,
// with "brug privacy export", once it is sure who asks.
func (r *Router) dossier(ctx context.Context, conversation string) (string, error) {
	k, err := r.Export(ctx, conversation)
	if err != nil {
		return "", err
	}
	k.Entries = slices.DeleteFunc(k.Entries, func(e bots.Entry) bool { return e.From == bots.FromNote })
	k.LeftOut = "notes that volunteers wrote for each other; ask for them in the chat"
	k.Waiting = nil // the tap that asks for this
	raw, err := json.MarshalIndent(k, "", " ")
	if err != nil {
		return "", fmt.Errorf("write what is kept: %w", err)
	}
	return string(raw), nil
}
