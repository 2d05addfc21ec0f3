import type { ErrorForm } from './dialect.ts'

/** What stands in front of a provider answers in HTML, whatever the dialect behind it. */
const page = (status: number, title: string, by: string): ErrorForm => ({
  status,
  body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>${by}</center>\r\n</body>\r\n</html>\r\n`,
  headers: { 'content-type': 'text/html' },
})

export const edgeErrors = {
  edge_bad_gateway: page(502, 'Bad Gateway', 'nginx'),
  edge_unavailable: page(503, 'Service Temporarily Unavailable', 'nginx'),
  edge_gateway_timeout: page(504, 'Gateway Time-out', 'nginx'),
  edge_web_server_down: page(521, 'Web server is down', 'cloudflare'),
  edge_connection_timed_out: page(522, 'Connection timed out', 'cloudflare'),
  edge_origin_timeout: page(524, 'A timeout occurred', 'cloudflare'),
  edge_challenge: page(403, 'Just a moment...', 'cloudflare'),
  bare_unavailable: { status: 503, body: '', headers: { 'content-type': 'text/plain' } },
} as const satisfies Record<string, ErrorForm>
