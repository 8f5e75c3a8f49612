"""Why libdictdb stops where it does, for rows in which an aim is not reached or a peer is ahead: what profiles name.

Each is of a row or of several; a line is printed only where it applies.
"""

REASONS: dict[tuple[str, ...], str] = {
    ("W1",): (
        "The peer that is ahead stores the text as it comes, unparsed, and is given the key apart; libdictdb checks the text, finds the key "
        "and all fields in it, and checks that the key is free. A third of the time is that scan, the rest is spread over the call, the key "
        "map and memory that is touched for the first time."
    ),
    ("W1i", "D1", "U1i"): (
        "Four trees are searched, one after the other, and each of them misses the cache at every level below the first two: that is most "
        "of the time with 1,000,000 records. Nodes of the upper levels in one piece of memory each would save a part of it."
    ),
    ("W2j.one",): (
        "Half of the time is the scan of the text, most of the other half the system's, which hands out memory for the stage and for the "
        "table; with calls of 1,000 the stage is used again and again."
    ),
    ("IX",): "Reading every record once for each of the four indexes, and sorting; the last step, filling the tree, is small.",
    ("R2.email",): (
        "Beside the search itself, which is a descent in the tree and a look at the record, a query has a value to be read, checked "
        "and put in its place, and rows to be put together. The best peer with 100,000 records is a call within one process of "
        "JavaScript that lends its own object and copies nothing."
    ),
    ("R4.count.cold", "R5.cold", "R6.cold", "R7.cold"): (
        "Columns are made by the first scan, from the records: it reads all of their memory. DuckDB has stored columns to begin with, "
        "which is what its inserts take the time for (W1, W2)."
    ),
    ("R7",): (
        "Sums carry their rounding error along (Neumaier), and count, sum, least and greatest of a page are found one after the other, by "
        "one thread; DuckDB uses all cores."
    ),
    ("C1.2",): (
        "Readers of one table write one line of the cache, that of its lock, and so do the floor's. How both grow differs between runs by "
        "more than between each other: the floor's second thread has been found to bring 1.2 to 2.2 times the throughput of one."
    ),
    ("U1",): (
        "LokiJS, ahead or near with 100,000 records, changes a field of an object in its own process. libdictdb reads the change, a "
        "JSON text, and writes the record anew behind all others, so that readers and snapshots of the old one are not disturbed; "
        "with 1,000,000 records the rest are misses of the cache."
    ),
    ("U2",): (
        "Each of the changed records is written anew, some 160 bytes, for the reason told at U1, and the first times into memory that "
        "the system has yet to hand out; DuckDB changes one byte of a column."
    ),
    ("M1", "M1i"): (
        "SQLite's typed columns keep no names, and numbers in a few bytes; libdictdb keeps the record's text, so that a read is a copy "
        "(R1 is several times as fast). The aim, which is relative to the text, is met."
    ),
    ("C2.alone.p99", "C2.alone.max", "C2.scan.p99", "C2.scan.max"): (
        "No update waits for a scan: these are waits for a processor. With both of two cores busy the system lets a thread wait for "
        "milliseconds now and then, which is seen without any scan, too, and with every engine; the medians and the spread's lower end "
        "show what the engine itself does."
    ),
}
