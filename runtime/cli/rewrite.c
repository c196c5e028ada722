#include "cli/rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKUPS_MAX 100

static void close_file(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

#define FILE_AUTO __attribute__((cleanup(close_file))) int

static bool fail(struct err *err, const char *path)
{
    return err_set(err, ERR_IO, "%.300s: %s", path, strerror(errno));
}

bool rewrite_read(const char *path, struct buf *out, struct err *err)
{
    FILE_AUTO fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (fd < 0 && errno == ENOENT)
        return true;
    if (fd < 0 || fstat(fd, &about) != 0)
        return fail(err, path);
    if (!S_ISREG(about.st_mode))
        return err_set(err, ERR_IO, "%.300s is no file", path);
    for (;;) {
        char *into = buf_reserve(out, 1 << 16);
        if (!into)
            return err_set(err, ERR_LIMIT, "%.300s is larger than %u MB", path,
                           LIMIT_CONNECT_FILE >> 20);
        ssize_t got = read(fd, into, 1 << 16);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(err, path);
        if (got == 0)
            return true;
        buf_commit(out, (size_t)got);
    }
}

static bool make_folders(struct arena *a, const char *path, struct err *err)
{
    char *folder = arena_strdup(a, path);
    if (!folder)
        return err_set(err, ERR_MEMORY, "out of memory");
    for (char *p = strchr(folder + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return fail(err, folder);
        *p = '/';
    }
    return true;
}

static bool write_all(int fd, struct slice text)
{
    while (text.len > 0) {
        ssize_t put = write(fd, text.data, text.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        text.data += put;
        text.len -= (size_t)put;
    }
    return fsync(fd) == 0;
}

/* A copy under the first name that is free. */
static const char *save(struct arena *a, const char *path, mode_t mode, struct err *err)
{
    BUF_AUTO old;
    buf_init(&old, LIMIT_CONNECT_FILE);
    if (!rewrite_read(path, &old, err))
        return NULL;
    for (int n = 1; n < BACKUPS_MAX; n++) {
        const char *name =
            n == 1 ? arena_printf(a, "%s.backup", path) : arena_printf(a, "%s.backup-%d", path, n);
        FILE_AUTO fd = name ? open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode) : -1;
        if (fd < 0 && name && errno == EEXIST)
            continue;
        if (fd >= 0 && write_all(fd, buf_slice(&old)))
            return name;
        fail(err, name ? name : path);
        return NULL;
    }
    err_set(err, ERR_IO, "%.300s has too many backups; delete some", path);
    return NULL;
}

static bool replace(struct arena *a, const char *path, struct slice text, const struct stat *old,
                    struct err *err)
{
    char *fresh = arena_printf(a, "%s.XXXXXX", path);
    FILE_AUTO fd = fresh ? mkostemp(fresh, O_CLOEXEC) : -1;
    if (fd < 0)
        return fail(err, path);
    /* Only root can give a file away; for others it is theirs anyway. */
    bool fine = fchmod(fd, old ? old->st_mode & 07777 : 0600) == 0 &&
                (!old || fchown(fd, old->st_uid, old->st_gid) == 0 || errno == EPERM) &&
                write_all(fd, text) && rename(fresh, path) == 0;
    if (!fine) {
        fail(err, path);
        unlink(fresh);
    }
    return fine;
}

bool rewrite_write(struct arena *a, const char *path, struct slice text, const char **backup,
                   struct err *err)
{
    char target[PATH_MAX];
    struct stat about;
    *backup = NULL;
    if (stat(path, &about) != 0) {
        /* A link to nowhere would be replaced by a file. */
        if (errno != ENOENT || lstat(path, &about) == 0)
            return fail(err, path);
        return make_folders(a, path, err) && replace(a, path, text, NULL, err);
    }
    if (!realpath(path, target))
        return fail(err, path);
    if (!(about.st_mode & 0222) || access(target, W_OK) != 0)
        return err_set(err, ERR_IO, "%.300s is read-only", path);
    *backup = save(a, target, about.st_mode & 0777, err);
    return *backup && replace(a, target, text, &about, err);
}
