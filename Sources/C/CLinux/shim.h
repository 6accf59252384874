#pragma once
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <linux/fs.h>

// syscall(2) is variadic, and Swift does not import variadic functions; glibc has wrappers for these
// two only since 2.36, and EL9 has 2.34.
static inline int howdah_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

static inline int howdah_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, (void *)0, 0);
}

// Hidden behind _GNU_SOURCE; 1 is MFD_CLOEXEC.
static inline int howdah_memory_file(const char *name) {
    return (int)syscall(SYS_memfd_create, name, 1);
}

// open(2) and ioctl(2) are variadic too.
static inline int howdah_open(const char *path, int flags, mode_t mode) {
    return open(path, flags, mode);
}

static inline int howdah_block_size(int descriptor, uint64_t *bytes) {
    return ioctl(descriptor, BLKGETSIZE64, bytes);
}

static inline int howdah_block_is_read_only(int descriptor, int *answer) {
    return ioctl(descriptor, BLKROGET, answer);
}

// XFS_IOC_FSGEOMETRY_V1 of Linux's fs/xfs/libxfs/xfs_fs.h, which is not installed with glibc. The
// superblock on the disk of a mounted xfs is behind what the kernel has of it.
static inline int howdah_xfs_size(int descriptor, uint64_t *bytes) {
    struct {
        uint32_t block_size, unused[7];
        uint64_t data_blocks, other[3];
        unsigned char uuid[16];
        uint32_t rest[7];
    } geometry;
    int result = ioctl(descriptor, _IOR('X', 100, geometry), &geometry);
    if (result == 0)
        *bytes = geometry.data_blocks * geometry.block_size;
    return result;
}

// These are hidden from Swift behind _GNU_SOURCE (0x80 is POSIX_SPAWN_SETSID).
static const int HOWDAH_SPAWN_SETSID = 0x80;
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
extern int posix_spawn_file_actions_addchdir_np(
    posix_spawn_file_actions_t *__restrict, const char *__restrict);

static inline int howdah_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

static inline int howdah_spawn_change_directory(
    posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}

// prctl(2) is variadic.
static inline int howdah_become_subreaper(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

// Hidden behind _GNU_SOURCE as well: a descriptor of a link itself, to bind it over a file.
static const int HOWDAH_O_PATH = 010000000;

// Hidden behind _GNU_SOURCE too (asm-generic/fcntl.h): a file without a name.
static const int HOWDAH_O_TMPFILE = 020000000 | O_DIRECTORY;

// GNU's, and so hidden from Swift: pipe2(2), memmem(3), syncfs(2), copy_file_range(2).
static inline int howdah_pipe(int ends[2]) {
    extern int pipe2(int[2], int);
    return pipe2(ends, O_CLOEXEC);
}

static inline const void *howdah_find(
    const void *haystack, size_t size, const void *needle, size_t count) {
    extern void *memmem(const void *, size_t, const void *, size_t);
    return memmem(haystack, size, needle, count);
}

static inline int howdah_sync_filesystem(int descriptor) {
    return (int)syscall(SYS_syncfs, descriptor);
}

static inline ssize_t howdah_copy_range(int from, int to, size_t size) {
    return syscall(SYS_copy_file_range, from, (void *)0, to, (void *)0, size, 0u);
}

// XFS_IOC_GOINGDOWN of Linux's fs/xfs/libxfs/xfs_fs.h, with its flag to write nothing more, not even
// the log; ext4's EXT4_IOC_SHUTDOWN has the same number and meaning. Neither header is installed
// with glibc.
static inline int howdah_shut_filesystem_down(int descriptor) {
    uint32_t without_log = 2;
    return ioctl(descriptor, _IOR('X', 125, uint32_t), &without_log);
}

// Between fork(2) and _exit(2) a child of a program with threads may do nothing that takes a lock,
// which Swift cannot promise; nor has Swift fork. The child becomes `user` and tries to connect to
// `address`; what it exits with is 0 for a connection, errno for none, 255 where it could not try.
// `network`, if not negative, is a network namespace to try it in. Answers with the child's id.
//
// Nothing of sys/socket.h, poll.h or sys/wait.h: what is included here is no longer found by those
// who import Glibc alone.
static const int HOWDAH_UNTRIED = 255;

static inline void howdah_connect_and_exit(
    uid_t user, int network, int family, int type, const void *address, uint32_t size,
    int milliseconds) {
    const int new_network = 0x40000000; // CLONE_NEWNET
    const int option_level = 1, error_option = 4; // SOL_SOCKET, SO_ERROR
    struct {
        int descriptor;
        short wanted, seen;
    } writable = {.wanted = 4}; // struct pollfd, POLLOUT
    struct {
        long seconds, nanoseconds;
    } patience = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    // glibc's own would have all threads follow.
    if ((network >= 0 && syscall(SYS_setns, network, new_network) != 0) ||
        syscall(SYS_setgroups, 0, (void *)0) != 0 ||
        syscall(SYS_setresgid, user, user, user) != 0 ||
        syscall(SYS_setresuid, user, user, user) != 0)
        _exit(HOWDAH_UNTRIED);
    writable.descriptor = (int)syscall(SYS_socket, family, type, 0);
    if (writable.descriptor < 0)
        _exit(errno);
    if (syscall(SYS_connect, writable.descriptor, address, size) == 0)
        _exit(0);
    if (errno != EINPROGRESS)
        _exit(errno);
    if (syscall(SYS_ppoll, &writable, 1, &patience, (void *)0, 8) != 1)
        _exit(ETIMEDOUT);
    int code = HOWDAH_UNTRIED;
    uint32_t code_size = sizeof code;
    syscall(
        SYS_getsockopt, writable.descriptor, option_level, error_option, &code, &code_size);
    _exit(code);
}

static inline pid_t howdah_connect_as(
    uid_t user, int network, int family, int type, const void *address, uint32_t size,
    int milliseconds) {
    pid_t child = fork();
    if (child == 0)
        howdah_connect_and_exit(user, network, family, type, address, size, milliseconds);
    return child;
}
