#pragma once
#include <solv/chksum.h>
#include <solv/pool.h>
#include <solv/queue.h>
#include <solv/repo.h>
#include <solv/repo_repomdxml.h>
#include <solv/repo_rpmdb.h>
#include <solv/repo_rpmmd.h>
#include <solv/repo_solv.h>
#include <solv/repo_write.h>
#include <solv/selection.h>
#include <solv/solver.h>
#include <solv/solvversion.h>
#include <solv/transaction.h>
#include <malloc.h>
#include <stdio.h>
#include <stdio_ext.h>

/// fopencookie(3), which glibc's stdio.h declares for _GNU_SOURCE alone; to define that here would
/// give this module other types than the rest of the program's C modules have. The structure is
/// glibc's cookie_io_functions_t.
struct howdah_stream {
    ssize_t (*read)(void *cookie, char *buffer, size_t size);
    ssize_t (*write)(void *cookie, const char *buffer, size_t size);
    int (*seek)(void *cookie, long long *offset, int whence);
    int (*close)(void *cookie);
};
extern FILE *howdah_fopencookie(void *cookie, const char *mode, struct howdah_stream functions)
    __asm__("fopencookie");
