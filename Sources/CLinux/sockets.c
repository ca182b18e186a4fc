#define _GNU_SOURCE
#include "CLinux.h"
#include "room.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

_Static_assert(SLUICE_READABLE == EPOLLIN && SLUICE_WRITABLE == EPOLLOUT && SLUICE_FAILED == EPOLLERR
        && SLUICE_HUNG_UP == EPOLLHUP && SLUICE_PEER_ENDED == EPOLLRDHUP,
    "the events of epoll");

static int or_errno(long result) { return result < 0 ? -errno : (int)result; }

int sluice_epoll_new(void) { return or_errno(epoll_create1(EPOLL_CLOEXEC)); }

static int control(int epoll, int operation, int descriptor, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = events, .data.u64 = tag};
    return or_errno(epoll_ctl(epoll, operation, descriptor, &event));
}

int sluice_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t tag) {
    return control(epoll, EPOLL_CTL_ADD, descriptor, events, tag);
}

int sluice_epoll_change(int epoll, int descriptor, uint32_t events, uint64_t tag) {
    return control(epoll, EPOLL_CTL_MOD, descriptor, events, tag);
}

int sluice_epoll_remove(int epoll, int descriptor) { return control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0); }

int sluice_epoll_wait(int epoll, struct sluice_ready *ready, int most, int timeout) {
    struct epoll_event events[256];
    int count = epoll_wait(epoll, events, most < 256 ? most : 256, timeout);
    for (int i = 0; i < count; i++) ready[i] = (struct sluice_ready){events[i].data.u64, events[i].events};
    return or_errno(count);
}

int sluice_eventfd(void) { return or_errno(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

int sluice_listen(const struct sockaddr *address, socklen_t size) {
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, address, size) == 0 && listen(fd, 1024) == 0) return fd;
    int problem = errno;
    close(fd);
    return -problem;
}

int sluice_port(int socket) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(socket, (struct sockaddr *)&address, &size) < 0) return -errno;
    // The port stands at the same place in both families.
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

int sluice_accept(int listener, unsigned silence, uint8_t *bytes) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    int fd = accept4(listener, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return -errno;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence, sizeof silence);
    if (address.ss_family == AF_INET6) {
        memcpy(bytes, &((struct sockaddr_in6 *)&address)->sin6_addr, 16);
    } else {
        static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
        memcpy(bytes, mapped, 12);
        memcpy(bytes + 12, &((struct sockaddr_in *)&address)->sin_addr, 4);
    }
    return fd;
}

ssize_t sluice_send_pieces(int socket, const struct iovec *pieces, size_t count) {
    struct msghdr message = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = count};
    ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? -errno : sent;
}

void sluice_allow_descriptors(uint64_t count) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= count) return;
    limit.rlim_cur = count < limit.rlim_max ? count : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/// One byte, and room for descriptors beside it; unix(7).
#define MESSAGE(count)                                                                                                  \
    char byte = 0;                                                                                                      \
    struct iovec piece = {&byte, 1};                                                                                    \
    union {                                                                                                             \
        struct cmsghdr header;                                                                                          \
        char bytes[CMSG_SPACE(MOST_PASSED * sizeof(int))];                                                              \
    } control = {0};                                                                                                    \
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control,                               \
        .msg_controllen = CMSG_SPACE((size_t)(count) * sizeof(int))}

int sluice_pass(int channel, const int *descriptors, int count) {
    MESSAGE(count);
    size_t size = (size_t)count * sizeof(int);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){CMSG_LEN(size), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(header), descriptors, size);
    return sendmsg(channel, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int sluice_take(int channel, int *descriptors, int count) {
    MESSAGE(count);
    ssize_t received;
    do received = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    struct cmsghdr *header = received > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    size_t size = (size_t)count * sizeof(int);
    if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len > CMSG_LEN(size)) return -ECONNRESET;
    for (int i = 0; i < count; i++) descriptors[i] = -1;
    memcpy(descriptors, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
    return 0;
}
