package photo

import "encoding/binary"

// orientation is how a camera was held, from the EXIF block of a JPEG (Exif 2.32,
// 4.6.4, tag 274): 1 to 8, 1 when nothing says so.
func orientation(raw []byte) int {
	tiff := exif(raw)
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	n := int64(order.Uint16(tiff[at:]))
	for field := at + 2; n > 0 && field+12 <= int64(len(tiff)); field, n = field+12, n-1 {
		if order.Uint16(tiff[field:]) == 274 {
			if o := int(order.Uint16(tiff[field+8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
	}
	return 1
}

// exif finds the TIFF data of a JPEG's APP1 segment; nil when there is none.
func exif(raw []byte) []byte {
	const head = "Exif\x00\x00"
	if len(raw) < 2 || raw[0] != 0xFF || raw[1] != 0xD8 {
		return nil
	}
	for raw = raw[2:]; len(raw) >= 4 && raw[0] == 0xFF && raw[1] != 0xDA; {
		size := int(binary.BigEndian.Uint16(raw[2:])) // counts itself
		if size < 2 || 2+size > len(raw) {
			return nil
		}
		if body := raw[4 : 2+size]; raw[1] == 0xE1 && len(body) > len(head) && string(body[:len(head)]) == head {
			return body[len(head):]
		}
		raw = raw[2+size:]
	}
	return nil
}
