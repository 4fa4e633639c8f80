package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
)

type object = map[string]any

// description is the OpenAPI file as the server gives it.
func description(t *testing.T, h *helpdesk) object {
	resp, body := h.page("GET", "/desk/api/openapi.yaml", "", "")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("openapi.yaml: %d", resp.StatusCode)
	}
	var doc object
	must(t, yaml.Unmarshal([]byte(body), &doc))
	return doc
}

func TestDescriptionNamesEveryAddress(t *testing.T) {
	h := open(t, desk.Options{})
	var described []string
	for path, item := range description(t, h)["paths"].(object) {
		for method := range item.(object) {
			if method != "parameters" {
				described = append(described, strings.ToUpper(method)+" /desk/api"+path)
			}
		}
	}
	slices.Sort(described)
	served := desk.APIRoutes()
	slices.Sort(served)
	if !slices.Equal(described, served) {
		t.Errorf("described:\n%s\nserved:\n%s", strings.Join(described, "\n"), strings.Join(served, "\n"))
	}
}

func TestAnswersAreAsDescribed(t *testing.T) {
	h := open(t, desk.Options{Linkers: map[bots.Kind]desk.Linker{bots.WhatsApp: noPhone{}}, Reveal: func(_ context.Context, conversation string) (string, error) { return "+31 6 " + conversation, nil }, Suggest: func(_ context.Context, lang, text string) []desk.Suggestion {
		return []desk.Suggestion{{Article: "bsn-get", Revision: "abc", Title: lang, Text: text}}
	}})
	doc := description(t, h)
	anna, ben := h.volunteer(handoff.Volunteer{Name: "Anna", Languages: []string{"uk"}, Meets: []string{"woman"}}), h.volunteer(handoff.Volunteer{Name: "Ben"})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator})
	nobody := client{h: h}
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "Де БСН?", Wishes: []string{"woman"}})
	h.apply(h.transcript.Append("a", bots.Entry{ID: "m2", At: time.Now(), From: bots.FromNewcomer, Media: []bots.Media{{Kind: bots.Image, Ref: "r"}},
		Location: &bots.Location{Lat: 52, Lon: 5}, Choices: []bots.Choice{{Label: "x"}}}))
	urgent := h.escalate(handoff.NewCase{Conversation: "b", Lang: "ar", Urgent: "violence", Preview: "secret"})
	steps := []struct {
		who          client
		method, path string
		body         string
		want         int
	}{
		{nobody, "GET", "cases", "", 401},
		{anna, "GET", "cases", "", 200},
		{anna, "GET", "cases?state=waiting", "", 200},
		{anna, "GET", "cases?state=strange", "", 400},
		{anna, "GET", "cases/{id}", "", 200},
		{anna, "GET", "cases/nothing", "", 404},
		{anna, "POST", "cases/{id}/reply", `{"text":"too early"}`, 409},
		{anna, "POST", "cases/{id}/claim", "", 200},
		{ben, "POST", "cases/{id}/claim", "", 409},
		{ben, "POST", "cases/{id}/takeover", "", 403},
		{boss, "POST", "cases/{id}/takeover", "", 200},
		{boss, "POST", "cases/{id}/transfer", `{"to":"Anna","note":"yours"}`, 200},
		{anna, "POST", "cases/{id}/touch", "", 200},
		{ben, "POST", "cases/{id}/touch", "", 409},
		{anna, "POST", "cases/{id}/reply", `{"id":"1","text":"Добрий день","article":"bsn-get","revision":"abc"}`, 200},
		{anna, "POST", "cases/{id}/reply", `{"id":"2","text":" "}`, 400},
		{anna, "POST", "cases/{id}/reply", `not json`, 400},
		{ben, "POST", "cases/{id}/reply", `{"text":"me too"}`, 409},
		{anna, "POST", "cases/{id}/note", `{"text":"call the municipality"}`, 200},
		{anna, "GET", "cases/{id}", "", 200},
		{anna, "GET", "cases/{id}/suggestions?q=bsn", "", 200},
		{anna, "GET", "cases/{id}/media/m2/0", "", 404},
		{anna, "POST", "cases/{id}/transfer", `{"to":"Nobody"}`, 400},
		{anna, "POST", "cases/{id}/transfer", `{"to":"Ben","note":"x"}`, 200},
		{ben, "POST", "cases/{id}/release", `{"note":"later"}`, 200},
		{ben, "POST", "cases/{id}/claim", "", 200},
		{ben, "POST", "cases/{id}/transfer", `{"to":"queue"}`, 200},
		{anna, "POST", "next", "", 200},
		{anna, "POST", "next", "", 200},
		{anna, "POST", "cases/{id}/wanted", "", 200},
		{anna, "POST", "cases/{id}/wanted", "", 200},
		{anna, "POST", "cases/" + urgent.ID + "/wanted", "", 400},
		{anna, "POST", "cases/{id}/resolve", `{"topic":"No Topic"}`, 400},
		{anna, "POST", "cases/{id}/resolve", `{"topic":"bsn-get","outcome":"article","note":"done","wanted":true}`, 200},
		{anna, "POST", "cases/{id}/claim", "", 409},
		{anna, "GET", "cases?state=resolved", "", 200},
		{anna, "POST", "cases/{id}/reveal", `{"reason":"x"}`, 403},
		{anna, "POST", "cases/{id}/reveal/m2/0", "", 409},
		{boss, "POST", "cases/{id}/reveal/m2/0", `{"reason":"the ambulance asks"}`, 200},
		{boss, "POST", "cases/{id}/reveal/m2/1", "", 404},
		{anna, "POST", "cases/{id}/block", `{"reason":"x"}`, 403},
		{boss, "POST", "cases/{id}/block", `{"reason":" "}`, 400},
		{boss, "POST", "cases/{id}/block", `{"reason":"threats"}`, 200},
		{anna, "POST", "cases/{id}/unblock", "", 403},
		{boss, "POST", "cases/{id}/unblock", "", 200},
		{boss, "POST", "cases/{id}/reveal", `{}`, 400},
		{boss, "POST", "cases/{id}/reveal", `{"reason":"the ambulance asks"}`, 200},
		{anna, "PUT", "replies", `{"name":"hello","lang":"uk","text":"Добрий день"}`, 403},
		{boss, "PUT", "replies", `{"name":"hello","lang":"uk","text":"Добрий день"}`, 204},
		{boss, "PUT", "replies", `{"name":"a/b","lang":"uk","text":"x"}`, 400},
		{anna, "GET", "replies", "", 200},
		{anna, "POST", "here", `{"case":"` + c.ID + `"}`, 200},
		{ben, "POST", "here", `{"case":"no case"}`, 404},
		{anna, "POST", "here", `{"away":true}`, 204},
		{ben, "POST", "away", "", 204},
		{ben, "GET", "volunteers", "", 200},
		{boss, "GET", "channels/whatsapp/link", "", 200},
		{anna, "GET", "channels/whatsapp/link", "", 403},
		{boss, "GET", "channels/web/link", "", 404},
	}
	tested := map[string]bool{}
	for _, s := range steps {
		status, raw := s.who.call(s.method, strings.ReplaceAll(s.path, "{id}", c.ID), s.body)
		if status != s.want {
			t.Fatalf("%s %s %s: %d, want %d: %s", s.method, s.path, s.body, status, s.want, raw)
		}
		bare, _, _ := strings.Cut(s.path, "?")
		bare = strings.NewReplacer("/nothing", "/{id}", urgent.ID, "{id}", "/m2/0", "/{message}/{n}", "/m2/1", "/{message}/{n}", "channels/whatsapp", "channels/{kind}", "channels/web", "channels/{kind}").Replace(bare)
		op, ok := doc["paths"].(object)["/"+bare].(object)[strings.ToLower(s.method)].(object)
		if !ok {
			t.Fatalf("%s /%s is not described", s.method, bare)
		}
		tested[s.method+" /"+bare] = true
		answer, ok := op["responses"].(object)[fmt.Sprint(status)].(object)
		if !ok {
			t.Errorf("%s %s: %d is not described", s.method, bare, status)
			continue
		}
		answer = resolve(doc, answer)
		content, ok := answer["content"].(object)
		if !ok {
			continue
		}
		var got any
		must(t, json.Unmarshal(raw, &got))
		for _, wrong := range check(doc, content["application/json"].(object)["schema"].(object), got, "") {
			t.Errorf("%s %s (%d): %s in %s", s.method, bare, status, wrong, raw)
		}
	}
	for _, r := range desk.APIRoutes() {
		method, path, _ := strings.Cut(r, " /desk/api")
		if !tested[method+" "+path] && !strings.Contains(path, "events") && !strings.Contains(path, "openapi") {
			t.Errorf("%s is not tested", r)
		}
	}
	wanted, err := h.queue.Wanted(t.Context())
	must(t, err)
	if len(wanted) != 1 || wanted[0].Question != "Де БСН?" || wanted[0].Answer != "Добрий день" || wanted[0].By != "Anna" {
		t.Errorf("the editors hear of %+v", wanted)
	}
	log, err := h.queue.Audit(t.Context(), 100)
	must(t, err)
	if !slices.ContainsFunc(log, func(r handoff.Record) bool {
		return r.ByName == "Boss" && strings.HasPrefix(r.Action, "revealed") && r.Reason == "the ambulance asks" && r.Case == c.ID
	}) {
		t.Errorf("revealing is not in the audit log: %+v", log)
	}
	// Lists do not say what an urgent case is about; the case itself does.
	_, raw := anna.call("GET", "cases", "")
	if strings.Contains(string(raw), "secret") {
		t.Errorf("a list shows an urgent question: %s", raw)
	}
	if _, raw := anna.call("GET", "cases/"+urgent.ID, ""); !strings.Contains(string(raw), "secret") {
		t.Errorf("the case does not show its question: %s", raw)
	}
}

