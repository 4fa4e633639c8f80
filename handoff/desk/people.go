package desk

import (
	"errors"
	"net/http"
	"strings"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
)

// peoplePage is who may use the desk. Link is the one-time sign-in link made for
// LinkName.
type peoplePage struct {
	team
	Link, LinkName string
	Volunteers     []member
	Roles          []handoff.Role
}

type member struct {
	handoff.Volunteer
	Load int
	// Codes says that a password needs a code beside it.
	Codes bool
	// Langs and Groups are the volunteer's languages and topics in one line.
	Langs, Groups string
}

func (d *Desk) peoplePage(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.tellPeople(w, r, v, d.after(v, r))
}

func (d *Desk) showPeople(w http.ResponseWriter, r *http.Request, v visit, page peoplePage) error {
	page.team = d.team(v, "people", page.said)
	load, err := d.queue.Load(r.Context())
	if err != nil {
		return err
	}
	all, err := d.volunteers.List(r.Context())
	if err != nil {
		return err
	}
	for _, m := range all {
		codes, _, err := d.volunteers.Codes(r.Context(), m.ID)
		if err != nil {
			return err
		}
		page.Volunteers = append(page.Volunteers, member{m, load[m.ID], codes, strings.Join(m.Languages, ", "), strings.Join(m.Topics, ", ")})
	}
	page.Roles = []handoff.Role{handoff.RoleVolunteer, handoff.RoleEditor, handoff.RoleCoordinator}
	return d.showTeam(w, v, "people", page)
}

// tellPeople shows the page with words about what was done.
func (d *Desk) tellPeople(w http.ResponseWriter, r *http.Request, v visit, s said) error {
	return d.showPeople(w, r, v, peoplePage{team: team{said: s}})
}

func (d *Desk) addVolunteer(w http.ResponseWriter, r *http.Request, v visit) error {
	made, err := d.volunteers.Add(r.Context(), handoff.Volunteer{Name: r.FormValue("name"), Role: role(r.FormValue("role")),
		Languages: list(r.FormValue("languages")), Topics: list(r.FormValue("topics")), Urgent: r.FormValue("urgent") != ""})
	if errors.Is(err, handoff.ErrName) {
		return d.tellPeople(w, r, v, d.refused(v, r, "name_taken"))
	}
	if err != nil {
		return err
	}
	if err := d.queue.Log(r.Context(), v.Actor(), "added a volunteer", "", made.Name+" ("+string(made.Role)+")"); err != nil {
		return err
	}
	return d.showLink(w, r, v, made)
}

func (d *Desk) showLink(w http.ResponseWriter, r *http.Request, v visit, to handoff.Volunteer) error {
	secret, err := d.volunteers.Link(r.Context(), to.ID)
	if err != nil {
		return err
	}
	return d.showPeople(w, r, v, peoplePage{LinkName: to.Name, Link: d.opts.BaseURL + "/desk/sign-in/" + secret})
}

// changes names in the audit log what a coordinator does with a volunteer.
var changes = map[string]string{"link": "made a sign-in link", "sign-out": "signed out everywhere", "save": "changed the rights",
	"disable": "disabled", "enable": "enabled", "reset-codes": "turned the codes off", "lost-device": "ended a lost device"}

// changeVolunteer does one thing with one volunteer: a new link, signing out
// everywhere, ending what a lost device or lost codes open, another role, disabling or
// enabling.
func (d *Desk) changeVolunteer(w http.ResponseWriter, r *http.Request, v visit) error {
	ctx := r.Context()
	m, err := d.volunteers.Get(ctx, r.FormValue("id"))
	if err != nil {
		return err
	}
	what, about := r.FormValue("do"), m.Name
	switch what {
	case "link", "lost-device":
		if what == "lost-device" {
			if err := d.volunteers.Lost(ctx, m.ID); err != nil {
				return err
			}
		}
		if err := d.queue.Log(ctx, v.Actor(), changes[what], "", about); err != nil {
			return err
		}
		return d.showLink(w, r, v, m)
	case "reset-codes":
		err = d.volunteers.ResetCodes(ctx, m.ID)
	case "sign-out":
		err = d.volunteers.SignOutAll(ctx, m.ID)
	case "save":
		m.Role, m.Languages, m.Topics = role(r.FormValue("role")), list(r.FormValue("languages")), list(r.FormValue("topics"))
		m.Urgent = r.FormValue("urgent") != ""
		if m.ID == v.ID {
			m.Role = v.Role // nobody locks the last coordinator out by mistake
		}
		about += " (" + string(m.Role) + ")"
		err = d.volunteers.Save(ctx, m)
	case "disable", "enable":
		if m.ID == v.ID {
			return d.tellPeople(w, r, v, d.refused(v, r, "not_yourself"))
		}
		m.Disabled = what == "disable"
		if err = d.volunteers.Save(ctx, m); err == nil && m.Disabled {
			err = d.queue.ReleaseAll(ctx, m.Actor())
		}
	default:
		return handoff.ErrUnknown
	}
	var faster *store.GuardError
	if errors.As(err, &faster) {
		return d.tellPeople(w, r, v, d.refused(v, r, "changed_meanwhile"))
	}
	if err == nil {
		err = d.queue.Log(ctx, v.Actor(), changes[what], "", about)
	}
	if err != nil {
		return err
	}
	return tell(w, r, "/desk/team/people", "saved")
}

func role(s string) handoff.Role {
	switch r := handoff.Role(s); r {
	case handoff.RoleCoordinator, handoff.RoleEditor:
		return r
	}
	return handoff.RoleVolunteer
}
