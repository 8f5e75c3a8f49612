/* Backups of the database while it is in use, and what can be had of them. */
#ifndef BACKUPS_H
#define BACKUPS_H

#include "database.h"

typedef struct {
    char directory[64]; /* a new one; gone when the backups end */
    dictdb_backup *backup;
} backups;

/* Begins to back up the database every few milliseconds. */
backups begin_backups(const database *db);

/* Ends that, restores the newest state, and prints what was done. What is restored must be what there is, or the program ends. */
void end_backups(backups *b, const database *db);

#endif
