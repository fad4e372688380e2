import SettingsDocument
import StrictJSON
import Testing

@Suite struct SettingsChangesTests {
  @Test func `only what differs is told, with its path`() {
    let before: JSON = ["a": "x", "list": [["stage": "Novo"], ["stage": "B"]], "gone": true]
    let after: JSON = ["a": "x", "list": [["stage": "Proposta"]], "new": 1]
    #expect(
      SettingsChanges.between(before, after).map(\.description) == [
        #"list[0].stage: "Novo" → "Proposta""#, #"list[1]: no longer {"stage":"B"}"#, "new: now 1",
        "gone: no longer true",
      ]
    )
  }

  @Test func `equal documents have no change, whatever the order of their members`() {
    #expect(SettingsChanges.between(["a": 1, "b": [2]], ["b": [2], "a": 1]) == [])
  }
}
