package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

// corner is a picture of 60 by 40, white with a red top left corner.
func corner() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for y := range 40 {
		for x := range 60 {
			img.Set(x, y, color.White)
			if x < 20 && y < 20 {
				img.Set(x, y, color.RGBA{255, 0, 0, 255})
			}
		}
	}
	return img
}

// tagged is a JPEG as a phone writes it: held in a way, with the place in its EXIF.
func tagged(t testing.TB, order binary.AppendByteOrder, held uint16) []byte {
	t.Helper()
	var body bytes.Buffer
	if err := jpeg.Encode(&body, corner(), nil); err != nil {
		t.Fatal(err)
	}
	tiff := []byte("II*\x00")
	if order == binary.BigEndian {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	entry := func(tag, kind uint16, count, value uint32) {
		tiff = order.AppendUint16(order.AppendUint16(tiff, tag), kind)
		tiff = order.AppendUint32(tiff, count)
		if kind == 3 {
			tiff = order.AppendUint16(order.AppendUint16(tiff, uint16(value)), 0)
		} else {
			tiff = order.AppendUint32(tiff, value)
		}
	}
	entry(274, 3, 1, uint32(held))
	entry(34853, 4, 1, 38) // where the GPS block is
	tiff = order.AppendUint32(tiff, 0)
	tiff = append(tiff, "GPSLatitude 52.0907 N, Samsung SM-A155F"...)
	app1 := append([]byte("Exif\x00\x00"), tiff...)
	out := []byte{0xFF, 0xD8, 0xFF, 0xE1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(app1)+2))
	out = append(out, app1...)
	return append(out, body.Bytes()[2:]...)
}

func decode(t *testing.T, raw []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// red says in which corner of a picture it is red.
func red(img image.Image) string {
	b := img.Bounds()
	for name, p := range map[string]image.Point{"top left": {5, 5}, "top right": {b.Dx() - 5, 5},
		"bottom left": {5, b.Dy() - 5}, "bottom right": {b.Dx() - 5, b.Dy() - 5}} {
		if r, g, _, _ := img.At(p.X, p.Y).RGBA(); r > 0xC000 && g < 0x4000 {
			return name
		}
	}
	return "nowhere"
}

func TestThePlaceStaysBehindAndThePictureUpright(t *testing.T) {
	for held, want := range map[uint16]struct {
		red  string
		w, h int
	}{1: {"top left", 60, 40}, 2: {"top right", 60, 40}, 3: {"bottom right", 60, 40}, 4: {"bottom left", 60, 40},
		5: {"top left", 40, 60}, 6: {"top right", 40, 60}, 7: {"bottom right", 40, 60}, 8: {"bottom left", 40, 60}, 9: {"top left", 60, 40}} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			raw := tagged(t, order, held)
			if !bytes.Contains(raw, []byte("GPSLatitude")) {
				t.Fatal("the test's picture names no place")
			}
			clean, err := Clean(raw, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, trace := range []string{"Exif", "GPS", "52.0907", "Samsung"} {
				if bytes.Contains(clean, []byte(trace)) {
					t.Errorf("held %d: %q is still there", held, trace)
				}
			}
			img := decode(t, clean)
			if got := red(img); got != want.red || img.Bounds().Dx() != want.w || img.Bounds().Dy() != want.h {
				t.Errorf("held %d: red %s, %v", held, got, img.Bounds())
			}
		}
	}
}

func TestEveryKindOfPictureIsReadAndNothingElse(t *testing.T) {
	var asPNG, asGIF bytes.Buffer
	if err := errors.Join(png.Encode(&asPNG, corner()), gif.Encode(&asGIF, corner(), nil)); err != nil {
		t.Fatal(err)
	}
	webp := []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00") // one pixel
	for name, raw := range map[string][]byte{"png": asPNG.Bytes(), "gif": asGIF.Bytes(), "webp": webp} {
		if clean, err := Clean(raw, 0); err != nil || len(clean) < 3 || string(clean[:3]) != "\xFF\xD8\xFF" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, raw := range map[string][]byte{
		"svg":      []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"html":     []byte("<!doctype html><script>alert(1)</script>"),
		"pdf":      []byte("%PDF-1.7\n"),
		"nothing":  nil,
		"cut off":  asPNG.Bytes()[:60],
		"liar":     append([]byte("\xFF\xD8\xFF"), "<html>"...),
		"polyglot": append([]byte("GIF89a\x02\x00\x02\x00"), "<script>"...),
	} {
		if _, err := Clean(raw, 0); !errors.Is(err, ErrNot) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A few bytes that claim to be 65000 by 65000.
	bomb := bytes.Clone(asPNG.Bytes())
	binary.BigEndian.PutUint32(bomb[16:], 65000)
	binary.BigEndian.PutUint32(bomb[20:], 65000)
	bomb = rehash(bomb)
	if _, err := Clean(bomb, 0); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a bomb: %v", err)
	}
}

func TestALargePictureIsMadeSmaller(t *testing.T) {
	clean, err := Clean(tagged(t, binary.BigEndian, 6), 30)
	if err != nil {
		t.Fatal(err)
	}
	if img := decode(t, clean); img.Bounds().Dx() != 20 || img.Bounds().Dy() != 30 || red(img) != "top right" {
		t.Errorf("%v, red %s", img.Bounds(), red(img))
	}
}

func FuzzClean(f *testing.F) {
	f.Add(tagged(f, binary.BigEndian, 6))
	f.Add(tagged(f, binary.LittleEndian, 3)[:90])
	f.Add([]byte("GIF89a\x01\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if c, _, err := image.DecodeConfig(bytes.NewReader(raw)); err == nil && c.Width*c.Height > 1<<20 {
			return // slow, and no other
		}
		if o := orientation(raw); o < 1 || o > 8 {
			t.Fatalf("orientation %d", o)
		}
		clean, err := Clean(raw, 100)
		if err != nil {
			if !errors.Is(err, ErrNot) && !errors.Is(err, ErrTooLarge) {
				t.Fatal(err)
			}
			return
		}
		if exif(clean) != nil {
			t.Fatal("EXIF is left")
		}
		decode(t, clean)
	})
}

// rehash mends the checksum of a PNG's first chunk.
func rehash(raw []byte) []byte {
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	return raw
}
