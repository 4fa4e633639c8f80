package router

import "slices"

// barred says that the person was shut out and no case is open: then only danger and
// their own data are spoken of.
func (d *decision) barred() bool { return d.w.now.Before(d.s.Barred) && !d.hasCase() }

// shutOut answers a message of somebody who was shut out, once; false when it must be
// heard all the same.
func (d *decision) shutOut(st step) bool {
	certain := st.danger.Kind != "" && !st.danger.Unsure
	if !d.barred() || certain || slices.Contains([]Wish{WishLang, WishData, WishDelete, WishStop}, st.wish) {
		return false
	}
	if st.danger.Unsure && d.askDanger(st) {
		return true
	}
	if !d.s.BarredTold {
		d.s.BarredTold = true
		d.speak("barred", nil)
	}
	return true
}
