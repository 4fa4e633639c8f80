// Package mail is the channel by which alerts reach volunteers' e-mail. It only sends;
// newcomers are never written to by e-mail.
package mail
