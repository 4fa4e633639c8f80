package router

import (
	"testing"

	"github.com/brug-helpdesk/brug/router/safety"
)

// What the helpdesk itself tells people to write never asks whether they are in danger.
func TestAPlainWishIsNoDanger(t *testing.T) {
	rules, err := safety.Default()
	if err != nil {
		t.Fatal(err)
	}
	w := loadWishes(t)
	calm := calmWishes{rules, w}
	for text, wish := range w.whole {
		if got := calm.Check(text, ""); wish != Plea && got.Kind != "" {
			t.Errorf("%q is a wish (%s) and seen as %s", text, wish, got.Kind)
		}
	}
	for _, text := range []string{"احذفوا كل شيء لو سمحتم", "Видалити все, будь ласка", "другой язык\n\nпожалуйста", "bye bye", "прошу вас", "احذفوا كل شي",
		"خلص ما بدي شكرا", "Привіт, видалити все що я писала"} {
		if got := calm.Check(text, ""); got.Kind != "" {
			t.Errorf("%q is seen as %s", text, got.Kind)
		}
	}
	for text, kind := range map[string]string{
		"delete everything\nI want to die": safety.Suicide,
		"дякую\nчоловік мене б'є":          safety.Violence,
		"я в отчаянии":                     safety.Suicide,
		"delete everything, я в отчаянии":  safety.Suicide,
		// Thanks for everything, but a farewell beside it.
		"дякую за все, прощавайте":                 safety.Suicide,
		"thank you for everything, forgive me all": safety.Suicide,
		"спасибо за все, скоро меня не станет":     safety.Suicide,
	} {
		if got := calm.Check(text, ""); got.Kind != kind {
			t.Errorf("%q is seen as %q, expected %s", text, got.Kind, kind)
		}
	}
}
