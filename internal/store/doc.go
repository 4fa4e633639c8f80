// Package store is the Redis plumbing: one helpdesk's connection, the name of its
// keys, transactions, leases, and the bell that says that something changed.
//
// Everything that writes more than one key goes through [Store.Apply]: guards that
// must hold, then writes. Each package of brug returns its changes as a slice of
// [Op]; whoever commits puts them together, so that they happen at once or not at
// all. Lua does not roll back: the script looks at the type of every key before
// its first write.
//
// Work waits in sorted sets by the time it is due. [Store.Take] moves what is due
// to the end of a lease and hands out a random token; the write that finishes the
// work names the token as a guard. What a dead process held becomes due by itself.
// A worker that has time is handed what is written just now ([Worker.Hand]): the write
// gives it the lease, and it need not look into the queue.
//
// Keys of one helpdesk share the hash tag of its name (brug:{main}:…), so that a
// script may touch them all. Only commands of Redis 7.0 are used.
package store
