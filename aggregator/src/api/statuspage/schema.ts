import { z } from 'zod'

/** The shape of Atlassian Statuspage's public API v2, so that what reads that reads this. */

const Time = z.iso.datetime()

const Page = z.strictObject({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  time_zone: z.literal('Etc/UTC'),
  updated_at: Time.describe('When anything on it last changed'),
})

const Status = z.strictObject({
  indicator: z.enum(['none', 'minor', 'major', 'critical', 'maintenance']),
  description: z.string(),
})

const componentStates = [
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'under_maintenance',
] as const

const Component = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.enum(componentStates),
  created_at: Time,
  updated_at: Time,
  position: z.int().min(1),
  description: z.string().nullable().describe('What the five words cannot say, such as that it is not known'),
  showcase: z.boolean(),
  start_date: z.null(),
  group_id: z.null(),
  page_id: z.string(),
  group: z.literal(false),
  only_show_if_degraded: z.literal(false),
})
export type Component = z.infer<typeof Component>

const incidentStates = ['investigating', 'identified', 'monitoring', 'resolved'] as const
const impacts = ['minor', 'major', 'critical'] as const

const Update = z.strictObject({
  id: z.string(),
  status: z.enum(incidentStates),
  body: z.string(),
  incident_id: z.string(),
  created_at: Time,
  updated_at: Time,
  display_at: Time,
  affected_components: z.null(),
  deliver_notifications: z.literal(true),
  custom_tweet: z.null(),
  tweet_id: z.null(),
})

const Incident = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.enum(incidentStates),
  created_at: Time,
  updated_at: Time,
  monitoring_at: Time.nullable(),
  resolved_at: Time.nullable(),
  impact: z.enum(impacts),
  shortlink: z.string(),
  started_at: Time,
  page_id: z.string(),
  incident_updates: z.array(Update).describe('Newest first'),
  components: z.array(Component),
  reminder_intervals: z.null(),
})
export type PageIncident = z.infer<typeof Incident>

export const PageStatus = z.strictObject({ page: Page, status: Status })
export const PageSummary = z.strictObject({
  page: Page,
  components: z.array(Component),
  incidents: z.array(Incident).describe('Those that are open'),
  scheduled_maintenances: z.array(z.never()),
  status: Status,
})
export const PageComponents = z.strictObject({ page: Page, components: z.array(Component) })
export const PageIncidents = z.strictObject({ page: Page, incidents: z.array(Incident) })
export const PageMaintenances = z.strictObject({ page: Page, scheduled_maintenances: z.array(z.never()) })
