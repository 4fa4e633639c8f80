package storetest

import (
	"os/exec"
	"runtime"
)

// startOnOwnThread starts cmd from a thread that lives as long as the program:
// the kernel sends the parent-death signal when the starting thread ends.
func startOnOwnThread(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait()
		}
	}()
	return <-started
}
