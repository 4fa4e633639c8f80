// Package acme is a certificate authority for tests: as much of ACME (RFC 8555) as one
// order for one name takes. It really asks the web server for the answer to its
// challenge (http-01, section 8.3) before it signs. It does not check signatures of
// requests.
package acme
