import { defineConfig } from 'vite'

export default defineConfig({
  // Works at the root of a host and behind a path of one.
  base: './',
  build: {
    target: 'es2022',
    // Everything is a file of this origin: the page runs under script-src 'self'; style-src 'self'; img-src 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
})
