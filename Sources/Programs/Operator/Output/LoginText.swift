import Operations

extension LoginReport {
  /// Such as `login: replaced, account “acme.com.br”`.
  var text: String {
    switch self {
    case .replaced(let account): "login: replaced" + (account.map { ", account “\($0)”" } ?? "")
    case .kept(let why): "login: kept, \(why)"
    case .notTried(let why): "login: not tried, \(why)"
    }
  }
}
