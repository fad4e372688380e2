import Leads
import TestKit
import Testing

struct HookTokenTests {
  static let secret = HookToken.Secret((0..<32).map { UInt8($0) })
  static let other = HookToken.Secret([UInt8](repeating: 9, count: 32))

  private let acme: IntegrationName
  private let secret: HookToken.Secret

  init() throws {
    acme = try #require(IntegrationName("acme"))
    secret = try #require(Self.secret)
  }

  /// Addresses that customers have entered at RD Station must stay valid.
  @Test(.behaviour("B001"))
  func `the token of an integration never changes`() {
    #expect(
      HookToken(.rd, of: acme, secret: secret).text
        == "1.VwPpiQPNfQb5NlgHRSxcd_XGK5TrQ0kROrOTzxmETyI"
    )
  }

  @Test(arguments: HookToken.Kind.allCases)
  func `a token is accepted for what it was made for`(_ kind: HookToken.Kind) {
    let token = HookToken(kind, of: acme, generation: 3, secret: secret)
    #expect(HookToken.isValid(token.text, kind, of: acme, secret: secret))
    #expect(HookToken.isValid(token.text, kind, of: acme, generation: 3, secret: secret))
  }

  @Test func `a token is refused for another kind, integration, secret or an older generation`()
    throws
  {
    let token = HookToken(.rd, of: acme, generation: 2, secret: secret).text
    let other = try #require(Self.other)
    let acme2 = try #require(IntegrationName("acme2"))
    #expect(!HookToken.isValid(token, .crm, of: acme, secret: secret))
    #expect(!HookToken.isValid(token, .rd, of: acme2, secret: secret))
    #expect(!HookToken.isValid(token, .rd, of: acme, secret: other))
    #expect(!HookToken.isValid(token, .rd, of: acme, generation: 3, secret: secret))
  }

  @Test(arguments: [
    "", ".", "1", "1.", "1.AAAA", "x.7f3k", "-1.7f3k", "1.7f3k==", "1.\u{E9}", "0",
    String(repeating: "A", count: 100_000),
  ])
  func `what is no token is refused`(_ text: String) {
    #expect(!HookToken.isValid(text, .rd, of: acme, secret: secret))
  }

  @Test func `any changed character makes a token invalid`() {
    let token = Array(HookToken(.rd, of: acme, generation: 12, secret: secret).text.utf8)
    for index in token.indices {
      for replacement in [UInt8(ascii: "A"), UInt8(ascii: "0"), UInt8(ascii: "=")]
      where replacement != token[index] {
        var changed = token
        changed[index] = replacement
        let text = String(decoding: changed, as: UTF8.self)
        #expect(!HookToken.isValid(text, .rd, of: acme, secret: secret), "\(text)")
      }
      let cut = String(decoding: token[..<index], as: UTF8.self)
      #expect(!HookToken.isValid(cut, .rd, of: acme, secret: secret))
    }
  }

  @Test func `one token has one spelling`() {
    let token = HookToken(.rd, of: acme, secret: secret).text
    #expect(!HookToken.isValid("0\(token)", .rd, of: acme, secret: secret))
    #expect(!HookToken.isValid("+\(token)", .rd, of: acme, secret: secret))
    #expect(!HookToken.isValid("\(token)=", .rd, of: acme, secret: secret))
  }

  @Test func `a secret shows itself nowhere`() {
    var dumped = ""
    dump(secret, to: &dumped)
    #expect(!dumped.contains("31"))
    #expect("\(secret)" == "HookToken.Secret")
  }

  @Test(arguments: ["acme", "a", "0-9", String(repeating: "a", count: 40)])
  func `a plain word names an integration`(_ text: String) {
    #expect(IntegrationName(text)?.text == text)
  }

  @Test(arguments: ["", "Acme", "a.b", "a_b", "a b", "á", String(repeating: "a", count: 41)])
  func `anything else names none`(_ text: String) {
    #expect(IntegrationName(text) == nil)
  }
}
