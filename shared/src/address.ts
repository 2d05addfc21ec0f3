/** Which addresses a connection may go to. Pure: text in, verdict out. */
export type AddressVerdict = 'public' | 'private' | 'metadata' | 'invalid'
