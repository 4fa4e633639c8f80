// Package articles embeds the starter knowledge base: one folder for each article, the numbers to
// call and the glossary. What the files mean is described in package knowledge.
package articles

import (
	"embed"
	"io/fs"
)

//go:embed *.yaml */*.yaml */*.md
var files embed.FS

// FS returns the starter knowledge base as it was when brug was built.
func FS() fs.FS { return files }
