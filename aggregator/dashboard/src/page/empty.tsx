/** What will stand here, and the one thing to do now. */
export const NoProviders = () => (
  <div class="sheet empty">
    <p>
      Here will stand every provider that you use: its state, how soon it answers, and, when something is wrong, whose
      problem it is.
    </p>
    <p>
      <strong>
        Put a key into <code>.env</code>, such as <code>OPENAI_API_KEY=sk-…</code>, and start again.
      </strong>{' '}
      Without any key, <code>LLMSTATUS_KEYLESS=major</code> watches whether the large providers can be reached.
    </p>
  </div>
)

export const NoVantage = () => (
  <div class="sheet empty">
    <p>Here will stand what your probers see. None has reported yet.</p>
    <p>
      <strong>
        Start one with <code>npm start</code>,
      </strong>{' '}
      or make a token for one elsewhere: <code>llmstatus-aggregator enrol-token create</code>.
    </p>
  </div>
)
