package whatsapp

import (
	"fmt"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// Send sends a message of any kind and returns its identifier. It panics when that
// does not work: a phone that cannot send is a broken test.
func (p *Phone) Send(m *waE2E.Message) (id string) {
	ctx, cancel := p.context()
	defer cancel()
	r, err := p.client.SendMessage(ctx, p.peer.lid, m)
	if err != nil {
		panic(fmt.Sprintf("the phone cannot send: %v", err))
	}
	return r.ID
}

// Write sends a text.
func (p *Phone) Write(text string) (id string) {
	p.mu.Lock()
	timer := p.timer
	p.mu.Unlock()
	if timer == 0 {
		return p.Send(&waE2E.Message{Conversation: proto.String(text)})
	}
	return p.Send(&waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
		Text: proto.String(text), ContextInfo: &waE2E.ContextInfo{Expiration: proto.Uint32(timer)},
	}})
}

// Edit changes a text it wrote.
func (p *Phone) Edit(id, text string) {
	p.Send(p.client.BuildEdit(p.peer.lid, id, &waE2E.Message{Conversation: proto.String(text)}))
}

// Delete withdraws a message it wrote.
func (p *Phone) Delete(id string) {
	p.Send(p.client.BuildRevoke(p.peer.lid, types.EmptyJID, id))
}

// React puts an emoji on a message of the other side, "" takes it away.
func (p *Phone) React(id, emoji string) {
	p.Send(p.client.BuildReaction(p.peer.lid, p.peer.lid, id, emoji))
}

// Place shares a location.
func (p *Phone) Place(lat, lon float64) (id string) {
	return p.Send(&waE2E.Message{LocationMessage: &waE2E.LocationMessage{
		DegreesLatitude: proto.Float64(lat), DegreesLongitude: proto.Float64(lon),
	}})
}

func (p *Phone) upload(data []byte, kind whatsmeow.MediaType) whatsmeow.UploadResponse {
	ctx, cancel := p.context()
	defer cancel()
	r, err := p.client.Upload(ctx, data, kind)
	if err != nil {
		panic(fmt.Sprintf("the phone cannot upload: %v", err))
	}
	return r
}

// Photo sends a picture (image/jpeg).
func (p *Phone) Photo(data []byte, caption string) (id string) {
	u := p.upload(data, whatsmeow.MediaImage)
	m := &waE2E.ImageMessage{
		Mimetype: proto.String("image/jpeg"), URL: &u.URL, DirectPath: &u.DirectPath, MediaKey: u.MediaKey,
		FileEncSHA256: u.FileEncSHA256, FileSHA256: u.FileSHA256, FileLength: &u.FileLength,
	}
	if caption != "" {
		m.Caption = &caption
	}
	return p.Send(&waE2E.Message{ImageMessage: m})
}

// Voice sends a voice note.
func (p *Phone) Voice(data []byte) (id string) {
	u := p.upload(data, whatsmeow.MediaAudio)
	return p.Send(&waE2E.Message{AudioMessage: &waE2E.AudioMessage{
		Mimetype: proto.String("audio/ogg; codecs=opus"), PTT: proto.Bool(true), URL: &u.URL, DirectPath: &u.DirectPath,
		MediaKey: u.MediaKey, FileEncSHA256: u.FileEncSHA256, FileSHA256: u.FileSHA256, FileLength: &u.FileLength,
	}})
}

// Document sends a file; with a caption it is wrapped, as apps do.
func (p *Phone) Document(name, mime string, data []byte, caption string) (id string) {
	u := p.upload(data, whatsmeow.MediaDocument)
	m := &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
		FileName: &name, Mimetype: &mime, URL: &u.URL, DirectPath: &u.DirectPath, MediaKey: u.MediaKey,
		FileEncSHA256: u.FileEncSHA256, FileSHA256: u.FileSHA256, FileLength: &u.FileLength,
	}}
	if caption != "" {
		m.DocumentMessage.Caption = &caption
		m = &waE2E.Message{DocumentWithCaptionMessage: &waE2E.FutureProofMessage{Message: m}}
	}
	return p.Send(m)
}

// Type shows that this phone's owner is typing, or has stopped.
func (p *Phone) Type(on bool) {
	ctx, cancel := p.context()
	defer cancel()
	state := types.ChatPresencePaused
	if on {
		state = types.ChatPresenceComposing
	}
	if err := p.client.SendChatPresence(ctx, p.peer.lid, state, types.ChatPresenceMediaText); err != nil {
		panic(fmt.Sprintf("the phone cannot show that it types: %v", err))
	}
}

// Confirm says that a message of the other side reached the phone, or was read.
func (p *Phone) Confirm(id string, read bool) {
	ctx, cancel := p.context()
	defer cancel()
	var err error
	if read {
		err = p.client.MarkRead(ctx, []string{id}, time.Now(), p.peer.lid, p.peer.lid)
	} else {
		//lint:ignore SA1019 apps send this by themselves, the library as "inactive"
		err = p.client.DangerousInternals().SendNode(ctx, node{Tag: "receipt", Attrs: attrs{"id": id, "to": p.peer.lid}})
	}
	if err != nil {
		panic(fmt.Sprintf("the phone cannot confirm: %v", err))
	}
}
