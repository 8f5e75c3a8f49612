# Samples are in value[key, 1] to value[key, count[key]].

function sort(key,    i, j, held) {
    for (i = 2; i <= count[key]; i++) {
        held = value[key, i]
        for (j = i - 1; j > 0 && value[key, j] > held; j--) value[key, j + 1] = value[key, j]
        value[key, j + 1] = held
    }
}

function median(key,    n) {
    sort(key)
    n = count[key]
    return n % 2 ? value[key, (n + 1) / 2] : (value[key, n / 2] + value[key, n / 2 + 1]) / 2
}
