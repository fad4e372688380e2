import Belt
import Testing

struct TraceContextTests {
  private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  @Test func `what follows belongs to the trace, and carries no text of a stranger`() throws {
    let trace = try #require(TraceContext(traceparent: Self.parent, tracestate: "a=1,b=2"))
    let message = Message(
      id: Identifier(derivedFrom: "m"),
      type: "t",
      stage: "a",
      integration: "acme",
      journey: Identifier(derivedFrom: "j"),
      body: [],
      trace: trace
    )
    let follow = message.following(to: "b", type: "t", body: [])
    #expect(follow.trace == TraceContext(traceparent: Self.parent))
    #expect(follow.following(to: "c", type: "t", body: []).trace == follow.trace)
    #expect(message.fresh.trace == trace)
  }

  static let odd = [
    "", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
    "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
  ]

  @Test(arguments: odd)
  func `what is not of the standard's form is left out`(_ traceparent: String) {
    #expect(TraceContext(traceparent: traceparent, tracestate: "a=1") == nil)
  }

  @Test(arguments: [
    ("a=1", true), (String(repeating: "a", count: 512), true),
    (String(repeating: "a", count: 513), false), ("", false), ("a=\u{e9}", false), ("a=\n", false),
  ])
  func `a state that is too long or of other characters is left out alone`(
    state: String,
    isCarried: Bool
  ) throws {
    let trace = try #require(TraceContext(traceparent: Self.parent, tracestate: state))
    #expect(trace.tracestate == (isCarried ? state : nil))
  }
}
