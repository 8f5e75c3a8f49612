'use strict'
// NeDB, in the fork that is kept up, in memory. The key of the workload is also its own key, on which it has an index always.

const Datastore = require('@seald-io/nedb')
const { version } = require('@seald-io/nedb/package.json')
const { INDEXES, group, print, printOne, runPeer } = require('./peer.js')

const SCAN = { salary: { $gt: 140000 }, active: true }

function withKey (record) {
  record._id = record.id
  return record
}

class NedbPeer {
  async open (indexed) {
    this.users = new Datastore()
    if (indexed) await this.createIndexes()
  }

  async createIndexes () {
    for (const fieldName of INDEXES) await this.users.ensureIndexAsync({ fieldName })
  }

  insert (records) { return this.users.insertAsync(Array.isArray(records) ? records.map(withKey) : withKey(records)) }
  all () { return this.users.getAllData() }
  async get (key) { return printOne(await this.users.findOneAsync({ _id: key })) }
  async find (email) { return print(await this.users.findAsync({ email })) }
  countDept () { return this.users.countAsync({ dept: 'Sales' }) }
  async rowsDept () { return print(await this.users.findAsync({ dept: 'Sales' })) }
  async rowsSalary (high) { return print(await this.users.findAsync({ salary: { $gte: 90000, $lte: high } })) }
  countScan () { return this.users.countAsync(SCAN) }
  async rowsScan () { return print(await this.users.findAsync(SCAN)) }
  countLike () { return this.users.countAsync({ email: /99@example/ }) }
  async rowsTop () { return print(await this.users.findAsync({}).sort({ salary: -1 }).limit(10)) }
  groups () { return group(this.users.getAllData()) }
  rename (key, name) { return this.users.updateAsync({ _id: key }, { $set: { name } }) }
  setAge (key, age) { return this.users.updateAsync({ _id: key }, { $set: { age } }) }
  setSales (active) { return this.users.updateAsync({ dept: 'Sales' }, { $set: { active } }, { multi: true }) }
  remove (key) { return this.users.removeAsync({ _id: key }) }
  removeYoung () { return this.users.removeAsync({ age: { $lt: 20 } }, { multi: true }) }
}

runPeer('nedb', version, NedbPeer)
