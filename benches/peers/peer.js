'use strict'
// What the peers written for Node.js have in common: the phases of phases.h, in the same order, with the same lines printed. What a
// peer is given and prints is told in benches/README.md. Functions of a peer may return a promise or not.

const fs = require('node:fs')
const path = require('node:path')

const BATCH = 1000
const FIRST_WRITES = 20
const SAMPLE_KEYS = 100
const SALES_UPDATES = 3
const RUNS = 5
const MOST_RUNS = 1000
const ENOUGH = 0.1
const PATIENCE = 0.5
const INDEXES = ['dept', 'email', 'age', 'salary']

const now = () => Number(process.hrtime.bigint()) / 1e9

function options () {
  const given = Object.fromEntries(process.argv.slice(2).map(argument => argument.split(/=(.*)/s).slice(0, 2)))
  const number = (name, otherwise) => Number(given[name] ?? otherwise)
  const reads = number('reads', 1000)
  return {
    phase: given.phase,
    data: given.data,
    answers: given.answers,
    records: number('records'),
    reads,
    finds: number('finds', reads),
    writes: number('writes', 1000),
    seconds: number('seconds', 1)
  }
}

function * randomNumbers (seed) {
  let state = BigInt(seed)
  for (;;) {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n)
    yield Number(state >> 33n)
  }
}

function randomKeys (seed, count, records) {
  const numbers = randomNumbers(seed)
  return Array.from({ length: count }, () => 1 + numbers.next().value % records)
}

const fail = (row, what) => { throw new Error(`${row}: ${what}`) }
const printSample = (row, value) => console.log(`sample ${row} ${value.toPrecision(6)}`)
const waits = value => value !== undefined && value !== null && typeof value.then === 'function'

// The fields of the workload, without what a peer adds to a record.
const plain = record => ({
  id: record.id,
  name: record.name,
  age: record.age,
  dept: record.dept,
  email: record.email,
  salary: record.salary,
  active: record.active,
  tags: record.tags
})
const print = records => JSON.stringify(records.map(plain))
const printOne = record => record ? JSON.stringify(plain(record)) : undefined

function group (records) {
  const groups = new Map()
  for (const { dept, salary } of records) {
    const found = groups.get(dept)
    if (found === undefined) {
      groups.set(dept, { dept, count: 1, sum: salary, min: salary, max: salary })
    } else {
      found.count++
      found.sum += salary
      if (salary < found.min) found.min = salary
      if (salary > found.max) found.max = salary
    }
  }
  const rows = [...groups.values()].map(({ dept, count, sum, min, max }) => ({ dept, count, avg: sum / count, min, max }))
  return JSON.stringify(rows)
}

class Run {
  constructor (peer, given) {
    this.peer = peer
    this.options = given
    this.high = Number((90000 + 120e6 / given.records).toFixed(2))
  }

  answer (row, text) {
    fs.writeFileSync(path.join(this.options.answers, row), text)
    console.log('answer', row)
  }

  async answerState (row) {
    const all = await this.peer.all()
    const sums = { count: all.length, age: 0, cents: 0, active: 0 }
    for (const record of all) {
      sums.age += record.age
      sums.cents += Math.round(record.salary * 100)
      sums.active += record.active ? 1 : 0
    }
    const records = []
    for (const key of randomKeys(11, SAMPLE_KEYS, this.options.records)) {
      records.push(await this.peer.get(key) ?? 'null')
    }
    this.answer(row, `${JSON.stringify(sums).slice(0, -1)},"records":[${records.join(',')}]}`)
  }

  async answerDeletes (row, deleted) {
    const there = []
    for (let k = 0; k < 2 * FIRST_WRITES; k++) {
      const at = k < FIRST_WRITES ? k : deleted + k - FIRST_WRITES
      there.push(await this.peer.get(1 + at * 7919 % this.options.records) === undefined ? 0 : 1)
    }
    const all = await this.peer.all()
    const cents = all.reduce((sum, record) => sum + Math.round(record.salary * 100), 0)
    this.answer(row, JSON.stringify({ count: all.length, sales: await this.peer.countDept(), cents, there }))
  }

