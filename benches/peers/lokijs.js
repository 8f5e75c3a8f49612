'use strict'
// LokiJS. The key is a unique index, and so is the e-mail address, which is its hash index; the other three are its binary indexes,
// which it keeps in order while it writes; where one call writes much, it makes them anew at the end of it, which is faster. It does
// not clone records.

const Loki = require('lokijs')
const { version } = require('lokijs/package.json')
const { group, print, printOne, runPeer } = require('./peer.js')

const SCAN = { $and: [{ salary: { $gt: 140000 } }, { active: true }] }

class LokiPeer {
  open (indexed) {
    const unique = indexed ? ['id', 'email'] : ['id']
    const indices = indexed ? ['dept', 'age', 'salary'] : []
    const settings = { unique, indices, disableMeta: true, adaptiveBinaryIndices: true }
    this.users = new Loki('benchmark').addCollection('users', settings)
  }

  createIndexes () {
    this.users.ensureUniqueIndex('email')
    for (const field of ['dept', 'age', 'salary']) this.users.ensureIndex(field, true)
  }

  insert (records) { this.users.insert(records, records.length > 1000) }
  all () { return this.users.data }
  get (key) { return printOne(this.users.by('id', key)) }
  find (email) { return `[${printOne(this.users.by('email', email))}]` }
  countDept () { return this.users.chain().find({ dept: 'Sales' }).count() }
  rowsDept () { return print(this.users.find({ dept: 'Sales' })) }
  rowsSalary (high) { return print(this.users.find({ salary: { $between: [90000, high] } })) }
  countScan () { return this.users.chain().find(SCAN).count() }
  rowsScan () { return print(this.users.find(SCAN)) }
  countLike () { return this.users.chain().find({ email: { $contains: '99@example' } }).count() }
  rowsTop () { return print(this.users.chain().simplesort('salary', true).limit(10).data()) }
  groups () { return group(this.users.data) }

  change (key, field, value) {
    const record = this.users.by('id', key)
    record[field] = value
    this.users.update(record)
  }

  rename (key, name) { this.change(key, 'name', name) }
  setAge (key, age) { this.change(key, 'age', age) }

  setSales (active) {
    const records = this.users.find({ dept: 'Sales' })
    for (const record of records) record.active = active
    this.users.update(records)
  }

  remove (key) { this.users.remove(this.users.by('id', key)) }
  removeYoung () { this.users.chain().find({ age: { $lt: 20 } }).remove() }
}

runPeer('lokijs', version, LokiPeer)
