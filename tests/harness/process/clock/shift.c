/*
 * A clock that a test sets, for one process: loaded into it by LD_PRELOAD. The file named by SHIFTED_CLOCK holds eight bytes,
 * the nanoseconds by which the time of day is off; it is mapped, so that a change counts at once. Clocks that only go forward
 * are left alone, as they are where a machine's clock is set.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

static _Atomic int64_t *shift;

__attribute__((constructor)) static void map(void) {
    const char *name = getenv("SHIFTED_CLOCK");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *page = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED)
        shift = page;
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    int failed = (int)syscall(SYS_clock_gettime, clock, at);
    if (failed || !shift || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return failed;
    int64_t off = atomic_load(shift);
    at->tv_sec += off / SECOND;
    at->tv_nsec += off % SECOND;
    if (at->tv_nsec >= SECOND) {
        at->tv_nsec -= SECOND;
        at->tv_sec += 1;
    } else if (at->tv_nsec < 0) {
        at->tv_nsec += SECOND;
        at->tv_sec -= 1;
    }
    return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    (void)zone;
    int failed = clock_gettime(CLOCK_REALTIME, &now);
    if (!failed) {
        at->tv_sec = now.tv_sec;
        at->tv_usec = now.tv_nsec / 1000;
    }
    return failed;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}