  // The texts of the records, a few at a time, without ever having all of them as one string.
  * batches (size) {
    const file = fs.openSync(this.options.data, 'r')
    const chunk = Buffer.alloc(1 << 20)
    let lines = []
    let rest = ''
    for (let length; (length = fs.readSync(file, chunk)) > 0;) {
      const parts = (rest + chunk.toString('latin1', 0, length)).split('\n')
      rest = parts.pop()
      lines.push(...parts)
      while (lines.length >= size) {
        yield lines.slice(0, size)
        lines = lines.slice(size)
      }
    }
    if (lines.length > 0) yield lines
    fs.closeSync(file)
  }

  async loadSingle (row) {
    let spent = 0
    for (const texts of this.batches(BATCH)) {
      const start = now()
      for (const text of texts) {
        const done = this.peer.insert(JSON.parse(text))
        if (waits(done)) await done
      }
      spent += now() - start
    }
    printSample(row, spent * 1e9 / this.options.records)
  }

  async loadMany (size) {
    let spent = 0
    for (const texts of this.batches(size)) {
      const text = `[${texts.join(',')}]`
      const start = now()
      await this.peer.insert(JSON.parse(text))
      spent += now() - start
    }
    return spent * 1e9 / this.options.records
  }

  async loadBulk (row, memory, before) {
    const nanoseconds = await this.loadMany(BATCH)
    global.gc()
    printSample(memory, (process.memoryUsage().rss - before) / this.options.records)
    printSample(row, nanoseconds)
  }

  async measureQuery (row, query, cold) {
    let start = now()
    const found = await query()
    let once = now() - start
    if (cold) printSample(cold, once * 1e9)
    this.answer(row, String(found))
    start = now()
    await query()
    once = now() - start
    const group = once < 1e-4 ? Math.floor(1e-4 / once) + 1 : 1
    const times = []
    for (let spent = 0; times.length < MOST_RUNS && spent < (times.length < RUNS ? PATIENCE : ENOUGH);) {
      start = now()
      for (let k = 0; k < group; k++) {
        const again = query()
        const value = waits(again) ? await again : again
        if (value.length !== found.length) fail(row, 'another answer than the first time')
      }
      spent += now() - start
      times.push((now() - start) / group)
    }
    times.sort((a, b) => a - b)
    printSample(row, times[times.length >> 1] * 1e9)
  }

  // Calls `read` with each argument; gives nanoseconds for one.
  async timeReads (row, read, values) {
    let found = 0
    const start = now()
    for (const value of values) {
      const record = read(value)
      if ((waits(record) ? await record : record) !== undefined) found++
    }
    const spent = now() - start
    if (found !== values.length) fail(row, 'a record was not found')
    return spent * 1e9 / values.length
  }

  async measureReads (row, answers, count, read, argument) {
    const keys = randomKeys(7, Math.max(count, answers), this.options.records)
    const texts = []
    for (const key of keys.slice(0, answers)) texts.push(await read(argument(key)) ?? 'null')
    this.answer(row, `[${texts.join(',')}]`)
    const values = keys.slice(0, count).map(argument)
    await this.timeReads(row, read, values) // warms up
    printSample(row, await this.timeReads(row, read, values))
  }

  async measureWrites (row, changes, write) {
    let spent = 0
    for (const [first, end] of [[0, FIRST_WRITES], [FIRST_WRITES, changes.length]]) {
      const start = now()
      for (let k = first; k < end; k++) {
        const done = write(...changes[k])
        if (waits(done)) await done
      }
      spent = now() - start
      await (row === 'D1' ? this.answerDeletes(`${row}@${end}`, end) : this.answerState(`${row}@${end}`))
    }
    printSample(row, spent * 1e9 / (changes.length - FIRST_WRITES))
  }

