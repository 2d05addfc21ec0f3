import { stateWords } from '../../judge/state.ts'
import { lastToldMs, type ToldIncident } from '../incident-feed.ts'
import { type Catalogue, infoOf } from '../providers.ts'
import { xml } from '../xml.ts'

/** Incidents as RSS 2.0 and as Atom. One entry an incident: what happened in it is its text, the newest first. Pure. */

export interface Feed {
  readonly title: string
  /** Where this feed is. */
  readonly self: string
  readonly origin: string
  readonly incidents: readonly ToldIncident[]
  readonly catalogue: Catalogue
}

interface Entry {
  readonly title: string
  readonly link: string
  readonly id: string
  readonly category: string
  readonly openedMs: number
  readonly updatedMs: number
  readonly text: string
}

const entryOf = (incident: ToldIncident, { origin, catalogue }: Feed): Entry => {
  const { id, provider, state, openedMs, resolvedMs, events } = incident
  const over = resolvedMs === null ? '' : ' (resolved)'
  return {
    title: `${infoOf(catalogue, provider).name}: ${stateWords[state].word.toLowerCase()}${over}`,
    link: `${origin}/api/v1/incidents/${id}`,
    id: `urn:uuid:${id}`,
    category: provider,
    openedMs,
    updatedMs: lastToldMs(incident),
    text: events
      .toReversed()
      .map(event => `${timeOf(event.atMs).slice(0, 16).replace('T', ' ')} UTC: ${event.text}`)
      .join('\n'),
  }
}

const timeOf = (ms: number): string => new Date(ms).toISOString()

const html = (text: string): string =>
  text
    .split('\n')
    .map(line => `<p>${xml(line)}</p>`)
    .join('')

/** A feed in which nothing ever happened was changed at the beginning of time: that, too, is the same each time. */
const changedMs = (feed: Feed): number => Math.max(0, ...feed.incidents.map(lastToldMs))

export const rss = (feed: Feed): string => {
  const items = feed.incidents.map(incident => {
    const { title, link, id, category, openedMs, text } = entryOf(incident, feed)
    return [
      '<item>',
      `<title>${xml(title)}</title>`,
      `<link>${xml(link)}</link>`,
      `<guid isPermaLink="false">${xml(id)}</guid>`,
      `<category>${xml(category)}</category>`,
      `<pubDate>${new Date(openedMs).toUTCString()}</pubDate>`,
      `<description>${xml(html(text))}</description>`,
      '</item>',
    ].join('')
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>',
    `<title>${xml(feed.title)}</title>`,
    `<link>${xml(`${feed.origin}/`)}</link>`,
    `<description>${xml(`${feed.title}: incidents, newest first`)}</description>`,
    `<atom:link href="${xml(feed.self)}" rel="self" type="application/rss+xml"/>`,
    `<lastBuildDate>${new Date(changedMs(feed)).toUTCString()}</lastBuildDate>`,
    ...items,
    '</channel></rss>\n',
  ].join('\n')
}

export const atom = (feed: Feed): string => {
  const entries = feed.incidents.map(incident => {
    const { title, link, id, category, openedMs, updatedMs, text } = entryOf(incident, feed)
    return [
      '<entry>',
      `<title>${xml(title)}</title>`,
      `<id>${xml(id)}</id>`,
      `<link href="${xml(link)}"/>`,
      `<category term="${xml(category)}"/>`,
      `<published>${timeOf(openedMs)}</published>`,
      `<updated>${timeOf(updatedMs)}</updated>`,
      `<content type="html">${xml(html(text))}</content>`,
      '</entry>',
    ].join('')
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<title>${xml(feed.title)}</title>`,
    `<id>${xml(feed.self)}</id>`,
    `<link href="${xml(feed.self)}" rel="self"/>`,
    `<link href="${xml(`${feed.origin}/`)}"/>`,
    '<author><name>LLM Status</name></author>',
    `<updated>${timeOf(changedMs(feed))}</updated>`,
    ...entries,
    '</feed>\n',
  ].join('\n')
}
