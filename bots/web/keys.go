package web

// eventsKey is a stream with the last [kept] events of a visitor: k = id of the
// event, v = sealed JSON. It expires KeepDays after the last event.
func (c *Channel) eventsKey(visitor string) string {
	return c.store.Key("web", c.hash(visitor), "events")
}

// idsKey is a sorted set with the ids of these events, so that none is added twice.
// It expires with them.
func (c *Channel) idsKey(visitor string) string {
	return c.store.Key("web", c.hash(visitor), "ids")
}

// recentKey is a sorted set with the ids of a visitor's messages of the last
// [perVisitor] window. It expires with the window.
func (c *Channel) recentKey(visitor string) string {
	return c.store.Key("web", c.hash(visitor), "recent")
}

// newcomersKey is a sorted set with the hashes of the visitors who came from a
// network address in the last [perAddress] window. It expires with the window.
func (c *Channel) newcomersKey(address string) string {
	return c.store.Key("web", "address", c.store.Hash("web address", address))
}

// photoKey is a photo, sealed. It expires after keepPhotos.
func (c *Channel) photoKey(ref string) string { return c.store.Key("web", "photo", ref) }

// photosKey is a set of the keys of a visitor's photos. It expires keepPhotos after
// the last.
func (c *Channel) photosKey(visitor string) string {
	return c.store.Key("web", c.hash(visitor), "photos")
}

// allPhotosKey is a sorted set of the keys of all photos, by when they expire, in ms.
// It expires with the last.
func (c *Channel) allPhotosKey() string { return c.store.Key("web", "photos") }

// topic is what the bell is rung for when something changes for a visitor.
func (c *Channel) topic(visitor string) string { return "web:" + c.hash(visitor) }

func (c *Channel) hash(visitor string) string { return c.store.Hash("web", visitor) }