  async measureSales () {
    const times = []
    for (let k = 0; k < SALES_UPDATES; k++) {
      const start = now()
      await this.peer.setSales(k % 2 === 0)
      times.push(now() - start)
    }
    printSample('U2', (times[1] + times[2]) / 2 * 1e9)
    await this.answerState('U2')
  }

  async measureYoung () {
    const start = now()
    await this.peer.removeYoung()
    printSample('D2', (now() - start) * 1e9)
    await this.answerState('D2')
  }

  async single () {
    await this.loadSingle('W1')
    await this.measureQuery('R4.count', () => this.peer.countScan(), 'R4.count.cold')
    await this.measureQuery('R4.rows', () => this.peer.rowsScan())
    await this.measureQuery('R5', () => this.peer.countLike(), 'R5.cold')
    await this.answerState('W1')
    await this.measureReads('R1', SAMPLE_KEYS, this.options.reads, key => this.peer.get(key), key => key)
    const keys = randomKeys(11, this.options.writes, this.options.records)
    await this.measureWrites('U1', keys.map((key, k) => [key, `Renamed ${k}`]), (key, name) => this.peer.rename(key, name))
  }

  async bulk (before) {
    await this.loadBulk('W2j.1000', 'M1', before)
    await this.measureQuery('R6', () => this.peer.rowsTop(), 'R6.cold')
    await this.answerState('W2j.1000')
    const start = now()
    await this.peer.createIndexes()
    printSample('IX', (now() - start) * 1e9)
    await this.measureQuery('R2.dept.count', () => this.peer.countDept())
    await this.measureQuery('R2.dept.rows', () => this.peer.rowsDept())
    await this.measureQuery('R3', () => this.peer.rowsSalary(this.high))
    const find = email => this.peer.find(email)
    await this.measureReads('R2.email', FIRST_WRITES, this.options.finds, find, key => `user${key}@example.com`)
    await this.measureSales()
    await this.measureYoung()
  }

  async whole () {
    printSample('W2j.one', await this.loadMany(this.options.records))
    await this.measureQuery('R7', () => this.peer.groups(), 'R7.cold')
    await this.answerState('W2j.one')
  }

  async singleIndexed () {
    await this.loadSingle('W1i')
    await this.answerState('W1i')
    const keys = randomKeys(11, this.options.writes, this.options.records)
    await this.measureWrites('U1i', keys.map((key, k) => [key, 18 + k % 60]), (key, age) => this.peer.setAge(key, age))
    const gone = Array.from({ length: this.options.writes }, (_, k) => [1 + k * 7919 % this.options.records])
    await this.measureWrites('D1', gone, key => this.peer.remove(key))
  }

  // One thread: others cannot see what is in the memory of this one.
  async threads () {
    await this.loadMany(BATCH)
    const keys = randomKeys(7, 100000, this.options.records)
    const read = key => this.peer.get(key)
    const start = now()
    let reads = 0
    while (now() - start < this.options.seconds) {
      await this.timeReads('C1', read, keys.slice(reads % 90000, reads % 90000 + 1000))
      reads += 1000
    }
    printSample('C1.1', reads / (now() - start))
  }

  async run () {
    const { phase } = this.options
    global.gc()
    const before = process.memoryUsage().rss
    await this.peer.open(phase.endsWith('-indexed'))
    switch (phase) {
      case 'single': return this.single()
      case 'bulk': return this.bulk(before)
      case 'whole': return this.whole()
      case 'single-indexed': return this.singleIndexed()
      case 'bulk-indexed':
        await this.loadBulk('W2i.1000', 'M1i', before)
        return this.answerState('W2i.1000')
      case 'whole-indexed':
        printSample('W2i.one', await this.loadMany(this.options.records))
        return this.answerState('W2i.one')
      case 'threads': return this.threads()
      default: return fail(phase, 'no such phase')
    }
  }
}

function runPeer (name, version, Peer) {
  console.log('version', name, version)
  new Run(new Peer(), options()).run().catch(error => {
    console.error(error)
    process.exitCode = 1
  })
}

module.exports = { INDEXES, group, print, printOne, runPeer }
