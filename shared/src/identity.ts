/**
 * Who is who: keys, the texts they sign, the token that brings two parties together, and their enrolment.
 * The invariants stand where they are kept: jws.ts and enrolment.ts.
 */
export * from './enrol-token.ts'
export * from './enrolment.ts'
export {
  type JwsType,
  openJws,
  type ProtectedHeader,
  readHeader,
  type Signed,
  signJws,
  types,
  verifyJws,
} from './jws.ts'
export * from './keys.ts'
