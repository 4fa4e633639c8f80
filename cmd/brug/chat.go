package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

func (c *cli) chatCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "chat",
		Short: "Talk with a running helpdesk in this terminal",
		Long:  "Talk with a running helpdesk in this terminal, through its web chat. A line is a message; the number of a button taps it; Ctrl-D ends.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := c.config(cmd)
			if err != nil {
				return err
			}
			return (&terminal{base: config.BaseURL, visitor: rand.Text(), out: c.out}).run(cmd.Context(), os.Stdin)
		},
	}
}

// terminal is a newcomer at the keyboard.
type terminal struct {
	base, visitor string
	out           io.Writer
}

// heard is an event of the web chat.
type heard struct {
	From    string `json:"from"`
	Text    string `json:"text"`
	Choices []struct {
		Label string `json:"label"`
	} `json:"choices"`
}

func (t *terminal) run(ctx context.Context, in io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	listening := make(chan error, 1)
	go func() { listening <- t.listen(ctx) }()
	writing := make(chan error, 1)
	go func() { writing <- t.write(ctx, in) }()
	select {
	case err := <-listening:
		return err
	case err := <-writing:
		return err
	}
}

func (t *terminal) write(ctx context.Context, in io.Reader) error {
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		body, err := json.Marshal(map[string]string{"visitor": t.visitor, "id": strconv.Itoa(n), "text": text})
		if err != nil {
			return err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base+"/chat/api/messages", bytes.NewReader(body))
		if err != nil {
			return fmt.Errorf("send: %w", err)
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return fmt.Errorf("send (is brug running?): %w", err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusAccepted {
			fmt.Fprintf(t.out, "  (not taken: %s)\n", response.Status)
		}
	}
	return lines.Err()
}

func (t *terminal) listen(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.base+"/chat/api/events?visitor="+t.visitor, nil)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return errors.New("no helpdesk answers at " + t.base + ": start one with  brug serve")
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		var e heard
		if json.Unmarshal([]byte(data), &e) != nil || e.Text == "" || e.From == "visitor" {
			continue
		}
		fmt.Fprintf(t.out, "\n%s: %s\n", e.From, e.Text)
		for i, choice := range e.Choices {
			fmt.Fprintf(t.out, "  [%d] %s\n", i+1, choice.Label)
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return errors.New("the helpdesk ended the conversation")
}
