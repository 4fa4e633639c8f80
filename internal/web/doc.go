// Package web is what all our pages share: the security headers, the layout with
// its style sheet, files at addresses that change with their content, the error
// page, JSON answers and server-sent events.
//
// A package with pages keeps its templates and files in an embed.FS:
//
//	assets, err := web.NewAssets("/desk/files/", files)     // every file, hashed
//	pages, err := web.NewPages(assets, templates, funcs)    // every *.html, in the layout
//	mux.Handle("/desk/files/", assets)
//	pages.Write(w, http.StatusOK, "queue.html", web.Page{Lang: "nl", Title: "…", Data: data})
//	server.Handler = web.Secure(mux)
//
// A template defines "head" (may be left out) and "main"; both are given the
// [Page]. Scripts and styles are files, never inline: the policy of [Secure] stops
// them. {{asset "desk.js"}} is the address of a file.
package web
