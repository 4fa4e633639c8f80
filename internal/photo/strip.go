package photo

import (
	"bytes"
	"encoding/binary"
)

// Strip takes out of a JPEG, PNG or WebP file what is not the picture: the place, the
// phone, comments, and what hangs on behind. It is for pictures that [Clean] cannot
// write anew; nothing is decoded. It returns [ErrNot] for every other file, and for one
// that it cannot follow to its end.
func Strip(raw []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xFF, 0xD8}):
		return stripJPEG(raw)
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		return stripPNG(raw)
	case len(raw) >= 12 && string(raw[:4]) == "RIFF" && string(raw[8:12]) == "WEBP":
		return stripWebP(raw)
	}
	return nil, ErrNot
}

// stripJPEG keeps the segments that decoding needs (ITU T.81, B.1): of the application's
// own those of JFIF and of Adobe's colours.
func stripJPEG(raw []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(raw)), raw[:2]...)
	for at := 2; at+2 <= len(raw) && raw[at] == 0xFF; {
		marker := raw[at+1]
		switch {
		case marker == 0xFF: // filling
			at++
			continue
		case marker == 0xD9:
			return append(out, 0xFF, 0xD9), nil
		case at+4 > len(raw):
			return nil, ErrNot
		}
		end := at + 2 + int(binary.BigEndian.Uint16(raw[at+2:])) // the length counts itself
		if end < at+4 || end > len(raw) {
			return nil, ErrNot
		}
		own := marker >= 0xE0 && marker <= 0xEF && marker != 0xE0 && marker != 0xEE || marker == 0xFE
		if !own {
			if marker == 0xDA { // the picture itself follows, up to the next marker
				for end+1 < len(raw) && (raw[end] != 0xFF || raw[end+1] == 0 || raw[end+1] >= 0xD0 && raw[end+1] <= 0xD7) {
					end++
				}
			}
			out = append(out, raw[at:end]...)
		}
		at = end
	}
	return nil, ErrNot
}

// stripPNG keeps the chunks without which a picture looks otherwise (PNG, 4.7).
func stripPNG(raw []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(raw)), raw[:8]...)
	for at := 8; at+12 <= len(raw); {
		end := int64(at) + 12 + int64(binary.BigEndian.Uint32(raw[at:]))
		if end > int64(len(raw)) {
			return nil, ErrNot
		}
		kind := string(raw[at+4 : at+8])
		switch kind {
		case "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT":
			out = append(out, raw[at:end]...)
		}
		if kind == "IEND" {
			return out, nil
		}
		at = int(end)
	}
	return nil, ErrNot
}

// stripWebP keeps the chunks of the picture, and says in the head that there are no others
// (RFC 9649, 2.7).
func stripWebP(raw []byte) ([]byte, error) {
	all := int64(binary.LittleEndian.Uint32(raw[4:])) + 8
	if all > int64(len(raw)) {
		return nil, ErrNot
	}
	out := append(make([]byte, 0, len(raw)), raw[:12]...)
	for at := int64(12); at < all; {
		if at+8 > all {
			return nil, ErrNot
		}
		size := int64(binary.LittleEndian.Uint32(raw[at+4:]))
		end := at + 8 + size + size&1
		if end > all {
			return nil, ErrNot
		}
		switch string(raw[at : at+4]) {
		case "VP8X":
			head := len(out) + 8
			out = append(out, raw[at:end]...)
			if size > 0 {
				out[head] &^= 0x2C // colour profile, EXIF, XMP
			}
		case "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF":
			out = append(out, raw[at:end]...)
		}
		at = end
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}
