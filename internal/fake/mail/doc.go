// Package mail is a small SMTP server (RFC 5321) for tests. It keeps what it takes.
package mail
