// Package photo makes strangers' photos harmless: it looks at what a file is by its
// content, decodes it within limits, and writes it anew as a JPEG. What stood beside
// the picture stays behind: the place and the phone in EXIF, thumbnails, comments,
// and whatever somebody hid for a faulty viewer. A picture too large for that is
// stripped of them.
package photo
