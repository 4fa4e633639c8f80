package desk

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strconv"

	"github.com/go-analyze/charts"
)

// bar is one figure of a chart and of the table beside it.
type bar struct {
	Name string
	N    int
}

// chart is a picture of figures that stand in a table beside it, too: every bar has
// its number at its end, so that colour says nothing by itself.
type chart struct {
	// Light and Dark are the same SVG for light and dark pages, as addresses that hold
	// it. A page may not carry the style attributes of an SVG, a picture may.
	Light         template.URL
	Dark          template.Srcset
	Width, Height int
}

const (
	chartWidth = 320 // fits a phone of 360
	barHeight  = 30
	longLabel  = 18 // runes
)

// The colours of base.css.
var (
	chartLight = chartTheme(false, "#ffffff", "#1c2226", "#0b5c8a", "#d8d6ce")
	chartDark  = chartTheme(true, "#1f2529", "#eceae4", "#8ccbf2", "#39424a")
)

func chartTheme(dark bool, card, ink, accent, line string) charts.ColorPalette {
	return charts.MakeTheme(charts.ThemeOption{IsDarkMode: dark, BackgroundColor: charts.ParseColor(card), TextColor: charts.ParseColor(ink),
		AxisStrokeColor: charts.ParseColor(line), AxisSplitLineColor: charts.ParseColor(card), SeriesColors: []charts.Color{charts.ParseColor(accent)}})
}

// bars draws a chart, the first figure at the top; nil for figures that are all zero.
func bars(figures []bar) (*chart, error) {
	if !slices.ContainsFunc(figures, func(b bar) bool { return b.N > 0 }) {
		return nil, nil
	}
	c := &chart{Width: chartWidth, Height: barHeight*len(figures) + 16}
	light, err := c.draw(figures, chartLight)
	if err != nil {
		return nil, err
	}
	dark, err := c.draw(figures, chartDark)
	if err != nil {
		return nil, err
	}
	c.Light, c.Dark = template.URL(light), template.Srcset(dark)
	return c, nil
}

func (c *chart) draw(figures []bar, theme charts.ColorPalette) (string, error) {
	values, labels := make([]float64, len(figures)), make([]string, len(figures))
	for i, b := range figures {
		at := len(figures) - 1 - i // the library begins at the bottom
		values[at], labels[at] = float64(b.N), short(b.Name)
	}
	opt := charts.NewBarChartOptionWithData([][]float64{values})
	opt.Horizontal, opt.Theme, opt.BarSize = true, theme, 0.6
	opt.Padding = charts.NewBox(4, 4, 28, 4)
	opt.CategoryAxis.Labels = labels
	opt.CategoryAxis.LabelCount = len(labels)
	opt.CategoryAxis.LabelFontStyle.FontSize = 10
	opt.ValueAxis = []charts.ValueAxisOption{{Show: charts.Ptr(false), Min: charts.Ptr(0.0)}}
	opt.Legend.Show = charts.Ptr(false)
	opt.SeriesList[0].Label.Show = charts.Ptr(true)
	opt.SeriesList[0].Label.ValueFormatter = func(n float64) string { return strconv.Itoa(int(n)) }
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: c.Width, Height: c.Height, Theme: theme})
	if err := p.BarChart(opt); err != nil {
		return "", fmt.Errorf("draw chart: %w", err)
	}
	svg, err := p.Bytes()
	if err != nil {
		return "", fmt.Errorf("draw chart: %w", err)
	}
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg), nil
}

// short is a name as long as there is room for it; the table has all of it.
func short(name string) string {
	if runes := []rune(name); len(runes) > longLabel {
		return string(runes[:longLabel-1]) + "…"
	}
	return name
}

// captioned is a chart as a template shows it.
type captioned struct {
	Lang, Title string
	Chart       *chart
}

func picture(lang, title string, c *chart) captioned { return captioned{lang, title, c} }
