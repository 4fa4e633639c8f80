package whatsapp

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
)

// upload takes an encrypted file, whose name is its hash.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(io.LimitReader(r.Body, 64<<20))
	sum := sha256.Sum256(data)
	if err != nil || r.FormValue("auth") != "test-auth" || r.PathValue("token") != base64.URLEncoding.EncodeToString(sum[:]) {
		http.Error(w, "bad upload", http.StatusForbidden)
		return
	}
	name := fmt.Sprintf("%x", sum[:12])
	s.mu.Lock()
	s.files[name] = data
	s.mu.Unlock()
	// Real paths carry a query; the client adds to it with "&".
	path := "/v/" + name + "?ccb=11"
	fmt.Fprintf(w, `{"url":"https://media.whatsapp.test%s","direct_path":%q,"handle":"h","object_id":"o"}`, path, path)
}

func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	data, ok := s.files[r.PathValue("name")]
	s.mu.Unlock()
	if !ok {
		http.Error(w, "gone", http.StatusNotFound)
		return
	}
	_, _ = w.Write(data) // the client sees a short file
}

// DropFiles forgets all files, as the real server does after some weeks.
func (s *Server) DropFiles() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.files)
}
