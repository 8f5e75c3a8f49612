/*
 * Shows ThreadSanitizer how Rust's Arc frees what it holds; scripts/tsan links it into the instrumented library.
 *
 * An Arc gives its count back with a release; whoever brings it to zero runs an acquire fence, and so sees all that the others did
 * before they let go. ThreadSanitizer does not know fences. It would report each object that one thread read and another freed, and
 * pages that an Arc kept alive and that are written in place once nobody else holds them.
 *
 * The standard library, compiled for ThreadSanitizer, loads the count with acquire in place of the fence. The one that comes with a
 * compiler is not compiled so; here the same load follows the subtraction. So no report has to be suppressed, and what is freed or
 * written too early is found in an Arc as anywhere.
 *
 * Any other counter that goes from one to zero by a release gets the load too: that may hide a race behind that counter alone, and
 * nothing else.
 */
#include <sanitizer/tsan_interface_atomic.h>

/* The linker (--wrap) leads each call of the library to the second, and the second's call to the runtime. */
__tsan_atomic64 __real___tsan_atomic64_fetch_sub(volatile __tsan_atomic64 *count, __tsan_atomic64 by, int order);
__tsan_atomic64 __wrap___tsan_atomic64_fetch_sub(volatile __tsan_atomic64 *count, __tsan_atomic64 by, int order);

__tsan_atomic64 __wrap___tsan_atomic64_fetch_sub(volatile __tsan_atomic64 *count, __tsan_atomic64 by, int order) {
    __tsan_atomic64 before = __real___tsan_atomic64_fetch_sub(count, by, order);
    if (before == 1 && by == 1 && order == __tsan_memory_order_release) {
        __tsan_atomic64_load(count, __tsan_memory_order_acquire);
    }
    return before;
}
