package photo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // what people send: of moving ones the first picture
	"image/jpeg"
	_ "image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// MIME is what [Clean] makes.
const MIME = "image/jpeg"

const (
	// maxPixels bounds the memory that decoding takes: 160 MB at the worst.
	maxPixels = 40_000_000
	// quality keeps the small print of a letter readable.
	quality = 82
)

// ErrNot is returned for a file that is no JPEG, PNG, GIF or WebP picture, or a broken
// one, and ErrTooLarge for one of more than 40 million pixels.
var (
	ErrNot      = errors.New("not a picture that can be read")
	ErrTooLarge = errors.New("a picture of too many pixels")
)

// oneAtATime keeps several large pictures from taking the memory together.
var oneAtATime = make(chan struct{}, 1)

// Clean writes a picture anew, upright and on white, with its longer side at most
// side pixels; 0 keeps its size. It returns [ErrNot] and [ErrTooLarge].
func Clean(raw []byte, side int) ([]byte, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(raw))
	switch {
	case err != nil || size.Width <= 0 || size.Height <= 0:
		return nil, ErrNot
	case size.Width > maxPixels/size.Height:
		return nil, ErrTooLarge
	}
	oneAtATime <- struct{}{}
	defer func() { <-oneAtATime }()
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, ErrNot
	}
	img = upright(fit(img, side), orientation(raw))
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("write picture: %w", err)
	}
	return out.Bytes(), nil
}

// fit draws a picture on white, smaller if need be.
func fit(img image.Image, side int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if longer := max(w, h); side > 0 && longer > side {
		w, h = max(1, w*side/longer), max(1, h*side/longer)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(out, out.Bounds(), img, b.Min, draw.Over)
	} else {
		draw.ApproxBiLinear.Scale(out, out.Bounds(), img, b, draw.Over, nil)
	}
	return out
}

// upright turns a picture as its EXIF orientation says, 1 to 8.
func upright(img *image.RGBA, o int) *image.RGBA {
	if o <= 1 {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if o >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			u, v := x, y
			switch o {
			case 2:
				u = w - 1 - x
			case 3:
				u, v = w-1-x, h-1-y
			case 4:
				v = h - 1 - y
			case 5:
				u, v = y, x
			case 6:
				u, v = h-1-y, x
			case 7:
				u, v = h-1-y, w-1-x
			case 8:
				u, v = y, w-1-x
			}
			from, to := img.PixOffset(x, y), out.PixOffset(u, v)
			copy(out.Pix[to:to+4], img.Pix[from:from+4])
		}
	}
	return out
}
