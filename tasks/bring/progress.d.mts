export interface Step {
  readonly note: (text: string) => void
  readonly done: (text?: string) => void
  readonly fail: (text?: string) => void
}
export const step: (title: string, out?: NodeJS.WriteStream) => Step
