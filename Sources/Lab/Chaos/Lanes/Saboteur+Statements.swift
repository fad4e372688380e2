import Bootstrap
import Leads
import Postgres

extension Saboteur {
  /// What breaks the promise in the database, where the programs need not help; none for those that break
  /// it themselves.
  var statements: [SQL] {
    switch self {
    case .receiptsOff: Self.before("insert", on: "receipt", "return null;")
    case .followsForgotten:
      Self.before("insert", on: "receipt", "new.follows := '[]'; return new;")
    // The programs drop what they would park.
    case .refusalDropped: Self.before("insert", on: "dead_letter", "return null;")
    case .fenceIgnored:
      [
        """
        create or replace function refuse_former_holder(is_holder boolean) returns void
        language plpgsql as $$ begin end $$
        """
      ]
    // Failed is what certainly did not happen, and is sent anew.
    case .blindRetry: Self.unknown(becomes: "failed")
    case .unknownTakenForDone: Self.unknown(becomes: "confirmed")
    // A mark that is older than its call is not the call's.
    case .ownMarkNotKnown:
      Self.before(
        "insert or update",
        on: "effect",
        "new.begun_at := now() + interval '1 day'; return new;"
      )
    // Both integrations have the same people.
    case .tenantLeftOut: ["create unique index sabotage on lead (rd_uuid)"]
    case .repeatsNotKnown:
      Self.seen + [
        "create view sabotage.conversion as select * from public.conversion where false"
      ]
    // By a clock that lags behind, whatever is stored is dated ahead, and anything true is newer.
    case .olderOverwritesNewer:
      Self.seen + [
        """
        create function sabotage.now() returns timestamptz stable
        language sql as $$ select pg_catalog.now() - interval '1 year' $$
        """
      ]
    // What is older than the week that is looked at keeps nobody waiting.
    case .turnsOff:
      Self.seen + [
        """
        do $$ begin
          execute (
            select format('create view sabotage.conversion as select %s from public.conversion',
              string_agg(case column_name
                when 'arrived_at' then 'arrived_at - interval ''8 days'' as arrived_at'
                else quote_ident(column_name) end, ', ' order by ordinal_position))
            from information_schema.columns
            where table_schema = 'public' and table_name = 'conversion');
        end $$
        """
      ]
    default: []
    }
  }

  /// What a program is told otherwise than the others, so that it sees what stands in the schema `sabotage`
  /// before the tables and functions of the database.
  func blindfold(on program: String, _ environment: [String: String]) -> [String: String] {
    let url = "ESTEIRA_POSTGRES_URL"
    guard blinds.contains(program), let database = environment[url] else { return [:] }
    return [url: database + "?options=-csearch_path%3Dsabotage,pg_catalog,public"]
  }

  private var blinds: Set<String> {
    switch self {
    case .repeatsNotKnown, .olderOverwritesNewer: [Flow.entry.program]
    case .turnsOff: Set(Flow.allCases.filter { $0.waitsFor != nil }.map(\.program))
    default: []
    }
  }

  private static let seen: [SQL] = ["create schema sabotage"]

  private static func unknown(becomes state: StaticString) -> [SQL] {
    before(
      "insert or update",
      on: "effect",
      "if new.state = 'unknown' then new.state := '\(state)'; end if; return new;"
    )
  }

  private static func before(_ event: StaticString, on table: StaticString, _ body: String)
    -> [SQL]
  {
    [
      SQL(
        stringLiteral: """
          create function sabotage() returns trigger language plpgsql as $$ begin \(body) end $$
          """
      ),
      SQL(
        stringLiteral: """
          create trigger sabotage before \(event) on \(table) for each row execute function sabotage()
          """
      ),
    ]
  }
}
