/* A write() that writes ten bytes at most, for files: whoever relies on one call writing all is found. */
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { MOST = 10 };

ssize_t write(int fd, const void *bytes, size_t len) {
    return (ssize_t)syscall(SYS_write, fd, bytes, fd > STDERR_FILENO && len > MOST ? (size_t)MOST : len);
}
