#include "metrics/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MICROSECONDS 1000000

static size_t read_text(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);
    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

static void measure_memory(struct metrics *m)
{
    char text[128];
    unsigned long long pages = 0, resident = 0;
    long page = sysconf(_SC_PAGESIZE);
    if (read_text("/proc/self/statm", text, sizeof(text)) &&
        sscanf(text, "%llu %llu", &pages, &resident) == 2) {
        metrics_set(m, METRIC_PROCESS_VIRTUAL, (int64_t)pages * page);
        metrics_set(m, METRIC_PROCESS_RESIDENT, (int64_t)resident * page);
    }
}

static void measure_files(struct metrics *m)
{
    struct rlimit limit;
    int64_t open = 0;
    DIR *dir = opendir("/proc/self/fd");
    for (const struct dirent *e; dir && (e = readdir(dir));)
        open += e->d_name[0] != '.';
    if (dir) {
        closedir(dir);
        metrics_set(m, METRIC_PROCESS_FILES, open - 1); /* not the one that was counting */
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        metrics_set(m, METRIC_PROCESS_FILES_MAX,
                    limit.rlim_cur < INT64_MAX ? (int64_t)limit.rlim_cur : INT64_MAX);
}

static void measure_processor(struct metrics *m)
{
    struct rusage used;
    if (getrusage(RUSAGE_SELF, &used) != 0)
        return;
    metrics_set(m, METRIC_PROCESS_CPU,
                ((int64_t)used.ru_utime.tv_sec + used.ru_stime.tv_sec) * MICROSECONDS +
                    used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* Field 22 of proc(5)'s stat: clock ticks after the boot. The second field is a name, which may
 * hold anything but ends with the last ")". */
void process_note_start(struct metrics *m)
{
    char text[1024];
    struct timespec boot, wall;
    size_t len = read_text("/proc/self/stat", text, sizeof(text));
    const char *at = len ? strrchr(text, ')') : NULL;
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    if (!at || clock_gettime(CLOCK_BOOTTIME, &boot) != 0 ||
        clock_gettime(CLOCK_REALTIME, &wall) != 0)
        return;
    int64_t booted =
        ((int64_t)wall.tv_sec - boot.tv_sec) * MICROSECONDS + (wall.tv_nsec - boot.tv_nsec) / 1000;
    int64_t ticks = (int64_t)strtoull(at + 1, NULL, 10);
    metrics_set(m, METRIC_PROCESS_START, booted + ticks * MICROSECONDS / sysconf(_SC_CLK_TCK));
}

void process_measure(struct metrics *m)
{
    measure_memory(m);
    measure_files(m);
    measure_processor(m);
}
