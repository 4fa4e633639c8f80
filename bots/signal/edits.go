package signal

import "github.com/brug-helpdesk/brug/bots"

// maxEdits bounds the memory of edits.
const maxEdits = 4096

// original finds the first version of a message of the contact's: Signal's apps let
// an edit name the version before it.
func (c *Channel) original(m *bots.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	target, known := c.edits[keyOf(bots.Part{ID: m.Target, To: m.Contact})]
	if known {
		m.Target = target
	}
	if m.Action != bots.Edit {
		return
	}
	key := keyOf(bots.Part{ID: m.ID, To: m.Contact})
	if _, seen := c.edits[key]; seen {
		return
	}
	if len(c.editOrder) == maxEdits {
		delete(c.edits, c.editOrder[0])
		c.editOrder = c.editOrder[1:]
	}
	c.edits[key] = m.Target
	c.editOrder = append(c.editOrder, key)
}
