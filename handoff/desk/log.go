package desk

import (
	"encoding/csv"
	"net/http"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
)

const (
	// logShown is how many records the page shows, logMost how many the file has.
	logShown = 200
	logMost  = 50_000
)

// logPage is who did what.
type logPage struct {
	team
	Records []logRow
}

type logRow struct {
	handoff.Record
	When, What string
}

func (d *Desk) logPage(w http.ResponseWriter, r *http.Request, v visit) error {
	page := logPage{team: d.team(v, "audit", said{})}
	records, err := d.queue.Audit(r.Context(), logShown)
	if err != nil {
		return err
	}
	for _, record := range records {
		page.Records = append(page.Records, logRow{record, d.moment(v.lang, record.At), d.action(v.lang, record.Action)})
	}
	return d.showTeam(w, v, "audit", page)
}

// action is what was done, in the words of a language where it has some.
func (d *Desk) action(lang, action string) string {
	if said, ok := d.words.find(lang, "did_"+strings.ReplaceAll(strings.ReplaceAll(action, " ", "_"), "-", "_")); ok {
		return said
	}
	return action
}

// logFile is the whole log as a table for a spreadsheet. That it was taken is in it.
func (d *Desk) logFile(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := d.queue.Log(r.Context(), v.Actor(), "downloaded the log", "", ""); err != nil {
		return err
	}
	records, err := d.queue.Audit(r.Context(), logMost)
	if err != nil {
		return err
	}
	name := "brug-log-" + d.queue.Hours().Local(d.opts.Now()).Format(time.DateOnly) + ".csv"
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	table := csv.NewWriter(w)
	table.Write([]string{"at", "by", "action", "case", "reason"})
	for _, record := range records {
		row := []string{record.At.UTC().Format(time.RFC3339), record.ByName, record.Action, record.Case, record.Reason}
		for i := range row {
			row[i] = harmless(row[i])
		}
		table.Write(row)
	}
	table.Flush() // who went away needs no error
	return nil
}

// harmless keeps spreadsheets from running a text as a formula (OWASP, "CSV
// Injection"): names and reasons are typed by people.
func harmless(cell string) string {
	if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r\n") || strings.HasPrefix(cell, "＝") || strings.HasPrefix(cell, "＋") ||
		strings.HasPrefix(cell, "－") || strings.HasPrefix(cell, "＠") {
		return "'" + cell
	}
	return cell
}
