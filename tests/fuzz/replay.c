/* replay.c: runs a fuzz target over the files of the directories on the command line, so that what
 * a fuzzer once found stays tested without one. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(const char *what, const char *path)
{
    fprintf(stderr, "%s: ", what);
    perror(path);
    exit(2);
}

static void replay_file(const char *path, size_t size)
{
    /* Exactly as large as the input, so that a sanitizer sees the first byte too many. */
    uint8_t *data = malloc(size ? size : 1);
    FILE *f = fopen(path, "rb");
    if (!data || !f || fread(data, 1, size, f) != size)
        fail("cannot read", path);
    fclose(f);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files of a directory, in the same order everywhere. */
static size_t replay_directory(const char *directory)
{
    char **paths = NULL;
    size_t count = 0, replayed = 0;
    DIR *d = opendir(directory);
    if (!d)
        fail("cannot open", directory);
    for (struct dirent *e; (e = readdir(d));) {
        paths = realloc(paths, (count + 1) * sizeof(*paths));
        if (!paths || asprintf(&paths[count], "%s/%s", directory, e->d_name) < 0)
            fail("no memory for", directory);
        count++;
    }
    closedir(d);
    if (count > 0)
        qsort(paths, count, sizeof(*paths), by_name);
    for (size_t i = 0; i < count; i++) {
        struct stat st;
        if (stat(paths[i], &st) != 0)
            fail("cannot read", paths[i]);
        if (S_ISREG(st.st_mode)) {
            replay_file(paths[i], (size_t)st.st_size);
            replayed++;
        }
        free(paths[i]);
    }
    free(paths);
    return replayed;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++)
        count += replay_directory(argv[i]);
    printf("%zu inputs replayed\n", count);
    return count == 0;
}
