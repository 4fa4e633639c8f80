package signal

import (
	"context"
	"fmt"

	"github.com/brug-helpdesk/brug/bots"
)

// Forget has the daemon erase a contact: name, keys and sessions, which Signal's apps
// make anew when somebody writes again. Files that the contact sent stay on the
// daemon's disk: it has no call to delete one. README.md says what to do.
//
// It needs no running channel. It returns an error when the daemon is away.
func (c *Channel) Forget(ctx context.Context, contact bots.Address) error {
	v, err := c.config.visit(ctx)
	if err != nil {
		return fmt.Errorf("forget a contact: %w", err)
	}
	defer v.leave()
	// Under each name: the daemon may know the number apart from the UUID.
	for _, id := range append([]string{contact.ID}, contact.Alt...) {
		who, ok := recipient(bots.Address{ID: id})
		if !ok {
			continue
		}
		err := call(ctx, v, "removeContact", c.params(map[string]any{"recipient": who, "forget": true}), nil)
		if err != nil && !hasCode(err, codeUser) { // which it says of somebody it does not know
			return fmt.Errorf("forget a contact: %w", err)
		}
	}
	return nil
}
