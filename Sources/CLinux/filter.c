#define _GNU_SOURCE
#include "room.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

// What a command could do to the machine from inside of its namespaces, and what no namespace confines: sockets to the
// host of a virtual machine, keys of the kernel, new namespaces, which have been the way out of many a sandbox.

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
#define REFUSE(code) RETURN(SECCOMP_RET_ERRNO | (code))
/// Goes on behind the next instruction unless the value is the one.
#define WHEN(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1)
#define FORBID(call, code) WHEN(SYS_##call), REFUSE(code)

static const struct sock_filter program[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    REFUSE(EPERM),
    LOAD(nr),
    // The x32 calls of x86_64, which have numbers of their own.
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
    REFUSE(EPERM),
    FORBID(mount, EPERM),
    FORBID(umount2, EPERM),
    FORBID(pivot_root, EPERM),
    FORBID(move_mount, EPERM),
    FORBID(open_tree, EPERM),
    FORBID(fsopen, EPERM),
    FORBID(fsconfig, EPERM),
    FORBID(fsmount, EPERM),
    FORBID(fspick, EPERM),
    FORBID(mount_setattr, EPERM),
    FORBID(setns, EPERM),
    FORBID(unshare, EPERM),
    FORBID(keyctl, EPERM),
    FORBID(add_key, EPERM),
    FORBID(request_key, EPERM),
    FORBID(bpf, EPERM),
    FORBID(perf_event_open, EPERM),
    FORBID(userfaultfd, EPERM),
    FORBID(open_by_handle_at, EPERM),
    FORBID(kexec_load, EPERM),
    FORBID(init_module, EPERM),
    FORBID(finit_module, EPERM),
    FORBID(delete_module, EPERM),
    FORBID(quotactl, EPERM),
    FORBID(swapon, EPERM),
    FORBID(swapoff, EPERM),
    FORBID(reboot, EPERM),
    FORBID(acct, EPERM),
    // Missing rather than forbidden: whoever tries them has another way.
    FORBID(io_uring_setup, ENOSYS),
    FORBID(io_uring_enter, ENOSYS),
    FORBID(io_uring_register, ENOSYS),
    // Its flags are behind a pointer, where no filter can read them; glibc then calls clone.
    FORBID(clone3, ENOSYS),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1),
    REFUSE(EPERM),
    RETURN(SECCOMP_RET_ALLOW),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 6),
    LOAD(args[1]),
    WHEN(TIOCSTI),
    REFUSE(EPERM),
    WHEN(0x541C),  // TIOCLINUX
    REFUSE(EPERM),
    RETURN(SECCOMP_RET_ALLOW),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 6),
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 4, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 3, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 1, 0),
    REFUSE(EAFNOSUPPORT),
    RETURN(SECCOMP_RET_ALLOW),
};
#endif

int sluice_filter_calls(void) {
#ifdef ARCHITECTURE
    const struct sock_fprog filter = {sizeof program / sizeof *program, (struct sock_filter *)program};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0) return errno;
#endif
    return 0;
}