func resolve(doc, o object) object {
	ref, ok := o["$ref"].(string)
	if !ok {
		return o
	}
	var at any = doc
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		at = at.(object)[part]
	}
	return at.(object)
}

// check returns what is wrong with a value by a schema; properties that are not
// described are wrong as well.
func check(doc, schema object, v any, at string) (wrong []string) {
	schema = resolve(doc, schema)
	if options, ok := schema["oneOf"].([]any); ok {
		for _, o := range options {
			if len(check(doc, o.(object), v, at)) == 0 {
				return nil
			}
		}
		return []string{at + ": none of the choices"}
	}
	kinds := []any{schema["type"]}
	if many, ok := schema["type"].([]any); ok {
		kinds = many
	}
	if !slices.ContainsFunc(kinds, func(k any) bool { return isA(v, fmt.Sprint(k)) }) {
		return []string{fmt.Sprintf("%s: %T instead of %v", at, v, kinds)}
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, v) {
		wrong = append(wrong, fmt.Sprintf("%s: %v is none of %v", at, v, enum))
	}
	if s, ok := v.(string); ok && schema["format"] == "date-time" {
		if at0, err := time.Parse(time.RFC3339, s); err != nil || at0.Location() != time.UTC {
			wrong = append(wrong, fmt.Sprintf("%s: %s is no UTC time", at, s))
		}
	}
	if list, ok := v.([]any); ok {
		for i, x := range list {
			wrong = append(wrong, check(doc, schema["items"].(object), x, fmt.Sprintf("%s[%d]", at, i))...)
		}
	}
	if o, ok := v.(object); ok {
		properties := schema["properties"].(object)
		required, _ := schema["required"].([]any)
		for _, r := range required {
			if _, ok := o[r.(string)]; !ok {
				wrong = append(wrong, fmt.Sprintf("%s: no %v", at, r))
			}
		}
		for name, x := range o {
			p, ok := properties[name].(object)
			if !ok {
				wrong = append(wrong, at+"."+name+": not described")
				continue
			}
			wrong = append(wrong, check(doc, p, x, at+"."+name)...)
		}
	}
	return wrong
}

func isA(v any, kind string) bool {
	switch x := v.(type) {
	case nil:
		return kind == "null"
	case string:
		return kind == "string"
	case bool:
		return kind == "boolean"
	case float64:
		return kind == "number" || kind == "integer" && x == float64(int64(x))
	case []any:
		return kind == "array"
	default:
		return kind == "object"
	}
}
