/** The reader's clock: the time now, and how moments are written. */
export interface Clock {
  readonly nowMs: number
  /** 10:42, or with its day when it is not today. */
  readonly time: (iso: string) => string
  /** In full, with the zone, for whoever points at it. */
  readonly full: (iso: string) => string
  readonly zone: string
}

export const clockOf = (nowMs: number, locale?: string, timeZone?: string): Clock => {
  const zone = timeZone === undefined ? {} : { timeZone }
  const short = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone })
  const withDay = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...zone,
  })
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long', ...zone })
  const today = withoutTime(nowMs, zone)
  const written = (iso: string, format: (date: Date) => string) => {
    const date = new Date(iso)
    return Number.isNaN(date.getTime()) ? '–' : format(date)
  }
  return {
    nowMs,
    time: iso => written(iso, date => (withoutTime(date.getTime(), zone) === today ? short : withDay).format(date)),
    full: iso => written(iso, date => full.format(date)),
    zone: short.resolvedOptions().timeZone,
  }
}

const withoutTime = (ms: number, zone: { readonly timeZone?: string }): string =>
  new Intl.DateTimeFormat('en-CA', zone).format(ms)
