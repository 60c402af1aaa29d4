// What the results of http-cache-tests say: counts by kind, and each miss with its name and reason.
// Usage: node summary.mjs FOLDER-OF-THE-SUITE RESULTS.json [KNOWN-MISSES]; exit 1 if a required case that is not known misses.
import { readFileSync } from 'fs'

const [folder, file, knownFile] = process.argv.slice(2)
const suites = (await import(folder + '/tests/index.mjs')).default
const results = JSON.parse(readFileSync(file, 'utf8'))
const known = new Set(
  knownFile === undefined
    ? []
    : readFileSync(knownFile, 'utf8').split('\n').map(l => l.split(' ')[0]).filter(l => l && l[0] !== '#'))
const tests = new Map(suites.flatMap(s => s.tests.map(t => [t.id, { ...t, suite: s.id }])))

function passed (id) {
  const test = tests.get(id)
  return results[id] === true && (test.depends_on || []).every(passed)
}

const counts = {}
const misses = []
for (const [id, test] of tests) {
  if (test.browser_only) continue
  const kind = test.kind || 'required'
  counts[kind] = counts[kind] || { passed: 0, all: 0 }
  counts[kind].all++
  const depends = (test.depends_on || []).filter(each => !passed(each))
  if (passed(id)) {
    counts[kind].passed++
  } else if (kind !== 'check') {
    const why = depends.length ? 'depends on ' + depends.join(', ') : JSON.stringify(results[id])
    misses.push({ kind, id, line: `${kind} ${test.suite} ${id}: ${test.name} -- ${why}` })
  }
}
for (const kind of Object.keys(counts)) {
  console.log(`${kind}: ${counts[kind].passed} of ${counts[kind].all}`)
}
misses.sort((a, b) => a.line < b.line ? -1 : 1)
misses.forEach(miss => console.log((known.has(miss.id) ? 'known ' : '') + miss.line))
process.exit(misses.some(miss => miss.kind === 'required' && !known.has(miss.id)) ? 1 : 0)
