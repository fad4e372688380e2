/// Why RD Station calls, as `?trigger=` of a hook's address says; its bodies do not tell.
package enum HookTrigger: String, Sendable, CaseIterable {
  case conversion, opportunity, flow
}
