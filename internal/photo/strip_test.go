package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image/png"
	"testing"
)

// chunk is a chunk of a PNG.
func chunk(kind, data string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(out, kind+data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(kind+data)))
}

// pictures are one of each kind with a place in it and something behind its end.
func pictures(t testing.TB) map[string][]byte {
	t.Helper()
	const place = "GPSLatitude 52.0907 N!" // of even length
	comment := binary.BigEndian.AppendUint16([]byte{0xFF, 0xFE}, uint16(len(place)+2))
	jpeg := tagged(t, binary.BigEndian, 6)
	jpeg = append(jpeg[:2:2], append(append(comment, place...), jpeg[2:]...)...)
	var plain bytes.Buffer
	if err := png.Encode(&plain, corner()); err != nil {
		t.Fatal(err)
	}
	head := plain.Bytes()[:33] // the signature and IHDR
	asPNG := bytes.Join([][]byte{head, chunk("eXIf", place), chunk("tEXt", "Comment\x00"+place), plain.Bytes()[33:]}, nil)
	webp := "WEBPVP8X\x0a\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "VP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00\x00"[:22] +
		"EXIF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(place)))) + place
	webp = "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(webp)))) + webp
	behind := map[string][]byte{}
	for name, raw := range map[string][]byte{"jpeg": jpeg, "png": asPNG, "webp": []byte(webp)} {
		behind[name] = append(raw, "GPS 52.0907, a film of the place"...)
	}
	return behind
}

func TestWhatCannotBeWrittenAnewLosesThePlaceToo(t *testing.T) {
	for name, raw := range pictures(t) {
		stripped, err := Strip(raw)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, trace := range []string{"Exif", "EXIF", "eXIf", "GPS", "52.0907", "Samsung"} {
			if bytes.Contains(stripped, []byte(trace)) {
				t.Errorf("%s: %q is still there", name, trace)
			}
		}
		if clean, err := Clean(stripped, 0); err != nil || len(clean) == 0 {
			t.Errorf("%s: no picture any more: %v", name, err)
		}
		for cut := range raw[:len(raw)-len("GPS 52.0907, a film of the place")-2] {
			if _, err := Strip(raw[:cut]); !errors.Is(err, ErrNot) {
				t.Fatalf("%s cut off at %d: %v", name, cut, err)
			}
		}
	}
	if _, err := Strip([]byte("\x00\x00\x00\x18ftypheic")); !errors.Is(err, ErrNot) {
		t.Errorf("HEIC: %v", err)
	}
}

func FuzzStrip(f *testing.F) {
	for _, raw := range pictures(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		once, err := Strip(raw)
		if err != nil {
			return
		}
		if twice, err := Strip(once); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("stripped again: %v", err)
		}
	})
}
