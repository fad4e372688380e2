package import AsyncHTTPClient
package import Belt
package import OutsideCalls
import StrictJSON

/// The login of one integration, as the customer gives it; it shows nothing of itself when it is printed.
package struct TOTVSLogin: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  static let cookie = "JSESSIONID"

  /// An e-mail address.
  let user: String
  let password: String
  /// The customer's name at TOTVS CRM.
  let tenant: String

  package init(user: String, password: String, tenant: String) {
    self.user = user
    self.password = password
    self.tenant = tenant
  }

  package var description: String { "TOTVSLogin" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Begins sessions at TOTVS CRM.
package struct TOTVSSessions: Sendable {
  private let exchange: Exchange

  /// - Parameters:
  ///   - http: Made with `HTTPClient.Configuration(calling:logger:)`, since secrets go out.
  ///   - baseURL: Such as `https://totvscrm.app`, without a slash at the end.
  ///   - timeout: Of one call.
  package init(http: HTTPClient, baseURL: String, timeout: Duration = .seconds(10)) {
    exchange = Exchange(http: http, baseURL: baseURL, dialect: .totvs, timeout: timeout)
  }

  /// - Throws: ``CallError``, of cause `.loginDead` where the user, the password or the tenant is refused.
  func begin(_ login: TOTVSLogin) async throws(CallError) -> Pass {
    Self.pass(try await session(of: login))
  }

  /// What carries a session's name.
  package static func pass(_ session: String) -> Pass { .cookie(TOTVSLogin.cookie, session) }

  private func session(of login: TOTVSLogin) async throws(CallError) -> String {
    let body: JSON = [
      "username": .string(login.user), "password": .string(login.password),
      "tenant": .string(login.tenant),
    ]
    let call = TOTVSRoutes.login.call(body: body)
    do throws(CallError) {
      return try await exchange.session(TOTVSLogin.cookie, begunBy: call)
    } catch {
      switch error.cause {
      // A wrong password and an unknown tenant are answered in two different ways; neither passes.
      case .refused: throw call.error(.loginDead, at: .totvs, status: error.status)
      // Nobody is there: that is no word about the login.
      case .notFound: throw call.error(.failing(wait: nil), at: .totvs, status: error.status)
      default: throw error
      }
    }
  }
}

/// How a login that a person gives is tried: the user stands for the application, the tenant for its secret,
/// and the password for the refresh token, which stays as it is.
///
/// Only for a trial: workers that renewed sessions so would try a refused password again.
extension TOTVSSessions: TokenGrants {
  /// A session's own end is not told; nobody but the trial believes this one.
  private static let life = Duration.seconds(60)

  package var system: OutsideSystem { .totvs }

  package func refresh(clientID: String, clientSecret: String, refreshToken: String)
    async throws(CallError) -> TokenGrant
  {
    let login = TOTVSLogin(user: clientID, password: refreshToken, tenant: clientSecret)
    return TokenGrant(
      accessToken: try await session(of: login),
      refreshToken: refreshToken,
      expiresIn: Self.life
    )
  }

  /// TOTVS CRM has no dialog.
  package func exchange(clientID _: String, clientSecret _: String, code _: String)
    async throws(CallError) -> TokenGrant
  {
    throw TOTVSRoutes.login.call().error(
      .unfit(code: "no_dialog", sentence: "TOTVS CRM is logged in to with a user and a password"),
      at: system
    )
  }

  /// The session was begun just now, which proves the login; TOTVS CRM tells no name.
  package func account(openedBy _: String) -> String? { nil }
}
