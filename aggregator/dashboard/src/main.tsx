import { render } from 'preact'
import { ask } from './api/ask.ts'
import { nothingYet } from './api/feed.ts'
import { clockOf } from './page/clock.ts'
import { Overview } from './page/overview.tsx'

const everyMs = 5000
const tickMs = 1000

const start = (root: Element): void => {
  let feed = nothingYet
  let isAsking = false
  const draw = () => render(<Overview feed={feed} clock={clockOf(Date.now())} />, root)
  const look = async () => {
    // Nobody looks at a hidden page; it asks again the moment it is shown.
    if (isAsking || document.hidden) return
    isAsking = true
    feed = await ask(feed, { fetch: (path, init) => fetch(path, init), nowMs: Date.now })
    isAsking = false
    draw()
  }
  draw()
  void look()
  setInterval(look, everyMs)
  setInterval(draw, tickMs)
  document.addEventListener('visibilitychange', look)
}

const root = document.getElementById('page')
if (root !== null) start(root)
