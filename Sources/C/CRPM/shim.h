#pragma once
#include <rpm/rpmbase64.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmte.h>
#include <rpm/rpmts.h>
#include <rpm/rpmcli.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmkeyring.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmmacro.h>
#include <rpm/rpmpgp.h>
#include <rpm/rpmps.h>
#include <linux/sched.h>

/// unshare(2), which glibc's sched.h declares for _GNU_SOURCE alone; to define that here would give
/// this module other types than the rest of the program's C modules have.
extern int unshare(int flags);

/// syncfs(2), hidden for the same reason.
extern int syncfs(int descriptor);

/// Gives the calling thread its own root directory, working directory and umask. librpm calls
/// chroot(2) around a transaction, which would otherwise change the root of every thread.
static inline int howdah_unshare_filesystem_view(void) {
    return unshare(CLONE_FS);
}
