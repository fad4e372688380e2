package import AsyncHTTPClient
import Belt
import OutsideCalls
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
    let body: JSON = [
      "username": .string(login.user), "password": .string(login.password),
      "tenant": .string(login.tenant),
    ]
    let call = TOTVSRoutes.login.call(body: body)
    do throws(CallError) {
      let session = try await exchange.session(TOTVSLogin.cookie, begunBy: call)
      return .cookie(TOTVSLogin.cookie, session)
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
