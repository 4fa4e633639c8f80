package telegram

// tapped is a callback query.
type tapped struct {
	answers int
	old     bool
}

// Answered is how often the bot answered a tap.
func (s *Server) Answered(query string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.taps[query]; t != nil {
		return t.answers
	}
	return 0
}

// ExpireTaps makes all taps too old to be answered.
func (s *Server) ExpireTaps() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.taps {
		t.old = true
	}
}

func (s *Server) answerTap(p map[string]string) (any, *refusal) {
	t := s.taps[p["callback_query_id"]]
	if t == nil || t.old {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	if units(p["text"]) > 200 {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	t.answers++
	return true, nil
}
