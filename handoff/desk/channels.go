package desk

import (
	"cmp"
	"net/http"

	"github.com/brug-helpdesk/brug/bots"
)

// channelsPage is how the networks are doing, in words.
type channelsPage struct {
	team
	Channels []channelRow
}

type channelRow struct {
	Name, State string
	// Problem is in the language ProblemLang.
	Problem, ProblemLang string
	// Good is whether messages arrive now, Off which setting turns the channel on.
	Good            bool
	Off             string
	LastIn, LastOut string
	// Link is the kind of a channel that can be linked to a phone, "" for others;
	// Number is the phone that is.
	Link, Number string
	// ByCode is whether a code can be typed instead of scanned.
	ByCode bool
}

// channelNames are the networks' own names.
var channelNames = map[string]string{"telegram": "Telegram", "whatsapp": "WhatsApp", "signal": "Signal", "web": "Web"}

func channelName(kind string) string { return cmp.Or(channelNames[kind], kind) }

func (d *Desk) channelsPage(w http.ResponseWriter, r *http.Request, v visit) error {
	page := channelsPage{team: d.team(v, "channels", said{})}
	for _, c := range d.opts.Channels(r.Context()) {
		row := d.channelRow(v.lang, c)
		if linker := d.opts.Linkers[c.Kind]; linker != nil {
			row.Link, row.ByCode = string(c.Kind), c.Kind == bots.WhatsApp
			var err error
			if row.Number, err = linker.Linked(r.Context()); err != nil {
				d.log.Warn("desk: which phone is linked", "channel", c.Kind, "err", err)
				row.Link = "" // the problem of the channel says what is wrong
			}
		}
		page.Channels = append(page.Channels, row)
	}
	return d.showTeam(w, v, "channels", page)
}

func (d *Desk) channelRow(lang string, c Channel) channelRow {
	row := channelRow{Name: channelName(string(c.Kind)), Good: c.Health.Connected, Off: c.Off,
		LastIn: d.moment(lang, c.LastIn), LastOut: d.moment(lang, c.LastOut)}
	row.Problem, row.ProblemLang = d.words.problem(lang, c.Health)
	row.State = d.words.say(lang, "not_connected")
	if row.Good {
		row.State = d.words.say(lang, "connected")
	}
	if !c.Health.Since.IsZero() {
		row.State += " " + d.words.say(lang, "since") + " " + d.moment(lang, c.Health.Since)
	}
	return row
}
