package telegram

import (
	"net/http"
	"strconv"
	"strings"
)

// maxDownload is the largest file a bot gets, in bytes.
const maxDownload = 20 << 20

type storedFile struct {
	path string
	data []byte
	size int64
}

// store keeps a file and returns the fields Telegram describes it with.
func (s *Server) store(folder, ext string, data []byte, size int64) Fields {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	n := strconv.FormatInt(s.lastID, 10)
	id := "AgACAgQAAxkBAAI" + n
	s.files[id] = &storedFile{path: folder + "/file_" + n + ext, data: data, size: size}
	return Fields{"file_id": id, "file_unique_id": "AQAD" + n, "file_size": size}
}

func with(f Fields, more Fields) Fields {
	for k, v := range more {
		f[k] = v
	}
	return f
}

func withCaption(f Fields, caption string) Fields {
	if caption != "" {
		f["caption"] = caption
	}
	return f
}

// Photo sends a picture; Telegram adds a small one.
func (c *Chat) Photo(data []byte, caption string) int64 {
	small := with(c.s.store("thumbnails", ".jpg", data[:len(data)/2], int64(len(data)/2)), Fields{"width": 90, "height": 60})
	large := with(c.s.store("photos", ".jpg", data, int64(len(data))), Fields{"width": 1280, "height": 853})
	return c.Message(withCaption(Fields{"photo": []Fields{small, large}}, caption))
}

// Voice sends a voice message.
func (c *Chat) Voice(data []byte) int64 {
	f := c.s.store("voice", ".oga", data, int64(len(data)))
	return c.Message(Fields{"voice": with(f, Fields{"duration": 3, "mime_type": "audio/ogg"})})
}

// Audio sends a piece of music.
func (c *Chat) Audio(name, mime string, data []byte, caption string) int64 {
	f := c.s.store("music", ".mp3", data, int64(len(data)))
	return c.Message(withCaption(Fields{"audio": with(f, Fields{"duration": 3, "file_name": name, "mime_type": mime})}, caption))
}

// Video sends a film.
func (c *Chat) Video(name, mime string, data []byte, caption string) int64 {
	f := c.s.store("videos", ".mp4", data, int64(len(data)))
	return c.Message(withCaption(Fields{"video": with(f, Fields{
		"width": 640, "height": 480, "duration": 3, "file_name": name, "mime_type": mime})}, caption))
}

// Document sends a file.
func (c *Chat) Document(name, mime string, data []byte, caption string) int64 {
	return c.document(name, mime, data, int64(len(data)), caption)
}

// BigDocument sends a file of this many bytes, of which none are kept.
func (c *Chat) BigDocument(name string, size int64) int64 {
	return c.document(name, "application/pdf", nil, size, "")
}

func (c *Chat) document(name, mime string, data []byte, size int64, caption string) int64 {
	f := c.s.store("documents", name[max(0, strings.LastIndex(name, ".")):], data, size)
	return c.Message(withCaption(Fields{"document": with(f, Fields{"file_name": name, "mime_type": mime})}, caption))
}

// Sticker sends a sticker that stands for an emoji.
func (c *Chat) Sticker(emoji string, data []byte) int64 {
	f := c.s.store("stickers", ".webp", data, int64(len(data)))
	return c.Message(Fields{"sticker": with(f, Fields{"type": "regular", "width": 512, "height": 512,
		"is_animated": false, "is_video": false, "emoji": emoji})})
}

// Location shares a place, in degrees.
func (c *Chat) Location(lat, lon float64) int64 {
	return c.Message(Fields{"location": Fields{"latitude": lat, "longitude": lon}})
}

// Contact shares somebody's number.
func (c *Chat) Contact(phone, name string) int64 {
	return c.Message(Fields{"contact": Fields{"phone_number": phone, "first_name": name}})
}

func (s *Server) getFile(p map[string]string) (any, *refusal) {
	if p["file_id"] == "" {
		return nil, badRequest("file_id not specified")
	}
	f := s.files[p["file_id"]]
	if f == nil {
		return nil, badRequest("wrong file_id or the file is temporarily unavailable")
	}
	if f.size > maxDownload {
		return nil, badRequest("file is too big")
	}
	return Fields{"file_id": p["file_id"], "file_unique_id": "AQAD", "file_size": f.size, "file_path": f.path}, nil
}

// serveFile answers a download.
func (s *Server) serveFile(w http.ResponseWriter, path string) {
	s.mu.Lock()
	var data []byte
	found := false
	for _, f := range s.files {
		if f.path == path {
			data, found = f.data, true
		}
	}
	s.mu.Unlock()
	if !found {
		answer(w, nil, refuse(404, "Not Found"))
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(data) // it fails when the bot went away
}
