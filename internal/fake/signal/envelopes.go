package signal

import "fmt"

// data is a dataMessage with what every one has.
func data(message any, more Fields) Fields {
	f := Fields{"message": message, "expiresInSeconds": 0, "viewOnce": false}
	for name, value := range more {
		f[name] = value
	}
	return f
}

// Message delivers a dataMessage with further fields; message may be nil.
func (p *Person) Message(message any, more Fields) (timestamp int64) {
	p.do(func() {
		timestamp = p.d.now()
		f := data(message, more)
		f["timestamp"] = timestamp
		p.envelope(timestamp, "dataMessage", f)
	})
	return timestamp
}

// Write sends a text.
func (p *Person) Write(text string) int64 { return p.Message(text, nil) }

// Edit changes a text. As in Signal's apps, an edit names the version before it.
func (p *Person) Edit(timestamp int64, text string) (edit int64) {
	p.do(func() {
		target := timestamp
		if t, ok := p.latest[timestamp]; ok {
			target = t
		}
		edit = p.d.now()
		p.latest[timestamp] = edit
		f := data(text, nil)
		f["timestamp"] = edit
		p.envelope(edit, "editMessage", Fields{"targetSentTimestamp": target, "dataMessage": f})
	})
	return edit
}

// Delete withdraws what p sent.
func (p *Person) Delete(timestamp int64) int64 {
	return p.Message(nil, Fields{"remoteDelete": Fields{"timestamp": timestamp}})
}

// React puts an emoji on a message of ours, or takes it away.
func (p *Person) React(timestamp int64, emoji string, remove bool) int64 {
	return p.Message(nil, Fields{"reaction": Fields{
		"emoji": emoji, "targetAuthor": Account, "targetAuthorNumber": Account, "targetAuthorUuid": AccountUUID,
		"targetSentTimestamp": timestamp, "isRemove": remove,
	}})
}

// Quote is the quote of a message of ours.
func Quote(timestamp int64, text string) Fields {
	return Fields{
		"id": timestamp, "author": Account, "authorNumber": Account, "authorUuid": AccountUUID,
		"text": text, "attachments": []any{},
	}
}

// File sends a file; name and caption may be "".
func (p *Person) File(mime, name, caption string, content []byte) int64 {
	var id string
	p.do(func() {
		id = fmt.Sprintf("Wf%dqL", len(p.d.files))
		p.d.files[id] = content
	})
	return p.Message(orNull(caption), Fields{"attachments": []any{Fields{
		"contentType": mime, "filename": orNull(name), "id": id, "size": len(content),
		"width": nil, "height": nil, "caption": nil, "uploadTimestamp": nil,
	}}})
}

// Sticker sends a sticker.
func (p *Person) Sticker(content []byte) int64 {
	const pack = "9acc9e8aba563d26a4994e69263e3b25"
	p.do(func() { p.d.files[pack+":3"] = content })
	return p.Message(nil, Fields{"sticker": Fields{"packId": pack, "stickerId": 3}})
}

// Poll begins a poll.
func (p *Person) Poll() int64 {
	return p.Message(nil, Fields{"pollCreate": Fields{
		"question": "Tea or coffee?", "allowMultiple": false, "options": []string{"tea", "coffee"},
	}})
}

// Confirm says that messages of ours reached p's phone or were read.
func (p *Person) Confirm(read bool, timestamps ...int64) {
	p.Envelope("receiptMessage", Fields{
		"when": timestamps[0], "isDelivery": !read, "isRead": read, "isViewed": false, "timestamps": timestamps,
	})
}

// Type says that p is typing, or has stopped.
func (p *Person) Type(on bool) {
	action := "STOPPED"
	if on {
		action = "STARTED"
	}
	p.Envelope("typingMessage", Fields{"action": action, "timestamp": p.d.now()})
}

// Operator delivers what was typed to p on the helpdesk's own phone.
func (p *Person) Operator(message any, more Fields) (timestamp int64) {
	p.do(func() {
		timestamp = p.d.now()
		f := data(message, more)
		f["timestamp"] = timestamp
		f["destination"], f["destinationNumber"], f["destinationUuid"] = p.uuid, orNull(p.number), p.uuid
		p.d.deliver(Fields{
			"source": Account, "sourceNumber": Account, "sourceUuid": AccountUUID, "timestamp": timestamp,
			"syncMessage": Fields{"sentMessage": f},
		}, nil)
	})
	return timestamp
}
