// Package port finds ports for servers that come and go in a test.
package port

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// Listen listens on a port of the loopback interface that nobody else is given while the
// server is away: it is below those that systems give to connections and to who asks for
// any port, as the tests of other packages do meanwhile.
func Listen() (net.Listener, error) {
	var errs []error
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 10000+rand.IntN(20000)))
		if err == nil {
			return l, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}
