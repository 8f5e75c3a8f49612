/*
 * Mistakes with locks, to show that they are seen; the library's locks make them (see parking_lot beside this file).
 *
 *     planted order | twice
 */
#include <string.h>

void lock_order_planted(void);
void lock_order_planted_twice(void);

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "order") == 0) {
        lock_order_planted();
    } else if (argc == 2 && strcmp(argv[1], "twice") == 0) {
        lock_order_planted_twice();
    } else {
        return 2;
    }
    return 0;
}
