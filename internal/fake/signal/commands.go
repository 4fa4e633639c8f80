package signal

import (
	"encoding/base64"
	"encoding/json"
	"slices"
)

// call obeys one request.
func (d *Daemon) call(method string, p params, c *conn) (any, error) {
	switch method {
	case "version":
		return Fields{"version": d.config.Version}, nil
	case "listAccounts", "startLink", "finishLink":
		if d.config.Single {
			break
		}
		switch method {
		case "startLink":
			return d.startLink(), nil
		case "finishLink":
			return d.finishLink(p)
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		list := []Fields{}
		for _, number := range d.accounts {
			list = append(list, Fields{"number": number})
		}
		return list, nil
	case "subscribeReceive", "unsubscribeReceive":
		if c == nil {
			break
		}
		if err := d.checkAccount(p); err != nil {
			return nil, err
		}
		if method == "subscribeReceive" {
			return c.subscribe(), nil
		}
		id, _ := p["subscription"].(json.Number)
		n, err := id.Int64()
		if err != nil || !c.unsubscribe(int(n)) {
			return nil, refuse(userError, "Unknown subscription id")
		}
		return Fields{}, nil
	}
	if run, ok := commands[method]; ok {
		if err := d.checkAccount(p); err != nil {
			return nil, err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		return run(d, p)
	}
	return nil, refuse(unknownMethod, "Method not implemented")
}

// commands are what an account can be told to do. They run under the lock.
var commands = map[string]func(*Daemon, params) (any, error){
	"send":                     (*Daemon).send,
	"sendReceipt":              (*Daemon).sendReceipt,
	"sendTyping":               (*Daemon).sendTyping,
	"trust":                    (*Daemon).trust,
	"listIdentities":           (*Daemon).listIdentities,
	"getAttachment":            (*Daemon).getAttachment,
	"getSticker":               (*Daemon).getSticker,
	"submitRateLimitChallenge": (*Daemon).submitChallenge,
	"removeContact":            (*Daemon).removeContact,
}

func (d *Daemon) checkAccount(p params) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.config.Single {
		return nil
	}
	account, given := p.text("account")
	switch {
	case !given && len(d.accounts) != 1:
		return refuse(invalidParams, "Method requires valid account parameter")
	case given && !slices.Contains(d.accounts, account):
		return refuse(invalidParams, "Specified account does not exist")
	}
	return nil
}

func (d *Daemon) listIdentities(p params) (any, error) {
	list := []Fields{}
	number, given := p.text("number")
	add := func(theirNumber, uuid, level string) {
		if given && number != theirNumber && number != uuid {
			return
		}
		list = append(list, Fields{"number": orNull(theirNumber), "uuid": uuid, "trustLevel": level})
	}
	add(Account, AccountUUID, "TRUSTED_VERIFIED")
	for _, person := range d.people {
		level := "TRUSTED_UNVERIFIED"
		if person.newKey {
			level = "UNTRUSTED"
		}
		add(person.number, person.uuid, level)
	}
	return list, nil
}

func (d *Daemon) trust(p params) (any, error) {
	recipient, _ := p.text("recipient")
	if !p.flag("trustAllKnownKeys") {
		return nil, refuse(userError, "You need to specify the fingerprint/safety number you have verified with -v SAFETY_NUMBER")
	}
	person := d.person(recipient)
	if person == nil {
		return nil, refuse(userError, "Failed to set the trust for this number, make sure the number is correct.")
	}
	person.newKey = false
	for _, envelope := range person.held {
		d.deliver(envelope, nil)
	}
	person.held = nil
	return Fields{}, nil
}

func (d *Daemon) getAttachment(p params) (any, error) {
	id, _ := p.text("id")
	data, ok := d.files[id]
	if !ok {
		return nil, refuse(userError, "Could not find attachment with ID: %s", id)
	}
	return Fields{"data": base64.StdEncoding.EncodeToString(data)}, nil
}

func (d *Daemon) getSticker(p params) (any, error) {
	pack, _ := p.text("packId")
	n, _ := p["stickerId"].(json.Number)
	data, ok := d.files[pack+":"+n.String()]
	if !ok {
		return nil, refuse(userError, "Could not find sticker with ID: %s", n)
	}
	return Fields{"data": base64.StdEncoding.EncodeToString(data)}, nil
}

// removeContact follows commands/RemoveContactCommand.java: without forget, sessions
// and keys stay.
func (d *Daemon) removeContact(p params) (any, error) {
	recipient, given := p.text("recipient")
	if !given {
		return nil, refuse(userError, "No recipient given")
	}
	if person := d.person(recipient); person != nil && p.flag("forget") {
		person.known = false
	}
	return Fields{}, nil
}

func (d *Daemon) submitChallenge(p params) (any, error) {
	if captcha, _ := p.text("captcha"); captcha != Captcha {
		return nil, refuse(-6, "Captcha rejected, it may be outdated, already used or solved from a different IP address.")
	}
	return Fields{}, nil
}

// Captcha is the solution that the daemon takes.
const Captcha = "signalcaptcha://signal-hcaptcha.solved"

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
