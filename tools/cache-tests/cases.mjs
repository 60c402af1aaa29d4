// Runs the cases of http-cache-tests through a cache, and compares what misses with a list of known misses.
// Usage: node cases.mjs FOLDER-OF-THE-SUITE URL-OF-THE-CACHE KNOWN-MISSES [CASE-ID...]
// Exit code 1 if a case misses that is not in the list, or one passes that is. A case that misses, and is not in the list,
// is tried again alone, twice at most: cases count seconds, and a hundred run at once.
import { createRequire } from 'module'
import { readFileSync } from 'fs'

const [folder, base, knownFile, ...asked] = process.argv.slice(2)
const from = async name => import(folder + '/' + name)
const suites = (await from('tests/index.mjs')).default
const config = await from('client/config.mjs')
const { makeCacheTest, testResults: results } = await from('client/test.mjs')
config.setFetch(createRequire(folder + '/cli.mjs')('node-fetch'))
config.setBaseUrl(base)
config.setUseBrowserCache(false)

const atOnce = 100
const moreTries = 2
const known = new Set(readFileSync(knownFile, 'utf8').split('\n').map(l => l.split(' ')[0]).filter(l => l && l[0] !== '#'))
const cases = new Map(
  suites.flatMap(s => s.tests.filter(t => !t.browser_only).map(t => [t.id, { ...t, kind: t.kind || 'required' }])))

async function run (ids) {
  for (let i = 0; i < ids.length; i += atOnce) {
    // A copy: a run changes the requests of its case.
    await Promise.all(ids.slice(i, i + atOnce).map(id => {
      delete results[id]
      return makeCacheTest(JSON.parse(JSON.stringify(cases.get(id))))
    }))
  }
}

function passed (id) {
  return results[id] === true && (cases.get(id).depends_on || []).every(each => !cases.has(each) || passed(each))
}

// Cases of the kind check pass or not, as a cache likes: they are no misses.
const wrong = asked.filter(id => !cases.has(id)).concat([...known].filter(id => (cases.get(id)?.kind || 'check') === 'check'))
if (wrong.length) {
  console.log('no such case, or one that cannot miss: ' + wrong.join(', '))
  process.exit(2)
}
if (asked.length) {
  await run(asked)
  asked.forEach(id => console.log(`${id}: ${results[id] === true ? 'passes' : JSON.stringify(results[id])}`))
  process.exit(0)
}
await run([...cases.keys()])
for (let tries = 0; tries < moreTries; tries++) {
  for (const [id, each] of cases) {
    if (results[id] !== true && each.kind !== 'check' && !known.has(id)) {
      console.log(`again, alone: ${id}: ${JSON.stringify(results[id])}`)
      await run([id])
    }
  }
}

let differs = false
for (const kind of ['required', 'optimal']) {
  const all = [...cases.values()].filter(each => each.kind === kind)
  console.log(`${kind}: ${all.filter(each => passed(each.id)).length} of ${all.length}`)
  for (const { id, name, depends_on: depends } of all) {
    if (passed(id) === known.has(id)) {
      differs = true
      const missing = (depends || []).filter(each => cases.has(each) && !passed(each))
      const why = missing.length ? 'depends on ' + missing.join(', ') : JSON.stringify(results[id])
      console.log(known.has(id) ? `passes, though it is a known miss: ${id}` : `misses: ${id}: ${name} -- ${why}`)
    }
  }
}
process.exit(differs ? 1 : 0)
